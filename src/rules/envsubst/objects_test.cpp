// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/objects.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "model/json.hpp"
#include "model/yaml.hpp"

namespace envsubst {
namespace {

std::vector<model::Value> read(std::string_view text) {
    std::vector<model::Value> objects;
    for (model::YamlDocument& document : model::parse_yaml(text, "test").value()) {
        objects.push_back(std::move(document.value));
    }
    return objects;
}

// What the whole stream's text gives, which is what the reference substitutes in.
std::vector<model::Value> substitute_stream(const std::vector<model::Value>& objects,
                                            const Variables& variables) {
    std::string text;
    for (const model::Value& object : objects) {
        text += (text.empty() ? "" : "---\n") + model::to_yaml(object);
    }
    return read(substitute(text, variables, {}).value());
}

constexpr std::string_view kObjects = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: "web-${env}", namespace: t, labels: {"${env}": "${n}"}}
spec:
  replicas: ${n}
  paused: ${off}
  strategy: ${yaml}
  note: "${text} yes"
  answer: "yes"
  long: a long text that has so many words that its writer folds it at a space ${zz:-and it goes on here} up to its end
---
apiVersion: v1
kind: ConfigMap
metadata: {name: plain, namespace: t}
data: {answer: "no", price: 5$}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: script, namespace: t}
data:
  run.sh: |
    echo $${HOME} ${env}
    exit 0
)";

const Variables kVariables = {
    {"env", "prod"}, {"n", "3"}, {"off", "no"}, {"yaml", "{type: Recreate}"}, {"text", "a 'quoted' word"}};

TEST(SubstituteObjects, GivesWhatTheWholeStreamGives) {
    auto objects = read(kObjects);
    const auto expected = substitute_stream(objects, kVariables);
    ASSERT_TRUE(substitute_objects(objects, kVariables, {}));
    ASSERT_EQ(objects.size(), 3U);
    for (std::size_t index = 0; index < objects.size(); ++index) {
        EXPECT_EQ(model::to_json(objects[index]), model::to_json(expected[index]));
    }
    EXPECT_EQ(model::to_json(*model::find(objects[0], {"spec", "replicas"})), "3");
    EXPECT_EQ(model::to_json(*model::find(objects[0], {"spec", "paused"})), "false");
    EXPECT_EQ(model::find_string(objects[0], {"spec", "strategy", "type"}), "Recreate");
    EXPECT_EQ(model::find_string(objects[0], {"spec", "answer"}), "yes");
    EXPECT_EQ(model::to_json(*model::find(objects[0], {"metadata", "labels"})), R"({"prod":3})");
    EXPECT_EQ(model::find_string(objects[2], {"data", "run.sh"}), "echo ${HOME} prod\nexit 0\n");
}

TEST(SubstituteObjects, ChangesNothingWithoutVariables) {
    auto objects = read("{kind: A, metadata: {name: x}, v: '${zz:-d} $$ ${'}");
    ASSERT_TRUE(substitute_objects(objects, {}, {}));
    EXPECT_EQ(model::find_string(objects[0], {"v"}), "${zz:-d} $$ ${");
}

TEST(SubstituteObjects, LeavesAnObjectAloneThatSaysSo) {
    auto objects = read(R"(
{kind: A, metadata: {name: x, labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}}, v: '${zz}'}
---
{kind: A, metadata: {name: web, annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}, v: '${zz}'}
---
{kind: A, metadata: {name: z, annotations: {kustomize.toolkit.fluxcd.io/substitute: enabled}}, v: '${env}'}
)");
    ASSERT_TRUE(substitute_objects(objects, kVariables, {}));
    EXPECT_EQ(model::find_string(objects[0], {"v"}), "${zz}");
    EXPECT_EQ(model::find_string(objects[1], {"v"}), "${zz}");
    EXPECT_EQ(model::find_string(objects[2], {"v"}), "prod");
}

TEST(SubstituteObjects, NamesTheObjectThatUsesAnUnsetVariable) {
    auto objects = read(
        "{kind: A, metadata: {name: x}}\n---\n{kind: B, metadata: {name: web, namespace: t}, v: '${zz}'}");
    const auto result = substitute_objects(objects, kVariables, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, base::ErrorCode::kInvalid);
    EXPECT_EQ(result.error().text(), "B/t/web: line 5, column 4: variable not set: \"zz\"");
}

TEST(SubstituteObjects, NamesTheObjectThatAValueBreaksButNotTheValue) {
    auto objects = read("{kind: B, metadata: {name: web, namespace: t}, v: '${v}'}");
    const auto broken = substitute_objects(objects, {{"v", "s3cret: a: b"}}, {});
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, base::ErrorCode::kInvalid);
    EXPECT_TRUE(broken.error().text().starts_with(
        "B/t/web: with its variables inserted it is no YAML any more: rendered:"))
        << broken.error().text();

    auto keys = read("{kind: B, metadata: {name: web, namespace: t}, v: '${v}'}");
    const auto repeated = substitute_objects(keys, {{"v", "\n  s3cret: 1\n  s3cret: 2"}}, {});
    ASSERT_FALSE(repeated);
    EXPECT_EQ(repeated.error().text().find("s3cret"), std::string::npos) << repeated.error().text();
}

TEST(SubstituteObjects, MakesAsManyObjectsAsTheValueHoldsDocuments) {
    auto objects = read("{a: 1}\n---\n{kind: B, v: '${v}'}\n---\n{kind: C, v: '${w}'}\n---\n{d: '$$'}");
    const Variables variables = {{"v", "x\n---\nkind: E"}, {"w", "1"}};
    const auto expected = substitute_stream(objects, variables);
    ASSERT_TRUE(substitute_objects(objects, variables, {}));
    ASSERT_EQ(objects.size(), 5U);
    EXPECT_EQ(objects, expected);
}

}  // namespace
}  // namespace envsubst
