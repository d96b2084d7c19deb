// SPDX-License-Identifier: 0BSD
// Runs a child process to its end without blocking the loop, bounded in time and output.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"

namespace kube {

struct ProcessRequest {
    std::string command;                   // a path, or a name to be looked up in PATH
    std::vector<std::string> args;         // without the command's own name
    std::vector<std::string> environment;  // "NAME=value", added to this program's own
    base::Duration timeout = std::chrono::seconds(60);
    std::size_t output_bytes_max = std::size_t{1} << 20U;  // of stdout, and of stderr
};

struct ProcessOutput {
    int exit_code = 0;  // 128 + the signal's number when a signal ended it
    std::string out;
    std::string err;
};

// The child has its own process group and an empty stdin; on timeout, too much output or cancellation the group is killed.
// Errors: kNotFound (no such program), kUnavailable (cannot be started), kDeadlineExceeded, kLimitExceeded, kCancelled.
base::Task<ProcessOutput> run_process(ProcessRequest request, base::Clock& clock);

}  // namespace kube
