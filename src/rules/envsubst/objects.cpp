// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/objects.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "model/yaml.hpp"

namespace envsubst {
namespace {

// Writing YAML neither joins nor parts the two characters that substitution looks for, so the values tell as much as the text.
bool needs_substitution(const model::Value& value) {
    if (const auto* text = value.if_string()) {
        return envsubst::needs_substitution(std::string_view(text->data(), text->size()));
    }
    if (const auto* list = value.if_array()) {
        return std::ranges::any_of(*list,
                                   [](const model::Value& entry) { return needs_substitution(entry); });
    }
    if (const auto* map = value.if_object()) {
        return std::ranges::any_of(*map, [](const auto& entry) {
            return envsubst::needs_substitution(std::string_view(entry.key())) ||
                   needs_substitution(entry.value());
        });
    }
    return false;
}

bool is_disabled(const model::Value& object) {
    return model::label_of(object, kSubstituteKey) == kSubstituteDisabled ||
           model::annotation_of(object, kSubstituteKey) == kSubstituteDisabled;
}

// A reader's message quotes what it read, which may now be a Secret's value.
std::string without_quotes(std::string_view message) {
    const std::size_t first = message.find('"');
    const std::size_t last = message.rfind('"');
    if (first == std::string_view::npos || first == last) {
        return std::string(message);
    }
    return fmt::format("{}…{}", message.substr(0, first), message.substr(last + 1));
}

base::Result<std::vector<model::YamlDocument>> substitute_object(const model::Value& object,
                                                                 const Variables& variables,
                                                                 Options options) {
    auto text = substitute(model::to_yaml(object), variables, options);
    if (!text) {
        return base::wrap(model::id_of(object).text(), std::move(text.error()));
    }
    auto documents = model::parse_yaml(*text, "rendered", {}, model::YamlDialect::kKubectl);
    if (!documents) {
        return base::Error{
            documents.error().code,
            fmt::format("{}: with its variables inserted it is no YAML any more: {}",
                        model::id_of(object).text(), without_quotes(documents.error().message))};
    }
    return documents;
}

}  // namespace

base::Result<void> substitute_objects(std::vector<model::Value>& objects, const Variables& variables,
                                      Options options) {
    if (variables.empty()) {
        return {};
    }
    for (std::size_t index = 0; index < objects.size(); ++index) {
        if (!needs_substitution(objects[index]) || is_disabled(objects[index])) {
            continue;
        }
        auto documents = substitute_object(objects[index], variables, options);
        if (!documents) {
            return std::move(documents.error());
        }
        const auto place = objects.begin() + static_cast<std::ptrdiff_t>(index);
        if (documents->size() == 1) {
            *place = std::move(documents->front().value);
            continue;
        }
        std::vector<model::Value> values;
        for (model::YamlDocument& document : *documents) {
            values.push_back(std::move(document.value));
        }
        objects.insert(objects.erase(place), std::make_move_iterator(values.begin()),
                       std::make_move_iterator(values.end()));
        index += values.size();
        --index;
    }
    return {};
}

}  // namespace envsubst
