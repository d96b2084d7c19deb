// SPDX-License-Identifier: 0BSD
#include "rules/patch/kustomize_merge.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/patch/associative_list.hpp"
#include "rules/patch/comment_types.hpp"
#include "rules/patch/merge_walk.hpp"

namespace patch {

namespace {

using base::Result;
using model::Array;
using model::Object;
using model::Value;

constexpr std::string_view kDirective = "$patch";

enum class Directive { kMerge, kReplace, kDelete };

// What a patch's map or list says about itself.
struct Order {
    Directive directive = Directive::kMerge;
    std::string_view text;  // how it is written in the patch, where it is no content; empty for nothing
};

// kyaml merges what is new with itself, so that directives and nulls within it take effect. Then target and patch are one
// node, a copy of the patch's, and `Source` says so.
struct Source {
    const Value* patch = nullptr;  // null, or nothing, for what the patch does not mention
    bool is_target = false;
};

class Merger {
public:
    Merger(const Schema& schema, KyamlMergeOptions options)
        : comments_(options.comments, schema), schema_(comments_.schema()), options_(options) {}

    // Yields `target` changed, another value (alive as long as the Merger), or nullptr to remove it.
    Result<Value*> merge(Value* target, Source source, TypeId type) {
        const std::array<const Value*, 2> sources = {target, source.is_target ? target : source.patch};
        if (type == kPlainType && source.patch == nullptr && !source.is_target) {
            return target;
        }
        const auto kind = common_kind(sources, path_);
        if (!kind) {
            return kind.error();
        }
        switch (*kind) {
            case NodeKind::kNone:
            case NodeKind::kMap: return merge_map(target, source, resolve_type(schema_, type, sources));
            case NodeKind::kList:
                return is_associative(schema_, type, sources, options_.infer_associative_lists)
                           ? merge_list(target, source, type)
                           : take(target, source);
            case NodeKind::kScalar: return take(target, source);
        }
        return target;
    }

    void use_storage(boost::json::storage_ptr storage) { storage_ = std::move(storage); }

private:
    Value* copy_of(const Value& value) { return &copies_.emplace_back(value, storage_); }

    // The patch's value if it has one, null included.
    Value* take(Value* target, Source source) {
        return source.is_target || source.patch == nullptr ? target : copy_of(*source.patch);
    }

    // What `said`, the directive of `owner`, asks for. One of the patch is used up by that: kyaml may come to an item twice.
    Result<Order> parse_directive(const Value& owner, const Value& said, bool is_target) {
        const std::string text = scalar_text(said);
        for (const Order& order : {Order{Directive::kMerge, "merge"}, Order{Directive::kReplace, "replace"},
                                   Order{Directive::kDelete, "delete"}}) {
            if (text != order.text) {
                continue;
            }
            const bool is_used_up = !is_target && std::ranges::find(obeyed_, &owner) != obeyed_.end();
            if (!is_target && !is_used_up) {
                obeyed_.push_back(&owner);
            }
            return Order{is_used_up ? Directive::kMerge : order.directive, order.text};
        }
        return path_.error(fmt::format("unknown patch strategy \"{}\"", text));
    }

    Result<Order> map_order(const Value* map, bool is_target) {
        const Value* said =
            map == nullptr || !map->is_object() ? nullptr : map->get_object().if_contains(kDirective);
        return said == nullptr ? Order{} : parse_directive(*map, *said, is_target);
    }

    // A directive for a list is an item of its own.
    Result<Order> list_order(const Value& list, bool is_target) {
        for (const Value& item : list.get_array()) {
            const Object* map = item.if_object();
            const Value* said = map == nullptr ? nullptr : map->if_contains(kDirective);
            if (said != nullptr) {
                return map->size() > 1 ? Order{} : parse_directive(list, *said, is_target);
            }
        }
        return Order{};
    }

