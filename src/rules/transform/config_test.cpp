// SPDX-License-Identifier: 0BSD
#include "rules/transform/config.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::value;

TEST(DefaultConfig, KnowsTheFieldsOfBuiltInKinds) {
    const TransformerConfig& config = default_config();
    const auto has = [](const FieldSpecs& specs, const FieldSpec& spec) {
        return std::ranges::find(specs, spec) != specs.end();
    };
    EXPECT_TRUE(has(config.common_labels, {"", "", "", "metadata/labels", true}));
    EXPECT_TRUE(has(config.common_labels, {"", "v1", "Service", "spec/selector", true}));
    EXPECT_TRUE(
        has(config.common_labels, {"apps", "", "StatefulSet", "spec/template/metadata/labels", true}));
    EXPECT_FALSE(has(config.template_labels, {"", "v1", "Service", "spec/selector", true}));
    EXPECT_TRUE(
        has(config.common_annotations, {"", "", "StatefulSet", "spec/template/metadata/annotations", true}));
    EXPECT_TRUE(has(config.name_prefix, {"", "", "", "metadata/name", false}));
    EXPECT_TRUE(has(config.replicas, {"", "", "StatefulSet", "spec/replicas", true}));
    EXPECT_TRUE(has(config.images, {"", "", "", "spec/template/spec/containers[]/image", true}));
    EXPECT_EQ(config.name_reference.size(), 15U);
    EXPECT_TRUE(config.labels.empty());
}

TEST(DefaultConfig, IsSortedAsMergingSorts) {
    TransformerConfig merged;
    ASSERT_TRUE(merge(merged, default_config()));
    EXPECT_EQ(merged.common_labels, default_config().common_labels);
    EXPECT_EQ(merged.name_reference, default_config().name_reference);
}

TEST(Config, ReadsAFileOfConfigurations) {
    const auto config = parse_config(value(R"(
namePrefix: [{path: metadata/name}]
labels: [{path: spec/x, kind: Foo}]
nameReference:
- kind: Foo
  version: v1
  fieldSpecs: [{path: spec/fooRef/name, kind: Bar}]
)"),
                                     "c.yaml");
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->name_prefix, (FieldSpecs{{"", "", "", "metadata/name", false}}));
    EXPECT_EQ(config->labels, (FieldSpecs{{"", "", "Foo", "spec/x", false}}));
    EXPECT_EQ(
        config->name_reference,
        (std::vector<NameReference>{{{"", "v1", "Foo"}, {{"", "", "Bar", "spec/fooRef/name", false}}}}));
}

TEST(Config, RefusesUnknownFieldsAndTypes) {
    for (const std::string_view text :
         {"nope: []", "images: {}", "nameReference: [{kind: Foo, specs: []}]", "[]", "nameReference: {}",
          "nameReference: [{kind: Foo, fieldSpecs: [{x: 1}]}]"}) {
        const auto config = parse_config(value(text), "c.yaml");
        ASSERT_FALSE(config) << text;
        EXPECT_EQ(config.error().code, base::ErrorCode::kInvalid);
        EXPECT_TRUE(config.error().text().starts_with("c.yaml")) << config.error().text();
    }
}

TEST(Config, MergesReferencesToTheSameKind) {
    TransformerConfig config = default_config();
    TransformerConfig more;
    more.name_reference = {{{"", "v1", "Secret"}, {{"", "", "Foo", "spec/secret", false}}},
                           {{"", "", "Own"}, {{"", "", "Foo", "spec/own", false}}}};
    ASSERT_TRUE(merge(config, more));
    EXPECT_EQ(config.name_reference.size(), 16U);
    const auto secret =
        std::ranges::find(config.name_reference, "Secret",
                          [](const NameReference& reference) { return reference.target.kind; });
    EXPECT_EQ(secret->referrers.back().path, "spec/secret");
}

TEST(Config, RefusesAContradiction) {
    TransformerConfig config = default_config();
    TransformerConfig more;
    more.common_labels = {{"", "", "", "metadata/labels", false}};
    const auto merged = merge(config, more);
    ASSERT_FALSE(merged);
    EXPECT_NE(merged.error().text().find("commonLabels"), std::string::npos);
}

constexpr std::string_view kDefinitions = R"(
example.com/v1.Bee:
  Schema:
    properties:
      apiVersion: {type: string}
      kind: {type: string}
      metadata: {type: object}
      spec: {$ref: example.com/v1.BeeSpec}
example.com/v1.BeeSpec:
  Schema:
    properties:
      labels: {type: object, x-kubernetes-label-selector: ""}
      notes: {type: object, x-kubernetes-annotation: ""}
      id: {type: string, x-kubernetes-identity: ""}
      secretRef:
        x-kubernetes-object-ref-api-version: v1
        x-kubernetes-object-ref-kind: Secret
      hiveRef:
        x-kubernetes-object-ref-api-version: example.com/v1
        x-kubernetes-object-ref-kind: Hive
        x-kubernetes-object-ref-name-key: hive
      self: {$ref: example.com/v1.BeeSpec}
example.com/v1.NoKind:
  Schema:
    properties:
      labels: {x-kubernetes-label-selector: ""}
)";

TEST(CrdConfig, FollowsTheExtensionsOfDefinitions) {
    const auto config = parse_crd_config(value(kDefinitions), "crd.json");
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->common_labels.front(), (FieldSpec{"", "", "Bee", "spec/labels", false}));
    EXPECT_EQ(config->common_annotations.front(), (FieldSpec{"", "", "Bee", "spec/notes", false}));
    EXPECT_EQ(config->name_prefix.front(), (FieldSpec{"", "", "Bee", "spec/id", false}));
    ASSERT_EQ(config->name_reference.size(), 2U);
    std::vector<std::string> paths;
    for (const NameReference& reference : config->name_reference) {
        paths.push_back(reference.target.kind + ":" + reference.target.version + ":" +
                        reference.referrers.front().path);
    }
    std::ranges::sort(paths);
    EXPECT_EQ(paths, (std::vector<std::string>{"Hive:example.com/v1:spec/hiveRef/hive",
                                               "Secret:v1:spec/secretRef/name"}));
}

TEST(CrdConfig, RefusesWhatIsNoMap) { EXPECT_FALSE(parse_crd_config(value("[]"), "crd.json")); }

}  // namespace
}  // namespace transform
