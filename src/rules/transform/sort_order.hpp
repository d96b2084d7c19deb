// SPDX-License-Identifier: 0BSD
// SortOrder: `sortOptions` and the SortOrderTransformer.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

enum class SortOrder { kFifo, kLegacy };

struct SortOptions {
    SortOrder order = SortOrder::kFifo;
    std::vector<std::string> order_first;  // kinds; used by kLegacy
    std::vector<std::string> order_last;
};

// kustomize's legacy order with its own lists of kinds.
SortOptions legacy_sort_options();
// Reads `sortOptions`, {order, legacySortOptions: {orderFirst, orderLast}}.
// Errors: kInvalid (unknown order, lists without legacy).
base::Result<SortOptions> parse_sort_options(const model::Value& value);
// Reads a SortOrderTransformer, {sortOptions}. Errors: kInvalid.
base::Result<SortOptions> parse_sort_transformer(const model::Value& plugin);

void apply(Resources& resources, const SortOptions& options);

}  // namespace transform