    Result<Value*> merge_map(Value* target, Source source, TypeId type) {
        const Value* patch = source.is_target ? target : source.patch;
        if (is_missing(target)) {
            return add_map(target, patch, source, type);
        }
        if (patch != nullptr && patch->is_null()) {
            return nullptr;
        }
        const auto order = map_order(patch, source.is_target);
        if (!order) {
            return order.error();
        }
        if (source.is_target && !order->text.empty()) {
            erase(target->get_object(), kDirective);
        }
        if (order->directive == Directive::kDelete) {
            return nullptr;
        }
        if (order->directive == Directive::kReplace && !source.is_target) {
            target = copy_of(*patch);
            erase(target->get_object(), kDirective);
            source = {nullptr, true};
        }
        if (source.is_target) {
            return merge_with_itself(target, type);
        }
        return merge_fields(target, patch, type, !order->text.empty());
    }

    // What the target lacks, or has as null. A null that the patch does not mention stays.
    Result<Value*> add_map(Value* target, const Value* patch, Source source, TypeId type) {
        if (patch == nullptr) {
            return target;
        }
        const auto order = map_order(patch, source.is_target);
        if (patch->is_null() || (order && order->directive == Directive::kDelete)) {
            return nullptr;
        }
        target = source.is_target ? target : copy_of(*patch);
        if (order && !order->text.empty()) {
            erase(target->get_object(), kDirective);
        }
        return merge_with_itself(target, type);
    }

    static void erase(Object& map, std::string_view key) {
        if (const auto found = map.find(key); found != map.end()) {
            map.stable_erase(found);
        }
    }

    // Replaces the field at `index` by `merged`, or removes it. Yields the index of the next field.
    static std::size_t settle(Object& map, std::size_t index, Value* merged) {
        auto field = map.begin() + static_cast<std::ptrdiff_t>(index);
        if (is_missing(merged) && merged != &field->value()) {
            map.stable_erase(field);
            return index;
        }
        if (merged != &field->value()) {
            set_field_value(field->value(), std::move(*merged));
        }
        return index + 1;
    }

    Result<Value*> merge_with_itself(Value* target, TypeId type) {
        Object& map = target->get_object();
        for (std::size_t i = 0; i < map.size();) {
            auto field = map.begin() + static_cast<std::ptrdiff_t>(i);
            path_.push(field->key());
            const auto merged = merge(&field->value(), {nullptr, true}, field_type(type, field->key()));
            path_.pop();
            if (!merged) {
                return merged;
            }
            i = settle(map, i, *merged);
        }
        return target;
    }

    Result<Value*> merge_fields(Value* target, const Value* patch, TypeId type, bool has_directive) {
        Object& map = target->get_object();
        const Object* changes = patch == nullptr ? nullptr : &patch->get_object();
        const auto added = changes == nullptr ? NewFields() : new_fields(map, *changes, has_directive);
        for (std::size_t i = 0; i < map.size();) {
            auto field = map.begin() + static_cast<std::ptrdiff_t>(i);
            const bool is_directive = has_directive && std::string_view(field->key()) == kDirective;
            const Value* change =
                changes == nullptr || is_directive ? nullptr : changes->if_contains(field->key());
            if (change == nullptr && !field->value().is_structured()) {
                ++i;
                continue;
            }
            path_.push(field->key());
            const auto merged = merge(&field->value(), {change, false}, field_type(type, field->key()));
            path_.pop();
            if (!merged) {
                return merged;
            }
            i = settle(map, i, *merged);
        }
        for (const Object::value_type* change : added) {
            path_.push(change->key());
            const auto merged = merge(nullptr, {&change->value(), false}, field_type(type, change->key()));
            path_.pop();
            if (!merged) {
                return merged;
            }
            if (!is_missing(*merged)) {
                map.emplace(change->key(), std::move(**merged));
            }
        }
        return target;
    }

    // The type of the field that the path ends with.
    TypeId field_type(TypeId type, std::string_view name) const {
        return comments_.type_at(path_, schema_.field(type, name));
    }

    using NewFields = std::vector<const Object::value_type*>;

    // The fields of the patch that the target lacks, in the order of their names.
    static NewFields new_fields(const Object& map, const Object& changes, bool has_directive) {
        NewFields fields;
        for (const auto& change : changes) {
            const bool is_directive = has_directive && std::string_view(change.key()) == kDirective;
            if (!is_directive && !change.value().is_null() && !map.contains(change.key())) {
                fields.push_back(&change);
            }
        }
        std::ranges::sort(fields, {}, [](const auto* change) { return std::string_view(change->key()); });
        return fields;
    }

