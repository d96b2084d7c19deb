// SPDX-License-Identifier: 0BSD
#include "rules/transform/name_affix.hpp"

#include <gtest/gtest.h>

#include "rules/transform/resources.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::text;
using testing::tidy;
using testing::value;

TEST(NameAffix, ChangesNamesAndRemembersThem) {
    Resources all = objects("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}");
    ASSERT_TRUE(transform::apply(all, NamePrefix{"p-", default_config().name_prefix}));
    ASSERT_TRUE(transform::apply(all, NameSuffix{"-s", default_config().name_suffix}));
    ASSERT_TRUE(transform::apply(all, NamePrefix{"q-", default_config().name_prefix}));
    EXPECT_EQ(current_id(all[0]).name, "q-p-c-s");
    EXPECT_EQ(original_id(all[0]).name, "c");
    EXPECT_EQ(all[0].prefixes, (std::vector<std::string>{"p-", "q-"}));
    EXPECT_EQ(all[0].suffixes, (std::vector<std::string>{"-s"}));
    EXPECT_EQ(all[0].previous.size(), 3U);
}

TEST(NameAffix, KeepsNamesThatAreBoundToSomethingElse) {
    const std::string_view bound = R"(
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}}
---
{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: b}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: c}}
)";
    Resources all = objects(bound);
    ASSERT_TRUE(transform::apply(all, NamePrefix{"p-", default_config().name_prefix}));
    EXPECT_EQ(text(all), tidy(bound));
    EXPECT_TRUE(all[0].previous.empty());
    Resources other = objects("{apiVersion: e.com/v1, kind: APIService, metadata: {name: b}}");
    ASSERT_TRUE(transform::apply(other, NamePrefix{"p-", default_config().name_prefix}));
    EXPECT_EQ(current_id(other[0]).name, "p-b");
}

TEST(NameAffix, EmptyTextChangesNothing) {
    Resources all = objects("{kind: Foo, metadata: {name: f}}");
    ASSERT_TRUE(transform::apply(all, NamePrefix{"", default_config().name_prefix}));
    EXPECT_TRUE(all[0].previous.empty());
}

TEST(NameAffix, OtherFieldsAreNoRenaming) {
    Resources all =
        objects("{kind: Foo, metadata: {name: f}, spec: {id: 5, none: x}}\n---\n{kind: Bar, spec: {id: x}}");
    ASSERT_TRUE(transform::apply(all, NamePrefix{"p-", {{"", "", "Foo", "spec/id", false}}}));
    EXPECT_EQ(
        text(all),
        tidy("{kind: Foo, metadata: {name: f}, spec: {id: p-5, none: x}}\n---\n{kind: Bar, spec: {id: x}}"));
    EXPECT_TRUE(all[0].previous.empty());
}

TEST(NameAffix, RefusesMapsAndLists) {
    Resources all = objects("{kind: Foo, metadata: {name: f}, spec: {id: {a: b}}}");
    const auto done = transform::apply(all, NameSuffix{"-s", {{"", "", "", "spec/id", false}}});
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("spec/id"), std::string::npos);
}

TEST(NameAffix, ReadsItsTransformers) {
    const auto prefix = parse_prefix_transformer(
        value("{kind: PrefixTransformer, prefix: p-, fieldSpecs: [{path: metadata/name}]}"));
    ASSERT_TRUE(prefix);
    EXPECT_EQ(prefix->text, "p-");
    const auto suffix = parse_suffix_transformer(value("{suffix: -s, fieldSpecs: [{path: metadata/name}]}"));
    ASSERT_TRUE(suffix);
    EXPECT_EQ(suffix->fields.size(), 1U);
    EXPECT_FALSE(parse_prefix_transformer(value("{prefix: 1}")));
    EXPECT_FALSE(parse_suffix_transformer(value("{suffix: s, fieldSpecs: x}")));
}

}  // namespace
}  // namespace transform
