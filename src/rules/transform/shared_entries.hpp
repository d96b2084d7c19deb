// SPDX-License-Identifier: 0BSD
// Shared entries: labels and annotations that one transformer put into several maps of an object change together.
#pragma once

#include "rules/transform/resource.hpp"

namespace transform {

// After a change in place: whatever shared entry now differs from what it was is written to all of its maps. Maps that lost the
// entry are left alone from then on.
void follow_shared(Resource& resource);

// After the object, or its annotations, were made anew.
void forget_shared(Resource& resource);
void forget_shared_annotations(Resource& resource);

}  // namespace transform