    Result<Value*> merge_list(Value* target, Source source, TypeId type) {
        const Value* patch = source.is_target ? target : source.patch;
        Order order;
        if (is_missing(target)) {
            target = copy_of(*patch);
            source = {nullptr, true};
        } else {
            if (patch != nullptr && patch->is_null()) {
                return nullptr;
            }
            const auto said = patch == nullptr ? Order{} : list_order(*patch, source.is_target);
            if (!said) {
                return said.error();
            }
            order = *said;
            if (order.directive == Directive::kDelete) {
                return nullptr;
            }
            if (order.directive == Directive::kReplace && !source.is_target) {
                target = copy_of(*patch);
                source = {nullptr, true};
            }
        }
        return merge_items(target, source, type, order);
    }

    Result<Value*> merge_items(Value* target, Source source, TypeId type, Order order) {
        const TypeId item_type = schema_.element(type);
        Array& list = target->get_array();
        if (!source.is_target && source.patch == nullptr && type != kUnknownType &&
            is_settled(list, item_keys(schema_, type))) {
            return merge_settled(target, item_type, item_keys(schema_, type));
        }
        Array taken = std::move(list);
        AssociativeLists lists{items_of(taken), {}, source.is_target, options_.prepend_items};
        if (auto done = add_patch_items(lists, source, order); !done) {
            return done.error();
        }
        const auto keys = keys_of(lists, schema_, type, path_);
        if (!keys) {
            return keys.error();
        }
        const MergeItem merge_item = [&](Value* item, std::span<const Value* const> others) {
            const Value* other = others.empty() ? nullptr : others[0];
            return merge(item, source.is_target ? Source{nullptr, true} : Source{other, false}, item_type);
        };
        path_.enter_list();
        auto done = merge_associative(lists, *keys, merge_item, path_);
        path_.leave_list();
        if (!done) {
            return done.error();
        }
        *target = to_array(lists.target, storage_);
        return target;
    }

    // The items of the patch's list, without the one that is its directive.
    Result<void> add_patch_items(AssociativeLists& lists, Source source, Order order) const {
        if (source.is_target) {
            return order.text.empty() ? Result<void>() : remove_items(lists.target, kDirective, order.text);
        }
        if (source.patch == nullptr || source.patch->is_null()) {
            return {};
        }
        ConstItems& items = lists.others.emplace_back(items_of(source.patch->get_array()));
        return order.text.empty() ? Result<void>() : remove_items(items, kDirective, order.text);
    }

    // Items that keep their number and order: only what is within them may change.
    Result<Value*> merge_settled(Value* target, TypeId item_type, std::span<const std::string> keys) {
        if (keys.empty() || item_type == kPlainType) {
            return target;
        }
        path_.enter_list();
        for (Value& item : target->get_array()) {
            if (auto merged = merge(&item, {}, item_type); !merged) {
                return merged;
            }
        }
        path_.leave_list();
        return target;
    }

    CommentTypes comments_;
    const Schema& schema_;
    KyamlMergeOptions options_;
    boost::json::storage_ptr storage_;
    MergePath path_;
    std::vector<const Value*> obeyed_;  // maps and lists of the patch with a directive that was obeyed
    std::deque<Value> copies_;          // values of the patch that are on their way into the result
};

}  // namespace

Result<std::optional<Value>> kyaml_merge(Value base, const Value& patch, const Schema& schema,
                                         KyamlMergeOptions options) {
    Merger merger(schema, options);
    merger.use_storage(base.storage());
    const auto merged = merger.merge(&base, {&patch, false}, kUnknownType);
    if (!merged) {
        return merged.error();
    }
    return is_missing(*merged) ? std::nullopt : std::optional(std::move(**merged));
}

Result<std::optional<Value>> kustomize_merge(Value base, const Value& patch, const Schema& schema,
                                             FieldComments comments) {
    return kyaml_merge(std::move(base), patch, schema, {.prepend_items = true, .comments = comments});
}

}  // namespace patch
