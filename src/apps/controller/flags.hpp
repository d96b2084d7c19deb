// SPDX-License-Identifier: 0BSD
// The controller's command line: Go-style flags, as the reference controller takes them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "io/artifact/fetcher.hpp"
#include "rules/inventory/mode.hpp"

namespace controller {

struct Flags {
    std::string health_probe_bind_address = ":8081";
    std::string metrics_bind_address = ":8080";
    std::vector<std::string> watch_namespaces;  // empty: all
    base::Duration default_interval = std::chrono::minutes(10);
    inventory::Mode inventory_mode = inventory::Mode::kHybrid;
    std::size_t inventory_shard_cap = 5000;
    base::Duration max_teardown_wait = std::chrono::hours(1);
    bool no_cross_namespace_refs = false;
    std::string default_service_account;
    bool require_service_account = false;
    // Key services open files with the controller's own credentials. Off where tenants share a controller, unless asked for.
    bool decryption_ambient_credentials = true;
    std::string artifact_cache_directory;  // empty: below the directory for temporary files
    std::size_t artifact_cache_bytes = std::size_t{512} << 20U;  // 0: no cache
    artifact::FetchLimits artifact_limits;
    base::Duration artifact_fetch_timeout = std::chrono::minutes(5);
    bool allow_loopback_artifacts = false;
    bool allow_loopback_clusters = false;
    std::string log_level = "info";
    std::string log_format = "json";
};

struct FlagsOutcome {
    std::optional<Flags> flags;  // set: go on; else end the program with `exit_code` after printing
    int exit_code = 0;
    std::string out;  // for stdout
    std::string err;  // for stderr
};

// Reads `arguments` (without the program's name). Grammar of Go's flag package: one or two dashes, `--flag=value` or
// `--flag value`, booleans never as two words; the first argument that is no flag ends the flags and is ignored with all
// behind it. `environment_watch_namespaces`: STAGESET_WATCH_NAMESPACES, used when the flag is absent or empty.
// Exit codes: 0 help, 1 a word that the flag does not know, 2 unknown flag or malformed value (with usage on stderr).
FlagsOutcome parse_flags(std::vector<std::string> arguments, const std::string& environment_watch_namespaces);

}  // namespace controller
