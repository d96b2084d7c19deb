// SPDX-License-Identifier: 0BSD
// Builds a directory again and again in one process: render_timed FOLDER ROOT COUNT. Prints one JSON object; with a COUNT of 0
// the build's output. The same as tests/differential/oracle/timed does with the original.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <sys/resource.h>

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
Usage usage() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& at) {
        return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_usec) / 1e6;
    };
    return {seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss};
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

}  // namespace

int main(int count, char** values) {
    const std::span<char*> arguments(values, static_cast<std::size_t>(count));
    if (arguments.size() != 4) {
        fmt::print(stderr, "usage: render_timed FOLDER ROOT COUNT\n");
        return 2;
    }
    const std::string_view number = arguments[3];
    int repeats = 0;
    std::from_chars(number.data(), number.data() + number.size(), repeats);
    return run(load(arguments[1]), arguments[2], repeats, base::SystemClock());
}
