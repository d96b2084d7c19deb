// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "rules/patch/equality.hpp"
#include "rules/patch/strategic_order.hpp"
#include "rules/patch/strategic_walk.hpp"

namespace patch::strategic {

namespace {

using base::Result;
using model::Array;
using model::Object;
using model::Value;

class Comparer {
public:
    explicit Comparer(const Schema& schema) : schema_(schema) {}

    Result<bool> compare_maps(const Object& left, const Object& right, TypeId type) {
        for (const auto& field : left) {
            const std::string_view key = field.key();
            const Value* other = right.if_contains(key);
            if (key == kDirective || key == kRetainKeys || other == nullptr) {
                continue;
            }
            path_.push(key);
            auto differs = compare_fields(field.value(), *other, key, type);
            path_.pop();
            if (!differs || *differs) {
                return differs;
            }
        }
        return false;
    }

private:
    Result<bool> compare_fields(const Value& left, const Value& right, std::string_view key, TypeId type) {
        if (!left.is_structured()) {
            return compare(left, right, {});
        }
        const auto meta =
            left.is_array() ? list_meta(schema_, type, key, path_) : map_meta(schema_, type, key, path_);
        return meta ? compare(left, right, *meta) : meta.error();
    }

    Result<bool> compare(const Value& left, const Value& right, const FieldMeta& meta) {
        if (left.kind() != right.kind() || !left.is_structured()) {
            return !equal_json(left, right);
        }
        if (left.is_array()) {
            return compare_lists(left.get_array(), right.get_array(), meta);
        }
        const Value* directive = left.get_object().if_contains(kDirective);
        const Value* other = right.get_object().if_contains(kDirective);
        if ((directive == nullptr) != (other == nullptr)) {
            return true;
        }
        if (directive != nullptr && !equal_json(*directive, *other)) {
            return true;
        }
        return meta.is_replaced ? false : compare_maps(left.get_object(), right.get_object(), meta.type);
    }

    Result<bool> compare_lists(const Array& left, const Array& right, const FieldMeta& meta) {
        const std::array<const Array*, 2> both = {&left, &right};
        const auto kind = item_kind(both, path_);
        if (!kind) {
            return kind.error();
        }
        if (meta.is_merged) {
            return *kind == NodeKind::kMap ? compare_items(left, right, meta) : Result<bool>(false);
        }
        if (left.size() != right.size()) {
            return true;
        }
        if (*kind == NodeKind::kMap) {
            return compare_each(left, right, meta.type);
        }
        Array sorted_left = left;
        Array sorted_right = right;
        for (Array* list : {&sorted_left, &sorted_right}) {
            remove_duplicates(*list);
            sort_scalars(*list);
        }
        return !equal_json(Value(std::move(sorted_left)), Value(std::move(sorted_right)));
    }

    Result<bool> compare_each(const Array& left, const Array& right, TypeId type) {
        for (std::size_t i = 0; i < left.size(); ++i) {
            auto differs = compare(left[i], right[i], {.type = type, .merge_key = {}});
            if (!differs || *differs) {
                return differs;
            }
        }
        return false;
    }

    // Items with the same merge key must agree; the last of equal ones counts.
    Result<bool> compare_items(const Array& left, const Array& right, const FieldMeta& meta) {
        std::unordered_map<std::string, const Value*> others;
        for (const Array* list : {&left, &right}) {
            if (auto ok = check_items(*list, meta.merge_key, path_); !ok) {
                return ok.error();
            }
        }
        for (const Value& item : right) {
            others.insert_or_assign(identity(item, meta.merge_key), &item);
        }
        const Order last = [&] {
            Order places;
            for (std::size_t i = 0; i < left.size(); ++i) {
                places.insert_or_assign(identity(left[i], meta.merge_key), i);
            }
            return places;
        }();
        for (const auto& [key, place] : last) {
            const auto other = others.find(key);
            if (other == others.end()) {
                continue;
            }
            auto differs = compare(left[place], *other->second, {.type = meta.type, .merge_key = {}});
            if (!differs || *differs) {
                return differs;
            }
        }
        return false;
    }

    const Schema& schema_;
    MergePath path_;
};

}  // namespace

Result<bool> have_conflicts(const Object& left, const Object& right, const Schema& schema, TypeId type) {
    return Comparer(schema).compare_maps(left, right, type);
}

}  // namespace patch::strategic
