// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/key_values.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "model/utf8.hpp"
#include "rules/kustomize/path.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kBase64Line = 70;

std::string_view unquoted(std::string_view text) {
    const bool quoted =
        text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
    return quoted ? text.substr(1, text.size() - 2) : text;
}

bool is_space(char32_t code) {
    return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

std::string_view without_leading_space(std::string_view text) {
    while (!text.empty()) {
        const model::Utf8Letter letter = model::utf8_at(text, 0);
        if (!is_space(letter.code)) {
            break;
        }
        text.remove_prefix(letter.size);
    }
    return text;
}

}  // namespace

base::Result<KeyValue> parse_literal(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return Error{ErrorCode::kInvalid, fmt::format("the literal \"{}\" is not key=value", text)};
    }
    return KeyValue{std::string(text.substr(0, equals)), std::string(unquoted(text.substr(equals + 1)))};
}

base::Result<FileSource> parse_file_source(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        return FileSource{std::string(base_name(text)), std::string(text)};
    }
    if (text.find('=', equals + 1) != std::string_view::npos) {
        return Error{ErrorCode::kInvalid, fmt::format("the file source \"{}\" has more than one '='", text)};
    }
    if (equals == 0 || equals + 1 == text.size()) {
        return Error{ErrorCode::kInvalid, fmt::format("the file source \"{}\" is not key=path", text)};
    }
    return FileSource{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

base::Result<std::vector<KeyValue>> parse_env_file(std::string_view text) {
    std::vector<KeyValue> pairs;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (!model::is_utf8(line)) {
            return Error{ErrorCode::kInvalid, fmt::format("line {} is not UTF-8", number)};
        }
        if (number == 1 && line.starts_with(kByteOrderMark)) {
            line.remove_prefix(kByteOrderMark.size());
        }
        line = without_leading_space(line);
        const std::size_t equals = line.find('=');
        if (line.empty() || line.front() == '#' || equals == 0) {
            continue;
        }
        pairs.push_back({std::string(line.substr(0, equals)),
                         equals == std::string_view::npos ? "" : std::string(line.substr(equals + 1))});
    }
    return pairs;
}

std::string base64_lines(std::string_view bytes) {
    const std::string text = base::encode_base64(bytes);
    if (text.size() < kBase64Line) {
        return text;
    }
    std::string lines;
    lines.reserve(text.size() + text.size() / kBase64Line + 1);
    for (std::size_t at = 0; at < text.size(); at += kBase64Line) {
        lines.append(text, at, kBase64Line);
        lines += '\n';
    }
    return lines;
}

}  // namespace kustomize
