// SPDX-License-Identifier: 0BSD
#include "rules/patch/strategic_order.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/patch/strategic_walk.hpp"

namespace patch::strategic {

namespace {

using base::Result;
using model::Array;
using model::Value;

// The place of each item in `order`, or nothing for items that it lacks.
std::vector<const std::size_t*> places(const Array& items, const Order& order, std::string_view merge_key) {
    std::vector<const std::size_t*> found;
    found.reserve(items.size());
    for (const Value& item : items) {
        const auto place = order.find(identity(item, merge_key));
        found.push_back(place == order.end() ? nullptr : &place->second);
    }
    return found;
}

// Both sorted, and put together so that they keep their order and else follow the server's.
Array interleave(Array patched, Array others, const Order& patch_order, const Order& server_order,
                 std::string_view merge_key) {
    sort_items(patched, patch_order, merge_key);
    sort_items(others, server_order, merge_key);
    const auto patched_places = places(patched, server_order, merge_key);
    const auto other_places = places(others, server_order, merge_key);
    Array result(patched.storage());
    result.reserve(patched.size() + others.size());
    std::size_t i = 0;
    for (std::size_t j = 0; i < others.size() || j < patched.size();) {
        const bool is_other =
            j == patched.size() || (i < others.size() && other_places[i] != nullptr &&
                                    patched_places[j] != nullptr && *other_places[i] < *patched_places[j]);
        result.push_back(std::move(is_other ? others[i++] : patched[j++]));
    }
    return result;
}

}  // namespace

Order order_of(const Array& list, std::string_view merge_key) {
    Order order;
    for (std::size_t i = 0; i < list.size(); ++i) {
        order.emplace(identity(list[i], merge_key), i);
    }
    return order;
}

void sort_items(Array& items, const Order& order, std::string_view merge_key) {
    const auto place = places(items, order, merge_key);
    std::vector<std::size_t> sorted;
    std::vector<std::size_t> deletions;
    for (std::size_t i = 0; i < items.size(); ++i) {
        (merge_key.empty() || !has_directive(items[i], kDelete) ? sorted : deletions).push_back(i);
    }
    if (std::ranges::all_of(sorted, [&place](std::size_t i) { return place[i] != nullptr; })) {
        std::ranges::sort(sorted, {}, [&place](std::size_t i) { return std::pair(*place[i], i); });
    } else {
        // The original's comparison says "before" for items that it cannot place; what its insertion sort makes of that is
        // what others rely on.
        const auto is_before = [&place](std::size_t a, std::size_t b) {
            return place[a] == nullptr || place[b] == nullptr || *place[a] < *place[b];
        };
        for (std::size_t i = 1; i < sorted.size(); ++i) {
            for (std::size_t j = i; j > 0 && is_before(sorted[j], sorted[j - 1]); --j) {
                std::swap(sorted[j], sorted[j - 1]);
            }
        }
    }
    sorted.insert(sorted.end(), deletions.begin(), deletions.end());
    Array result(items.storage());
    result.reserve(items.size());
    for (const std::size_t i : sorted) {
        result.push_back(std::move(items[i]));
    }
    items = std::move(result);
}

Order order_after_deletions(const Array& current, const Array& change, std::string_view merge_key) {
    std::unordered_set<std::string> deleted;
    bool is_replaced = false;
    for (const Value& item : change) {
        if (has_directive(item, kDelete)) {
            deleted.insert(identity(item, merge_key));
        }
        is_replaced = is_replaced || has_directive(item, kReplace);
    }
    Order order;
    std::size_t place = 0;
    for (const Value& item : current) {
        std::string key = identity(item, merge_key);
        if (!deleted.contains(key)) {
            order.emplace(std::move(key), place++);
        }
    }
    for (const Value& item : change) {
        const bool is_special = item.is_object() && item.get_object().contains(kDirective);
        if (!is_replaced && !is_special && place < current.size() &&
            order.emplace(identity(item, merge_key), place).second) {
            ++place;
        }
    }
    return order;
}

Result<void> check_order(const Array& list, const Array& order, std::string_view merge_key,
                         const MergePath& path) {
    if (list.empty() || order.empty()) {
        return {};
    }
    std::vector<const Value*> kept;
    for (const Value& item : list) {
        if (!merge_key.empty() && !item.is_object()) {
            return path.error(
                fmt::format("a list that merges by \"{}\" holds an item that is no map", merge_key));
        }
        if (!has_directive(item, kDelete)) {
            kept.push_back(&item);
        }
    }
    std::size_t done = 0;
    for (std::size_t place = 0; done < kept.size() && place < order.size();) {
        if (kept[done]->is_object() && kept[done]->get_object().contains(kDirective)) {
            ++done;
            continue;
        }
        if (auto ok = check_items(Array{*kept[done]}, merge_key, path); !ok) {
            return ok;
        }
        done += identity(*kept[done], merge_key) == identity(order[place], merge_key) ? 1 : 0;
        ++place;
    }
    return done == kept.size() ? Result<void>()
                               : path.error("the order of the patch's items is not that of $setElementOrder");
}

Result<Array> put_in_order(Array merged, const Array& order, const Order& server_order,
                           std::string_view merge_key, const MergePath& path) {
    for (const Array* list : {&std::as_const(merged), &order}) {
        if (auto ok = check_items(*list, merge_key, path); !ok) {
            return ok.error();
        }
    }
    const Order patch_order = order_of(order, merge_key);
    Array patched(merged.storage());
    Array others(merged.storage());
    for (Value& item : merged) {
        (patch_order.contains(identity(item, merge_key)) ? patched : others).push_back(std::move(item));
    }
    return interleave(std::move(patched), std::move(others), patch_order, server_order, merge_key);
}

}  // namespace patch::strategic
