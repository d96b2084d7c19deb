// SPDX-License-Identifier: 0BSD
#include "io/telemetry/prometheus/process.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace telemetry_prometheus {

using telemetry::Family;
using telemetry::Kind;
using telemetry::Metrics;

namespace {

// The kernel says the total and not what came on top: the series is made anew at each scrape.
constexpr Family kCpuSeconds{.name = "process_cpu_seconds_total",
                             .help = "Total user and system CPU time spent in seconds.",
                             .kind = Kind::kCounter};
constexpr Family kOpenFds{
    .name = "process_open_fds", .help = "Number of open file descriptors.", .kind = Kind::kGauge};
constexpr Family kMaxFds{
    .name = "process_max_fds", .help = "Maximum number of open file descriptors.", .kind = Kind::kGauge};
constexpr Family kVirtualBytes{
    .name = "process_virtual_memory_bytes", .help = "Virtual memory size in bytes.", .kind = Kind::kGauge};
constexpr Family kVirtualBytesMax{.name = "process_virtual_memory_max_bytes",
                                  .help = "Maximum amount of virtual memory available in bytes.",
                                  .kind = Kind::kGauge};
constexpr Family kResidentBytes{
    .name = "process_resident_memory_bytes", .help = "Resident memory size in bytes.", .kind = Kind::kGauge};
constexpr Family kStartTime{.name = "process_start_time_seconds",
                            .help = "Start time of the process since unix epoch in seconds.",
                            .kind = Kind::kGauge};

std::string read_file(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// Takes one word off the front of `text`.
std::string_view take_word(std::string_view& text) {
    constexpr std::string_view kSpace = " \n";
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(kSpace));
    text.remove_prefix(word.size());
    return word;
}

double limit(int resource) {
    rlimit value{};
    if (getrlimit(static_cast<__rlimit_resource>(resource), &value) != 0) {
        return 0;
    }
    return static_cast<double>(value.rlim_cur);
}

std::optional<double> count_open_files() {
    std::error_code error;
    std::filesystem::directory_iterator files("/proc/self/fd", error);
    double count = 0;
    for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
        ++count;
    }
    // The walk itself holds one.
    return error ? std::nullopt : std::optional(count - 1);
}

}  // namespace

std::optional<ProcessStat> parse_stat(std::string_view text) {
    // The second field is the program's name in parentheses, and may hold anything.
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(name_end + 1);
    // Numbers of fields as in proc(5); the name is field 2.
    constexpr std::size_t kUser = 14;
    constexpr std::size_t kSystem = 15;
    constexpr std::size_t kStart = 22;
    constexpr std::size_t kVirtual = 23;
    constexpr std::size_t kResident = 24;
    std::array<std::string_view, kResident + 1> fields;
    for (std::size_t i = 3; i < fields.size(); ++i) {
        fields[i] = take_word(text);
    }
    const auto user = parse_number(fields[kUser]);
    const auto system = parse_number(fields[kSystem]);
    const auto start = parse_number(fields[kStart]);
    const auto virtual_size = parse_number(fields[kVirtual]);
    const auto resident = parse_number(fields[kResident]);
    if (!user || !system || !start || !virtual_size || !resident) {
        return std::nullopt;
    }
    return ProcessStat{*user, *system, *start, *virtual_size, *resident};
}

std::optional<std::uint64_t> parse_boot_time(std::string_view text) {
    constexpr std::string_view kName = "\nbtime ";
    const std::size_t at = text.find(kName);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(at + kName.size());
    return parse_number(take_word(text));
}

void report_process(Metrics& metrics) {
    // Neither changes while the machine runs.
    static const auto boot_time = parse_boot_time(read_file("/proc/stat"));
    static const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));

    metrics.set(kMaxFds, {}, limit(RLIMIT_NOFILE));
    metrics.set(kVirtualBytesMax, {}, limit(RLIMIT_AS));
    if (const auto open = count_open_files()) {
        metrics.set(kOpenFds, {}, *open);
    }
    const auto stat = parse_stat(read_file("/proc/self/stat"));
    if (!stat) {
        return;
    }
    metrics.remove(kCpuSeconds, {});
    metrics.add(kCpuSeconds, {},
                static_cast<double>(stat->user_ticks + stat->system_ticks) / ticks_per_second);
    metrics.set(kVirtualBytes, {}, static_cast<double>(stat->virtual_bytes));
    metrics.set(kResidentBytes, {},
                static_cast<double>(stat->resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE)));
    if (boot_time) {
        metrics.set(
            kStartTime, {},
            static_cast<double>(*boot_time) + static_cast<double>(stat->start_ticks) / ticks_per_second);
    }
}

}  // namespace telemetry_prometheus
