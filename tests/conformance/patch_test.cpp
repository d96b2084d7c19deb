// SPDX-License-Identifier: 0BSD
// Holds the patches of rules/patch to recorded results of the originals: apimachinery, kyaml and evanphx/json-patch.
#include <algorithm>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/patch/equality.hpp"
#include "rules/patch/json_patch.hpp"
#include "rules/patch/kustomize_merge.hpp"
#include "rules/patch/merge_patch.hpp"
#include "rules/patch/schema.hpp"
#include "rules/patch/strategic_merge.hpp"
#include "tests/conformance/cases.hpp"

namespace {

using base::Result;
using conformance::Case;
using model::Value;

struct UnreadableDocument : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A result, or nothing where the original has nothing; and what makes it differ is said by difference().
using Outcome = Result<std::optional<Value>>;

// The type that the set's README describes, as an OpenAPI document.
const char* const kMergeItemSchema = R"({"definitions": {
  "MergeItem": {
    "type": "object",
    "x-kubernetes-group-version-kind": [{"group": "test", "version": "v1", "kind": "MergeItem"}],
    "properties": {
      "name": {"type": "string"}, "value": {"type": "string"}, "other": {"type": "string"},
      "mergingList": {"type": "array", "items": {"$ref": "#/definitions/MergeItem"},
        "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name"},
      "nonMergingList": {"type": "array", "items": {"$ref": "#/definitions/MergeItem"}},
      "mergingIntList": {"type": "array", "items": {"type": "integer"}, "x-kubernetes-patch-strategy": "merge"},
      "nonMergingIntList": {"type": "array", "items": {"type": "integer"}},
      "mergeItemPtr": {"$ref": "#/definitions/MergeItem",
        "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name"},
      "simpleMap": {"type": "object", "additionalProperties": {"type": "string"}},
      "replacingItem": {"type": "object", "x-kubernetes-patch-strategy": "replace"},
      "retainKeysMap": {"$ref": "#/definitions/RetainKeysMergeItem", "x-kubernetes-patch-strategy": "retainKeys"},
      "retainKeysMergingList": {"type": "array", "items": {"$ref": "#/definitions/MergeItem"},
        "x-kubernetes-patch-strategy": "merge,retainKeys", "x-kubernetes-patch-merge-key": "name"}
    }
  },
  "RetainKeysMergeItem": {
    "type": "object",
    "properties": {
      "name": {"type": "string"}, "value": {"type": "string"}, "other": {"type": "string"},
      "simpleMap": {"type": "object", "additionalProperties": {"type": "string"}},
      "mergingIntList": {"type": "array", "items": {"type": "integer"}, "x-kubernetes-patch-strategy": "merge"},
      "mergingList": {"type": "array", "items": {"$ref": "#/definitions/MergeItem"},
        "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name"},
      "nonMergingList": {"type": "array", "items": {"$ref": "#/definitions/MergeItem"}}
    }
  }
}})";

model::YamlDocument parse_document(std::string_view text, model::YamlDialect dialect) {
    if (text.find_first_not_of(" \n") == std::string_view::npos) {
        return {model::Object(), 0, {}};
    }
    auto parsed = model::parse_yaml(text, "case", {}, dialect);
    if (!parsed || parsed->size() != 1) {
        throw UnreadableDocument(parsed ? "not one document" : parsed.error().text());
    }
    return std::move(parsed->front());
}

Value parse(std::string_view text) { return parse_document(text, model::YamlDialect::kKubectl).value; }

Value document(const Case& test, std::string_view field) {
    return parse(model::find_string(test.value, {field}));
}

Outcome some(Result<Value> result) { return result ? Outcome(std::move(*result)) : result.error(); }

// The type that a case patches, and where it is described.
struct Type {
    std::shared_ptr<const patch::Schema> schema;
    model::GroupVersionKind kind;
};

