// SPDX-License-Identifier: 0BSD
// Writes an object's apiVersion and kind.
#pragma once

#include "io/kube/client.hpp"

namespace kube {

// The items of a list come without them, and metadata-only objects call themselves PartialObjectMetadata.
inline void set_kind(Value& object, const GroupVersionKind& gvk) {
    if (auto* map = object.if_object()) {
        (*map)["apiVersion"] = gvk.api_version();
        (*map)["kind"] = gvk.kind;
    }
}

}  // namespace kube
