// SPDX-License-Identifier: 0BSD
// The order of merged lists: the patch's where it says one, else the server's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/patch/merge_walk.hpp"

namespace patch::strategic {

// Positions of items by identity; the first of equal ones counts.
using Order = std::unordered_map<std::string, std::size_t>;
Order order_of(const model::Array& list, std::string_view merge_key);

// Sorts `items` by `order`; deletions go behind all.
void sort_items(model::Array& items, const Order& order, std::string_view merge_key);

// The server's order as the original has it, which deletes from the list in place: as many new items as were deleted take the
// places at the end.
Order order_after_deletions(const model::Array& current, const model::Array& change,
                            std::string_view merge_key);

// The items that a patch keeps must be in the order that it sets, which may hold more. Errors: kInvalid
base::Result<void> check_order(const model::Array& list, const model::Array& order,
                               std::string_view merge_key, const MergePath& path);

// `merged` with the items that `order` names in that order, and the others where the server had them. Errors: kInvalid for items
// without their merge key.
base::Result<model::Array> put_in_order(model::Array merged, const model::Array& order,
                                        const Order& server_order, std::string_view merge_key,
                                        const MergePath& path);

}  // namespace patch::strategic