Type type_of(const Case& test, std::string_view field) {
    if (test.area.starts_with("k8s-mergeitem")) {
        static const auto kSchema = patch::parse_schema(parse(kMergeItemSchema)).value();
        return {kSchema, {"test", "v1", "MergeItem"}};
    }
    return {patch::kubernetes_schema(), model::gvk_of(document(test, field))};
}

// Texts as evanphx takes them: a document that is empty stays so, whatever the patch.
Outcome json_patch(const Case& test) {
    const std::string_view base = model::find_string(test.value, {"base"});
    if (base.empty()) {
        return Outcome(Value(""));
    }
    auto target = model::parse_json(base, "base");
    const auto operations = model::parse_json(model::find_string(test.value, {"patch"}), "patch");
    if (!target || !operations) {
        return target ? operations.error() : target.error();
    }
    return some(patch::apply_json_patch(std::move(*target), *operations));
}

Value json_document(const Case& test, std::string_view field) {
    auto parsed = model::parse_json(model::find_string(test.value, {field}), field);
    if (!parsed) {
        throw UnreadableDocument(parsed.error().text());
    }
    return std::move(*parsed);
}

Outcome json_merge(const Case& test) {
    return some(patch::apply_merge_patch(json_document(test, "base"), json_document(test, "patch")));
}

Outcome json_merge_diff(const Case& test) {
    return some(patch::create_merge_patch(json_document(test, "original"), json_document(test, "modified")));
}

Outcome strategic_apply(const Case& test) {
    const Type type = type_of(test, "base");
    return some(patch::apply_strategic_merge(document(test, "base"), document(test, "patch"), *type.schema,
                                             type.kind));
}

Outcome strategic_diff(const Case& test) {
    const Type type = type_of(test, "original");
    return some(patch::create_strategic_merge(document(test, "original"), document(test, "modified"),
                                              *type.schema, type.kind));
}

Outcome strategic_three_way(const Case& test) {
    const Type type = type_of(test, "modified");
    const Value modified = document(test, "modified");
    return some(patch::create_three_way_strategic_merge(
        {.original = document(test, "original"),
         .modified = modified,
         .current = document(test, "current"),
         .overwrite = model::find_bool(test.value, {"overwrite"}).value()},
        *type.schema, type.kind));
}

bool infers(const Case& test) {
    return model::find_bool(test.value, {"infer_associative_lists"}).value_or(false);
}

// The comments of the documents, which kyaml heeds as well.
std::vector<model::FieldComment> comments_of(const Case& test,
                                             std::initializer_list<std::string_view> fields) {
    std::vector<model::FieldComment> all;
    for (const std::string_view field : fields) {
        auto document =
            parse_document(model::find_string(test.value, {field}), model::YamlDialect::kKustomizeObjects);
        std::ranges::move(document.comments, std::back_inserter(all));
    }
    return all;
}

Outcome kyaml_merge2(const Case& test) {
    const auto comments = comments_of(test, {"base", "patch"});
    return patch::kyaml_merge(
        document(test, "base"), document(test, "patch"), *patch::kustomize_schema(),
        {.infer_associative_lists = infers(test),
         .prepend_items = model::find_string(test.value, {"list_increase"}) == "prepend",
         .comments = comments});
}

Outcome kyaml_merge3(const Case& test) {
    const auto comments = comments_of(test, {"local", "original", "update"});
    const Value original = document(test, "original");
    const Value updated = document(test, "update");
    return patch::kyaml_merge_three_way(
        {.local = document(test, "local"), .original = original, .updated = updated},
        *patch::kustomize_schema(), {.infer_associative_lists = infers(test), .comments = comments});
}

// What the case expects, below the field of its area; nullopt for an output without a document.
std::optional<Value> expected(const Case& test, std::string_view field) {
    const Value& value = test.value.at(field);
    if (field != "output") {
        return value;
    }
    const bool is_empty =
        std::string_view(value.get_string()).find_first_not_of(" \n") == std::string_view::npos;
    return is_empty ? std::nullopt : std::optional(parse(std::string_view(value.get_string())));
}

