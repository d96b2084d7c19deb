// SPDX-License-Identifier: 0BSD
// What comments say of types, seen in what a merge does.
#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"
#include "rules/patch/kustomize_merge.hpp"

namespace {

model::YamlDocument read(std::string_view text) {
    auto documents = model::parse_yaml(text, "t.yaml", {}, model::YamlDialect::kKustomizeObjects);
    return std::move(documents.value().at(0));
}

std::string merged(std::string_view base, std::string_view patch) {
    const model::YamlDocument left = read(base);
    const model::YamlDocument right = read(patch);
    auto comments = left.comments;
    comments.insert(comments.end(), right.comments.begin(), right.comments.end());
    const auto result = patch::kustomize_merge(left.value, right.value, *patch::kustomize_schema(), comments);
    return model::to_json(result.value().value());
}

struct Case {
    const char* name;
    const char* base;
    const char* patch;
    const char* expected;
};

class CommentTypes : public testing::TestWithParam<Case> {};

TEST_P(CommentTypes, SayHowListsMerge) {
    EXPECT_EQ(merged(GetParam().base, GetParam().patch), GetParam().expected);
}

constexpr const char* kMerged = R"({"s":{"l":[{"name":"b"},{"name":"a","x":1}]}})";
constexpr const char* kReplaced = R"({"s":{"l":[{"name":"b"}]}})";

INSTANTIATE_TEST_SUITE_P(
    Kustomize, CommentTypes,
    testing::Values(
        Case{"None", "s: {l: [{name: a, x: 1}]}", "s: {l: [{name: b}]}", kReplaced},
        Case{"Inline",
             "s:\n  l: # "
             "{\"type\":\"array\",\"x-kubernetes-patch-merge-key\":\"name\",\"x-kubernetes-patch-strategy\":"
             "\"merge\"}\n"
             "  - {name: a, x: 1}\n",
             "s: {l: [{name: b}]}", kMerged},
        Case{"InThePatch", "s: {l: [{name: a, x: 1}]}",
             "s:\n  l: # "
             "{\"type\":\"array\",\"x-kubernetes-patch-merge-key\":\"name\",\"x-kubernetes-patch-strategy\":"
             "\"merge\"}\n"
             "  - {name: b}\n",
             kMerged},
        Case{"OfTheParent",
             "s: # {\"properties\":{\"l\":{\"type\":\"array\",\"x-kubernetes-patch-merge-key\":\"name\","
             "\"x-kubernetes-patch-strategy\":\"merge\"}}}\n  l: [{name: a, x: 1}]\n",
             "s: {l: [{name: b}]}", kMerged},
        Case{
            "ByReference",
            "s: # {\"$ref\":\"#/definitions/io.k8s.api.core.v1.PodSpec\"}\n  containers: [{name: a, x: 1}]\n",
            "s: {containers: [{name: b}]}", R"({"s":{"containers":[{"name":"b"},{"name":"a","x":1}]}})"},
        Case{"UnknownReferenceHidesTheBuiltInType",
             "apiVersion: v1\nkind: Pod\nspec:\n  containers: # {\"$ref\":\"#/definitions/none\"}\n  - "
             "{name: a, x: 1}\n",
             "spec: {containers: [{name: b}]}",
             R"({"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"b"}]}})"},
        Case{"MalformedIsNone", "s:\n  l: # {\"properties\": 1}\n  - {name: a, x: 1}\n",
             "s: {l: [{name: b}]}", kReplaced},
        Case{"NoJsonIsNone", "apiVersion: v1\nkind: Pod\nspec:\n  containers: # {x}\n  - {name: a, x: 1}\n",
             "spec: {containers: [{name: b}]}",
             R"({"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"b"},{"name":"a","x":1}]}})"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
