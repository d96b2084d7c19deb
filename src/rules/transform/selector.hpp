// SPDX-License-Identifier: 0BSD
// Selector: which resources a patch or a replacement is for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

// As written. Group to namespace are regular expressions for the whole text; empty members match everything.
struct Target {
    std::string group = {};
    std::string version = {};
    std::string kind = {};
    std::string name = {};
    std::string ns = {};
    std::string annotation_selector = {};
    std::string label_selector = {};

    bool empty() const;
};

// Reads {group, version, kind, name, namespace, annotationSelector, labelSelector}. Errors: kInvalid (unknown key, type).
base::Result<Target> parse_target(const model::Value& value, std::string_view where);

// A selector of labels in Kubernetes' syntax: "app=web,tier in (a, b),!legacy".
class LabelSelector {
public:
    // Errors: kInvalid (bad syntax).
    static base::Result<LabelSelector> parse(std::string_view text);
    // `pairs` is a map of texts, or nullptr for none.
    bool matches(const model::Object* pairs) const;

private:
    enum class Operator { kIn, kNotIn, kExists, kMissing, kGreater, kLess };
    struct Requirement {
        std::string key;
        Operator op = Operator::kExists;
        std::vector<std::string> values;
    };
    friend class LabelSelectorParser;
    std::vector<Requirement> requirements_;
};

// A Target with its expressions compiled.
class Selector {
public:
    // Errors: kInvalid (an expression or a label selector that does not parse).
    static base::Result<Selector> compile(const Target& target);
    ~Selector();
    Selector(Selector&&) noexcept;
    Selector& operator=(Selector&&) noexcept;

    // As `patches` select: name and namespace may be those of today or those of the file, the kind is today's.
    bool matches(const Resource& resource, const Scopes& scopes) const;
    // As `replacements` select and reject: one id must match in all of its members.
    bool matches_id(const ResourceId& id, const Scopes& scopes) const;
    bool matches_labels_and_annotations(const Resource& resource) const;
    const Target& target() const;

private:
    struct State;
    explicit Selector(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// The indices of those that `selector` matches, in order.
std::vector<std::size_t> select(const Resources& resources, const Selector& selector, const Scopes& scopes);

}  // namespace transform
