// SPDX-License-Identifier: 0BSD
#include "rules/patch/strategic_merge.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace patch {
namespace {

using base::ErrorCode;
using model::Value;

const model::GroupVersionKind kPod{"", "v1", "Pod"};

Value yaml(std::string_view text) {
    return model::parse_yaml_one(text, "test", {}, model::YamlDialect::kKustomize).value();
}

std::string show(const base::Result<Value>& result) {
    return result ? model::to_json(*result) : "error: " + result.error().message;
}

struct Case {
    const char* name;
    const char* left;
    const char* right;
    const char* result;
};

TEST(StrategicMerge, AppliesPatchesToAPod) {
    const Case cases[] = {
        {"MergesByKey", "{spec: {containers: [{name: a, image: x}, {name: b}]}}",
         "{spec: {containers: [{name: b, image: y}, {name: c}]}}",
         R"({"spec":{"containers":[{"image":"x","name":"a"},{"image":"y","name":"b"},{"name":"c"}]}})"},
        {"NullRemoves", "{spec: {hostIPC: true}}", "{spec: {hostIPC: null, hostPID: null}}",
         R"({"spec":{}})"},
        {"DeletesItem", "{spec: {containers: [{name: a}, {name: b}]}}",
         "{spec: {containers: [{name: a, $patch: delete}]}}", R"({"spec":{"containers":[{"name":"b"}]}})"},
        {"ReplacesList", "{spec: {containers: [{name: a}]}}",
         "{spec: {containers: [{$patch: replace}, {name: b}]}}", R"({"spec":{"containers":[{"name":"b"}]}})"},
        {"ReplacesMap", "{spec: {nodeSelector: {a: x}}}", "{spec: {nodeSelector: {$patch: replace, b: y}}}",
         R"({"spec":{"nodeSelector":{"b":"y"}}})"},
        {"EmptiesMap", "{spec: {nodeSelector: {a: x}}}", "{spec: {nodeSelector: {$patch: delete}}}",
         R"({"spec":{"nodeSelector":{}}})"},
        {"OrdersItems", "{spec: {containers: [{name: a}, {name: b}, {name: live}]}}",
         "{spec: {$setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: a, tty: true}]}}",
         R"({"spec":{"containers":[{"name":"b"},{"name":"a","tty":true},{"name":"live"}]}})"},
        {"DeletesScalars", "{metadata: {finalizers: [a, b, c]}}",
         "{metadata: {$deleteFromPrimitiveList/finalizers: [b], finalizers: [d]}}",
         R"({"metadata":{"finalizers":["d","a","c"]}})"},
        {"RetainsKeys", "{spec: {volumes: [{name: a, emptyDir: {}}]}}",
         "{spec: {volumes: [{name: a, hostPath: {path: /x}, $retainKeys: [name, hostPath]}]}}",
         R"({"spec":{"volumes":[{"hostPath":{"path":"/x"},"name":"a"}]}})"},
        {"DropsDirectivesOfNewMaps", "{}", "{spec: {containers: [{name: a, $patch: delete}, {name: b}]}}",
         R"({"spec":{"containers":[{"name":"b"}]}})"},
        {"FieldNamesInAnyCase", "{spec: {NODESELECTOR: {a: x}}}", "{spec: {NODESELECTOR: {b: y}}}",
         R"({"spec":{"NODESELECTOR":{"a":"x","b":"y"}}})"},
        {"OtherTypesReplace", "{spec: {nodeSelector: {a: x}}}", "{spec: {nodeSelector: [1]}}",
         R"({"spec":{"nodeSelector":[1]}})"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        EXPECT_EQ(show(apply_strategic_merge(yaml(test.left), yaml(test.right), *kubernetes_schema(), kPod)),
                  test.result);
    }
}

TEST(StrategicMerge, ErrorsNameThePlace) {
    const Case cases[] = {
        {"NoMap", "{}", "[]", "error: strategic merge works on maps only"},
        {"UnknownField", "{spec: {bogus: {a: 1}}}", "{spec: {bogus: {b: 1}}}",
         "error: spec.bogus: the type has no field \"bogus\" to merge"},
        {"UnknownList", "{spec: {bogus: [1]}}", "{spec: {bogus: [2]}}",
         "error: spec.bogus: the type has no field \"bogus\" to merge"},
        {"NoList", "{spec: {nodeName: [1]}}", "{spec: {nodeName: [2]}}",
         "error: spec.nodeName: the field \"nodeName\" is no list"},
        {"UnknownDirective", "{}", "{$patch: bogus}",
         "error: the document: the directive $patch of a map must be \"replace\" or \"delete\""},
        {"UnknownItemDirective", "{spec: {containers: [{name: a}]}}",
         "{spec: {containers: [{name: a, $patch: merge}]}}",
         "error: spec.containers: the directive $patch of a list's item must be \"replace\" or \"delete\""},
        {"ItemWithoutKey", "{spec: {containers: [{name: a}]}}", "{spec: {containers: [{image: x}]}}",
         "error: spec.containers: an item of a list has no merge key \"name\""},
        {"DeletedItemWithoutKey", "{spec: {containers: [{name: a}]}}",
         "{spec: {containers: [{$patch: delete}]}}",
         "error: spec.containers: an item of a list has no merge key \"name\""},
        {"MixedItems", "{spec: {containers: [{name: a}]}}", "{spec: {containers: [1]}}",
         "error: spec.containers: the lists hold items of different types"},
        {"ListOfLists", "{spec: {containers: [[1]]}}", "{spec: {containers: [[1]]}}",
         "error: spec.containers: lists of lists cannot be merged"},
        {"NullItems", "{spec: {containers: [null]}}", "{spec: {containers: [null]}}",
         "error: spec.containers: the lists hold nothing that can be merged"},
        {"KeyedScalars", "{spec: {containers: [1]}}", "{spec: {containers: [2]}}",
         "error: spec.containers: a list that merges by \"name\" holds an item that is no map"},
        {"MapsInASet", "{metadata: {finalizers: [{a: 1}]}}", "{metadata: {finalizers: [{a: 2}]}}",
         "error: metadata.finalizers: the lists have no merge key"},
        {"OrderWithoutName", "{spec: {containers: []}}", "{spec: {$setElementOrder: []}}",
         "error: spec: the field \"$setElementOrder\" should be \"$setElementOrder/\" and the name of a "
         "list"},
        {"OrderIsNoList", "{spec: {containers: []}}", "{spec: {$setElementOrder/containers: 1}}",
         "error: spec: $setElementOrder/containers must be a list"},
        {"OrderOfNoList", "{spec: {containers: 1}}", "{spec: {$setElementOrder/containers: [{name: a}]}}",
         "error: spec.containers: a list whose order is set must be a list"},
        {"OtherOrder", "{spec: {containers: [{name: a}, {name: b}]}}",
         "{spec: {$setElementOrder/containers: [{name: a}, {name: b}], containers: [{name: b}, {name: a}]}}",
         "error: spec.containers: the order of the patch's items is not that of $setElementOrder"},
        {"DeletionWithoutName", "{metadata: {finalizers: [a]}}",
         "{metadata: {$deleteFromPrimitiveList: [a]}}",
         "error: metadata: the field \"$deleteFromPrimitiveList\" should be \"$deleteFromPrimitiveList/\" "
         "and the name of a list"},
        {"RetainKeysIsNoList", "{spec: {}}", "{spec: {$retainKeys: a}}",
         "error: spec: $retainKeys must be a list"},
        {"FieldNotRetained", "{spec: {}}", "{spec: {$retainKeys: [a], b: 1}}",
         "error: spec: the field \"b\" is not in the list $retainKeys"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result =
            apply_strategic_merge(yaml(test.left), yaml(test.right), *kubernetes_schema(), kPod);
        EXPECT_EQ(show(result), test.result);
        EXPECT_EQ(result.has_value() ? ErrorCode::kInternal : result.error().code, ErrorCode::kInvalid);
    }
}

TEST(StrategicMerge, KnowsOnlyKubernetesOwnKinds) {
    const auto result =
        apply_strategic_merge(yaml("{}"), yaml("{}"), *kubernetes_schema(), {"e.com", "v1", "Thing"});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(result.error().message,
              "strategic merge knows only Kubernetes' own kinds, not e.com/v1, Kind=Thing");
}

TEST(StrategicDiff, HoldsWhatTurnsOneIntoTheOther) {
    const Case cases[] = {
        {"NothingForEqual", "{spec: {containers: [{name: a}]}}", "{spec: {containers: [{name: a}]}}", "{}"},
        {"ChangesItemsByKey", "{spec: {containers: [{name: a, image: x}, {name: b}]}}",
         "{spec: {containers: [{name: b}, {name: a, image: y}]}}",
         R"({"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],)"
         R"("containers":[{"image":"y","name":"a"}]}})"},
        {"RemovesItems", "{spec: {containers: [{name: a}, {name: b}]}}", "{spec: {containers: [{name: a}]}}",
         R"({"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"$patch":"delete","name":"b"}]}})"},
        {"RemovesScalars", "{metadata: {finalizers: [a, b]}}", "{metadata: {finalizers: [b, c]}}",
         R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b","c"],)"
         R"("finalizers":["c"]}})"},
        {"RemovesFields", "{spec: {hostIPC: true}, metadata: {labels: {a: x}}}",
         "{spec: {}, metadata: {labels: {}}}",
         R"({"metadata":{"labels":{"a":null}},"spec":{"hostIPC":null}})"},
        {"RetainsKeys", "{spec: {volumes: [{name: a, emptyDir: {}}]}}",
         "{spec: {volumes: [{name: a, hostPath: {path: /x}}]}}",
         R"({"spec":{"$setElementOrder/volumes":[{"name":"a"}],"volumes":[{"$retainKeys":["hostPath","name"],)"
         R"("emptyDir":null,"hostPath":{"path":"/x"},"name":"a"}]}})"},
        {"UnknownButEqual", "{spec: {bogus: {a: 1}}}", "{spec: {bogus: {a: 1}}}", "{}"},
        {"UnknownAndChanged", "{spec: {bogus: {a: 1}}}", "{spec: {bogus: {a: 2}}}",
         "error: spec.bogus: the type has no field \"bogus\" to merge"},
        {"DirectiveIsNoString", "{spec: {$patch: 1}}", "{spec: {$patch: delete}}",
         "error: spec.$patch: a directive must be a string"},
        {"ItemWithoutKey", "{spec: {containers: [{name: a}]}}", "{spec: {containers: [{image: x}]}}",
         "error: spec.containers: an item of a list has no merge key \"name\""},
        {"NoMaps", "[]", "{}", "error: strategic merge works on maps only"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        EXPECT_EQ(show(create_strategic_merge(yaml(test.left), yaml(test.right), *kubernetes_schema(), kPod)),
                  test.result);
    }
}

