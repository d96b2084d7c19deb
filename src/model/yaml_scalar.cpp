// SPDX-License-Identifier: 0BSD
#include "model/yaml_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "model/number_text.hpp"
#include "model/utf8.hpp"
#include "model/yaml_time.hpp"

namespace model {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool any_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

// The words that YAML 1.1 reserves. Mixed case ("tRue") is a string.
std::optional<Value> resolve_word(std::string_view text, YamlDialect dialect) {
    if (text.size() > 5) {
        return std::nullopt;
    }
    if (any_of(text, {"", "~", "null", "Null", "NULL"})) {
        return Value(nullptr);
    }
    if (any_of(text, {"true", "True", "TRUE"})) {
        return Value(true);
    }
    if (any_of(text, {"false", "False", "FALSE"})) {
        return Value(false);
    }
    if (dialect == YamlDialect::kKubectl && any_of(text, {"yes", "Yes", "YES", "on", "On", "ON", "y", "Y"})) {
        return Value(true);
    }
    if (dialect == YamlDialect::kKubectl && any_of(text, {"no", "No", "NO", "off", "Off", "OFF", "n", "N"})) {
        return Value(false);
    }
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (any_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) {
        return Value(kInfinity);
    }
    if (any_of(text, {"-.inf", "-.Inf", "-.INF"})) {
        return Value(-kInfinity);
    }
    if (any_of(text, {".nan", ".NaN", ".NAN"})) {
        return Value(std::numeric_limits<double>::quiet_NaN());
    }
    return std::nullopt;
}

// The integer of an optional sign and digits with Go's base prefixes 0x, 0o, 0b and 0; nullopt when it is none or does not
// fit into int64 (negative) or uint64.
std::optional<Value> resolve_integer(std::string_view text) {
    const bool negative = text.starts_with('-');
    const bool positive_sign = text.starts_with('+');
    text.remove_prefix(negative || positive_sign ? 1 : 0);
    int base = 10;
    if (text.size() > 1 && text[0] == '0') {
        const char prefix = static_cast<char>(text[1] | 0x20);
        base = prefix == 'x' ? 16 : prefix == 'b' ? 2 : 8;
        text.remove_prefix(is_digit(text[1]) ? 1 : 2);
        if (base == 8 && prefix != 'o' && !is_digit(prefix)) {
            return std::nullopt;
        }
    }
    std::uint64_t magnitude = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    constexpr std::uint64_t kNegativeMax = std::uint64_t{1} << 63U;
    if (negative) {
        return magnitude > kNegativeMax ? std::nullopt
                                        : std::optional(Value(static_cast<std::int64_t>(0 - magnitude)));
    }
    if (positive_sign && magnitude >= kNegativeMax) {
        return std::nullopt;  // Go's ParseUint knows no sign
    }
    return std::in_range<std::int64_t>(magnitude) ? Value(static_cast<std::int64_t>(magnitude))
                                                  : Value(magnitude);
}

// Digits with at most one point, at least one digit, an exponent with digits: what YAML 1.2 calls a float.
bool looks_like_float(std::string_view text) {
    std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    const auto skip_digits = [&text, &at] {
        const std::size_t start = at;
        while (at < text.size() && is_digit(text[at])) {
            ++at;
        }
        return at > start;
    };
    const bool whole = skip_digits();
    bool fraction = false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        fraction = skip_digits();
    }
    if (!whole && !fraction) {
        return false;
    }
    if (at < text.size() && (text[at] | 0x20) == 'e') {
        ++at;
        at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1 : 0;
        if (!skip_digits()) {
            return false;
        }
    }
    return at == text.size();
}

std::optional<Value> resolve_number(std::string_view text) {
    if (text.empty() || (!is_digit(text[0]) && text[0] != '+' && text[0] != '-' && text[0] != '.')) {
        return std::nullopt;
    }
    std::string plain;
    if (text[0] != '.' && text.find('_') != std::string_view::npos) {
        std::ranges::copy_if(text, std::back_inserter(plain), [](char letter) { return letter != '_'; });
        text = plain;
    }
    if (text.empty()) {
        return std::nullopt;
    }
    if (auto integer = text[0] == '.' ? std::nullopt : resolve_integer(text)) {
        return integer;
    }
    double number = 0;
    if (looks_like_float(text) && parse_decimal(text, number)) {
        return Value(number);
    }
    return std::nullopt;
}

