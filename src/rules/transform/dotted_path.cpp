// SPDX-License-Identifier: 0BSD
#include "rules/transform/dotted_path.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include "model/yaml.hpp"
#include "model/yaml_scalar.hpp"
#include "rules/transform/field_spec.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

constexpr std::int64_t kExpressionBytesMax = std::int64_t{1} << 20;

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

std::string_view kind_name(const model::Value& value) {
    return value.is_object() ? "MappingNode" : value.is_array() ? "SequenceNode" : "ScalarNode";
}

base::Error wrong_kind(std::string_view expected, const model::Value& value) {
    return invalid(fmt::format("wrong node kind: expected {} but got {}", expected, kind_name(value)));
}

std::optional<std::int64_t> integer(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

bool is_index(std::string_view step) { return integer(step).value_or(-1) >= 0; }
bool is_bracketed(std::string_view step) { return step.starts_with('[') && step.ends_with(']'); }

struct Condition {
    std::string_view key;  // empty: the element itself
    std::string_view value;
};

base::Result<Condition> parse_condition(std::string_view step) {
    const std::string_view inner = step.substr(1, step.size() - 2);
    const std::size_t equals = inner.find('=');
    if (equals == std::string_view::npos) {
        return invalid("list path element must contain fieldName=fieldValue for element to match");
    }
    return Condition{inner.substr(0, equals), inner.substr(equals + 1)};
}

// The text of a scalar without quotes.
std::string plain_text(const model::Value& value) {
    if (const boost::json::string* text = value.if_string()) {
        return std::string(text_view(*text));
    }
    return boost::json::serialize(value);
}

// The text of a value as YAML writes it, quotes included.
std::string yaml_text(const model::Value& value) {
    std::string text = model::to_yaml(value);
    while (text.ends_with('\n') || text.ends_with(' ')) {
        text.pop_back();
    }
    return text;
}

base::Result<const model::Value*> find_element(const model::Array& list, std::string_view step) {
    const auto condition = parse_condition(step);
    if (!condition) {
        return condition.error();
    }
    for (const model::Value& element : list) {
        const model::Value* field = &element;
        if (!condition->key.empty()) {
            const model::Object* map = element.if_object();
            field = map == nullptr ? nullptr : map->if_contains(condition->key);
        }
        if (field != nullptr && !field->is_structured() && plain_text(*field) == condition->value) {
            return &element;
        }
    }
    return nullptr;
}

base::Result<const model::Value*> find_step(const model::Value& at, std::string_view step) {
    const std::optional<std::int64_t> index = integer(step);
    if (!index && step != "-" && !is_bracketed(step)) {
        if (step == "*") {
            return invalid("wildcard is not supported in PathGetter");
        }
        const model::Object* map = at.if_object();
        if (map == nullptr) {
            return wrong_kind("MappingNode", at);
        }
        return map->if_contains(step);
    }
    if (index && *index < 0) {
        return invalid(fmt::format("array index {} cannot be negative", *index));
    }
    const model::Array* list = at.if_array();
    if (list == nullptr) {
        return wrong_kind("SequenceNode", at);
    }
    if (is_bracketed(step)) {
        return find_element(*list, step);
    }
    const std::size_t wanted = index ? static_cast<std::size_t>(*index) : list->size() - 1;
    return wanted < list->size() ? &(*list)[wanted] : nullptr;
}

class Matcher {
public:
    explicit Matcher(DottedCreate create) : create_(create) {}

    base::Result<void> match(model::Value& at, std::span<const std::string> path, bool is_new) {
        while (!path.empty() && path.front().empty()) {
            path = path.subspan(1);
        }
        if (path.empty()) {
            matches_.push_back({&at, is_new});
            return {};
        }
        const std::string& step = path.front();
        if (is_index(step)) {
            return match_index(at, path);
        }
        if (is_bracketed(step)) {
            return match_elements(at, path);
        }
        if (step == "*") {
            model::Array* list = at.if_array();
            if (list == nullptr) {
                return wrong_kind("SequenceNode", at);
            }
            for (model::Value& element : *list) {
                if (auto done = match(element, path.subspan(1), false); !done) {
                    return done;
                }
            }
            return {};
        }
        return match_field(at, path);
    }
    std::vector<DottedMatch> take() { return std::move(matches_); }

private:
    bool creates() const { return create_ != DottedCreate::kNothing; }

    // What stands where the rest of the path will go on.
    model::Value fresh(std::span<const std::string> rest) const {
        if (rest.empty() || rest.front().empty()) {
            return create_ == DottedCreate::kMap    ? model::Value(model::Object())
                   : create_ == DottedCreate::kList ? model::Value(model::Array())
                                                    : model::Value();
        }
        if (is_bracketed(rest.front()) || is_index(rest.front())) {
            return model::Array();
        }
        return model::Object();
    }

    base::Result<void> match_field(model::Value& at, std::span<const std::string> path) {
        model::Object* map = at.if_object();
        if (map == nullptr) {
            return wrong_kind("MappingNode", at);
        }
        model::Value* field = map->if_contains(path.front());
        const bool is_new = field == nullptr;
        if (is_new) {
            if (!creates()) {
                return {};
            }
            field = &(*map)[path.front()];
            *field = fresh(path.subspan(1));
        }
        return match(*field, path.subspan(1), is_new);
    }

    base::Result<void> match_index(model::Value& at, std::span<const std::string> path) {
        const auto index = static_cast<std::size_t>(integer(path.front()).value_or(0));
        model::Array* list = at.if_array();
        if (list == nullptr) {
            return wrong_kind("SequenceNode", at);
        }
        const bool is_new = list->size() == index && creates();
        if (is_new) {
            list->push_back(fresh(path.subspan(1)));
        }
        if (list->size() <= index) {
            return invalid(fmt::format("index {} specified but only {} elements found", index, list->size()));
        }
        return match((*list)[index], path.subspan(1), is_new);
    }

    base::Result<void> match_elements(model::Value& at, std::span<const std::string> path) {
        const auto condition = parse_condition(path.front());
        if (!condition) {
            return condition.error();
        }
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(kExpressionBytesMax);
        const RE2 pattern(re2::StringPiece(condition->value.data(), condition->value.size()), options);
        if (!pattern.ok()) {
            return invalid(
                fmt::format("\"{}\" is no regular expression: {}", condition->value, pattern.error()));
        }
        model::Array* list = at.if_array();
        if (list == nullptr) {
            return wrong_kind("SequenceNode", at);
        }
        const std::size_t count_before = matches_.size();
        if (auto done = match_existing(*list, *condition, pattern, path.subspan(1)); !done) {
            return done;
        }
        if (!creates() || matches_.size() > count_before) {
            return {};
        }
        model::Value made = model::resolve_plain(condition->value, model::YamlDialect::kKustomize);
        if (!condition->key.empty()) {
            made = model::Object{{condition->key, std::move(made)}};
        }
        list->push_back(std::move(made));
        const std::span<const std::string> rest = path.subspan(1);
        return condition->key.empty() ? match(list->back(), {}, true) : match(list->back(), rest, false);
    }

    base::Result<void> match_existing(model::Array& list, const Condition& condition, const RE2& pattern,
                                      std::span<const std::string> rest) {
        for (model::Value& element : list) {
            const model::Value* field = &element;
            if (!condition.key.empty()) {
                const model::Object* map = element.if_object();
                field = map == nullptr ? nullptr : map->if_contains(condition.key);
            }
            if (field == nullptr || !RE2::PartialMatch(yaml_text(*field), pattern)) {
                continue;
            }
            if (condition.key.empty()) {
                matches_.push_back({&element, false});
            } else if (auto done = match(element, rest, false); !done) {
                return done;
            }
        }
        return {};
    }

    DottedCreate create_;
    std::vector<DottedMatch> matches_;
};

}  // namespace

