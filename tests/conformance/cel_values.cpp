// SPDX-License-Identifier: 0BSD
#include "tests/conformance/cel_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/invariant.hpp"
#include "model/json.hpp"
#include "model/utf8.hpp"

namespace conformance {

namespace {

// Text of JSON holds no other bytes.
std::string as_utf8(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        result += letter.valid ? text.substr(at, letter.size) : "\uFFFD";
        at += letter.size;
    }
    return result;
}

model::Value scalar(std::string_view type, std::string_view text) {
    return model::Object({{"type", type}, {"value", as_utf8(text)}});
}

std::string double_text(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "Infinity" : "-Infinity";
    }
    return fmt::format("{}", value);
}

double read_double(std::string_view text) {
    if (text == "Infinity" || text == "-Infinity") {
        const double infinity = std::numeric_limits<double>::infinity();
        return text.starts_with('-') ? -infinity : infinity;
    }
    return text == "NaN" ? std::numeric_limits<double>::quiet_NaN()
                         : std::strtod(std::string(text).c_str(), nullptr);
}

template <class Integer>
Integer read_integer(std::string_view text) {
    Integer value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    base::invariant(error == std::errc() && end == text.data() + text.size(), "a recorded integer is none");
    return value;
}

template <class Instant>
model::Value instant(std::string_view type, const Instant& value) {
    return model::Object(
        {{"type", type}, {"seconds", fmt::format("{}", value.seconds)}, {"nanos", value.nanos}});
}

template <class Instant>
Instant read_instant(const model::Value& described) {
    return {.seconds = read_integer<std::int64_t>(model::find_string(described, {"seconds"})),
            .nanos = static_cast<std::int32_t>(model::find_integer(described, {"nanos"}).value_or(0))};
}

// Order does not count: entries stand by the text of their keys.
model::Value map_of(std::vector<std::pair<model::Value, model::Value>> entries) {
    std::vector<std::pair<std::string, model::Value>> sorted;
    for (auto& [key, value] : entries) {
        std::string text = model::to_json(key);
        sorted.emplace_back(std::move(text), model::Array({std::move(key), std::move(value)}));
    }
    std::ranges::sort(sorted, {}, [](const auto& entry) { return std::string_view(entry.first); });
    model::Array list;
    for (auto& [text, entry] : sorted) {
        list.push_back(std::move(entry));
    }
    return model::Object({{"type", "map"}, {"entries", std::move(list)}});
}

model::Value describe_list(const cel::Value& value) {
    model::Array elements;
    for (std::size_t index = 0; index < value.size(); ++index) {
        elements.push_back(describe(value.element(index)));
    }
    return model::Object({{"type", "list"}, {"value", std::move(elements)}});
}

model::Value describe_map(const cel::Value& value) {
    std::vector<std::pair<model::Value, model::Value>> entries;
    for (const cel::Value& key : value.keys()) {
        const auto found = value.entry(key);
        entries.emplace_back(describe(key),
                             found ? describe(*found) : scalar("error", "a key without an entry"));
    }
    return map_of(std::move(entries));
}

std::optional<cel::Value> read_list(const model::Value& described) {
    std::vector<cel::Value> elements;
    for (const model::Value& element : *model::find_array(described, {"value"})) {
        auto value = read_value(element);
        if (!value) {
            return std::nullopt;
        }
        elements.push_back(*std::move(value));
    }
    return cel::Value::list(std::move(elements));
}

std::optional<cel::Value> read_map(const model::Value& described) {
    std::vector<std::pair<cel::Value, cel::Value>> entries;
    for (const model::Value& entry : *model::find_array(described, {"entries"})) {
        auto key = read_value(entry.as_array().at(0));
        auto value = read_value(entry.as_array().at(1));
        if (!key || !value) {
            return std::nullopt;
        }
        entries.emplace_back(*std::move(key), *std::move(value));
    }
    return cel::Value::map(std::move(entries));
}

// "a, b(c, d)" at its outer commas.
std::vector<cel::Type> read_types(std::string_view text) {
    std::vector<cel::Type> types;
    std::size_t start = 0;
    int depth = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at == text.size() || (text[at] == ',' && depth == 0)) {
            types.push_back(read_type(text.substr(start, at - start)));
            start = at + 1;
        } else {
            depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
        }
    }
    return types;
}

}  // namespace

