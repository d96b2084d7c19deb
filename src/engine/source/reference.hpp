// SPDX-License-Identifier: 0BSD
// What a sourceRef names: an object that carries its artifact, or a producer that ExternalArtifacts point back to.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/value.hpp"

namespace source {

inline constexpr std::string_view kGroup = "source.toolkit.fluxcd.io";
inline constexpr std::string_view kExternalArtifact = "ExternalArtifact";
// The kind whose objects producers publish.
model::GroupVersionKind external_artifacts();

// A source or producer, whatever version it is read at.
struct SourceId {
    std::string group;
    std::string kind;
    std::string ns;
    std::string name;

    bool operator==(const SourceId&) const = default;
    // For indexes: no part can hold the separator.
    std::string key() const;
};

// A sourceRef with its defaults filled in; `ns` is that of the StageSet where the reference names none.
struct Reference {
    model::GroupVersionKind gvk;
    std::string ns;
    std::string name;
    bool is_producer = false;

    SourceId id() const { return {gvk.group, gvk.kind, ns, name}; }
};
// As written in a sourceRef; empty where a field is absent.
struct WrittenReference {
    std::string_view api_version;
    std::string_view kind;
    std::string_view name;
    std::string_view ns;
    std::string_view stageset_namespace;
};
Reference complete(const WrittenReference& written);

// The producer that an ExternalArtifact's spec.sourceRef points back to, taken to live in the artifact's namespace: a
// namespace in the pointer is not looked at, nor is the version. nullopt: it points to none.
std::optional<SourceId> producer_of(const model::Value& artifact);

// Drops what neither resolving nor waking reads, before a source is cached.
void trim_source(model::Value& object);

}  // namespace source
