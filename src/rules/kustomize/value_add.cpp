// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/value_add.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/yaml.hpp"
#include "rules/kustomize/path.hpp"
#include "rules/kustomize/shapes.hpp"
#include "rules/transform/namespace.hpp"
#include "rules/transform/selector.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Array;
using model::Value;
using transform::Resources;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The element of a list that a step like "[name=nginx]" or "[=x]" names; made when it is not there.
Value* element(Value& list, std::string_view step) {
    const std::string_view inside = step.substr(1, step.size() - 2);
    const std::size_t separator = inside.find('=');
    if (separator == std::string_view::npos) {
        return nullptr;
    }
    const std::string_view key = inside.substr(0, separator);
    const std::string_view wanted = inside.substr(separator + 1);
    if (list.is_null()) {
        list = Array();
    }
    Array* array = list.if_array();
    if (array == nullptr) {
        return nullptr;
    }
    for (Value& item : *array) {
        if (key.empty() ? item.is_string() && item.get_string() == wanted
                        : model::find_string(item, {key}) == wanted) {
            return &item;
        }
    }
    array->push_back(key.empty() ? Value(wanted) : Value(model::Object{{key, wanted}}));
    return &array->back();
}

// The field at `path`, made when it is missing; nullptr when something else than maps and lists lies on the way.
Value* find_or_make(Value& object, std::string_view path) {
    Value* at = &object;
    for (const std::string& step : transform::split_path(path)) {
        if (step.starts_with('[') && step.ends_with(']')) {
            at = element(*at, step);
        } else {
            if (at->is_null()) {
                *at = model::Object();
            }
            at = at->is_object() ? &at->get_object()[step] : nullptr;
        }
        if (at == nullptr) {
            return nullptr;
        }
    }
    return at;
}

struct Destination {
    std::optional<transform::Selector> selector;
    std::string field_path;
    std::size_t position = 0;  // 0 replaces the text; else 1 is the first part of a path
};

Result<std::vector<Destination>> parse_targets(const Value& configuration) {
    std::vector<Destination> destinations;
    const Array* targets = model::find_array(configuration, {"targets"});
    for (const Value& target : targets == nullptr ? Array() : *targets) {
        Destination destination;
        destination.field_path = model::find_string(target, {"fieldPath"});
        const auto position = model::find_integer(target, {"filePathPosition"}).value_or(0);
        if (destination.field_path.empty() || position < 0) {
            return Error{ErrorCode::kInvalid, "a target needs a fieldPath and no negative filePathPosition"};
        }
        destination.position = static_cast<std::size_t>(position);
        if (const Value* selector = model::find(target, {"selector"})) {
            const auto parsed = transform::parse_target(*selector, "selector");
            if (!parsed) {
                return parsed.error();
            }
            auto compiled = transform::Selector::compile(*parsed);
            if (!compiled) {
                return compiled.error();
            }
            destination.selector = *std::move(compiled);
        }
        destinations.push_back(std::move(destination));
    }
    return destinations;
}

// The targets in the configuration, and those in the file that it names.
Result<std::vector<Destination>> read_targets(const Value& configuration, const StepContext& context) {
    auto destinations = parse_targets(configuration);
    const std::string_view path = model::find_string(configuration, {"targetFilePath"});
    if (!destinations || path.empty()) {
        return destinations;
    }
    const auto text = context.loader.read(context.place, path);
    if (!text) {
        return text.error();
    }
    auto content = model::parse_yaml_one(*text, path);
    if (!content) {
        return content.error();
    }
    if (auto fits = conform(*content, *plugin_shape("ValueAddTransformer"), UnknownFields::kDrop); !fits) {
        return base::wrap(std::string(path), fits.error());
    }
    auto more = parse_targets(*content);
    if (!more) {
        return base::wrap(std::string(path), more.error());
    }
    std::ranges::move(*more, std::back_inserter(*destinations));
    return destinations;
}

Result<void> set_field(transform::Resource& resource, const Destination& destination,
                       std::string_view value) {
    Value* field = find_or_make(resource.object, destination.field_path);
    if (field == nullptr || field->is_structured()) {
        return Error{ErrorCode::kInvalid, fmt::format("{} of {} is no text", destination.field_path,
                                                      transform::current_id(resource).text())};
    }
    if (destination.position == 0) {
        *field = value;
        return {};
    }
    const auto* old = field->if_string();
    *field = insert_path_part(old == nullptr ? std::string_view() : std::string_view(*old),
                              destination.position - 1, value);
    return {};
}

// A namespace is set as the NamespaceTransformer does it, subjects of role bindings included.
Result<void> set_namespace(transform::Resource& resource, std::string_view ns, const StepContext& context) {
    Resources one;
    one.push_back(std::move(resource));
    transform::NamespaceChange change;
    change.ns = ns;
    auto done = transform::apply(one, change, context.scopes);
    resource = std::move(one.front());
    return done;
}

}  // namespace

std::string insert_path_part(std::string_view path, std::size_t position, std::string_view part) {
    const bool absolute = path.starts_with('/');
    std::vector<std::string_view> parts;
    for (std::string_view rest = path; !rest.empty();) {
        const std::size_t slash = rest.find('/');
        if (slash != 0) {
            parts.push_back(rest.substr(0, slash));
        }
        rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    }
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(std::min(position, parts.size())), part);
    return fmt::format("{}{}", absolute ? "/" : "", fmt::join(parts, "/"));
}

Result<void> add_value(Resources& resources, const Value& configuration, const StepContext& context) {
    const auto destinations = read_targets(configuration, context);
    if (!destinations) {
        return destinations.error();
    }
    if (destinations->empty()) {
        return Error{ErrorCode::kInvalid, "it has no target"};
    }
    std::string_view value = trimmed(model::find_string(configuration, {"value"}));
    if (value.empty()) {
        value = base_name(context.place.directory);
    }
    for (const Destination& destination : *destinations) {
        for (transform::Resource& resource : resources) {
            if (destination.selector && !destination.selector->matches(resource, context.scopes)) {
                continue;
            }
            auto done = destination.field_path == "metadata/namespace"
                            ? set_namespace(resource, value, context)
                            : set_field(resource, destination, value);
            if (!done) {
                return done;
            }
        }
    }
    return {};
}

}  // namespace kustomize
