// SPDX-License-Identifier: 0BSD
// Text within double quotes as Go's %q writes it: what messages and the older format() show.
#pragma once

#include <string>
#include <string_view>

namespace cel {

// `text` in double quotes; quotes, backslashes, control characters and bytes that are no UTF-8 are escaped.
std::string quoted(std::string_view text);

}  // namespace cel
