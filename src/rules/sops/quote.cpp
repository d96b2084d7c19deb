// SPDX-License-Identifier: 0BSD
#include "rules/sops/quote.hpp"

#include <string>

#include <fmt/format.h>

#include "model/utf8.hpp"

namespace sops {
namespace {

// The escape for the control character or quote `letter`; empty for one that stands for itself.
std::string json_escape(char letter) {
    switch (letter) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\b': return "\\b";
        case '\f': return "\\f";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
    }
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20 ? fmt::format("\\u{:04x}", code) : "";
}

// The escape for what `rest` begins with and YAML does not print, and how many bytes it stands for.
struct Escape {
    std::string text;
    std::size_t bytes = 0;
};

Escape replacement_of_no_utf8(std::string_view rest) {
    return model::utf8_at(rest, 0).valid ? Escape{} : Escape{"\\ufffd", 1};
}

Escape yaml_escape(std::string_view rest) {
    const auto second = rest.size() > 1 ? static_cast<unsigned char>(rest[1]) : 0U;
    if (rest.starts_with('\x7f')) {
        return {"\\x7f", 1};
    }
    if (rest.starts_with('\xc2') && second >= 0x80 && second < 0xa0) {
        return {fmt::format("\\x{:02x}", second), 2};
    }
    if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
        return {rest[2] == '\xa8' ? "\\L" : "\\P", 3};
    }
    if (rest.starts_with("\xef\xbb\xbf")) {
        return {"\\uFEFF", 3};
    }
    if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
        return {rest[2] == '\xbe' ? "\\uFFFE" : "\\uFFFF", 3};
    }
    return {};
}

void append_string(base::Secret& out, std::string_view text, bool yaml) {
    out.append("\"");
    std::size_t written = 0;  // up to where the text stands in `out`
    for (std::size_t at = 0; at < text.size();) {
        Escape escape{json_escape(text[at]), 1};
        if (escape.text.empty()) {
            escape = yaml ? yaml_escape(text.substr(at)) : replacement_of_no_utf8(text.substr(at));
        }
        if (escape.text.empty()) {
            at += yaml ? 1 : model::utf8_at(text, at).size;
            continue;
        }
        out.append(text.substr(written, at - written));
        out.append(escape.text);
        at += escape.bytes;
        written = at;
    }
    out.append(text.substr(written));
    out.append("\"");
}

}  // namespace

void append_json_string(base::Secret& out, std::string_view text) { append_string(out, text, false); }
void append_yaml_string(base::Secret& out, std::string_view text) { append_string(out, text, true); }

}  // namespace sops
