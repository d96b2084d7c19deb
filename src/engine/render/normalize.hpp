// SPDX-License-Identifier: 0BSD
// The form in which an object is applied: defaults that server-side apply needs, nothing that only servers write, owner labels.
#pragma once

#include <string_view>

#include "model/value.hpp"

namespace render {

// - container and Service ports without protocol get TCP (it is part of their merge key);
// - a Secret's stringData moves into data as base64, where it wins;
// - metadata.creationTimestamp goes, and status of built-in kinds (a CustomResourceDefinition keeps it).
// Fields of another type than they should have are left as they are: the server says it better.
void normalize(model::Value& object);

// Sets stages.metio.wtf/name and /namespace.
void set_owner_labels(model::Value& object, std::string_view stageset_name,
                      std::string_view stageset_namespace);

// The label that makes the object a member of an ApplySet.
void set_member_label(model::Value& object, std::string_view applyset_id);

}  // namespace render
