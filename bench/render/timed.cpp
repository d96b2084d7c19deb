// SPDX-License-Identifier: 0BSD
// Builds a directory again and again in one process: render_timed FOLDER ROOT COUNT. Prints one JSON object; with a COUNT of 0
// the build's output. The same as tests/differential/oracle/timed does with the original.
//
// render_timed --run FILE PROGRAM ARGUMENT…: runs another program and writes what it used to FILE. A program inherits the peak
// memory of the one that starts it; this one is small.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "model/yaml.hpp"
#include "rules/kustomize/build.hpp"
#include "rules/kustomize/testing/map_files.hpp"

namespace {

kustomize::MapFiles load(const std::filesystem::path& folder) {
    kustomize::MapFiles::Texts texts;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            std::ifstream stream(entry.path());
            texts.emplace(entry.path().lexically_relative(folder).generic_string(),
                          std::string(std::istreambuf_iterator<char>(stream), {}));
        }
    }
    return kustomize::MapFiles(std::move(texts));
}

base::Result<std::string> build(const kustomize::Files& files, std::string_view root) {
    kustomize::BuildOptions options;
    options.restriction = kustomize::LoadRestriction::kNone;
    options.reorder = kustomize::Reorder::kNone;
    const auto objects = kustomize::build(files, root, options);
    if (!objects) {
        return objects.error();
    }
    std::string text;
    for (const model::Value& object : *objects) {
        text += text.empty() ? "" : "---\n";
        text += model::to_yaml(object);
    }
    return text;
}

struct Usage {
    double cpu_s = 0;
    long peak_kib = 0;
};
Usage usage_of(const rusage& used) {
    const auto seconds = [](const timeval& at) {
        return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_usec) / 1e6;
    };
    return {seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss};
}
// The peak is that of this program's own memory, not of whoever started it.
Usage usage() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    Usage result = usage_of(used);
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            result.peak_kib = std::strtol(line.c_str() + 6, nullptr, 10);
        }
    }
    return result;
}

double now_s(const base::Clock& clock) {
    return std::chrono::duration<double>(clock.steady_now().time_since_epoch()).count();
}

int run(const kustomize::Files& files, std::string_view root, int count, const base::Clock& clock) {
    double start = now_s(clock);
    auto output = build(files, root);
    if (!output) {
        fmt::print(stderr, "{}\n", output.error().text());
        return 1;
    }
    if (count == 0) {
        std::cout << *output;
        return 0;
    }
    const double first = now_s(clock) - start;
    const Usage before = usage();
    start = now_s(clock);
    for (int repeat = 0; repeat < count; ++repeat) {
        output = build(files, root);
    }
    const double wall = now_s(clock) - start;
    const Usage after = usage();
    fmt::print(R"({{"first_s": {}, "wall_s": {}, "cpu_s": {}, "peak_kib": {}, "sha256": "{}"}})"
               "\n",
               first, wall / count, (after.cpu_s - before.cpu_s) / count, after.peak_kib,
               base::sha256(*output).hex());
    return 0;
}

int run_program(const char* file, std::span<char*> command, const base::Clock& clock) {
    const double start = now_s(clock);
    pid_t child = 0;
    int status = 0;
    rusage used{};
    if (posix_spawnp(&child, command[0], nullptr, nullptr, command.data(), environ) != 0 ||
        wait4(child, &status, 0, &used) < 0) {
        return 1;
    }
    const Usage found = usage_of(used);
    std::ofstream(file) << fmt::format(R"({{"wall_s": {}, "cpu_s": {}, "peak_kib": {}}})",
                                       now_s(clock) - start, found.cpu_s, found.peak_kib);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int main(int count, char** values) {
    const std::span<char*> arguments(values, static_cast<std::size_t>(count));
    if (arguments.size() > 3 && std::string_view(arguments[1]) == "--run") {
        // The argument vector ends with a null pointer, as the program's own needs to.
        return run_program(arguments[2], arguments.subspan(3), base::SystemClock());
    }
    if (arguments.size() != 4) {
        fmt::print(stderr, "usage: render_timed FOLDER ROOT COUNT\n");
        return 2;
    }
    const std::string_view number = arguments[3];
    int repeats = 0;
    std::from_chars(number.data(), number.data() + number.size(), repeats);
    return run(load(arguments[1]), arguments[2], repeats, base::SystemClock());
}
