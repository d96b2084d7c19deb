// SPDX-License-Identifier: 0BSD
#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include "rules/patch/associative_list.hpp"
#include "rules/patch/comment_types.hpp"
#include "rules/patch/equality.hpp"
#include "rules/patch/kustomize_merge.hpp"
#include "rules/patch/merge_walk.hpp"

namespace patch {

namespace {

using base::Result;
using model::Object;
using model::Value;

// One place of the three documents.
struct Sources {
    Value* local = nullptr;
    const Value* original = nullptr;
    const Value* updated = nullptr;

    std::array<const Value*, 3> all() const { return {local, original, updated}; }
};

bool is_null(const Value* value) { return value != nullptr && value->is_null(); }

const Value* field_of(const Value* value, std::string_view name) {
    const Object* map = value == nullptr ? nullptr : value->if_object();
    return map == nullptr ? nullptr : map->if_contains(name);
}

class ThreeWayMerger {
public:
    ThreeWayMerger(const Schema& schema, KyamlMergeOptions options, boost::json::storage_ptr storage)
        : comments_(options.comments, schema),
          schema_(comments_.schema()),
          infer_(options.infer_associative_lists),
          storage_(std::move(storage)) {}

    // Yields `sources.local` changed, another value (alive as long as the merger), or nullptr to remove it.
    Result<Value*> merge(const Sources& sources, TypeId type) {
        const auto kind = common_kind(sources.all(), path_);
        if (!kind) {
            return kind.error();
        }
        switch (*kind) {
            case NodeKind::kNone:
            case NodeKind::kMap: return merge_map(sources, resolve_type(schema_, type, sources.all()));
            case NodeKind::kList:
                return is_associative(schema_, type, sources.all(), infer_) ? merge_items(sources, type)
                                                                            : choose(sources);
            case NodeKind::kScalar: return choose(sources);
        }
        return sources.local;
    }

private:
    Value* copy_of(const Value& value) { return &copies_.emplace_back(value, storage_); }

    // The whole value of one side: the updated one where that changed, else the local one.
    Value* choose(const Sources& sources) {
        if (is_null(sources.updated) || is_null(sources.local)) {
            return nullptr;
        }
        const bool is_updated = !is_missing(sources.updated);
        const bool is_original = !is_missing(sources.original);
        if (is_updated && (!is_original || differ(*sources.updated, *sources.original))) {
            return copy_of(*sources.updated);
        }
        return is_original && !is_updated ? nullptr : sources.local;
    }

    // Scalars by their texts: 80 and "80" are the same.
    static bool differ(const Value& left, const Value& right) {
        return left.is_structured() || right.is_structured() ? !equal_json(left, right)
                                                             : scalar_text(left) != scalar_text(right);
    }

    Result<Value*> merge_map(Sources sources, TypeId type) {
        if (is_null(sources.updated) || is_null(sources.local)) {
            return nullptr;
        }
        if (sources.local == nullptr) {
            if (sources.updated == nullptr) {
                return nullptr;
            }
            sources.local = copy_of(Value(model::Object()));
        }
        for (const std::string& name : names_of(sources)) {
            Object& map = sources.local->get_object();
            path_.push(name);
            const auto merged = merge(
                {map.if_contains(name), field_of(sources.original, name), field_of(sources.updated, name)},
                comments_.type_at(path_, schema_.field(type, name)));
            path_.pop();
            if (!merged) {
                return merged;
            }
            set_field(map, name, *merged);
        }
        return sources.local;
    }

    static std::vector<std::string> names_of(const Sources& sources) {
        std::vector<std::string> names;
        for (const Value* source : sources.all()) {
            if (const Object* map = source == nullptr ? nullptr : source->if_object()) {
                std::ranges::transform(*map, std::back_inserter(names),
                                       [](const auto& field) { return std::string(field.key()); });
            }
        }
        std::ranges::sort(names);
        names.erase(std::ranges::unique(names).begin(), names.end());
        return names;
    }

    static void set_field(Object& map, const std::string& name, Value* merged) {
        const auto field = map.find(name);
        if (is_missing(merged)) {
            if (field != map.end()) {
                map.stable_erase(field);
            }
        } else if (field == map.end()) {
            map.emplace(name, std::move(*merged));
        } else if (merged != &field->value()) {
            set_field_value(field->value(), std::move(*merged));
        }
    }

    Result<Value*> merge_items(Sources sources, TypeId type) {
        if (is_missing(sources.updated) && !is_missing(sources.original)) {
            return nullptr;
        }
        if (is_missing(sources.local)) {
            sources.local = copy_of(Value(model::Array()));
        }
        model::Array taken = std::move(sources.local->get_array());
        AssociativeLists lists{.target = items_of(taken), .others = {}};
        for (const Value* other : {sources.original, sources.updated}) {
            lists.others.push_back(is_missing(other) ? ConstItems() : items_of(other->get_array()));
        }
        const auto keys = keys_of(lists, schema_, type, path_);
        if (!keys) {
            return keys.error();
        }
        const MergeItem merge_item = [&](Value* item, std::span<const Value* const> others) {
            return merge({item, others[0], others[1]}, schema_.element(type));
        };
        path_.enter_list();
        auto done = merge_associative(lists, *keys, merge_item, path_);
        path_.leave_list();
        if (!done) {
            return done.error();
        }
        *sources.local = to_array(lists.target, storage_);
        return sources.local;
    }

    CommentTypes comments_;
    const Schema& schema_;
    bool infer_;
    boost::json::storage_ptr storage_;
    MergePath path_;
    std::deque<Value> copies_;  // values that are on their way into the result
};

}  // namespace

Result<std::optional<Value>> kyaml_merge_three_way(ThreeWay documents, const Schema& schema,
                                                   KyamlMergeOptions options) {
    ThreeWayMerger merger(schema, options, documents.local.storage());
    const auto merged =
        merger.merge({&documents.local, &documents.original, &documents.updated}, kUnknownType);
    if (!merged) {
        return merged.error();
    }
    return is_missing(*merged) ? std::nullopt : std::optional(std::move(**merged));
}

}  // namespace patch
