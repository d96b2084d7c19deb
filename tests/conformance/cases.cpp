// SPDX-License-Identifier: 0BSD
#include "tests/conformance/cases.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/invariant.hpp"
#include "model/json.hpp"

namespace conformance {

namespace {

std::filesystem::path folder_path(std::string_view folder) {
    const char* configured = std::getenv("STAGESET_CONFORMANCE_DIR");
    return std::filesystem::path(configured != nullptr ? configured : "../shared/conformance") / folder;
}

}  // namespace

std::vector<Case> load_cases(std::string_view folder) {
    std::vector<Case> cases;
    const std::filesystem::path path = folder_path(folder);
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
        if (entry.path().extension() == ".json") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    for (const std::filesystem::path& file : files) {
        std::ifstream stream(file);
        const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
        const auto parsed = model::parse_json(text, file.string());
        base::invariant(parsed.has_value(), "a conformance file is no JSON");
        const model::Array* list = model::find_array(*parsed, {"cases"});
        base::invariant(list != nullptr, "a conformance file holds no list of cases");
        for (const model::Value& value : *list) {
            cases.push_back({file.stem().string(), std::string(model::find_string(value, {"name"})), value});
        }
    }
    return cases;
}

void Score::add(const Case& test, const std::string& difference) {
    const std::string name = test.area + "/" + test.name;
    const bool is_gap = gaps_.contains(name) || gaps_.contains(test.area);
    if (difference.empty()) {
        ++passed_;
        EXPECT_FALSE(gaps_.contains(name))
            << name << " is listed as a known gap, but passes: take it off the list";
        return;
    }
    if (is_gap) {
        ++gap_count_;
        return;
    }
    ++failed_;
    ADD_FAILURE() << name << ": " << difference;
}

void Score::print(std::string_view folder) const {
    fmt::print("{}: {} cases, {} passed, {} known gaps, {} failed\n", folder, passed_ + gap_count_ + failed_,
               passed_, gap_count_, failed_);
    for (const auto& [name, reason] : gaps_) {
        fmt::print("  known gap {}: {}\n", name, reason);
    }
}

}  // namespace conformance
