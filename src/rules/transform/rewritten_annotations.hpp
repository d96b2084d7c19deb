// SPDX-License-Identifier: 0BSD
// rewrite_annotations: what becomes of metadata.annotations whenever the original stores its own notes there.
#pragma once

#include "rules/transform/resource.hpp"

namespace transform {

// Values become texts (maps and lists the empty one), anything but a map with entries is removed, and no entry is shared any more.
void rewrite_annotations(Resource& resource);

}  // namespace transform