base::Result<Value> three_way(std::string_view original, std::string_view modified, std::string_view current,
                              bool overwrite) {
    const Value wanted = yaml(modified);
    return create_three_way_strategic_merge(
        {.original = yaml(original), .modified = wanted, .current = yaml(current), .overwrite = overwrite},
        *kubernetes_schema(), kPod);
}

TEST(StrategicThreeWay, RemovesOnlyWhatWasAppliedBefore) {
    EXPECT_EQ(
        show(three_way("{spec: {containers: [{name: a, image: x}, {name: old}], hostIPC: true}}",
                       "{spec: {containers: [{name: a, image: y}]}}",
                       "{spec: {containers: [{name: a, image: x, tty: true}, {name: old}, {name: injected}], "
                       "hostIPC: true, nodeName: n}}",
                       true)),
        R"({"spec":{"$setElementOrder/containers":[{"name":"a"}],)"
        R"("containers":[{"image":"y","name":"a"},{"$patch":"delete","name":"old"}],"hostIPC":null}})");
}

TEST(StrategicThreeWay, RefusesToOverwriteChangesOfOthers) {
    const char* original = "{spec: {nodeName: a}}";
    const char* modified = "{spec: {nodeName: b}}";
    const auto result = three_way(original, modified, "{spec: {nodeName: c}}", false);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kConflict);
    EXPECT_EQ(
        result.error().message,
        R"(the patch {"spec":{"nodeName":"b"}} conflicts with changes {"spec":{"nodeName":"c"}} of the live object)");
    EXPECT_EQ(show(three_way(original, modified, "{spec: {nodeName: a, hostIPC: true}}", false)),
              R"({"spec":{"nodeName":"b"}})");
    EXPECT_EQ(show(three_way(original, modified, "{spec: {nodeName: c}}", true)),
              R"({"spec":{"nodeName":"b"}})");
}

}  // namespace
}  // namespace patch
