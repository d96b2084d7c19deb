// SPDX-License-Identifier: 0BSD
#include "rules/patch/merge_patch.hpp"

#include <utility>

#include "rules/patch/equality.hpp"

namespace patch {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Array;
using model::Object;
using model::Value;

// Nulls of what a patch adds remove nothing; those that are items of lists are values.
void remove_nulls(Value& value) {
    if (Object* map = value.if_object()) {
        for (auto field = map->begin(); field != map->end();) {
            if (field->value().is_null()) {
                field = map->stable_erase(field);
            } else {
                remove_nulls(field->value());
                ++field;
            }
        }
    } else if (Array* list = value.if_array()) {
        for (Value& item : *list) {
            remove_nulls(item);
        }
    }
}

Value without_nulls(const Value& value, const boost::json::storage_ptr& storage) {
    Value copy(value, storage);
    remove_nulls(copy);
    return copy;
}

void merge_maps(Object& target, const Object& patch) {
    for (const auto& change : patch) {
        const auto field = target.find(change.key());
        if (change.value().is_null()) {
            if (field != target.end()) {
                target.stable_erase(field);
            }
        } else if (field == target.end()) {
            target.emplace(change.key(), without_nulls(change.value(), target.storage()));
        } else if (field->value().is_object() && change.value().is_object()) {
            merge_maps(field->value().get_object(), change.value().get_object());
        } else if (field->value().is_object()) {
            // Where a map was, the original takes a list as it is; elsewhere it removes the nulls of the list's maps.
            field->value() = change.value();
        } else {
            field->value() = without_nulls(change.value(), target.storage());
        }
    }
}

Object diff_maps(const Object& original, const Object& modified) {
    Object patch;
    for (const auto& field : modified) {
        const Value* old = original.if_contains(field.key());
        if (old != nullptr && old->is_object() && field.value().is_object()) {
            Object changes = diff_maps(old->get_object(), field.value().get_object());
            if (!changes.empty()) {
                patch.emplace(field.key(), std::move(changes));
            }
        } else if (old == nullptr || !equal_values(*old, field.value())) {
            patch.emplace(field.key(), field.value());
        }
    }
    for (const auto& field : original) {
        if (!modified.contains(field.key())) {
            patch.emplace(field.key(), nullptr);
        }
    }
    return patch;
}

}  // namespace

Result<Value> apply_merge_patch(Value target, const Value& patch) {
    if (!patch.is_object() && !patch.is_array()) {
        return Error{ErrorCode::kInvalid, "a merge patch must be a map or a list"};
    }
    if (target.is_null()) {
        return Error{ErrorCode::kInvalid, "null cannot be patched"};
    }
    if (target.is_object() && patch.is_object()) {
        merge_maps(target.get_object(), patch.get_object());
        return target;
    }
    return without_nulls(patch, target.storage());
}

Result<Value> create_merge_patch(const Value& original, const Value& modified) {
    if (original.is_object() && modified.is_object()) {
        return Value(diff_maps(original.get_object(), modified.get_object()));
    }
    if (!original.is_array() || !modified.is_array()) {
        return Error{ErrorCode::kInvalid, "only two maps, or two lists of maps, have a merge patch"};
    }
    const Array& left = original.get_array();
    const Array& right = modified.get_array();
    if (left.size() != right.size()) {
        return Error{ErrorCode::kInvalid, "lists of different lengths have no merge patch"};
    }
    Array patches;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (!left[i].is_object() || !right[i].is_object()) {
            return Error{ErrorCode::kInvalid, "lists of anything but maps have no merge patch"};
        }
        patches.emplace_back(diff_maps(left[i].get_object(), right[i].get_object()));
    }
    return Value(std::move(patches));
}

}  // namespace patch
