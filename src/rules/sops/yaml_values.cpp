// SPDX-License-Identifier: 0BSD
#include "rules/sops/yaml_values.hpp"

#include <string>

#include "base/base64.hpp"
#include "model/number_text.hpp"
#include "model/utf8.hpp"
#include "model/yaml_scalar.hpp"
#include "model/yaml_time.hpp"
#include "rules/sops/cipher.hpp"
#include "rules/sops/quote.hpp"

namespace sops {
namespace {

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        if (!letter.valid) {
            return false;
        }
        at += letter.size;
    }
    return true;
}

base::Secret binary(std::string_view bytes) {
    base::Secret text("!!binary \"");
    text.append(base::Secret(base::encode_base64(bytes)).reveal());
    text.append("\"");
    return text;
}

base::Secret number(std::string_view text) {
    double value = 0;
    if (!model::parse_decimal(text, value)) {
        return base::Secret(text == "NaN" ? ".nan" : text.starts_with('-') ? "-.inf" : ".inf");
    }
    std::string digits;
    model::append_short_number(digits, value);
    return base::Secret(std::move(digits));
}

base::Secret words(std::string_view text) {
    if (!is_utf8(text)) {
        return binary(text);
    }
    const bool simple =
        !text.empty() && text.front() != '-' && text.front() != '.' &&
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") ==
            std::string_view::npos &&
        !model::needs_quotes(text);
    if (simple) {
        return base::Secret(std::string(text));
    }
    base::Secret quoted;
    append_yaml_string(quoted, text);
    return quoted;
}

}  // namespace

std::optional<Scalar> found_scalar(const YamlNode& node) {
    if (!node.plain || !node.tag.empty()) {
        return Scalar{ScalarKind::kText, base::Secret(node.text)};
    }
    if (auto time = model::rfc3339_text(node.text)) {
        return Scalar{ScalarKind::kTime, base::Secret(std::move(*time))};
    }
    const model::Value value = model::resolve_plain(node.text, model::YamlDialect::kKustomize);
    if (value.is_null()) {
        return std::nullopt;
    }
    if (value.is_bool()) {
        return Scalar{ScalarKind::kBool, base::Secret(value.get_bool() ? "True" : "False")};
    }
    if (value.is_int64()) {
        return Scalar{ScalarKind::kInteger, base::Secret(std::to_string(value.get_int64()))};
    }
    if (value.is_uint64()) {
        return Scalar{ScalarKind::kInteger, base::Secret(std::to_string(value.get_uint64()))};
    }
    if (value.is_double()) {
        return Scalar{ScalarKind::kFloat, fixed_number(value.get_double())};
    }
    return Scalar{ScalarKind::kText, base::Secret(node.text)};
}

base::Secret written(const Scalar& scalar) {
    const std::string_view text = scalar.text.reveal();
    switch (scalar.kind) {
        case ScalarKind::kInteger:
        case ScalarKind::kTime: return scalar.text.clone();
        case ScalarKind::kBool: return base::Secret(text == "True" ? "true" : "false");
        case ScalarKind::kFloat: return number(text);
        case ScalarKind::kBytes: return binary(text);
        case ScalarKind::kText:
        case ScalarKind::kComment: break;
    }
    return words(text);
}

}  // namespace sops
