// SPDX-License-Identifier: 0BSD
// Which objects on the cluster a StageSet applied, by the marks that they carry: for when its inventory is lost.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "engine/apply/inventory_store.hpp"
#include "engine/apply/live_objects.hpp"
#include "rules/inventory/rebuild.hpp"

namespace apply {

// The kinds that software delivered to Kubernetes is mostly made of; served by every cluster, or passed over.
const std::set<GroupKind>& common_kinds();

struct OwnedObjects {
    std::vector<inventory::FoundObject> objects;
    // Kinds that could not be listed, with the reason: what there is of them stays unknown.
    std::vector<std::string> unread;
};

// Lists the kinds' metadata, page by page, and keeps what carries the owner's labels, was applied by our field manager, and is
// not the child of another object (controllers copy labels). A kind is listed in the whole cluster, or, where that is not
// allowed, in each of `namespaces`. Kinds that are not served have no objects.
// Errors: those of kube::Client::list but kForbidden and kUnsupported.
base::Task<OwnedObjects> find_owned(kube::Client& client, Owner owner, std::set<GroupKind> kinds,
                                    std::set<std::string> namespaces);

}  // namespace apply
