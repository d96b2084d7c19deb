// SPDX-License-Identifier: 0BSD
// Program: one invocation from its arguments to its exit code; the only place that picks implementations.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/stagesetctl/console.hpp"
#include "apps/stagesetctl/outside.hpp"

namespace stagesetctl {

struct ConnectionFlags;

// Makes the outside of one invocation, on the loop of `executor`.
using MakeOutside =
    std::function<std::unique_ptr<Outside>(const ConnectionFlags& flags, base::Executor executor)>;

// Runs `arguments` (the program's own name first) and answers the exit code; at most one error is written.
int run_program(const std::vector<std::string>& arguments, Console& console, const MakeOutside& make_outside);

// The same on this machine's console, clock and network.
int run_program(const std::vector<std::string>& arguments);

}  // namespace stagesetctl
