// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "rules/patch/associative_list.hpp"
#include "rules/patch/equality.hpp"
#include "rules/patch/strategic_order.hpp"
#include "rules/patch/strategic_walk.hpp"

namespace patch::strategic {

namespace {

using base::Result;
using model::Array;
using model::Object;
using model::Value;

// Whether both are of one type: Go's types of JSON values.
bool same_type(const Value& left, const Value& right) {
    const auto is_float = [](const Value& value) { return value.is_double() || value.is_uint64(); };
    return left.kind() == right.kind() || (is_float(left) && is_float(right));
}

struct ListDiff {
    Array changes;
    Array deletions;  // scalars only
    Array order;
};

class Differ {
public:
    explicit Differ(const Schema& schema) : schema_(schema) {}

    Result<Object> diff(Object& original, const Object& modified, TypeId type, const DiffOptions& options) {
        Object patch;
        Array kept;
        for (const auto& field : modified) {
            const std::string_view key = field.key();
            if (options.retain_keys && !field.value().is_null()) {
                kept.emplace_back(key);
            }
            Value* old = original.if_contains(key);
            if (old == nullptr) {
                if (!options.ignore_additions) {
                    patch.emplace(key, field.value());
                }
                continue;
            }
            path_.push(key);
            auto done = diff_field(patch, key, *old, field.value(), type, options);
            path_.pop();
            if (!done) {
                return done.error();
            }
        }
        if (!options.ignore_deletions) {
            for (const auto& field : original) {
                if (!modified.contains(field.key())) {
                    patch.insert_or_assign(field.key(), nullptr);
                }
            }
        }
        if (!kept.empty() && (!patch.empty() || has_more(original, modified))) {
            sort_scalars(kept);
            patch.insert_or_assign(kRetainKeys, std::move(kept));
        }
        return patch;
    }

private:
    static bool has_more(const Object& original, const Object& modified) {
        return std::ranges::any_of(original, [&modified](const auto& field) {
            return !field.value().is_null() && !modified.contains(field.key());
        });
    }

    static void replace(Object& patch, std::string_view key, const Value& old, const Value& now,
                        const DiffOptions& options) {
        if (!options.ignore_additions && !equal_json(old, now)) {
            patch.insert_or_assign(key, now);
        }
    }

    Result<void> diff_field(Object& patch, std::string_view key, Value& old, const Value& now, TypeId type,
                            const DiffOptions& options) {
        if (key == kDirective) {
            if (!old.is_string() || !now.is_string()) {
                return path_.error("a directive must be a string");
            }
            if (old != now) {
                patch.emplace(key, now);
            }
            return {};
        }
        if (old.is_object() && now.is_object()) {
            return diff_map(patch, key, old, now, type, options);
        }
        if (old.is_array() && now.is_array()) {
            return diff_list(patch, key, old, now, type, options);
        }
        if (same_type(old, now)) {
            replace(patch, key, old, now, options);
        } else if (!options.ignore_additions) {
            patch.insert_or_assign(key, now);
        }
        return {};
    }

    Result<void> diff_map(Object& patch, std::string_view key, Value& old, const Value& now, TypeId type,
                          DiffOptions options) {
        const auto meta = map_meta(schema_, type, key, path_);
        if (!meta) {
            return equal_json(old, now) ? Result<void>() : meta.error();
        }
        options.retain_keys = meta->retains_keys;
        if (meta->is_replaced) {
            if (!options.ignore_additions) {
                patch.insert_or_assign(key, now);
            }
            return {};
        }
        auto changes = diff(old.get_object(), now.get_object(), meta->type, options);
        if (!changes) {
            return changes.error();
        }
        if (!changes->empty()) {
            patch.insert_or_assign(key, std::move(*changes));
        }
        return {};
    }

    Result<void> diff_list(Object& patch, std::string_view key, Value& old, const Value& now, TypeId type,
                           DiffOptions options) {
        const auto meta = list_meta(schema_, type, key, path_);
        if (!meta) {
            return equal_json(old, now) ? Result<void>() : meta.error();
        }
        if (!meta->is_merged) {
            replace(patch, key, old, now, options);
            return {};
        }
        options.retain_keys = meta->retains_keys;
        auto changes = diff_items(old.get_array(), now.get_array(), *meta, options);
        if (!changes) {
            return changes.error();
        }
        if (!changes->changes.empty()) {
            patch.insert_or_assign(key, std::move(changes->changes));
        }
        if (!changes->deletions.empty()) {
            patch.insert_or_assign(fmt::format("{}/{}", kDeleteFromPrimitiveList, key),
                                   std::move(changes->deletions));
        }
        if (!changes->order.empty()) {
            patch.insert_or_assign(fmt::format("{}/{}", kSetElementOrder, key), std::move(changes->order));
        }
        return {};
    }

    Result<ListDiff> diff_items(Array& old, const Array& now, const FieldMeta& meta,
                                const DiffOptions& options) {
        if (old.empty()) {
            return options.ignore_additions ? ListDiff() : ListDiff{now, {}, {}};
        }
        const std::array<const Array*, 2> both = {&old, &now};
        const auto kind = item_kind(both, path_);
        if (!kind) {
            return kind.error();
        }
        return *kind == NodeKind::kMap ? diff_maps(old, now, meta, options)
                                       : diff_scalars(old, now, meta, options);
    }

