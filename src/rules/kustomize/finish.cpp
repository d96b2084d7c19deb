// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/finish.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/yaml.hpp"
#include "rules/kustomize/notes.hpp"
#include "rules/kustomize/resource_file.hpp"
#include "rules/transform/labels.hpp"
#include "rules/transform/metadata_texts.hpp"

namespace kustomize {

namespace {

using base::Result;
using model::Object;
using model::Value;

constexpr std::string_view kLocal = "config.kubernetes.io/local-config";
constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";
constexpr std::string_view kManager = "kustomize-v5.8.1";

// "key: value", quoted where YAML needs it.
std::string line(std::string_view indent, std::string_view key, std::string_view value) {
    return value.empty() ? std::string() : fmt::format("{}{}: {}", indent, key, model::to_yaml(Value(value)));
}

// An origin in the original's order of fields; `first` stands before the first line, as wide as the others are indented.
std::string origin_text(const transform::Origin& origin, std::string_view first) {
    const std::string indent(first.size(), ' ');
    std::string text = line(indent, "path", origin.path) + line(indent, "configuredIn", origin.configured_in);
    if (!origin.by.kind.empty()) {
        const std::string deeper = indent + "  ";
        text += indent + "configuredBy:\n" + line(deeper, "apiVersion", origin.by.api_version()) +
                line(deeper, "kind", origin.by.kind) + line(deeper, "name", origin.by_name) +
                line(deeper, "namespace", origin.by_namespace);
    }
    text.replace(0, std::min(first.size(), text.size()), first);
    return text;
}

std::string transformations_text(const std::vector<transform::Origin>& transformations) {
    std::string text;
    for (const transform::Origin& origin : transformations) {
        text += origin_text(origin, "- ");
    }
    return text;
}

Object* annotations_of(Object& object, bool make) {
    Value* metadata = object.if_contains("metadata");
    if (metadata == nullptr || !metadata->is_object()) {
        return nullptr;
    }
    Value* annotations = metadata->get_object().if_contains("annotations");
    if (annotations == nullptr && make) {
        annotations = &metadata->get_object()["annotations"];
    }
    if (annotations == nullptr) {
        return nullptr;
    }
    if (!annotations->is_object()) {
        *annotations = Object();
    }
    return &annotations->get_object();
}

bool is_local(const Value& object) {
    const Object* annotations = model::find_object(object, {"metadata", "annotations"});
    const Value* mark = annotations == nullptr ? nullptr : annotations->if_contains(kLocal);
    if (mark == nullptr) {
        return false;
    }
    const bool says_no =
        (mark->is_string() && mark->get_string() == "false") || (mark->is_bool() && !mark->get_bool());
    return !says_no;
}

}  // namespace

Result<void> drop_local(transform::Resources& resources) {
    for (const transform::Resource& resource : resources) {
        if (auto known = check_identity(resource.object); !known) {
            return known;
        }
    }
    std::erase_if(resources, [](const transform::Resource& resource) { return is_local(resource.object); });
    return {};
}

Result<void> add_managed_by_label(transform::Resources& resources) {
    transform::Labels labels;
    labels.pairs.emplace(kManagedBy, kManager);
    labels.fields.emplace_back().path = "metadata/labels";
    labels.fields.back().create = true;
    return transform::apply(resources, labels);
}

void write_annotations(transform::Resources& resources, const BuildMetadata& metadata) {
    for (transform::Resource& resource : resources) {
        const bool origin = metadata.origin_annotations && resource.origin.has_value();
        const bool transformations = metadata.transformer_annotations && !resource.transformations.empty();
        Object& object = resource.object.get_object();
        Object* annotations = annotations_of(object, origin || transformations);
        if (annotations == nullptr) {
            continue;
        }
        erase_notes(*annotations);
        for (auto& entry : *annotations) {
            transform::make_text(entry.value());
        }
        if (origin) {
            (*annotations)[kOriginAnnotation] = origin_text(*resource.origin, "");
        }
        if (transformations) {
            (*annotations)[kTransformationsAnnotation] = transformations_text(resource.transformations);
        }
        if (annotations->empty()) {
            object["metadata"].get_object().erase("annotations");
        }
    }
}

}  // namespace kustomize
