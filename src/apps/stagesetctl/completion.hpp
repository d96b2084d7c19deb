// SPDX-License-Identifier: 0BSD
// Completion of the command line in shells, and for kubectl's plugins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagesetctl {

// The script for a shell, which asks `stagesetctl __complete`; nullopt for a shell that is not known.
std::optional<std::string> completion_script(std::string_view shell);

// What may stand in place of the last of `words` (without the program's name; it may be empty): one candidate a line, perhaps
// with a tab and its description, then ":4" (nothing else fits) or ":0" (file names fit, too), as kubectl expects.
std::string complete(std::vector<std::string> words);

}  // namespace stagesetctl
