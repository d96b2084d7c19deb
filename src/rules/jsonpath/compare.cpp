// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/compare.hpp"

#include <optional>
#include <string>
#include <variant>

#include <fmt/format.h>

namespace jsonpath {
namespace {

using Scalar = std::variant<bool, std::int64_t, double, std::string_view>;

std::optional<Scalar> scalar(const model::Value& value) {
    switch (value.kind()) {
        case boost::json::kind::bool_: return value.get_bool();
        case boost::json::kind::int64: return value.get_int64();
        case boost::json::kind::uint64: return static_cast<double>(value.get_uint64());
        case boost::json::kind::double_: return value.get_double();
        case boost::json::kind::string: return std::string_view(value.get_string());
        case boost::json::kind::null:
        case boost::json::kind::array:
        case boost::json::kind::object: break;
    }
    return std::nullopt;
}

base::Error refuse(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

}  // namespace

base::Result<bool> compare(const model::Value& left, std::string_view sign, const model::Value& right) {
    const bool equality = sign == "==" || sign == "!=";
    if (!equality && sign != "<" && sign != "<=" && sign != ">" && sign != ">=") {
        return refuse(fmt::format("unknown filter operator {}", sign));
    }
    const auto first = scalar(left);
    const auto second = scalar(right);
    if (!first || !second) {
        return refuse("null, maps and lists cannot be compared");
    }
    if (first->index() != second->index()) {
        return refuse("values of different types cannot be compared");
    }
    if (!equality && std::holds_alternative<bool>(*first)) {
        return refuse("bools cannot be ordered");
    }
    const bool equal = *first == *second;
    const bool less = *first < *second;
    if (sign == "==" || sign == "!=") {
        return equal == (sign == "==");
    }
    if (sign == "<" || sign == ">=") {
        return less == (sign == "<");
    }
    return (less || equal) == (sign == "<=");
}

}  // namespace jsonpath