DottedPath split_dotted(std::string_view text) {
    const std::vector<std::string> parts = split_path(text, '.');
    DottedPath path;
    for (std::size_t index = 0; index < parts.size(); ++index) {
        std::string step = parts[index];
        if (step.starts_with('[') && !step.ends_with(']')) {
            while (!parts[index].ends_with(']') && index + 1 < parts.size()) {
                step += "." + parts[++index];
            }
            // Brackets around a key with dots only keep it together.
            if (step.find('=') == std::string::npos) {
                step = step.substr(1, step.size() - (step.ends_with(']') ? 2 : 1));
            }
        }
        path.push_back(std::move(step));
    }
    return path;
}

DottedPath split_var_path(std::string_view text) {
    DottedPath path;
    for (const std::string& step : split_dotted(text)) {
        const std::size_t open = step.find('[');
        const bool has_index = open != std::string::npos && open > 0 && step.ends_with(']') &&
                               is_index(std::string_view(step).substr(open + 1, step.size() - open - 2));
        if (has_index) {
            path.push_back(step.substr(0, open));
            path.push_back(step.substr(open + 1, step.size() - open - 2));
        } else {
            path.push_back(step);
        }
    }
    return path;
}

base::Result<const model::Value*> find_dotted(const model::Value& root, const DottedPath& path) {
    const model::Value* at = &root;
    for (const std::string& step : path) {
        if (step.empty()) {
            continue;
        }
        auto next = find_step(*at, step);
        if (!next || *next == nullptr || (*next)->is_null()) {
            return next ? base::Result<const model::Value*>(nullptr) : next;
        }
        at = *next;
    }
    return at;
}

base::Result<std::vector<DottedMatch>> match_dotted(model::Value& root, const DottedPath& path,
                                                    DottedCreate create) {
    Matcher matcher(create);
    if (auto done = matcher.match(root, path, false); !done) {
        return done.error();
    }
    return matcher.take();
}

}  // namespace transform