model::Value describe(const cel::Value& value) {
    using enum cel::ValueKind;
    switch (value.kind()) {
        case kError: return scalar("error", value.as_error());
        case kNull: return model::Object({{"type", "null"}});
        case kBool: return model::Object({{"type", "bool"}, {"value", value.as_bool()}});
        case kInt: return scalar("int", fmt::format("{}", value.as_int()));
        case kUint: return scalar("uint", fmt::format("{}", value.as_uint()));
        case kDouble: return scalar("double", double_text(value.as_double()));
        case kString: return scalar("string", value.as_string());
        case kBytes:
            return model::Object({{"type", "bytes"}, {"base64", base::encode_base64(value.as_bytes())}});
        case kDuration: return instant("duration", value.as_duration());
        case kTimestamp: return instant("timestamp", value.as_timestamp());
        case kType: return scalar("type", value.as_type().name());
        case kList: return describe_list(value);
        case kMap: return describe_map(value);
        case kOptional: {
            model::Object result({{"type", "optional"}});
            if (const auto held = value.held()) {
                result["value"] = describe(*held);
            }
            return result;
        }
        case kOpaque: return scalar(value.as_opaque().type().name(), value.as_opaque().text());
    }
    base::invariant(false, "a value of no kind");
    return {};
}

model::Value normalize(const model::Value& described) {
    const std::string_view type = model::find_string(described, {"type"});
    if (type == "double") {
        return scalar("double", double_text(read_double(model::find_string(described, {"value"}))));
    }
    if (type == "list") {
        model::Array elements;
        for (const model::Value& element : *model::find_array(described, {"value"})) {
            elements.push_back(normalize(element));
        }
        return model::Object({{"type", "list"}, {"value", std::move(elements)}});
    }
    if (type == "map") {
        std::vector<std::pair<model::Value, model::Value>> entries;
        for (const model::Value& entry : *model::find_array(described, {"entries"})) {
            entries.emplace_back(normalize(entry.as_array().at(0)), normalize(entry.as_array().at(1)));
        }
        return map_of(std::move(entries));
    }
    model::Object result = described.as_object();
    if (type == "optional" && result.contains("value")) {
        result["value"] = normalize(result["value"]);
    }
    result.erase("text");
    return result;
}

std::optional<cel::Value> read_value(const model::Value& described) {
    const std::string_view type = model::find_string(described, {"type"});
    const std::string_view text = model::find_string(described, {"value"});
    if (type == "null") {
        return cel::Value();
    }
    if (type == "bool") {
        return cel::Value::boolean(*model::find_bool(described, {"value"}));
    }
    if (type == "int") {
        return cel::Value::integer(read_integer<std::int64_t>(text));
    }
    if (type == "uint") {
        return cel::Value::unsigned_integer(read_integer<std::uint64_t>(text));
    }
    if (type == "double") {
        return cel::Value::real(read_double(text));
    }
    if (type == "string") {
        return cel::Value::string(std::string(text));
    }
    if (type == "bytes") {
        const auto bytes = base::decode_base64(model::find_string(described, {"base64"}));
        base::invariant(bytes.has_value(), "recorded bytes are no base64");
        return cel::Value::bytes(*bytes);
    }
    if (type == "duration") {
        return cel::Value::duration(read_instant<cel::DurationValue>(described));
    }
    if (type == "timestamp") {
        return cel::Value::timestamp(read_instant<cel::TimestampValue>(described));
    }
    if (type == "type") {
        return cel::Value::type(read_type(text));
    }
    return type == "list" ? read_list(described) : type == "map" ? read_map(described) : std::nullopt;
}

cel::Type read_type(std::string_view text) {
    using enum cel::TypeKind;
    static constexpr std::pair<std::string_view, cel::TypeKind> kSimple[] = {
        {"null", kNull},     {"null_type", kNull}, {"bool", kBool},
        {"int", kInt},       {"uint", kUint},      {"double", kDouble},
        {"string", kString}, {"bytes", kBytes},    {"google.protobuf.Duration", kDuration},
        {"type", kType},     {"dyn", kDyn},        {"google.protobuf.Timestamp", kTimestamp},
    };
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    for (const auto& [name, kind] : kSimple) {
        if (text == name) {
            return cel::Type::simple(kind);
        }
    }
    if (text.starts_with('<')) {
        return cel::Type::parameter(std::string(text.substr(1, text.size() - 2)));
    }
    const std::size_t open = text.find('(');
    const std::string_view name = text.substr(0, open);
    const std::vector<cel::Type> parameters = open == std::string_view::npos
                                                  ? std::vector<cel::Type>()
                                                  : read_types(text.substr(open + 1, text.size() - open - 2));
    if (name == "list" && parameters.size() == 1) {
        return cel::Type::list(parameters[0]);
    }
    if (name == "map" && parameters.size() == 2) {
        return cel::Type::map(parameters[0], parameters[1]);
    }
    if (name == "optional_type" && parameters.size() == 1) {
        return cel::Type::optional(parameters[0]);
    }
    if (name == "type" && parameters.size() == 1) {
        return cel::Type::type_of(parameters[0]);
    }
    return cel::Type::opaque(std::string(name), parameters);
}

}  // namespace conformance
