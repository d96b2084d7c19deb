// SPDX-License-Identifier: 0BSD
#include "rules/transform/replacements.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/dotted_path.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/resources.hpp"
#include "rules/transform/scalar_text.hpp"
#include "rules/transform/shared_entries.hpp"
#include "rules/transform/structured_text.hpp"

namespace transform {
namespace {

constexpr std::string_view kDefaultFieldPath = "metadata.name";

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

bool agrees(std::string_view wanted, std::string_view actual) { return wanted.empty() || wanted == actual; }

bool is_selected(const IdView& id, const IdView& wanted, const Scopes& scopes) {
    return agrees(wanted.group, id.group) && agrees(wanted.version, id.version) &&
           agrees(wanted.kind, id.kind) && agrees(wanted.name, id.name) &&
           (wanted.ns.empty() || effective_namespace(wanted, scopes) == effective_namespace(id, scopes));
}

bool has_selected_id(const Resource& resource, const IdView& wanted, const Scopes& scopes) {
    if (is_selected(view_of(resource.object), wanted, scopes)) {
        return true;
    }
    for (std::size_t index = 0; index < resource.previous.size(); ++index) {
        if (is_selected(previous_view(resource, index), wanted, scopes)) {
            return true;
        }
    }
    return false;
}

base::Result<const Resource*> find_source(const Resources& resources, const ReplacementSource& source,
                                          const Scopes& scopes) {
    const IdView wanted = view_of(source.id);
    const Resource* found = nullptr;
    for (const Resource& resource : resources) {
        if (!has_selected_id(resource, wanted, scopes)) {
            continue;
        }
        if (found != nullptr) {
            return invalid(fmt::format("multiple matches for selector {}{}{}", text_of(wanted),
                                       source.field_path.empty() ? "" : ":", source.field_path));
        }
        found = &resource;
    }
    if (found == nullptr) {
        return invalid(fmt::format("nothing selected by {}{}{}", text_of(wanted),
                                   source.field_path.empty() ? "" : ":", source.field_path));
    }
    return found;
}

std::vector<std::string> split_text(std::string_view text, std::string_view delimiter) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t at = text.find(delimiter); at != std::string_view::npos;
         at = text.find(delimiter, from)) {
        parts.emplace_back(text.substr(from, at - from));
        from = at + delimiter.size();
    }
    parts.emplace_back(text.substr(from));
    return parts;
}

bool is_missing(const model::Value& value) {
    return value.is_null() || (value.is_object() && value.get_object().empty()) ||
           (value.is_array() && value.get_array().empty());
}

base::Result<model::Value> refine(const model::Value& value,
                                  const std::optional<ReplacementOptions>& options) {
    if (!options || options->delimiter.empty()) {
        return value;
    }
    const std::optional<std::string> text = text_of_scalar(value);
    if (!text) {
        return invalid("delimiter option can only be used with scalar nodes");
    }
    const std::vector<std::string> parts = split_text(*text, options->delimiter);
    if (options->index < 0 || std::cmp_greater_equal(options->index, parts.size())) {
        return invalid(fmt::format("options.index {} is out of bounds for value {}", options->index, *text));
    }
    return model::Value(parts[static_cast<std::size_t>(options->index)]);
}

base::Result<model::Value> source_value(const Resources& resources, const Replacement& replacement,
                                        const Scopes& scopes) {
    if (replacement.source_value) {
        if (replacement.source) {
            return invalid("value and resource selectors are mutually exclusive");
        }
        return model::Value(*replacement.source_value);
    }
    const ReplacementSource& source = *replacement.source;
    const auto resource = find_source(resources, source, scopes);
    if (!resource) {
        return resource.error();
    }
    const std::string path = source.field_path.empty() ? std::string(kDefaultFieldPath) : source.field_path;
    const auto found = find_dotted((*resource)->object, split_dotted(path));
    if (!found) {
        return base::wrap("error looking up replacement source", found.error());
    }
    if (*found == nullptr || is_missing(**found)) {
        return invalid(fmt::format("fieldPath `{}` is missing for replacement source {}", path,
                                   text_of(view_of(source.id))));
    }
    return refine(**found, source.options);
}

