// SPDX-License-Identifier: 0BSD
// Reads actions and the references that they share with the spec from the fields of an object.
#pragma once

#include "model/action.hpp"
#include "model/fields.hpp"

namespace model {

SourceReference read_source(const Fields& fields);
ObjectReference read_object_reference(const Fields& fields);
SecretKeyReference read_secret_key(const Fields& fields);
Action read_action(const Fields& fields);

}  // namespace model
