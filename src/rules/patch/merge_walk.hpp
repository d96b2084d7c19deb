// SPDX-License-Identifier: 0BSD
// What both of kyaml's merges need at each place: what kind of node it is, its type, its keys, and where it is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/patch/types.hpp"

namespace patch {

enum class NodeKind { kNone, kScalar, kMap, kList };

inline bool is_missing(const model::Value* value) { return value == nullptr || value->is_null(); }

// Writes a field's new value. kyaml keeps the quotes of the old one: what replaces a string that only quotes made one is a
// string too. (Of other strings a value does not say whether they were quoted; they are taken for plain.)
void set_field_value(model::Value& field, model::Value value);

// Where a merge is: the names of fields.
class MergePath {
public:
    void push(std::string_view name) { names_.push_back(name); }
    void pop() { names_.pop_back(); }
    void enter_list() { ++lists_; }
    void leave_list() { --lists_; }
    // Below a list the names alone do not say where.
    bool is_in_list() const { return lists_ > 0; }
    std::span<const std::string_view> names() const { return names_; }
    // "spec.template.spec", or "the document".
    std::string text() const;
    base::Error error(std::string_view what) const;

private:
    std::vector<std::string_view> names_;
    std::size_t lists_ = 0;
};

// The kind of the first source that is neither missing nor null. Errors: kInvalid when another source's differs.
base::Result<NodeKind> common_kind(std::span<const model::Value* const> sources, const MergePath& path);

// `type`, or, for kUnknownType, that of the first source that says apiVersion and kind of a known type.
TypeId resolve_type(const Schema& schema, TypeId type, std::span<const model::Value* const> sources);

// Whether a list of the type merges item by item. Of lists of unknown types only with `infer`, and if all items have a name.
bool is_associative(const Schema& schema, TypeId type, std::span<const model::Value* const> sources,
                    bool infer);

// The keys of an associative list's items; empty for scalars.
inline std::span<const std::string> item_keys(const Schema& schema, TypeId type) {
    return schema.rule(type).keys;
}
// The same for lists of unknown types: their name. Errors: kInvalid when some lists' items have one and others' not, or none.
base::Result<std::span<const std::string>> inferred_keys(
    std::span<const std::vector<const model::Value*>> lists, const MergePath& path);

}  // namespace patch
