// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "rules/patch/equality.hpp"
#include "rules/patch/strategic_order.hpp"
#include "rules/patch/strategic_walk.hpp"

namespace patch {

namespace strategic {

namespace {

using base::Result;
using model::Array;
using model::Object;
using model::Value;

void erase(Object& map, std::string_view key) {
    if (const auto found = map.find(key); found != map.end()) {
        map.stable_erase(found);
    }
}

void discard_nulls(Value& value) {
    if (Object* map = value.if_object()) {
        for (auto field = map->begin(); field != map->end();) {
            if (field->value().is_null()) {
                field = map->stable_erase(field);
            } else {
                discard_nulls(field->value());
                ++field;
            }
        }
    } else if (Array* list = value.if_array()) {
        std::ranges::for_each(*list, discard_nulls);
    }
}

// Removes each map that has a directive. False if `value` is one.
bool remove_directives(Value& value) {
    if (Object* map = value.if_object()) {
        if (map->contains(kDirective)) {
            return false;
        }
        for (auto field = map->begin(); field != map->end();) {
            field = remove_directives(field->value()) ? field + 1 : map->stable_erase(field);
        }
    } else if (Array* list = value.if_array()) {
        for (auto item = list->begin(); item != list->end();) {
            item = remove_directives(*item) ? item + 1 : list->erase(item);
        }
    }
    return true;
}

class Merger {
public:
    Merger(const Schema& schema, MergeMode mode) : schema_(schema), mode_(mode) {}

    Result<void> merge(Object& target, Object patch, TypeId type) {
        if (const Value* directive = patch.if_contains(kDirective)) {
            return obey(*directive, target, patch);
        }
        if (auto done = apply_retain_keys(target, patch); !done) {
            return done;
        }
        if (auto done = apply_element_orders(target, patch, type); !done) {
            return done;
        }
        // Deletions from a list come before what is added to it. (The original has no order here.)
        for (const bool are_deletions : {true, false}) {
            for (auto& change : patch) {
                if (std::string_view(change.key()).starts_with(kDeleteFromPrimitiveList) != are_deletions) {
                    continue;
                }
                if (auto done = merge_field(target, change.key(), change.value(), type); !done) {
                    return done;
                }
            }
        }
        return {};
    }

private:
    Result<void> obey(const Value& directive, Object& target, Object& patch) {
        if (directive.is_string() && directive.get_string() == kReplace) {
            erase(patch, kDirective);
            target = std::move(patch);
            return {};
        }
        if (directive.is_string() && directive.get_string() == kDelete) {
            target.clear();
            return {};
        }
        return path_.error("the directive $patch of a map must be \"replace\" or \"delete\"");
    }

    Result<void> apply_retain_keys(Object& target, Object& patch) {
        const auto found = patch.find(kRetainKeys);
        if (found == patch.end()) {
            return {};
        }
        const Value said = std::move(found->value());
        patch.stable_erase(found);
        if (mode_ == MergeMode::kCombine) {
            const auto [kept, is_new] = target.emplace(kRetainKeys, said);
            return is_new || equal_json(kept->value(), said)
                       ? Result<void>()
                       : path_.error("two patches have different lists $retainKeys");
        }
        if (!said.is_array()) {
            return path_.error("$retainKeys must be a list");
        }
        std::unordered_set<std::string_view> kept;
        for (const Value& key : said.get_array()) {
            if (key.is_string()) {
                kept.insert(key.get_string());
            }
        }
        for (const auto& change : patch) {
            const std::string_view key = change.key();
            if (!change.value().is_null() && !key.starts_with(kDeleteFromPrimitiveList) &&
                !key.starts_with(kSetElementOrder) && !kept.contains(key)) {
                return path_.error(fmt::format("the field \"{}\" is not in the list $retainKeys", key));
            }
        }
        for (auto field = target.begin(); field != target.end();) {
            field = kept.contains(field->key()) ? field + 1 : target.stable_erase(field);
        }
        return {};
    }

    Result<void> apply_element_orders(Object& target, Object& patch, TypeId type) {
        std::vector<std::string> names;
        for (const auto& change : patch) {
            if (std::string_view(change.key()).starts_with(kSetElementOrder)) {
                names.emplace_back(change.key());
            }
        }
        for (const std::string& name : names) {
            const Value order = std::move(patch.at(name));
            erase(patch, name);
            if (mode_ == MergeMode::kCombine) {
                const auto [kept, is_new] = target.emplace(name, order);
                if (!is_new && !equal_json(kept->value(), order)) {
                    return path_.error(fmt::format("two patches have different lists {}", name));
                }
            }
            if (!order.is_array()) {
                return path_.error(fmt::format("{} must be a list", name));
            }
            const auto list = list_name(name, kSetElementOrder, path_);
            if (!list) {
                return list.error();
            }
            path_.push(*list);
            auto done = apply_element_order(target, patch, *list, order.get_array(), type);
            path_.pop();
            if (!done) {
                return done;
            }
        }
        return {};
    }

