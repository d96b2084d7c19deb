// SPDX-License-Identifier: 0BSD
// What keeps a deleted object on the server.
#pragma once

#include <string>

#include "model/value.hpp"

namespace apply {

// The object's finalizers, as users are told of them: "a, b"; empty when there is none.
std::string finalizers_of(const model::Value& object);

}  // namespace apply
