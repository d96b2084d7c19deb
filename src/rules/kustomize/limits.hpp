// SPDX-License-Identifier: 0BSD
// Bounds of a build, and what of them is spent.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace kustomize {

// Bounds on trees that strangers wrote.
struct BuildLimits {
    std::size_t depth_max = 64;              // directories that name each other: people use five
    std::size_t directories_max = 5'000;     // taken in, each as often as it is named: stops doublings
    std::size_t objects_max = 50'000;        // ten times the largest stage that is delivered
    std::size_t bytes_max = 256UL << 20U;    // read, each file as often as it is named: four whole artifacts
    std::size_t file_nodes_max = 4'000'000;  // YAML values of one file, after anchors are expanded
};

class Budget {
public:
    explicit Budget(const BuildLimits& limits) : limits_(limits) {}

    const BuildLimits& limits() const { return limits_; }
    // Each: kLimitExceeded once the bound is passed.
    base::Result<void> charge_directory(std::size_t depth);
    base::Result<void> charge_objects(std::size_t count);
    base::Result<void> charge_bytes(std::size_t count);
    // What the aliases of a text became: bytes that no file holds. `text` is what `value` was read from.
    base::Result<void> charge_aliases(std::string_view text, const model::Value& value);

private:
    BuildLimits limits_;
    std::size_t directories_ = 0;
    std::size_t objects_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace kustomize
