// SPDX-License-Identifier: 0BSD
#include "rules/patch/kustomize_merge.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace patch {
namespace {

using model::Value;

Value yaml(std::string_view text) {
    return model::parse_yaml_one(text, "test", {}, model::YamlDialect::kKustomize).value();
}

// A Pod with this spec, in flow style.
std::string pod(std::string_view spec) {
    return fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {}}}", spec);
}

struct Case {
    const char* name;
    const char* base;
    const char* patch;
    const char* result;
};

std::string merged(std::string_view base, std::string_view patch) {
    const auto result = kustomize_merge(yaml(base), yaml(patch), *kustomize_schema());
    if (!result) {
        return "error: " + result.error().message;
    }
    return *result ? model::to_json(**result) : "nothing";
}

TEST(KustomizeMerge, MergesTheSpecOfAPod) {
    const Case cases[] = {
        {"MergesByName", "{containers: [{name: a, image: x}, {name: b}]}",
         "{containers: [{name: b, image: y}]}",
         R"({"containers":[{"image":"y","name":"b"},{"image":"x","name":"a"}]})"},
        {"NewItemsComeFirst", "{containers: [{name: a}]}", "{containers: [{name: c}, {name: d}]}",
         R"({"containers":[{"name":"c"},{"name":"d"},{"name":"a"}]})"},
        {"DeletesItem", "{containers: [{name: a}, {name: b}]}", "{containers: [{name: a, $patch: delete}]}",
         R"({"containers":[{"name":"b"}]})"},
        {"ReplacesListByDirective", "{containers: [{name: a}]}",
         "{containers: [{$patch: replace}, {name: b}]}", R"({"containers":[{"name":"b"}]})"},
        {"DeletesListByDirective", "{hostIPC: true, containers: [{name: a}]}",
         "{containers: [{$patch: delete}, {name: b}]}", R"({"hostIPC":true})"},
        {"MergesListByDirective", "{containers: [{name: a}]}", "{containers: [{$patch: merge}, {name: b}]}",
         R"({"containers":[{"name":"b"},{"name":"a"}]})"},
        {"ReplacesMapByDirective", "{nodeSelector: {a: x}}", "{nodeSelector: {$patch: replace, b: y}}",
         R"({"nodeSelector":{"b":"y"}})"},
        {"DeletesMapByDirective", "{hostIPC: true, nodeSelector: {a: x}}", "{nodeSelector: {$patch: delete}}",
         R"({"hostIPC":true})"},
        {"NullRemoves", "{hostIPC: true, hostPID: true}", "{hostIPC: null, hostNetwork: null}",
         R"({"hostPID":true})"},
        {"NullsOfNewMapsAreNothing", "{}", "{securityContext: {runAsUser: null, runAsGroup: 1}}",
         R"({"securityContext":{"runAsGroup":1}})"},
        {"NullOfTheBaseStays", "{nodeName: null}", "{hostIPC: true}", R"({"hostIPC":true,"nodeName":null})"},
        {"ListsWithoutStrategyAreReplaced", "{containers: [{name: a, args: [x, y]}]}",
         "{containers: [{name: a, args: [z]}]}", R"({"containers":[{"args":["z"],"name":"a"}]})"},
        {"PortsMergeByTwoKeys",
         "{containers: [{name: a, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: "
         "TCP}]}]}",
         "{containers: [{name: a, ports: [{containerPort: 53, protocol: TCP, name: dns}]}]}",
         R"({"containers":[{"name":"a","ports":[{"containerPort":53,"protocol":"UDP"},)"
         R"({"containerPort":53,"name":"dns","protocol":"TCP"}]}]})"},
        {"PortsWithoutProtocolMergeByNumber", "{containers: [{name: a, ports: [{containerPort: 80}]}]}",
         "{containers: [{name: a, ports: [{containerPort: 80, name: http}]}]}",
         R"({"containers":[{"name":"a","ports":[{"containerPort":80,"name":"http"}]}]})"},
        {"TheLastOfEqualItemsStays", "{containers: [{name: a, image: x}, {name: a, image: y}]}",
         "{hostIPC: true}", R"({"containers":[{"image":"y","name":"a"}],"hostIPC":true})"},
        {"NumberInPlaceOfQuotedTextIsText", "{containers: [{name: a, env: [{name: v, value: '1'}]}]}",
         "{containers: [{name: a, env: [{name: v, value: 2}]}]}",
         R"({"containers":[{"env":[{"name":"v","value":"2"}],"name":"a"}]})"},
        {"DirectivesOfNewListsAreObeyed", "{}", "{containers: [{name: a, $patch: delete}, {name: b}]}",
         R"({"containers":[{"name":"b"}]})"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        EXPECT_EQ(merged(pod(test.base), pod(test.patch)),
                  fmt::format(R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p"}},"spec":{}}})",
                              test.result));
    }
}

TEST(KustomizeMerge, FollowsTheTypesThatItKnows) {
    const Case cases[] = {
        {"FinalizersAreASet", "{apiVersion: v1, kind: Pod, metadata: {finalizers: [a, b]}}",
         "{metadata: {finalizers: [c, b]}}",
         R"({"apiVersion":"v1","kind":"Pod","metadata":{"finalizers":["c","b","a"]}})"},
        {"UnknownKindsReplaceLists",
         "{apiVersion: e.com/v1, kind: Thing, spec: {containers: [{name: a, x: 1}]}}",
         "{spec: {containers: [{name: a}]}}",
         R"({"apiVersion":"e.com/v1","kind":"Thing","spec":{"containers":[{"name":"a"}]}})"},
        {"ObjectsWithinUnknownKindsAreKnown",
         "{kind: Thing, pod: {apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: x}]}}}",
         "{pod: {spec: {containers: [{name: a, tty: true}]}}}",
         R"({"kind":"Thing","pod":{"apiVersion":"v1","kind":"Pod",)"
         R"("spec":{"containers":[{"image":"x","name":"a","tty":true}]}}})"},
        {"DeletesTheObject", "{apiVersion: v1, kind: Pod}", "{$patch: delete}", "nothing"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        EXPECT_EQ(merged(test.base, test.patch), test.result);
    }
}

TEST(KustomizeMerge, ErrorsNameThePlace) {
    const Case cases[] = {
        {"MapAndScalar", "{nodeSelector: {a: b}}", "{nodeSelector: text}",
         "error: spec.nodeSelector: a map cannot be merged with a scalar"},
        {"ListAndMap", "{containers: []}", "{containers: {}}",
         "error: spec.containers: a list cannot be merged with a map"},
        {"UnknownDirective", "{nodeSelector: {a: b}}", "{nodeSelector: {$patch: bogus}}",
         "error: spec.nodeSelector: unknown patch strategy \"bogus\""},
        {"ItemIsNoMap", "{containers: [{name: a}, text]}", "{containers: [{name: b}]}",
         "error: spec.containers: a list that is merged by \"name\" holds an item that is no map"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        EXPECT_EQ(merged(pod(test.base), pod(test.patch)), test.result);
    }
}

TEST(KustomizeMerge, RefusesMapsInListsOfScalars) {
    EXPECT_EQ(merged("{apiVersion: v1, kind: Pod, metadata: {finalizers: [a]}}",
                     "{metadata: {finalizers: [{x: 1}]}}"),
              "error: metadata.finalizers: a list of scalars holds a map or a list");
}

TEST(KustomizeMerge, BoundsMergedLists) {
    model::Array containers;
    for (int i = 0; i < 5000; ++i) {
        containers.push_back(model::Object{{"name", fmt::format("c{}", i)}});
    }
    const Value base =
        model::Object{{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", {{"containers", containers}}}};
    const auto untouched = kustomize_merge(base, yaml("{spec: {hostIPC: true}}"), *kustomize_schema());
    EXPECT_TRUE(untouched.has_value());
    const auto result =
        kustomize_merge(base, yaml("{spec: {containers: [{name: c1, tty: true}]}}"), *kustomize_schema());
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, base::ErrorCode::kLimitExceeded);
}

TEST(KyamlMerge, InfersListsOfNamedItems) {
    const Value base = yaml("{list: [{name: a, x: 1}]}");
    const Value patch = yaml("{list: [{name: a, y: 2}, {name: b}]}");
    const auto result = kyaml_merge(base, patch, *kustomize_schema(), {.infer_associative_lists = true});
    ASSERT_TRUE(result.has_value()) << result.error().text();
    EXPECT_EQ(model::to_json(result->value()), R"({"list":[{"name":"a","x":1,"y":2},{"name":"b"}]})");
}

TEST(KyamlMerge, CannotInferWhenOnlySomeItemsHaveNames) {
    const auto result = kyaml_merge(yaml("{list: [{name: a}]}"), yaml("{list: [{x: 1}]}"),
                                    *kustomize_schema(), {.infer_associative_lists = true});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().message, "list: some lists to merge have items with names, others without");
}

TEST(KyamlMergeThreeWay, TakesUpdatesAndKeepsLocalChanges) {
    const Value original =
        yaml(pod("{hostIPC: true, containers: [{name: a, image: x}, {name: b}], nodeName: n}"));
    const Value updated = yaml(pod("{hostIPC: false, containers: [{name: a, image: y}], hostPID: true}"));
    const auto result = kyaml_merge_three_way(
        {.local =
             yaml(pod("{hostIPC: true, containers: [{name: a, image: x, tty: true}, {name: b}, {name: c}], "
                      "nodeName: n, hostNetwork: true}")),
         .original = original,
         .updated = updated},
        *kustomize_schema(), {});
    ASSERT_TRUE(result.has_value()) << result.error().text();
    EXPECT_EQ(model::to_json(result->value().at("spec")),
              R"({"containers":[{"image":"y","name":"a","tty":true},{"name":"c"}],)"
              R"("hostIPC":false,"hostNetwork":true,"hostPID":true})");
}

TEST(KyamlMergeThreeWay, RefusesDifferentKindsOfNodes) {
    const Value original = yaml("{a: {b: 1}}");
    const Value updated = yaml("{a: [1]}");
    const auto result = kyaml_merge_three_way(
        {.local = yaml("{a: {b: 1}}"), .original = original, .updated = updated}, *kustomize_schema(), {});
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().message, "a: a map cannot be merged with a list");
}

}  // namespace
}  // namespace patch
