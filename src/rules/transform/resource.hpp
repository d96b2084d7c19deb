// SPDX-License-Identifier: 0BSD
// Resource: a Kubernetes object on its way through a kustomize build, with the names that it had and what may still happen to it.
#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/field_path.hpp"
#include "model/value.hpp"
#include "model/yaml.hpp"

namespace transform {

// What a reference or a patch names. Unlike model::ObjectId it holds the version, for kustomize tells versions apart.
struct ResourceId {
    model::GroupVersionKind gvk;
    std::string name;
    std::string ns;  // as written; empty is "default" for namespaced kinds

    auto operator<=>(const ResourceId&) const = default;
    // "Deployment.v1.apps/web.default": the form of kustomize's messages.
    std::string text() const;
};

// What a generator does to a resource of the same id that stands already (kustomize `behavior`).
enum class Behavior { kUnspecified, kCreate, kReplace, kMerge };

// Where a resource came from or what changed it (kustomize `buildMetadata`).
struct Origin {
    std::string path;  // of the file, relative to the root of the build
    std::string
        configured_in;  // the kustomization that configured the generator or transformer; empty for files
    model::GroupVersionKind by;  // the generator's or transformer's kind; empty for files
    std::string by_name;         // its name, where it has a configuration of its own
    std::string by_namespace;    // and the namespace that it says
};

// One text that stands in several maps of an object, because one transformer put it there: the original keeps it as one node, so
// that whoever changes it in one of them later changes all (shared_entries.hpp).
struct SharedEntry {
    std::string key;
    std::vector<std::shared_ptr<const model::FieldPath>> maps;  // two at least
    model::Value value;
};

struct Resource {
    model::Value object;
    std::vector<ResourceId> previous;   // ids before each renaming, oldest first; empty: never renamed
    std::vector<std::string> prefixes;  // name prefixes added so far, oldest first
    std::vector<std::string> suffixes;
    Behavior behavior = Behavior::kUnspecified;
    std::vector<std::string> variables;  // names of the `vars` whose values are read from this object
    bool needs_hash = false;         // gets the hash of its content as name suffix at the end of the build
    bool allow_name_change = false;  // patches only
    bool allow_kind_change = false;
    std::vector<SharedEntry> shared;
    std::vector<model::FieldComment> comments;  // what the file says of fields' types
    std::optional<Origin> origin;
    std::vector<Origin> transformations;
};

using Resources = std::vector<Resource>;

ResourceId current_id(const Resource& resource);
// The id it had in the file that it was read from.
ResourceId original_id(const Resource& resource);

}  // namespace transform
