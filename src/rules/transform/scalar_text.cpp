// SPDX-License-Identifier: 0BSD
#include "rules/transform/scalar_text.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "model/number_text.hpp"
#include "model/yaml_scalar.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {

std::optional<std::string> text_of_scalar(const model::Value& value) {
    if (value.is_structured()) {
        return std::nullopt;
    }
    if (const boost::json::string* text = value.if_string()) {
        return std::string(text_view(*text));
    }
    if (const double* number = value.if_double()) {
        std::string text;
        model::append_short_number(text, *number);
        return text;
    }
    return value.is_null() ? std::string() : boost::json::serialize(value);
}

base::Result<model::Value> scalar_like(const model::Value& like, std::string_view text) {
    if (like.is_string()) {
        return model::Value(text);
    }
    model::Value read = model::resolve_plain(text, model::YamlDialect::kKustomize);
    const bool is_integer = read.is_int64() || read.is_uint64();
    const bool fits = (like.is_null() && read.is_null()) || (like.is_bool() && read.is_bool()) ||
                      (like.is_double() && read.is_number()) ||
                      ((like.is_int64() || like.is_uint64()) && is_integer);
    if (!fits) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("\"{}\" cannot stand where the type of {} is kept", text,
                                       boost::json::serialize(like))};
    }
    return read;
}

}  // namespace transform