    // Merges the list `name` of target and patch, and puts it in the order that the patch asks for.
    Result<void> apply_element_order(Object& target, Object& patch, std::string_view name, const Array& order,
                                     TypeId type) {
        Value* current = target.if_contains(name);
        Value* change = patch.if_contains(name);
        if ((current != nullptr && !current->is_array()) || (change != nullptr && !change->is_array())) {
            return path_.error("a list whose order is set must be a list");
        }
        const auto meta = list_meta(schema_, type, name, path_);
        if (!meta) {
            return meta.error();
        }
        if (change != nullptr) {
            if (auto ok = check_order(change->get_array(), order, meta->merge_key, path_); !ok) {
                return ok;
            }
        }
        if (current == nullptr && change == nullptr) {
            return {};
        }
        const Array nothing;
        const std::array<const Array*, 2> both = {current == nullptr ? &nothing : &current->get_array(),
                                                  change == nullptr ? &nothing : &change->get_array()};
        if (auto kind = item_kind(both, path_); !kind) {
            return kind.error();
        }
        const Order server_order = meta->is_merged && !meta->merge_key.empty()
                                       ? order_after_deletions(*both[0], *both[1], meta->merge_key)
                                       : order_of(*both[0], meta->merge_key);
        auto merged = merge_ordered(current, change, *meta);
        if (!merged) {
            return merged.error();
        }
        auto sorted = put_in_order(std::move(*merged), order, server_order, meta->merge_key, path_);
        if (!sorted) {
            return sorted.error();
        }
        target[name] = std::move(*sorted);
        erase(patch, name);
        return {};
    }

    Result<Array> merge_ordered(Value* current, Value* change, const FieldMeta& meta) {
        if (change == nullptr) {
            return std::move(current->get_array());
        }
        if (current == nullptr) {
            remove_directives(*change);
            return std::move(change->get_array());
        }
        Array list = std::move(current->get_array());
        if (auto done = merge_lists(list, std::move(change->get_array()), meta, false); !done) {
            return done.error();
        }
        return list;
    }

    Result<void> merge_field(Object& target, std::string_view key, Value& change, TypeId type) {
        std::string_view name = key;
        const bool is_deletion = key.starts_with(kDeleteFromPrimitiveList);
        if (is_deletion) {
            if (mode_ == MergeMode::kCombine) {
                target.insert_or_assign(key, std::move(change));
                return {};
            }
            const auto list = list_name(key, kDeleteFromPrimitiveList, path_);
            if (!list) {
                return list.error();
            }
            name = *list;
        }
        if (change.is_null()) {
            erase(target, name);
            if (mode_ == MergeMode::kApply) {
                return {};
            }
        }
        Value* current = target.if_contains(name);
        const bool merges = current != nullptr && ((current->is_object() && change.is_object()) ||
                                                   (current->is_array() && change.is_array()));
        if (!merges) {
            // A deletion list of something that is no list is void.
            if (!is_deletion ||
                (current != nullptr && !change.is_structured() && current->kind() == change.kind())) {
                set_field(target, name, change);
            }
            return {};
        }
        path_.push(name);
        auto done = current->is_object() ? merge_map_field(*current, change, name, type)
                                         : merge_list_field(*current, change, name, type, is_deletion);
        path_.pop();
        return done;
    }

    void set_field(Object& target, std::string_view name, Value& change) const {
        if (mode_ == MergeMode::kApply) {
            discard_nulls(change);
        }
        if (remove_directives(change)) {
            target.insert_or_assign(name, std::move(change));
        } else {
            erase(target, name);
        }
    }

    Result<void> merge_map_field(Value& current, Value& change, std::string_view name, TypeId type) {
        const auto meta = map_meta(schema_, type, name, path_);
        if (!meta) {
            return meta.error();
        }
        if (meta->is_replaced) {
            current = std::move(change);
            return {};
        }
        return merge(current.get_object(), std::move(change.get_object()), meta->type);
    }

