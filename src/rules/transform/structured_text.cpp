// SPDX-License-Identifier: 0BSD
#include "rules/transform/structured_text.hpp"

#include <optional>
#include <string>
#include <utility>

#include "model/json.hpp"
#include "model/yaml.hpp"
#include "model/yaml_scalar.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/scalar_text.hpp"
#include "rules/transform/styled_yaml.hpp"

namespace transform {
namespace {

// The text with structure that `path` enters, and what of the path lies in it.
struct Entrance {
    boost::json::string* text = nullptr;
    model::Value content;
    DottedPath rest;
};

std::optional<Entrance> find_entrance(model::Value& object, const DottedPath& path) {
    model::Value* at = &object;
    for (std::size_t count = 1; count < path.size(); ++count) {
        const auto found = find_dotted(*at, {path[count - 1]});
        if (!found || *found == nullptr) {
            return std::nullopt;
        }
        at = const_cast<model::Value*>(*found);  // lies in `object`
        boost::json::string* text = at->if_string();
        if (text == nullptr) {
            continue;
        }
        auto documents = model::parse_yaml(text_view(*text), "", {}, model::YamlDialect::kKustomize);
        if (!documents || documents->empty()) {
            return std::nullopt;
        }
        return Entrance{text, std::move(documents->front().value),
                        DottedPath(path.begin() + static_cast<std::ptrdiff_t>(count), path.end())};
    }
    return std::nullopt;
}

bool is_json(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// Go's encoder escapes what browsers might take for markup.
std::string escape_markup(std::string_view json) {
    std::string result;
    for (const char c : json) {
        switch (c) {
            case '<': result += "\\u003c"; break;
            case '>': result += "\\u003e"; break;
            case '&': result += "\\u0026"; break;
            default: result += c;
        }
    }
    return result;
}

// Indented where it was; the keys are sorted.
std::string write_json(const model::Value& content, std::string_view old) {
    const bool is_pretty =
        old.find('\n') != std::string_view::npos && old.find("  ") != std::string_view::npos;
    std::string text = escape_markup(is_pretty ? model::to_json_pretty(content) : model::to_json(content));
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

}  // namespace

base::Result<void> assign(const DottedMatch& match, const model::Value& value, std::string_view text) {
    model::Value& field = *match.value;
    if (field.is_structured()) {
        field = value;
        return {};
    }
    if (match.is_new) {
        field = model::resolve_plain(text, model::YamlDialect::kKustomize);
        return {};
    }
    auto scalar = scalar_like(field, text);
    if (!scalar) {
        return scalar.error();
    }
    field = *std::move(scalar);
    return {};
}

bool set_in_structured_text(model::Value& object, const DottedPath& path, DottedCreate create,
                            const model::Value& value) {
    auto entrance = find_entrance(object, path);
    if (!entrance || !entrance->content.is_structured()) {
        return false;
    }
    const auto matches = match_dotted(entrance->content, entrance->rest, create);
    if (!matches || matches->empty()) {
        return false;
    }
    const std::string text = text_of_scalar(value).value_or(std::string());
    const std::string old(text_view(*entrance->text));
    for (const DottedMatch& match : *matches) {
        if (!assign(match, value, text)) {
            if (is_json(old)) {
                return true;  // the original leaves such a text as it is
            }
            *match.value = text;
        }
    }
    if (is_json(old)) {
        *entrance->text = write_json(entrance->content, old);
        return true;
    }
    const auto written = rewrite_yaml(old, entrance->content);
    if (!written) {
        return false;
    }
    *entrance->text = *written;
    return true;
}

}  // namespace transform
