// SPDX-License-Identifier: 0BSD
#include "rules/transform/scopes.hpp"

#include "rules/transform/id_view.hpp"

namespace transform {

bool Scopes::is_cluster_scoped(std::string_view group, std::string_view version,
                               std::string_view kind) const {
    for (const Known& known : known_) {
        if (known.gvk.kind == kind && known.gvk.version == version && known.gvk.group == group) {
            return known.cluster_scoped;
        }
    }
    Known known{{std::string(group), std::string(version), std::string(kind)}, false};
    known.cluster_scoped = !patch::is_namespaced(*schema_, known.gvk).value_or(true);
    known_.push_back(known);
    return known.cluster_scoped;
}

bool Scopes::is_cluster_scoped(const model::GroupVersionKind& gvk) const {
    return is_cluster_scoped(gvk.group, gvk.version, gvk.kind);
}

bool Scopes::is_cluster_scoped(const model::Value& object) const {
    const IdView id = view_of(object);
    return is_cluster_scoped(id.group, id.version, id.kind);
}

}  // namespace transform
