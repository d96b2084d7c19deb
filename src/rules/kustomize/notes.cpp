// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/notes.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace kustomize {

namespace {

constexpr std::string_view kPreviousNames = "internal.config.kubernetes.io/previousNames";
constexpr std::string_view kPreviousKinds = "internal.config.kubernetes.io/previousKinds";
constexpr std::string_view kPreviousNamespaces = "internal.config.kubernetes.io/previousNamespaces";
constexpr std::string_view kPrefixes = "internal.config.kubernetes.io/prefixes";
constexpr std::string_view kSuffixes = "internal.config.kubernetes.io/suffixes";

constexpr std::array<std::string_view, 16> kNotes = {
    kPreviousNames,
    kPreviousKinds,
    kPreviousNamespaces,
    kPrefixes,
    kSuffixes,
    kOriginAnnotation,
    kTransformationsAnnotation,
    "internal.config.kubernetes.io/allowNameChange",
    "internal.config.kubernetes.io/allowKindChange",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/generatorBehavior",
    "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
};

std::vector<std::string> split(const model::Object& annotations, std::string_view key) {
    std::vector<std::string> parts;
    const model::Value* found = annotations.if_contains(key);
    if (found == nullptr || !found->is_string() || found->get_string().empty()) {
        return parts;
    }
    for (std::string_view rest = found->get_string();;) {
        const std::size_t comma = rest.find(',');
        parts.emplace_back(rest.substr(0, comma));
        if (comma == std::string_view::npos) {
            return parts;
        }
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace

void recall_notes(transform::Resource& resource) {
    const model::Object* annotations = model::find_object(resource.object, {"metadata", "annotations"});
    if (annotations == nullptr) {
        return;
    }
    resource.prefixes = split(*annotations, kPrefixes);
    resource.suffixes = split(*annotations, kSuffixes);
    const std::vector<std::string> names = split(*annotations, kPreviousNames);
    const std::vector<std::string> kinds = split(*annotations, kPreviousKinds);
    const std::vector<std::string> namespaces = split(*annotations, kPreviousNamespaces);
    if (names.size() != kinds.size() || names.size() != namespaces.size()) {
        return;
    }
    for (std::size_t index = 0; index < names.size(); ++index) {
        transform::ResourceId id{model::gvk_of(resource.object), names[index], namespaces[index]};
        id.gvk.kind = kinds[index];
        resource.previous.push_back(std::move(id));
    }
}

void erase_notes(model::Object& annotations) {
    for (const std::string_view note : kNotes) {
        annotations.erase(note);
    }
}

}  // namespace kustomize
