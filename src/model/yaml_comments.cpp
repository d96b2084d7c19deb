// SPDX-License-Identifier: 0BSD
#include "model/yaml_comments.hpp"

#include <algorithm>

namespace model {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) {
        return "";
    }
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// `comment` begins with its "#".
std::string_view map_of(std::string_view comment) {
    comment.remove_prefix(std::min(comment.find_first_not_of('#'), comment.size()));
    comment = trimmed(comment);
    return comment.starts_with('{') && comment.ends_with('}') ? comment : std::string_view();
}

bool has_map(std::string_view text) {
    for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at)) {
        at = std::min(text.find_first_not_of('#', at), text.size());
        at = std::min(text.find_first_not_of(kBlanks, at), text.size());
        if (at < text.size() && text[at] == '{') {
            return true;
        }
    }
    return false;
}

std::size_t byte_of(std::string_view line, std::size_t column) {
    std::size_t at = 0;
    const auto continues = [&] {
        return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80;
    };
    for (; column > 0 && at < line.size(); --column) {
        do {
            ++at;
        } while (continues());
    }
    return at;
}

}  // namespace

YamlComments::YamlComments(std::string_view text) {
    if (!has_map(text)) {
        return;
    }
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines_.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::optional<std::string_view> YamlComments::behind(YamlPlace place, std::string_view between) const {
    std::string_view rest = line(place.line);
    rest.remove_prefix(byte_of(rest, place.column));
    const std::size_t first = rest.find_first_not_of(kBlanks);
    if (!between.empty()) {
        rest.remove_prefix(std::min(first, rest.size()));
        if (!rest.starts_with(between)) {
            return std::nullopt;
        }
        rest.remove_prefix(between.size());
    }
    const std::size_t comment = rest.find_first_not_of(kBlanks);
    const bool is_comment = comment != std::string_view::npos && comment > 0 && rest[comment] == '#';
    return is_comment ? std::optional(map_of(rest.substr(comment))) : std::nullopt;
}

std::optional<std::string_view> YamlComments::above(YamlPlace key) const {
    const auto comment_of = [&](std::size_t index) {
        const std::string_view text = line(index);
        const std::size_t first = text.find_first_not_of(' ');
        const bool is_comment = first == key.column && text[first] == '#';
        return is_comment ? text.substr(first) : std::string_view();
    };
    if (key.line == 0 || comment_of(key.line - 1).empty()) {
        return std::nullopt;
    }
    const bool is_one_line = key.line < 2 || comment_of(key.line - 2).empty();
    return is_one_line ? map_of(comment_of(key.line - 1)) : std::string_view();
}

}  // namespace model