std::string show(const std::optional<Value>& value) { return value ? model::to_json(*value) : "nothing"; }

bool equal(const std::optional<Value>& left, const std::optional<Value>& right) {
    return left && right ? patch::equal_json(*left, *right) : left.has_value() == right.has_value();
}

std::string difference(const Case& test, std::string_view field, const Outcome& outcome) {
    const model::Object& fields = test.value.get_object();
    if (fields.contains("error") || fields.contains("panic")) {
        return outcome ? fmt::format("{} instead of an error: {}", show(*outcome),
                                     model::find_string(test.value, {"error"}))
                       : "";
    }
    if (!outcome) {
        return outcome.error().text();
    }
    const auto wanted = expected(test, field);
    return equal(*outcome, wanted) ? "" : fmt::format("{} instead of {}", show(*outcome), show(wanted));
}

// A patch that was made must do what the original's does.
std::string applied_difference(const Case& test, std::string_view target, const Outcome& made) {
    const Value* wanted = test.value.get_object().if_contains("result");
    if (wanted == nullptr || !made) {
        return "";
    }
    const Type type = type_of(test, target);
    const auto result =
        patch::apply_strategic_merge(document(test, target), made->value(), *type.schema, type.kind);
    if (!result) {
        return fmt::format("applying the patch: {}", result.error().text());
    }
    return patch::equal_json(*result, *wanted)
               ? ""
               : fmt::format("applied: {} instead of {}", model::to_json(*result), model::to_json(*wanted));
}

struct Area {
    Outcome (*run)(const Case&);
    std::string_view field;            // of the case: what is expected
    std::string_view applied_to = "";  // the document that a made patch is tried on
};

const std::map<std::string, Area, std::less<>> kAreas = {
    {"json-merge", {json_merge, "result"}},
    {"json-merge-diff", {json_merge_diff, "patch"}},
    {"json-patch", {json_patch, "result"}},
    {"k8s-mergeitem-apply", {strategic_apply, "result"}},
    {"k8s-mergeitem-diff", {strategic_diff, "patch", "original"}},
    {"k8s-mergeitem-threeway", {strategic_three_way, "patch", "current"}},
    {"k8s-typed-apply", {strategic_apply, "result"}},
    {"k8s-typed-diff", {strategic_diff, "patch", "original"}},
    {"k8s-typed-threeway", {strategic_three_way, "patch", "current"}},
    {"kyaml-merge2", {kyaml_merge2, "output"}},
    {"kyaml-merge3", {kyaml_merge3, "output"}},
};

std::string run(const Case& test, const Area& area) {
    try {
        const Outcome outcome = area.run(test);
        std::string wrong = difference(test, area.field, outcome);
        return wrong.empty() && !area.applied_to.empty() ? applied_difference(test, area.applied_to, outcome)
                                                         : wrong;
    } catch (const UnreadableDocument& error) {
        return error.what();
    }
}

TEST(Conformance, PatchesAreThoseOfTheOriginals) {
    const auto cases = conformance::load_cases("patches");
    if (cases.empty()) {
        GTEST_SKIP()
            << "no conformance data at $STAGESET_CONFORMANCE_DIR/patches or ../shared/conformance/patches";
    }
    conformance::Score score({});
    std::map<std::string, std::pair<int, int>> counts;
    for (const Case& test : cases) {
        const auto area = kAreas.find(test.area);
        if (area == kAreas.end()) {
            score.add(test, "an area that is not tested");
            continue;
        }
        const std::string wrong = run(test, area->second);
        score.add(test, wrong);
        auto& [passed, all] = counts[test.area];
        passed += wrong.empty() ? 1 : 0;
        ++all;
    }
    for (const auto& [area, count] : counts) {
        fmt::print("  {}: {} of {} passed\n", area, count.first, count.second);
    }
    score.print("patches");
}

}  // namespace
