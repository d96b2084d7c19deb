// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/print.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/number_text.hpp"
#include "model/utf8.hpp"

namespace jsonpath {
namespace {

// What stands for the letter within a JSON text; empty when it stands for itself.
std::string escaped(char32_t letter) {
    constexpr std::string_view kLetters = "\"\\\b\f\n\r\t";
    constexpr std::string_view kNames = "\"\\bfnrt";
    if (letter < 0x80) {
        if (const std::size_t index = kLetters.find(static_cast<char>(letter));
            index != std::string_view::npos) {
            return {'\\', kNames[index]};
        }
    }
    const bool risky =
        letter == '<' || letter == '>' || letter == '&' || letter == 0x2028 || letter == 0x2029;
    return letter < 0x20 || risky ? fmt::format("\\u{:04x}", static_cast<unsigned>(letter)) : std::string();
}

void append_json_text(std::string& out, std::string_view text) {
    out.push_back('"');
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        if (!letter.valid) {
            out += "\\ufffd";
        } else if (const std::string escape = escaped(letter.code); !escape.empty()) {
            out += escape;
        } else {
            out += text.substr(at, letter.size);
        }
        at += letter.size;
    }
    out.push_back('"');
}

void append_json_double(std::string& out, double number) {
    if (number == 0 && std::signbit(number)) {
        out += "-0";
    } else {
        model::append_json_number(out, number);
    }
}

void append_json(std::string& out, const model::Value& value);

void append_json_map(std::string& out, const model::Object& map) {
    std::vector<const model::Object::value_type*> entries;
    entries.reserve(map.size());
    for (const auto& entry : map) {
        entries.push_back(&entry);
    }
    std::ranges::sort(entries, {}, [](const auto* entry) { return std::string_view(entry->key()); });
    out.push_back('{');
    for (const auto* entry : entries) {
        if (entry != entries.front()) {
            out.push_back(',');
        }
        append_json_text(out, std::string_view(entry->key()));
        out.push_back(':');
        append_json(out, entry->value());
    }
    out.push_back('}');
}

void append_json(std::string& out, const model::Value& value) {
    if (const auto* map = value.if_object()) {
        append_json_map(out, *map);
    } else if (const auto* list = value.if_array()) {
        out.push_back('[');
        for (const model::Value& entry : *list) {
            if (&entry != list->data()) {
                out.push_back(',');
            }
            append_json(out, entry);
        }
        out.push_back(']');
    } else if (const auto* text = value.if_string()) {
        append_json_text(out, {text->data(), text->size()});
    } else if (const auto* number = value.if_double()) {
        append_json_double(out, *number);
    } else if (const auto* large = value.if_uint64()) {
        append_json_double(out, static_cast<double>(*large));
    } else {
        append_printed(out, value);
    }
}

void append_double(std::string& out, double number) {
    if (number == 0 && std::signbit(number)) {
        out += "-0";
    } else {
        model::append_short_number(out, number);
    }
}

}  // namespace

void append_printed(std::string& out, const model::Value& value) {
    switch (value.kind()) {
        case boost::json::kind::null: out += "null"; return;
        case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
        case boost::json::kind::int64: out += std::to_string(value.get_int64()); return;
        // Beyond 64 bits with a sign, which Kubernetes reads as a double.
        case boost::json::kind::uint64: append_double(out, static_cast<double>(value.get_uint64())); return;
        case boost::json::kind::double_: append_double(out, value.get_double()); return;
        case boost::json::kind::string: out += std::string_view(value.get_string()); return;
        case boost::json::kind::array:
        case boost::json::kind::object: append_json(out, value); return;
    }
}

}  // namespace jsonpath
