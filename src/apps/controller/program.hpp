// SPDX-License-Identifier: 0BSD
// Program: the controller's parts, put together; the only place that picks implementations.
#pragma once

#include "apps/controller/flags.hpp"

namespace controller {

// Runs until SIGINT or SIGTERM (a second one ends the process at once). Answers the exit code: 0 after a clean stop, 1 when
// starting failed (the reason is logged).
int run_controller(const Flags& flags);

}  // namespace controller
