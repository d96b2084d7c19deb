// SPDX-License-Identifier: 0BSD
// Lists whose items are told apart by key fields, merged as kyaml does it: item by item, with its rules for missing keys.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/patch/merge_walk.hpp"

namespace patch {

// The text of a scalar as YAML prints it plainly; empty for maps and lists.
std::string scalar_text(const model::Value& value);

// Items by identity: the same address is the same item.
using Items = std::vector<model::Value*>;
using ConstItems = std::vector<const model::Value*>;

// Removes from `items` those of which field `key` has the text `text`, and those that are null or an empty map.
base::Result<void> remove_items(Items& items, std::string_view key, std::string_view text);
base::Result<void> remove_items(ConstItems& items, std::string_view key, std::string_view text);

// The lists of one merge. The first is changed; the others are only read.
struct AssociativeLists {
    Items target;
    std::vector<ConstItems> others;
    bool others_are_target =
        false;                   // the one other list is the target itself: a new list is merged with itself
    bool is_prepending = false;  // items that only the others have go to the front
};

// The keys that tell the lists' items apart, empty for scalars. Errors: as inferred_keys().
base::Result<std::span<const std::string>> keys_of(const AssociativeLists& lists, const Schema& schema,
                                                   TypeId type, const MergePath& path);

// Merges one item, of which at least one source is not null: `target` (or nullptr), and one pointer for each other list.
// Yields `target`, another item, or nullptr to remove it.
using MergeItem = std::function<base::Result<model::Value*>(model::Value* target,
                                                            std::span<const model::Value* const> others)>;

// Merges the lists; `lists.target` is the result. An empty `keys` compares scalars.
//
// Errors: kInvalid (an item is neither map nor scalar where it must be), kLimitExceeded (too many items), those of `merge_item`
base::Result<void> merge_associative(AssociativeLists& lists, std::span<const std::string> keys,
                                     const MergeItem& merge_item, const MergePath& path);

// Whether merging `items` with nothing would leave their number and order as they are. (False where that is not sure.)
bool is_settled(const model::Array& items, std::span<const std::string> keys);

// Takes the items out of `list`, which keeps them alive, and back.
Items items_of(model::Array& list);
ConstItems items_of(const model::Array& list);
model::Array to_array(const Items& items, const boost::json::storage_ptr& storage);

}  // namespace patch
