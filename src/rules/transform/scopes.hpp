// SPDX-License-Identifier: 0BSD
// Scopes: which kinds surely live outside namespaces, looked up in the schema once per kind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/value.hpp"
#include "rules/patch/schema.hpp"

namespace transform {

// The schema outlives this. One per build: not for use by several threads at once.
class Scopes {
public:
    explicit Scopes(const patch::Schema& schema) : schema_(&schema) {}

    const patch::Schema& schema() const { return *schema_; }
    // False for namespaced kinds and for those that the schema does not know.
    bool is_cluster_scoped(const model::GroupVersionKind& gvk) const;
    bool is_cluster_scoped(std::string_view group, std::string_view version, std::string_view kind) const;
    bool is_cluster_scoped(const model::Value& object) const;

private:
    struct Known {
        model::GroupVersionKind gvk;
        bool cluster_scoped = false;
    };
    const patch::Schema* schema_;
    mutable std::vector<Known> known_;  // few: one per kind in the build
};

}  // namespace transform
