// SPDX-License-Identifier: 0BSD
#include "base/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace base {

void invariant(bool ok, const char* text) {
    if (!ok) {
        std::fprintf(stderr, "invariant broken: %s\n", text);
        std::abort();
    }
}

}  // namespace base
