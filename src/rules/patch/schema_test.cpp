// SPDX-License-Identifier: 0BSD
#include "rules/patch/schema.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/yaml.hpp"
#include "rules/patch/types.hpp"

namespace patch {
namespace {

using Keys = std::vector<std::string>;

model::Value yaml(std::string_view text) { return model::parse_yaml_one(text, "test").value(); }

// The type at the end of `path`; "[]" stands for a list's items.
TypeId walk(const Schema& schema, TypeId type, const std::vector<std::string_view>& path) {
    for (const std::string_view part : path) {
        type = part == "[]" ? schema.element(type) : schema.field(type, part);
    }
    return type;
}

TEST(KustomizeSchema, KnowsScopes) {
    const auto schema = kustomize_schema();
    EXPECT_EQ(is_namespaced(*schema, {"apps", "v1", "Deployment"}), true);
    EXPECT_EQ(is_namespaced(*schema, {"", "v1", "Namespace"}), false);
    EXPECT_EQ(is_namespaced(*schema, {"rbac.authorization.k8s.io", "v1", "ClusterRole"}), false);
    EXPECT_EQ(is_namespaced(*schema, {"extensions", "v1beta1", "Ingress"}), true);
    EXPECT_EQ(is_namespaced(*schema, {"apps", "v2", "Deployment"}), std::nullopt);
    EXPECT_EQ(is_namespaced(*schema, {"example.com", "v1", "Thing"}), std::nullopt);
    // Defined, but without a path of its own.
    EXPECT_EQ(is_namespaced(*schema, {"", "v1", "PodList"}), std::nullopt);
}

TEST(KustomizeSchema, KnowsMergeKeys) {
    const auto schema = kustomize_schema();
    const TypeId deployment = schema->type_of("apps/v1", "Deployment");
    const TypeId containers = walk(*schema, deployment, {"spec", "template", "spec", "containers"});
    EXPECT_EQ(schema->rule(containers).strategy, kStrategyMerge);
    EXPECT_EQ(schema->rule(containers).keys, Keys{"name"});
    EXPECT_EQ(schema->rule(walk(*schema, containers, {"[]", "ports"})).keys,
              (Keys{"containerPort", "protocol"}));
    EXPECT_EQ(schema->rule(walk(*schema, containers, {"[]", "env"})).keys, Keys{"name"});
    EXPECT_EQ(schema->rule(walk(*schema, containers, {"[]", "args"})).strategy, 0);
    const TypeId finalizers = walk(*schema, deployment, {"metadata", "finalizers"});
    EXPECT_EQ(schema->rule(finalizers).strategy, kStrategyMerge);
    EXPECT_EQ(schema->rule(finalizers).keys, Keys{});
    EXPECT_EQ(schema->rule(walk(*schema, schema->type_of("v1", "Service"), {"spec", "ports"})).keys,
              (Keys{"port", "protocol"}));
}

TEST(KustomizeSchema, TellsPlainFromUnknown) {
    const auto schema = kustomize_schema();
    EXPECT_EQ(schema->type_of("v1", "ConfigMap") == kUnknownType, false);
    EXPECT_EQ(walk(*schema, schema->type_of("v1", "ConfigMap"), {"data"}), kPlainType);
    EXPECT_EQ(walk(*schema, schema->type_of("apps/v1", "Deployment"), {"spec", "bogus"}), kUnknownType);
    EXPECT_EQ(schema->type_of("example.com/v1", "Thing"), kUnknownType);
}

TEST(KubernetesSchema, HasTheStrategiesOfTheApiServer) {
    const auto schema = kubernetes_schema();
    const TypeId deployment = schema->type_of("apps/v1", "Deployment");
    const auto spec = schema->struct_field(deployment, "spec");
    ASSERT_TRUE(spec.has_value());
    const auto strategy = schema->struct_field(*spec, "strategy");
    ASSERT_TRUE(strategy.has_value());
    EXPECT_EQ(schema->rule(*strategy).strategy, kStrategyRetainKeys);
    const TypeId pod = walk(*schema, deployment, {"spec", "template", "spec"});
    EXPECT_EQ(schema->rule(walk(*schema, pod, {"volumes"})).strategy, kStrategyMerge | kStrategyRetainKeys);
    EXPECT_EQ(schema->rule(walk(*schema, pod, {"containers", "[]", "ports"})).merge_key, "containerPort");
    EXPECT_EQ(schema->struct_field(pod, "nodeselector"), schema->struct_field(pod, "nodeSelector"));
    EXPECT_EQ(schema->struct_field(pod, "bogus"), std::nullopt);
}

const char* const kDocument = R"(
definitions:
  Thing:
    type: object
    x-kubernetes-group-version-kind:
    - {group: example.com, version: v1, kind: Thing}
    - {group: "", version: v2, kind: Thing}
    properties:
      spec:
        $ref: "#/definitions/Spec"
      lost: {$ref: "#/definitions/Nowhere"}
      again: {$ref: "#/definitions/Thing"}
      circle: {$ref: "#/definitions/Circle"}
      aliased: {$ref: "#/definitions/Spec", x-kubernetes-patch-strategy: retainKeys}
      free: {type: object}
      text: {type: string}
  Circle: {$ref: "#/definitions/Circle"}
  Spec:
    type: object
    properties:
      items:
        type: array
        items: {$ref: "#/definitions/Item"}
        x-kubernetes-patch-strategy: "retainKeys,merge"
        x-kubernetes-patch-merge-key: id
        x-kubernetes-list-map-keys: [id, side]
      byName:
        type: object
        additionalProperties: {$ref: "#/definitions/Item"}
  Item: {type: object, properties: {id: {type: string}}}
paths:
  /apis/example.com/v1/things: {get: {x-kubernetes-group-version-kind: {group: example.com, version: v1, kind: Thing}}}
  /apis/example.com/v1/namespaces/{namespace}/things:
    get: {x-kubernetes-group-version-kind: {group: example.com, version: v1, kind: Thing}}
  /apis/example.com/v1/roots: {get: {x-kubernetes-group-version-kind: {group: example.com, version: v1, kind: Root}}}
  /version: {get: {}}
)";

TEST(ParseSchema, ReadsTypesAndRules) {
    const auto parsed = parse_schema(yaml(kDocument));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().text();
    const Schema& schema = **parsed;
    const TypeId thing = schema.type_of("example.com/v1", "Thing");
    ASSERT_NE(thing, kUnknownType);
    EXPECT_EQ(schema.type_of("v2", "Thing"), thing);
    EXPECT_EQ(walk(schema, thing, {"again"}), thing);
    EXPECT_EQ(walk(schema, thing, {"lost"}), kUnknownType);
    EXPECT_EQ(walk(schema, thing, {"circle"}), kUnknownType);
    EXPECT_EQ(walk(schema, thing, {"text"}), kPlainType);
    EXPECT_NE(walk(schema, thing, {"free"}), kUnknownType);
    EXPECT_EQ(walk(schema, thing, {"free", "below"}), kUnknownType);
    const TypeId items = walk(schema, thing, {"spec", "items"});
    EXPECT_EQ(schema.rule(items).strategy, kStrategyMerge | kStrategyRetainKeys);
    EXPECT_EQ(schema.rule(items).merge_key, "id");
    EXPECT_EQ(schema.rule(items).keys, (Keys{"id", "side"}));
    EXPECT_EQ(walk(schema, thing, {"spec", "byName", "any"}), schema.element(items));
    EXPECT_EQ(schema.rule(walk(schema, thing, {"aliased"})).strategy, kStrategyRetainKeys);
    EXPECT_EQ(walk(schema, thing, {"aliased", "items"}), items);
}

TEST(ParseSchema, StandsInsteadOfTheBuiltInTypesButNotOfTheirScopes) {
    const auto schema = parse_schema(yaml(kDocument)).value();
    EXPECT_EQ(schema->type_of("apps/v1", "Deployment"), kUnknownType);
    EXPECT_EQ(is_namespaced(*schema, {"apps", "v1", "Deployment"}), true);
    EXPECT_EQ(is_namespaced(*schema, {"", "v1", "Node"}), false);
    EXPECT_EQ(is_namespaced(*schema, {"example.com", "v1", "Thing"}), true);
    EXPECT_EQ(is_namespaced(*schema, {"example.com", "v1", "Root"}), false);
    EXPECT_EQ(is_namespaced(*schema, {"", "v2", "Thing"}), std::nullopt);
}

TEST(ParseSchema, AcceptsADocumentWithoutDefinitions) {
    const auto schema = parse_schema(yaml("{swagger: '2.0'}"));
    ASSERT_TRUE(schema.has_value());
    EXPECT_EQ((*schema)->type_of("apps/v1", "Deployment"), kUnknownType);
}

TEST(ParseSchema, RefusesWhatIsNoOpenApiDocument) {
    const std::pair<const char*, const char*> cases[] = {
        {"[]", "an OpenAPI document must be a map"},
        {"{definitions: []}", "OpenAPI document, definitions: it must be a map"},
        {"{definitions: {A: 1}}", "OpenAPI document, A: a definition must be a map"},
        {"{definitions: {A: {properties: 1}}}", "OpenAPI document, A: properties must be a map"},
        {"{definitions: {A: {properties: {b: 1}}}}", "OpenAPI document, A: a schema must be a map"},
        {"{definitions: {A: {type: array, items: 1}}}", "OpenAPI document, A: a schema must be a map"},
    };
    for (const auto& [document, message] : cases) {
        SCOPED_TRACE(document);
        const auto schema = parse_schema(yaml(document));
        ASSERT_FALSE(schema.has_value());
        EXPECT_EQ(schema.error().code, base::ErrorCode::kInvalid);
        EXPECT_EQ(schema.error().message, message);
    }
}

}  // namespace
}  // namespace patch