    Result<void> merge_list_field(Value& current, Value& change, std::string_view name, TypeId type,
                                  bool is_deletion) {
        const auto meta = list_meta(schema_, type, name, path_);
        if (!meta) {
            return meta.error();
        }
        return merge_lists(current.get_array(), std::move(change.get_array()), *meta, is_deletion);
    }

    Result<void> merge_lists(Array& target, Array patch, const FieldMeta& meta, bool is_deletion) {
        if (!meta.is_merged && !is_deletion) {
            target = std::move(patch);
            return {};
        }
        if (target.empty() && patch.empty()) {
            return {};
        }
        const std::array<const Array*, 2> both = {&target, &patch};
        const auto kind = item_kind(both, path_);
        if (!kind) {
            return kind.error();
        }
        if (*kind != NodeKind::kMap) {
            if (!meta.merge_key.empty() && !is_deletion) {
                return path_.error(
                    fmt::format("a list that merges by \"{}\" holds an item that is no map", meta.merge_key));
            }
            return merge_scalars(target, std::move(patch), is_deletion);
        }
        if (meta.merge_key.empty()) {
            return path_.error("the lists have no merge key");
        }
        auto items = obey_items(target, std::move(patch), meta.merge_key);
        if (!items) {
            return items.error();
        }
        return merge_items(target, std::move(*items), meta);
    }

    Result<void> merge_scalars(Array& target, Array patch, bool is_deletion) const {
        const Order order = order_of(patch, "");
        if (is_deletion && mode_ == MergeMode::kApply) {
            Array kept(target.storage());
            for (Value& item : target) {
                if (!order.contains(identity(item, ""))) {
                    kept.push_back(std::move(item));
                }
            }
            target = std::move(kept);
            return {};
        }
        const Order server_order = order_of(target, "");
        target.insert(target.end(), patch.begin(), patch.end());
        remove_duplicates(target);
        auto sorted = put_in_order(std::move(target), patch, server_order, "", path_);
        if (!sorted) {
            return sorted.error();
        }
        target = std::move(*sorted);
        return {};
    }

    // Does what items with directives say; yields the others.
    Result<Array> obey_items(Array& target, Array patch, std::string_view merge_key) const {
        Array items(patch.storage());
        std::unordered_set<std::string> deleted;
        bool is_replaced = false;
        for (Value& item : patch) {
            const Object& map = item.get_object();
            if (!map.contains(kDirective)) {
                items.push_back(std::move(item));
            } else if (has_directive(item, kDelete)) {
                if (auto ok = check_items(Array{item}, merge_key, path_); !ok) {
                    return ok.error();
                }
                deleted.insert(identity(item, merge_key));
            } else if (has_directive(item, kReplace)) {
                is_replaced = true;
            } else {
                return path_.error("the directive $patch of a list's item must be \"replace\" or \"delete\"");
            }
        }
        if (is_replaced) {
            target = std::move(items);
            return Array();
        }
        if (!deleted.empty()) {
            Array kept(target.storage());
            for (Value& item : target) {
                if (!deleted.contains(identity(item, merge_key))) {
                    kept.push_back(std::move(item));
                }
            }
            target = std::move(kept);
        }
        return items;
    }

    Result<void> merge_items(Array& target, Array patch, const FieldMeta& meta) {
        if (auto ok = check_items(patch, meta.merge_key, path_); !ok) {
            return ok;
        }
        const Order patch_order = order_of(patch, meta.merge_key);
        const Order server_order = order_of(target, meta.merge_key);
        Order known = server_order;
        Array order(patch.storage());
        for (Value& item : patch) {
            order.push_back(Object{{meta.merge_key, item.at(meta.merge_key)}});
            const auto [place, is_new] = known.emplace(identity(item, meta.merge_key), target.size());
            if (is_new) {
                target.push_back(std::move(item));
            } else if (auto done =
                           merge(target[place->second].get_object(), std::move(item.get_object()), meta.type);
                       !done) {
                return done;
            }
        }
        auto sorted = put_in_order(std::move(target), order, server_order, meta.merge_key, path_);
        if (!sorted) {
            return sorted.error();
        }
        target = std::move(*sorted);
        return {};
    }

    const Schema& schema_;
    MergeMode mode_;
    MergePath path_;
};

}  // namespace

Result<void> merge_maps(Object& target, Object patch, const Schema& schema, TypeId type, MergeMode mode) {
    return Merger(schema, mode).merge(target, std::move(patch), type);
}

}  // namespace strategic

}  // namespace patch