// Reads up to `digits_max` digits at `at`; nullopt when there are none.
std::optional<int> take_number(std::string_view text, std::size_t& at, std::size_t digits_max) {
    int number = 0;
    const std::size_t start = at;
    while (at < text.size() && at - start < digits_max && is_digit(text[at])) {
        number = number * 10 + (text[at++] - '0');
    }
    return at == start ? std::nullopt : std::optional(number);
}

// 1:30, 190:20:30.5: numbers of base 60 to a reader of YAML 1.1.
bool looks_like_base60(std::string_view text) {
    std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    if (at == text.size() || !is_digit(text[at])) {
        return false;
    }
    at = text.find_first_not_of("0123456789_", at);
    bool groups = false;
    while (at < text.size() && text[at] == ':') {
        ++at;
        const auto group = take_number(text, at, 2);
        if (!group || *group > 59) {
            return false;
        }
        groups = true;
    }
    if (at < text.size() && text[at] == '.') {
        at = text.find_first_not_of("0123456789_", at + 1);
    }
    return groups && at >= text.size();
}

int base64_digit(char letter) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t at = kAlphabet.find(letter);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    unsigned filled = 0;
    std::size_t letters = 0;
    std::size_t padding = 0;
    for (const char letter : text) {
        if (letter == '\n' || letter == '\r') {
            continue;
        }
        ++letters;
        if (letter == '=') {
            ++padding;
            continue;
        }
        const int digit = base64_digit(letter);
        if (digit < 0 || padding > 0) {
            return std::nullopt;
        }
        bits = (bits << 6U) | static_cast<unsigned>(digit);
        filled += 6;
        if (filled >= 8) {
            filled -= 8;
            out.push_back(static_cast<char>((bits >> filled) & 0xFFU));
        }
    }
    return letters % 4 == 0 && padding <= 2 ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

Value resolve_plain(std::string_view text, YamlDialect dialect) {
    if (auto word = resolve_word(text, dialect)) {
        return *std::move(word);
    }
    if (auto number = resolve_number(text)) {
        return *std::move(number);
    }
    return Value(text);
}

base::Result<Value> resolve_tagged(std::string_view tag, std::string_view text, YamlDialect dialect) {
    if (!tag.starts_with(kTagPrefix)) {
        return Value(text);
    }
    const std::string_view kind = tag.substr(kTagPrefix.size());
    const auto refuse = [&] {
        return base::Error{base::ErrorCode::kInvalid, fmt::format("\"{}\" is not a !!{}", text, kind)};
    };
    if (kind == "binary") {
        auto bytes = decode_base64(text);
        return bytes && is_utf8(*bytes) ? base::Result<Value>(Value(*bytes)) : refuse();
    }
    if (kind == "timestamp") {
        return rfc3339_text(text) ? base::Result<Value>(Value(text)) : refuse();
    }
    if (!any_of(kind, {"null", "bool", "int", "float"})) {
        return Value(text);
    }
    Value value = resolve_plain(text, dialect);
    if (kind == "float" && (value.is_int64() || value.is_uint64())) {
        return Value(value.to_number<double>());
    }
    const bool fits = kind == "null"   ? value.is_null()
                      : kind == "bool" ? value.is_bool()
                      : kind == "int"  ? value.is_int64() || value.is_uint64()
                                       : value.is_double();
    return fits ? base::Result<Value>(std::move(value)) : refuse();
}

base::Result<std::string> key_text(const Value& key) {
    switch (key.kind()) {
        case boost::json::kind::string: return std::string(key.get_string().data(), key.get_string().size());
        case boost::json::kind::bool_: return std::string(key.get_bool() ? "true" : "false");
        case boost::json::kind::int64: return std::to_string(key.get_int64());
        case boost::json::kind::uint64: return std::to_string(key.get_uint64());
        case boost::json::kind::double_: {
            std::string text;
            append_short_number(text, static_cast<float>(key.get_double()));
            return text;
        }
        case boost::json::kind::null: return base::Error{base::ErrorCode::kInvalid, "a key must not be null"};
        case boost::json::kind::array:
        case boost::json::kind::object: break;
    }
    return base::Error{base::ErrorCode::kInvalid, "a key must be a scalar"};
}

bool needs_quotes(std::string_view text) {
    if (text.empty() || text == "<<" || resolve_word(text, YamlDialect::kKubectl)) {
        return true;
    }
    const char first = text[0];
    if (!is_digit(first) && first != '-' && first != '+' && first != '.') {
        return false;
    }
    return resolve_number(text).has_value() || rfc3339_text(text).has_value() || looks_like_base60(text);
}

}  // namespace model
