// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/hash.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "model/json.hpp"
#include "model/utf8.hpp"

namespace kustomize {

namespace {

using model::Object;
using model::Value;

constexpr std::size_t kHashLetters = 10;

// JSON as Go's encoder writes it: keys sorted, and <, >, &, U+2028 and U+2029 escaped.
void append_text(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        const std::string_view bytes = text.substr(at, letter.size);
        at += letter.size;
        switch (letter.code) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (letter.code < 0x20 || letter.code == '<' || letter.code == '>' || letter.code == '&' ||
                    letter.code == 0x2028 || letter.code == 0x2029 || !letter.valid) {
                    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(letter.code));
                } else {
                    out += bytes;
                }
        }
    }
    out += '"';
}

void append_value(std::string& out, const Value& value);

void append_object(std::string& out, const Object& object) {
    std::vector<const boost::json::key_value_pair*> entries;
    entries.reserve(object.size());
    for (const auto& entry : object) {
        entries.push_back(&entry);
    }
    std::ranges::sort(entries, {}, [](const auto* entry) { return std::string_view(entry->key()); });
    out += '{';
    for (const auto* entry : entries) {
        out += entry == entries.front() ? "" : ",";
        append_text(out, entry->key());
        out += ':';
        append_value(out, entry->value());
    }
    out += '}';
}

void append_value(std::string& out, const Value& value) {
    if (const Object* object = value.if_object()) {
        return append_object(out, *object);
    }
    if (const auto* text = value.if_string()) {
        return append_text(out, *text);
    }
    const model::Array* array = value.if_array();
    if (array == nullptr) {
        out += model::to_json(value);
        return;
    }
    out += '[';
    for (std::size_t index = 0; index < array->size(); ++index) {
        out += index == 0 ? "" : ",";
        append_value(out, (*array)[index]);
    }
    out += ']';
}

// What the original hashes of a ConfigMap or a Secret, keys sorted. A missing field is an empty text there, and so is the name,
// whatever it is.
void append_hashed_part(std::string& out, const Value& object, std::string_view kind) {
    const auto append_field = [&](std::string_view name) {
        const Value* found = object.get_object().if_contains(name);
        out += fmt::format("\"{}\":", name);
        found == nullptr ? append_text(out, {}) : append_value(out, *found);
    };
    const auto append_map = [&](std::string_view name, std::string_view before, std::string_view after) {
        const Value* found = object.get_object().if_contains(name);
        if (found != nullptr && found->is_object()) {
            out += before;
            append_field(name);
            out += after;
        }
    };
    out += '{';
    if (kind == "ConfigMap") {
        append_map("binaryData", "", ",");
    }
    append_field("data");
    out += fmt::format(",\"kind\":\"{}\",\"name\":\"\"", kind);
    if (kind == "Secret") {
        append_map("stringData", ",", "");
        out += ',';
        append_field("type");
    }
    out += '}';
}

}  // namespace

std::string content_hash(const Value& object) {
    const std::string_view kind = model::find_string(object, {"kind"});
    std::string text;
    if (kind == "ConfigMap" || kind == "Secret") {
        append_hashed_part(text, object, kind);
    } else {
        append_value(text, object);
    }
    std::string letters = base::sha256(text).hex().substr(0, kHashLetters);
    // Letters that could spell a word, or look like another, are replaced.
    for (char& letter : letters) {
        constexpr std::string_view kFrom = "013ae";
        constexpr std::string_view kTo = "ghkmt";
        const std::size_t at = kFrom.find(letter);
        letter = at == std::string_view::npos ? letter : kTo[at];
    }
    return letters;
}

}  // namespace kustomize
