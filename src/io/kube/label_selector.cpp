// SPDX-License-Identifier: 0BSD
#include "io/kube/label_selector.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace kube {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Splits at commas that stand outside of parentheses.
std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') {
            ++depth;
        } else if (text[i] == ')') {
            --depth;
        } else if (text[i] == ',' && depth == 0) {
            parts.push_back(trimmed(text.substr(start, i - start)));
            start = i + 1;
        }
    }
    parts.push_back(trimmed(text.substr(start)));
    return parts;
}

bool is_key(std::string_view text) {
    return !text.empty() && text.find_first_of(" \t()=!,") == std::string_view::npos;
}

// "(a, b)" as its words; nullopt when the parentheses are missing.
std::optional<std::vector<std::string>> parse_set(std::string_view text) {
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') {
        return std::nullopt;
    }
    std::vector<std::string> words;
    for (const auto word : split(text.substr(1, text.size() - 2))) {
        words.emplace_back(word);
    }
    return words;
}

base::Error malformed(std::string_view text) {
    return {base::ErrorCode::kInvalid, "label selector \"" + std::string(text) + "\" is malformed"};
}

}  // namespace

base::Result<LabelSelector::Requirement> LabelSelector::parse_requirement(std::string_view text) {
    Requirement requirement;
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
        requirement.wanted = equals == 0 || text[equals - 1] != '!';
        auto value = text.substr(equals + 1);
        if (requirement.wanted && value.starts_with('=')) {
            value.remove_prefix(1);
        }
        requirement.key = trimmed(text.substr(0, requirement.wanted ? equals : equals - 1));
        requirement.values.emplace_back(trimmed(value));
    } else if (text.starts_with('!')) {
        requirement = {std::string(trimmed(text.substr(1))), false, true, {}};
    } else if (const auto space = text.find_first_of(" \t"); space != std::string_view::npos) {
        requirement.key = text.substr(0, space);
        auto rest = trimmed(text.substr(space));
        requirement.wanted = !rest.starts_with("notin");
        if (requirement.wanted && !rest.starts_with("in")) {
            return malformed(text);
        }
        rest.remove_prefix(requirement.wanted ? 2 : 5);
        auto values = parse_set(trimmed(rest));
        if (!values) {
            return malformed(text);
        }
        requirement.values = *std::move(values);
    } else {
        requirement = {std::string(text), true, true, {}};
    }
    if (!is_key(requirement.key)) {
        return malformed(text);
    }
    return requirement;
}

base::Result<LabelSelector> LabelSelector::parse(std::string_view text) {
    LabelSelector selector;
    if (trimmed(text).empty()) {
        return selector;
    }
    for (const auto part : split(text)) {
        auto requirement = parse_requirement(part);
        if (!requirement) {
            return requirement.error();
        }
        selector.requirements_.push_back(*std::move(requirement));
    }
    return selector;
}

bool LabelSelector::matches(const model::Value& object) const {
    return std::ranges::all_of(requirements_, [&object](const Requirement& requirement) {
        const auto label = model::label_of(object, requirement.key);
        const bool met = label && (requirement.any_value ||
                                   std::ranges::find(requirement.values, *label) != requirement.values.end());
        return met == requirement.wanted;
    });
}

}  // namespace kube
