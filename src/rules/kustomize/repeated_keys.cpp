// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/repeated_keys.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace kustomize {

namespace {

// A top-level field with all lines up to the next one.
struct Section {
    std::string_view key;  // empty for what stands before the first field
    std::string_view text;
};

// The field that begins on a line: "resources:" gives "resources".
std::string_view key_of(std::string_view line) {
    constexpr std::string_view kNoKey = " \t#-{}[]&*!|>%@`'\"?:,\r\n";
    if (line.empty() || kNoKey.find(line.front()) != std::string_view::npos) {
        return {};
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    const bool ends = colon + 1 == line.size() ||
                      std::string_view(" \t\r\n").find(line[colon + 1]) != std::string_view::npos;
    return ends ? line.substr(0, colon) : std::string_view();
}

std::vector<Section> split(std::string_view text) {
    std::vector<Section> sections(1);
    bool inside = false;  // of the first document
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
        const std::string_view line = text.substr(start, end - start);
        if (inside && (line.starts_with("---") || line.starts_with("..."))) {
            break;
        }
        const std::string_view key = key_of(line);
        inside = inside || !key.empty();
        if (!key.empty()) {
            sections.push_back({key, text.substr(start, 0)});
        }
        Section& section = sections.back();
        section.text = section.text.empty()
                           ? line
                           : std::string_view(section.text.data(), section.text.size() + line.size());
        start = end;
    }
    return sections;
}

}  // namespace

std::string without_repeated_fields(std::string_view text) {
    const std::vector<Section> sections = split(text);
    std::map<std::string_view, std::size_t> last;
    for (std::size_t index = 1; index < sections.size(); ++index) {
        last[sections[index].key] = index;
    }
    std::string result;
    for (std::size_t index = 0; index < sections.size(); ++index) {
        if (index == 0 || last[sections[index].key] == index) {
            result += sections[index].text;
        }
    }
    return result;
}

}  // namespace kustomize
