// SPDX-License-Identifier: 0BSD
#include "engine/source/reference.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

namespace source {

namespace {

constexpr std::string_view kVersion = "v1";

bool carries_artifact(std::string_view kind) {
    return kind == "GitRepository" || kind == "OCIRepository" || kind == "Bucket";
}

void keep_only(model::Object& object, std::span<const std::string_view> kept) {
    for (auto field = object.begin(); field != object.end();) {
        const bool keep = std::ranges::find(kept, std::string_view(field->key())) != kept.end();
        field = keep ? std::next(field) : object.erase(field);
    }
}

void keep_only(model::Object& parent, std::string_view child, std::span<const std::string_view> kept) {
    if (model::Value* value = parent.if_contains(child); value != nullptr && value->is_object()) {
        keep_only(value->get_object(), kept);
    }
}

constexpr std::array<std::string_view, 5> kRootFields = {"apiVersion", "kind", "metadata", "spec", "status"};
constexpr std::array<std::string_view, 6> kMetadataFields = {
    "name", "namespace", "uid", "resourceVersion", "generation", "deletionTimestamp"};
constexpr std::array<std::string_view, 1> kSpecFields = {"sourceRef"};
constexpr std::array<std::string_view, 2> kStatusFields = {"artifact", "conditions"};
constexpr std::array<std::string_view, 3> kArtifactFields = {"url", "digest", "revision"};

}  // namespace

model::GroupVersionKind external_artifacts() {
    return {std::string(kGroup), std::string(kVersion), std::string(kExternalArtifact)};
}

std::string SourceId::key() const { return fmt::format("{}|{}|{}|{}", ns, group, kind, name); }

Reference complete(const WrittenReference& written) {
    Reference reference;
    reference.gvk = model::parse_gvk(written.api_version, written.kind);
    reference.ns = written.ns.empty() ? written.stageset_namespace : written.ns;
    reference.name = written.name;
    if (reference.gvk.kind.empty()) {
        reference.gvk.kind = kExternalArtifact;
    }
    const bool flux_group = reference.gvk.group.empty() || reference.gvk.group == kGroup;
    const bool direct =
        reference.gvk.kind == kExternalArtifact || (flux_group && carries_artifact(reference.gvk.kind));
    reference.is_producer = !direct;
    if (direct && written.api_version.empty()) {
        reference.gvk.group = kGroup;
        reference.gvk.version = kVersion;
    } else if (direct && reference.gvk.group.empty()) {
        reference.gvk.group = kGroup;
    }
    return reference;
}

std::optional<SourceId> producer_of(const model::Value& artifact) {
    const std::string_view kind = model::find_string(artifact, {"spec", "sourceRef", "kind"});
    const std::string_view name = model::find_string(artifact, {"spec", "sourceRef", "name"});
    if (kind.empty() || name.empty()) {
        return std::nullopt;
    }
    const std::string_view api_version = model::find_string(artifact, {"spec", "sourceRef", "apiVersion"});
    return SourceId{model::parse_gvk(api_version, kind).group, std::string(kind),
                    std::string(model::namespace_of(artifact)), std::string(name)};
}

void trim_source(model::Value& object) {
    auto* root = object.if_object();
    if (root == nullptr) {
        return;
    }
    keep_only(*root, kRootFields);
    keep_only(*root, "metadata", kMetadataFields);
    keep_only(*root, "spec", kSpecFields);
    keep_only(*root, "status", kStatusFields);
    if (auto* status = root->if_contains("status"); status != nullptr && status->is_object()) {
        keep_only(status->get_object(), "artifact", kArtifactFields);
    }
}

}  // namespace source