base::Result<void> set_field(const DottedMatch& match, const model::Value& value,
                             const std::optional<ReplacementOptions>& options) {
    model::Value& field = *match.value;
    std::string text = text_of_scalar(value).value_or(std::string());
    if (options && !options->delimiter.empty()) {
        const std::optional<std::string> old = text_of_scalar(field);
        if (!old) {
            return invalid("delimiter option can only be used with scalar nodes");
        }
        std::vector<std::string> parts = split_text(*old, options->delimiter);
        if (options->index < 0) {
            parts.insert(parts.begin(), text);
        } else if (std::cmp_greater_equal(options->index, parts.size())) {
            parts.push_back(text);
        } else {
            parts[static_cast<std::size_t>(options->index)] = text;
        }
        text = fmt::format("{}", fmt::join(parts, options->delimiter));
    }
    return assign(match, value, text);
}

DottedCreate creation_of(const model::Value& value) {
    return value.is_object()  ? DottedCreate::kMap
           : value.is_array() ? DottedCreate::kList
                              : DottedCreate::kScalar;
}

base::Result<void> copy_to(Resource& resource, const ReplacementTarget& target, const model::Value& value) {
    const bool may_create = target.options && target.options->create;
    const DottedCreate create = may_create ? creation_of(value) : DottedCreate::kNothing;
    std::vector<std::string> paths = target.field_paths;
    if (paths.empty()) {
        paths.emplace_back(kDefaultFieldPath);
    }
    for (const std::string& text : paths) {
        const DottedPath path = split_dotted(text);
        if (set_in_structured_text(resource.object, path, create, value)) {
            continue;
        }
        const auto failed = [&text, may_create, &resource](std::string_view reason) {
            return invalid(fmt::format(
                "unable to find {}field \"{}\" in replacement target {}{}{}", may_create ? "or create " : "",
                text, text_of(view_of(resource.object)), reason.empty() ? "" : ": ", reason));
        };
        const auto matches = match_dotted(resource.object, path, create);
        if (!matches) {
            return failed(matches.error().message);
        }
        if (matches->empty()) {
            return failed("");
        }
        for (const DottedMatch& match : *matches) {
            if (auto done = set_field(match, value, target.options); !done) {
                return done;
            }
        }
    }
    return {};
}

// A target with its expressions compiled.
struct CompiledTarget {
    const ReplacementTarget* target;
    Selector select;
    std::vector<Selector> reject;

    bool wants(const Resource& resource, const Scopes& scopes) const {
        if (!select.matches_labels_and_annotations(resource)) {
            return false;
        }
        std::vector<ResourceId> ids = previous_ids(resource);
        ids.insert(ids.begin(), current_id(resource));
        const auto matches_any = [&](const Selector& selector) {
            return std::ranges::any_of(ids,
                                       [&](const ResourceId& id) { return selector.matches_id(id, scopes); });
        };
        return matches_any(select) && std::ranges::none_of(reject, [&](const Selector& selector) {
                   return is_rejected(resource, selector, matches_any(selector));
               });
    }

    // Labels and annotations reject by themselves, and so does an id.
    static bool is_rejected(const Resource& resource, const Selector& selector, bool has_id) {
        const Target& target = selector.target();
        const bool by_labels = !target.annotation_selector.empty() || !target.label_selector.empty();
        const bool by_id = !(target.group.empty() && target.version.empty() && target.kind.empty() &&
                             target.name.empty() && target.ns.empty());
        return (by_labels && selector.matches_labels_and_annotations(resource)) || (by_id && has_id);
    }
};

base::Result<CompiledTarget> compile(const ReplacementTarget& target) {
    if (!target.select) {
        return invalid("target must specify resources to select");
    }
    auto select = Selector::compile(*target.select);
    if (!select) {
        return select.error();
    }
    CompiledTarget compiled{&target, *std::move(select), {}};
    for (const Target& rejected : target.reject) {
        auto selector = Selector::compile(rejected);
        if (!selector) {
            return selector.error();
        }
        compiled.reject.push_back(*std::move(selector));
    }
    return compiled;
}

}  // namespace

base::Result<void> apply(Resources& resources, const std::vector<Replacement>& replacements,
                         const Scopes& scopes) {
    for (const Replacement& replacement : replacements) {
        if ((!replacement.source && !replacement.source_value) || replacement.targets.empty()) {
            return invalid("replacements must specify a source and at least one target");
        }
        const auto value = source_value(resources, replacement, scopes);
        if (!value) {
            return value.error();
        }
        for (const ReplacementTarget& target : replacement.targets) {
            const auto compiled = compile(target);
            if (!compiled) {
                return compiled.error();
            }
            for (Resource& resource : resources) {
                if (!compiled->wants(resource, scopes)) {
                    continue;
                }
                if (auto done = copy_to(resource, target, *value); !done) {
                    return done;
                }
                follow_shared(resource);
            }
        }
    }
    return {};
}

}  // namespace transform
