// SPDX-License-Identifier: 0BSD
// The process_* series: what this process uses of the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "io/telemetry/metrics.hpp"

namespace telemetry_prometheus {

// The parts of /proc/<pid>/stat that are of interest, in the kernel's units.
struct ProcessStat {
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    // Since the machine started.
    std::uint64_t start_ticks = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t resident_pages = 0;
};

// Reads the text of /proc/<pid>/stat; nullopt when it is not of that form.
std::optional<ProcessStat> parse_stat(std::string_view text);
// Seconds of the Unix epoch at which the machine started, from the text of /proc/stat.
std::optional<std::uint64_t> parse_boot_time(std::string_view text);

// Sets the process_* series. What cannot be read keeps its last value, or stays absent.
void report_process(telemetry::Metrics& metrics);

}  // namespace telemetry_prometheus
