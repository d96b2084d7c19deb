// SPDX-License-Identifier: 0BSD
// FieldSpec: which field of which kinds a transformer works on; and the visit of the places that it names in an object.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/field_path.hpp"
#include "model/value.hpp"

namespace transform {

// Empty group, version and kind match everything. The path is "spec/template/spec/containers[]/image"; a slash within a key is
// written "\/".
struct FieldSpec {
    std::string group;
    std::string version;
    std::string kind;
    std::string path;
    bool create = false;  // make what is missing on the way

    bool operator==(const FieldSpec&) const = default;
};
using FieldSpecs = std::vector<FieldSpec>;

// Reads `{group, version, kind, path, create}`, or a list of them; other keys are refused. `where` names the list in errors.
//
// Errors: kInvalid (wrong type, unknown key)
base::Result<FieldSpec> parse_field_spec(const model::Value& value, std::string_view where);
base::Result<FieldSpecs> parse_field_specs(const model::Value& value, std::string_view where);

// Adds `spec` unless one that covers it is there. Errors: kInvalid (the other one differs in `create`).
base::Result<void> merge_field_spec(FieldSpecs& into, const FieldSpec& spec);
base::Result<void> merge_field_specs(FieldSpecs& into, const FieldSpecs& more);

// Whether a kind's group, version and kind are those of the spec, as far as it names them.
bool selects(const FieldSpec& spec, const model::GroupVersionKind& gvk);

// What a missing last field becomes where the spec says `create`; an existing null becomes the same. kNothing: never create.
enum class CreateAs { kNothing, kText, kMap, kList };

// Called with each found field, which may be of any type, null included.
using VisitField = std::function<base::Result<void>(model::Value& field)>;

// As VisitField, with what to call for the field's path: costly, so it is made on demand.
using PathOf = std::function<std::shared_ptr<const model::FieldPath>()>;
using VisitPlace = std::function<base::Result<void>(model::Value& field, const PathOf& path)>;

// "a/b\/c" as its steps.
std::vector<std::string> split_path(std::string_view path, char delimiter = '/');

// The specs of one transformer with their paths split, and the choice of each kind remembered: made once, used for all objects.
class FieldVisitor {
public:
    FieldVisitor(std::span<const FieldSpec> specs, CreateAs create);
    FieldVisitor(const FieldVisitor&) = delete;
    FieldVisitor& operator=(const FieldVisitor&) = delete;

    // Visits, spec by spec, each place in `object`. Where a list lies on the path, its elements are visited, with or without
    // "[]"; a missing or null step ends the way.
    //
    // Errors: kInvalid (a step leads into a text or number; names object and path), and those of `visit`
    base::Result<void> visit(model::Value& object, const VisitField& visit);
    base::Result<void> visit_places(model::Value& object, const VisitPlace& visit);

private:
    struct Step {
        std::string key;
        bool is_list = false;  // written with "[]"
    };
    struct Path {
        FieldSpec spec;
        std::vector<Step> steps;
        std::shared_ptr<const model::FieldPath> place;  // where no list lies on the way
    };
    template <class Visit>
    struct Walk;
    template <class Visit>
    base::Result<void> walk(model::Value& object, const Visit& visit);
    struct Choice {
        std::string api_version;
        std::string kind;
        std::vector<const Path*> paths;
    };
    const std::vector<const Path*>& paths_of(std::string_view api_version, std::string_view kind);

    std::vector<Path> paths_;     // complete after construction: choices point into it
    std::deque<Choice> choices_;  // few: one per kind in the build
    CreateAs create_;
};

}  // namespace transform
