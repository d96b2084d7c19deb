// SPDX-License-Identifier: 0BSD
// What the parts of strategic merge share: directives, the type of a field, and what tells items apart.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/patch/merge_walk.hpp"
#include "rules/patch/types.hpp"

namespace patch::strategic {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kDelete = "delete";
constexpr std::string_view kReplace = "replace";
constexpr std::string_view kMerge = "merge";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kSetElementOrder = "$setElementOrder";
constexpr std::string_view kDeleteFromPrimitiveList = "$deleteFromPrimitiveList";

// Merging two patches keeps their directives and nulls; applying a patch to an object uses them up.
enum class MergeMode { kApply, kCombine };

// The type below a field and how the field merges.
struct FieldMeta {
    TypeId type = kUnknownType;
    bool is_merged = false;
    bool is_replaced = false;
    bool retains_keys = false;
    std::string_view merge_key;  // empty for lists of scalars
};

// The same by a map's field, and, for a field that is a list, by its items. Errors: kInvalid for a field that the type lacks or
// that is no list.
base::Result<FieldMeta> map_meta(const Schema& schema, TypeId type, std::string_view field,
                                 const MergePath& path);
base::Result<FieldMeta> list_meta(const Schema& schema, TypeId type, std::string_view field,
                                  const MergePath& path);

// The common kind of all items. Errors: kInvalid for none, for a list of lists, or items of different kinds.
base::Result<NodeKind> item_kind(std::span<const model::Array* const> lists, const MergePath& path);

// What tells an item apart: the text of its merge key, or its own; items that lack the key share one text.
std::string identity(const model::Value& item, std::string_view merge_key);
// Errors: kInvalid for an item without a merge key that is a scalar; where there are no merge keys, for one that is no scalar.
base::Result<void> check_items(const model::Array& list, std::string_view merge_key, const MergePath& path);

// Whether `item` is a map with that directive.
bool has_directive(const model::Value& item, std::string_view directive);

// Sorted by their texts.
void sort_scalars(model::Array& list);
void remove_duplicates(model::Array& list);

// "x" of "$setElementOrder/x". Errors: kInvalid for a name of another form.
base::Result<std::string_view> list_name(std::string_view field, std::string_view prefix,
                                         const MergePath& path);

// `target` with `patch` merged in.
base::Result<void> merge_maps(model::Object& target, model::Object patch, const Schema& schema, TypeId type,
                              MergeMode mode);

struct DiffOptions {
    bool set_element_order = false;
    bool ignore_additions = false;  // changes too
    bool ignore_deletions = false;
    bool retain_keys = false;
};
// Lists of scalars of `original` that merge are sorted by the way, as in the original: what uses them later sees that.
base::Result<model::Object> diff_maps(model::Object& original, const model::Object& modified,
                                      const Schema& schema, TypeId type, DiffOptions options);

// Whether two patches of one object do different things to one place.
base::Result<bool> have_conflicts(const model::Object& left, const model::Object& right, const Schema& schema,
                                  TypeId type);

}  // namespace patch::strategic