    Result<ListDiff> diff_scalars(Array& old, const Array& now, const FieldMeta& meta,
                                  const DiffOptions& options) {
        Array sorted = now;
        sort_scalars(old);
        sort_scalars(sorted);
        ListDiff result;
        std::size_t i = 0;
        for (std::size_t j = 0; i < old.size() || j < sorted.size();) {
            const std::string left = i < old.size() ? scalar_text(old[i]) : std::string();
            const std::string right = j < sorted.size() ? scalar_text(sorted[j]) : std::string();
            if (i < old.size() && j < sorted.size() && left == right) {
                ++i;
                ++j;
            } else if (i == old.size() || (j < sorted.size() && left > right)) {
                if (!options.ignore_additions) {
                    result.changes.push_back(sorted[j]);
                }
                ++j;
            } else {
                if (!options.ignore_deletions) {
                    result.deletions.push_back(old[i]);
                }
                ++i;
            }
        }
        remove_duplicates(result.deletions);
        sort_items(result.changes, order_of(now, ""), "");
        const bool are_deleted = !options.ignore_deletions && !result.deletions.empty();
        const bool are_changed = !options.ignore_additions && !equal_json(Value(old), Value(now));
        if (options.set_element_order && (are_deleted || are_changed)) {
            result.order = now;
        }
        if (!meta.merge_key.empty() && !result.changes.empty()) {
            return path_.error(
                fmt::format("a list that merges by \"{}\" holds an item that is no map", meta.merge_key));
        }
        return result;
    }

    // Items sorted by the text of their merge keys; of equal ones the last comes first, as the original's sort has it.
    template <class List>
    static auto sorted_by_key(List& list, std::string_view merge_key) {
        std::vector<std::pair<std::string, decltype(&list[0])>> items;
        for (auto& item : list) {
            items.emplace_back(scalar_text(item.get_object().at(merge_key)), &item);
        }
        std::ranges::sort(items, [](const auto& left, const auto& right) {
            return left.first == right.first ? left.second > right.second : left.first < right.first;
        });
        return items;
    }

    Result<ListDiff> diff_maps(Array& old, const Array& now, const FieldMeta& meta,
                               const DiffOptions& options) {
        if (meta.merge_key.empty()) {
            return path_.error("the lists have no merge key");
        }
        for (const Array* list : {&std::as_const(old), &now}) {
            if (auto ok = check_items(*list, meta.merge_key, path_); !ok) {
                return ok.error();
            }
        }
        const bool is_order_same =
            std::ranges::equal(old, now, [&meta](const Value& left, const Value& right) {
                return identity(left, meta.merge_key) == identity(right, meta.merge_key);
            });
        auto result = pair_up(old, now, meta, options);
        if (!result) {
            return result;
        }
        sort_items(result->changes, order_of(now, meta.merge_key), meta.merge_key);
        result->changes.insert(result->changes.end(), result->deletions.begin(), result->deletions.end());
        result->deletions.clear();
        const bool are_changed = !result->changes.empty();
        if (options.set_element_order && ((!options.ignore_additions && (are_changed || !is_order_same)) ||
                                          (!options.ignore_deletions && are_changed))) {
            for (const Value& item : now) {
                result->order.push_back(Object{{meta.merge_key, item.at(meta.merge_key)}});
            }
        }
        return result;
    }

    Result<ListDiff> pair_up(Array& old, const Array& now, const FieldMeta& meta,
                             const DiffOptions& options) {
        const auto left = sorted_by_key(old, meta.merge_key);
        const auto right = sorted_by_key(now, meta.merge_key);
        ListDiff result;
        std::size_t i = 0;
        for (std::size_t j = 0; i < left.size() || j < right.size();) {
            const bool are_both = i < left.size() && j < right.size();
            if (are_both && left[i].first == right[j].first) {
                const Object& item = right[j].second->get_object();
                auto changes = diff(left[i].second->get_object(), item, meta.type, options);
                if (!changes) {
                    return changes.error();
                }
                if (!changes->empty()) {
                    changes->insert_or_assign(meta.merge_key, item.at(meta.merge_key));
                    result.changes.push_back(std::move(*changes));
                }
                ++i;
                ++j;
            } else if (i == left.size() || (are_both && left[i].first > right[j].first)) {
                if (!options.ignore_additions) {
                    result.changes.push_back(*right[j].second);
                }
                ++j;
            } else {
                if (!options.ignore_deletions) {
                    result.deletions.push_back(
                        Object{{meta.merge_key, left[i].second->get_object().at(meta.merge_key)},
                               {kDirective, kDelete}});
                }
                ++i;
            }
        }
        return result;
    }

    const Schema& schema_;
    MergePath path_;
};

}  // namespace

Result<Object> diff_maps(Object& original, const Object& modified, const Schema& schema, TypeId type,
                         DiffOptions options) {
    return Differ(schema).diff(original, modified, type, options);
}

}  // namespace patch::strategic
