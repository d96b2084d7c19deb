// SPDX-License-Identifier: 0BSD
// The labels that mark an object as a StageSet's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/apply/live_objects.hpp"
#include "model/value.hpp"
#include "model/well_known.hpp"

namespace apply {

// The StageSet that the object's labels name, or nullopt.
std::optional<Owner> owner_of(const model::Value& object);

// Selects the objects of one StageSet by those labels.
std::string owner_selector(const Owner& owner);

}  // namespace apply
