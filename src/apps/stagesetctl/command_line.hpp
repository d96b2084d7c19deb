// SPDX-License-Identifier: 0BSD
// The command line: from arguments to the command that they ask for, or to the text that answers them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/stagesetctl/connection_flags.hpp"

namespace stagesetctl {

struct BuildFlags {
    std::string name;                          // the StageSet's; may be empty with `file`
    std::string file;                          // "-": stdin; empty: the StageSet is read from the cluster
    std::vector<std::string> stages;           // empty: all
    std::vector<std::string> source_dirs;      // "[STAGE=]PATH"
    std::vector<std::string> decryption_keys;  // files; empty: the Secret of spec.decryption
    bool show_secrets = false;
    bool as_tenant = false;
};

struct Invocation {
    ConnectionFlags connection;
    BuildFlags build;
};

struct ParseOutcome {
    std::optional<Invocation> invocation;  // set: go on; else end with `exit_code` after printing
    int exit_code = 0;
    std::string out;    // for stdout
    std::string error;  // one line for stderr, without "Error: "
};

// Reads `arguments`, the program's own name first. Flags may stand before or after the verb and the arguments, as
// "--flag value" or "--flag=value"; "--" ends them. Exit codes: 0 for help, version and completion; 2 when the command line
// is wrong, with "unknown command", "unknown flag" or "accepts N arg(s), received M" in the error.
ParseOutcome parse_command_line(const std::vector<std::string>& arguments);

}  // namespace stagesetctl
