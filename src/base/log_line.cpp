// SPDX-License-Identifier: 0BSD
#include "base/log_line.hpp"

#include <cmath>
#include <iterator>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

namespace base {

namespace {

// One character of UTF-8 text; `size` is 1 and `valid` false for a byte that belongs to none.
struct Character {
    char32_t code = 0;
    std::size_t size = 1;
    bool valid = true;
};

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return {lead};
    }
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) {
        return {0, 1, false};
    }
    char32_t code = lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return {0, 1, false};
        }
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (overlong || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) {
        return {0, 1, false};
    }
    return {code, size};
}

void append_json_string(std::string& line, std::string_view text) {
    line += '"';
    for (std::size_t at = 0; at < text.size();) {
        const Character character = first_character(text.substr(at));
        if (!character.valid) {
            line += "\uFFFD";
        } else if (character.code == '"' || character.code == '\\') {
            line += '\\';
            line += text[at];
        } else if (character.code == '\n') {
            line += "\\n";
        } else if (character.code == '\r') {
            line += "\\r";
        } else if (character.code == '\t') {
            line += "\\t";
        } else if (character.code < 0x20 || character.code == 0x2028 || character.code == 0x2029) {
            // The last two end a line for JavaScript.
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned>(character.code));
        } else {
            line += text.substr(at, character.size);
        }
        at += character.size;
    }
    line += '"';
}

void append_json_double(std::string& line, double value) {
    if (std::isfinite(value)) {
        fmt::format_to(std::back_inserter(line), "{}", value);
    } else {
        // JSON has no infinity.
        fmt::format_to(std::back_inserter(line), "\"{}\"", value);
    }
}

void append_json(std::string& line, const boost::json::value& value) {
    switch (value.kind()) {
        case boost::json::kind::null: line += "null"; return;
        case boost::json::kind::bool_: line += value.get_bool() ? "true" : "false"; return;
        case boost::json::kind::int64:
            fmt::format_to(std::back_inserter(line), "{}", value.get_int64());
            return;
        case boost::json::kind::uint64:
            fmt::format_to(std::back_inserter(line), "{}", value.get_uint64());
            return;
        case boost::json::kind::double_: append_json_double(line, value.get_double()); return;
        case boost::json::kind::string: append_json_string(line, {value.get_string()}); return;
        case boost::json::kind::array: {
            std::string_view separator = "[";
            for (const boost::json::value& item : value.get_array()) {
                line += separator;
                append_json(line, item);
                separator = ",";
            }
            line += value.get_array().empty() ? "[]" : "]";
            return;
        }
        case boost::json::kind::object: {
            std::string_view separator = "{";
            for (const auto& member : value.get_object()) {
                line += separator;
                append_json_string(line, {member.key()});
                line += ':';
                append_json(line, member.value());
                separator = ",";
            }
            line += value.get_object().empty() ? "{}" : "}";
            return;
        }
    }
}

// Characters beyond ASCII that a reader of a terminal would not see as themselves: spaces, formatting, private use.
bool is_invisible(char32_t code) {
    return code < 0xA1 || code == 0xAD || code == 0x1680 || (code >= 0x2000 && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202F) || (code >= 0x205F && code <= 0x206F) || code == 0x3000 ||
           (code >= 0xE000 && code <= 0xF8FF) || code == 0xFEFF || code == 0xFFFD || code >= 0xE0000;
}

bool needs_quotes(std::string_view text) {
    if (text.empty()) {
        return true;
    }
    for (std::size_t at = 0; at < text.size();) {
        const Character character = first_character(text.substr(at));
        const bool plain = character.code > ' ' && character.code != '=' && character.code != '"';
        if (!character.valid || !plain || (character.code >= 0x80 && is_invisible(character.code))) {
            return true;
        }
        at += character.size;
    }
    return false;
}

// The escapes of Go's strconv.Quote for one character that is not printed as itself.
void append_escape(std::string& line, char32_t code) {
    constexpr std::string_view kFrom = "\a\b\f\n\r\t\v\"\\";
    constexpr std::string_view kTo = "abfnrtv\"\\";
    if (const std::size_t at = code < 0x80 ? kFrom.find(static_cast<char>(code)) : std::string_view::npos;
        at != std::string_view::npos) {
        line += '\\';
        line += kTo[at];
    } else if (code < 0x80) {
        fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned>(code));
    } else if (code < 0x10000) {
        fmt::format_to(std::back_inserter(line), "\\u{:04x}", static_cast<unsigned>(code));
    } else {
        fmt::format_to(std::back_inserter(line), "\\U{:08x}", static_cast<unsigned>(code));
    }
}

void append_text_string(std::string& line, std::string_view text) {
    if (!needs_quotes(text)) {
        line += text;
        return;
    }
    line += '"';
    for (std::size_t at = 0; at < text.size();) {
        const Character character = first_character(text.substr(at));
        const char32_t code = character.code;
        if (!character.valid) {
            fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(text[at]));
        } else if (code < ' ' || code == '"' || code == '\\' || code == 0x7F ||
                   (code >= 0x80 && is_invisible(code))) {
            append_escape(line, code);
        } else {
            line += text.substr(at, character.size);
        }
        at += character.size;
    }
    line += '"';
}

void append_text(std::string& line, const std::string& key, const boost::json::value& value) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            append_text(line, key + "." + std::string(std::string_view(member.key())), member.value());
        }
        return;
    }
    line += ' ';
    append_text_string(line, key);
    line += '=';
    if (const auto* text = value.if_string()) {
        append_text_string(line, {*text});
        return;
    }
    if (value.is_null()) {
        line += "<nil>";
        return;
    }
    std::string rendered;
    append_json(rendered, value);
    if (value.is_array()) {
        append_text_string(line, rendered);
    } else {
        line += rendered;
    }
}

std::string_view level_name(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug: return "DEBUG";
        case LogLevel::kInfo: return "INFO";
        case LogLevel::kWarn: return "WARN";
        case LogLevel::kError: return "ERROR";
    }
    return "ERROR";
}

}  // namespace

void append_attributes(std::string& line, LogFormat format, std::span<const LogAttribute> attributes) {
    for (const LogAttribute& attribute : attributes) {
        if (format == LogFormat::kText) {
            append_text(line, std::string(attribute.key), attribute.value);
            continue;
        }
        line += ',';
        append_json_string(line, attribute.key);
        line += ':';
        append_json(line, attribute.value);
    }
}

void append_head(std::string& line, LogFormat format, WallTime time, LogLevel level,
                 std::string_view message) {
    if (format == LogFormat::kText) {
        // Milliseconds: text is for people, and Go's text form writes as many.
        constexpr std::size_t kDroppedDigits = 7;
        std::string stamp = format_rfc3339_nano(time);
        stamp.replace(stamp.size() - kDroppedDigits, kDroppedDigits, "Z");
        fmt::format_to(std::back_inserter(line), "time={} level={} msg=", stamp, level_name(level));
        append_text_string(line, message);
        return;
    }
    fmt::format_to(std::back_inserter(line), R"({{"time":"{}","level":"{}","msg":)",
                   format_rfc3339_nano(time), level_name(level));
    append_json_string(line, message);
}

}  // namespace base
