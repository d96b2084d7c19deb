// SPDX-License-Identifier: 0BSD
#include "rules/patch/strategic_merge.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/json.hpp"
#include "rules/patch/strategic_walk.hpp"

namespace patch {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Object;
using model::Value;

Result<TypeId> find_type(const Schema& schema, const model::GroupVersionKind& kind) {
    const TypeId type = schema.type_of(kind.api_version(), kind.kind);
    if (type == kUnknownType) {
        return Error{ErrorCode::kUnsupported,
                     fmt::format("strategic merge knows only Kubernetes' own kinds, not {}", kind.text())};
    }
    return type;
}

// The type of the kind, if all documents are maps.
Result<TypeId> check(std::initializer_list<const Value*> documents, const Schema& schema,
                     const model::GroupVersionKind& kind) {
    for (const Value* document : documents) {
        if (!document->is_object()) {
            return Error{ErrorCode::kInvalid, "strategic merge works on maps only"};
        }
    }
    return find_type(schema, kind);
}

}  // namespace

Result<Value> apply_strategic_merge(Value original, Value patch, const Schema& schema,
                                    const model::GroupVersionKind& kind) {
    const auto type = check({&original, &patch}, schema, kind);
    if (!type) {
        return type.error();
    }
    auto done = strategic::merge_maps(original.get_object(), std::move(patch.get_object()), schema, *type,
                                      strategic::MergeMode::kApply);
    return done ? Result<Value>(std::move(original)) : done.error();
}

Result<Value> create_strategic_merge(Value original, const Value& modified, const Schema& schema,
                                     const model::GroupVersionKind& kind) {
    const auto type = check({&original, &modified}, schema, kind);
    if (!type) {
        return type.error();
    }
    auto patch = strategic::diff_maps(original.get_object(), modified.get_object(), schema, *type,
                                      {.set_element_order = true});
    return patch ? Result<Value>(std::move(*patch)) : patch.error();
}

Result<Value> create_three_way_strategic_merge(ThreeWayDiff documents, const Schema& schema,
                                               const model::GroupVersionKind& kind) {
    const auto type = check({&documents.original, &documents.modified, &documents.current}, schema, kind);
    if (!type) {
        return type.error();
    }
    Object& original = documents.original.get_object();
    const Object& modified = documents.modified.get_object();
    Object& current = documents.current.get_object();
    auto delta = strategic::diff_maps(current, modified, schema, *type,
                                      {.set_element_order = true, .ignore_deletions = true});
    if (!delta) {
        return delta.error();
    }
    auto patch = strategic::diff_maps(original, modified, schema, *type,
                                      {.set_element_order = true, .ignore_additions = true});
    if (!patch) {
        return patch.error();
    }
    auto combined =
        strategic::merge_maps(*patch, std::move(*delta), schema, *type, strategic::MergeMode::kCombine);
    if (!combined) {
        return combined.error();
    }
    if (!documents.overwrite) {
        const auto changed = strategic::diff_maps(original, current, schema, *type, {});
        if (!changed) {
            return changed.error();
        }
        const auto conflicts = strategic::have_conflicts(*patch, *changed, schema, *type);
        if (!conflicts) {
            return conflicts.error();
        }
        if (*conflicts) {
            return Error{
                ErrorCode::kConflict,
                fmt::format("the patch {} conflicts with changes {} of the live object",
                            model::to_json(Value(std::move(*patch))), model::to_json(Value(*changed)))};
        }
    }
    return Value(std::move(*patch));
}

}  // namespace patch
