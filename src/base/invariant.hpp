// SPDX-License-Identifier: 0BSD
// invariant: stops the program when an assumption of ours is broken; input is never checked with it.
#pragma once

namespace base {

// Aborts with `text` on stderr unless `ok`. A restart is safe, a corrupt plan is not.
void invariant(bool ok, const char* text);

}  // namespace base
