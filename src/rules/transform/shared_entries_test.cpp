// SPDX-License-Identifier: 0BSD
#include "rules/transform/shared_entries.hpp"

#include <gtest/gtest.h>

#include "rules/transform/annotations.hpp"
#include "rules/transform/labels.hpp"
#include "rules/transform/name_affix.hpp"
#include "rules/transform/patches.hpp"
#include "rules/transform/replacements.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::scopes;
using testing::value;

Resources deployment() {
    return testing::objects("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}");
}

void label(Resources& all, std::string_view pairs) {
    ASSERT_TRUE(transform::apply(all, parse_common_labels(value(pairs), default_config()).value()));
}
void label_metadata(Resources& all, std::string_view pairs) {
    ASSERT_TRUE(transform::apply(
        all, parse_labels(value(fmt::format("pairs: {}", pairs)), default_config()).value()));
}
void patch(Resources& all, std::string_view text) {
    const auto read = read_patch({"", std::string(text), Target{.kind = "Deployment"}, false, false}, text);
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_TRUE(transform::apply(all, *read, scopes()));
}

// The label "t" of metadata, selector and template.
std::string labels_of(const Resources& all) {
    const model::Value& object = all.front().object;
    return fmt::format("{} {} {}", model::find_string(object, {"metadata", "labels", "t"}),
                       model::find_string(object, {"spec", "selector", "matchLabels", "t"}),
                       model::find_string(object, {"spec", "template", "metadata", "labels", "t"}));
}

TEST(SharedEntries, FollowALaterLabel) {
    Resources all = deployment();
    label(all, "{t: a}");
    label_metadata(all, "{t: b}");
    EXPECT_EQ(labels_of(all), "b b b");
    label_metadata(all, "{t: c}");
    EXPECT_EQ(labels_of(all), "c c c");
}

TEST(SharedEntries, FollowAMergedPatch) {
    Resources all = deployment();
    label(all, "{t: a, u: a}");
    patch(all, "{kind: Deployment, metadata: {name: d, labels: {t: b}}}");
    EXPECT_EQ(labels_of(all), "b b b");
    EXPECT_EQ(model::find_string(all[0].object, {"spec", "selector", "matchLabels", "u"}), "a");
    patch(all, "{kind: Deployment, metadata: {name: d}, spec: {template: {metadata: {labels: {t: c}}}}}");
    EXPECT_EQ(labels_of(all), "c c c");
}

TEST(SharedEntries, FollowAReplacement) {
    Resources all = deployment();
    label(all, "{t: a}");
    const auto entry = parse_replacement_entry(
        value("{sourceValue: b, targets: [{select: {kind: Deployment}, fieldPaths: [metadata.labels.t]}]}"));
    ASSERT_TRUE(transform::apply(all, {*entry->replacement}, scopes()));
    EXPECT_EQ(labels_of(all), "b b b");
}

TEST(SharedEntries, EndWithOperationsForTheseWriteTheObjectAnew) {
    Resources all = deployment();
    label(all, "{t: a}");
    patch(all, "- {op: replace, path: /metadata/labels/t, value: b}");
    EXPECT_EQ(labels_of(all), "b a a");
    label_metadata(all, "{t: c}");
    EXPECT_EQ(labels_of(all), "c a a");
}

TEST(SharedEntries, LeaveOutAMapThatLostTheEntry) {
    Resources all = deployment();
    label(all, "{t: a}");
    const std::string text =
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, labels: {t: null}}}";
    ASSERT_TRUE(transform::apply(
        all, read_patch({.path = "", .patch = text, .target = std::nullopt}, text).value(), scopes()));
    EXPECT_EQ(labels_of(all), " a a");
    label_metadata(all, "{t: b}");
    EXPECT_EQ(labels_of(all), "b a a");
}

TEST(SharedEntries, AreOnlyThoseThatOneTransformerAdded) {
    Resources all = testing::objects(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, labels: {t: old}}, spec: {selector: "
        "{matchLabels: {t: old}}}}");
    label(all, "{t: a}");
    EXPECT_EQ(labels_of(all), "a a a");
    EXPECT_TRUE(all[0].shared.empty());
    label_metadata(all, "{t: b}");
    EXPECT_EQ(labels_of(all), "b a a");
}

TEST(SharedEntries, ReachIntoLists) {
    Resources all = testing::objects(
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {volumeClaimTemplates: [{}, "
        "{metadata: {name: v}}]}}");
    label(all, "{t: a}");
    label_metadata(all, "{t: b}");
    const model::Array* claims = model::find_array(all[0].object, {"spec", "volumeClaimTemplates"});
    EXPECT_EQ(model::find_string((*claims)[0], {"metadata", "labels", "t"}), "b");
    EXPECT_EQ(model::find_string((*claims)[1], {"metadata", "labels", "t"}), "b");
}

TEST(SharedEntries, OfMetadataAnnotationsEndWithARenaming) {
    for (const std::string prefix : {"", "p-"}) {
        Resources all = deployment();
        const auto annotate = [&all](std::string_view pairs, bool everywhere) {
            Annotations annotations = parse_common_annotations(value(pairs), default_config()).value();
            if (!everywhere) {
                annotations.fields = {{"", "", "", "metadata/annotations", true}};
            }
            ASSERT_TRUE(transform::apply(all, annotations));
        };
        annotate("{t: a}", true);
        ASSERT_TRUE(transform::apply(all, NamePrefix{prefix, default_config().name_prefix}));
        annotate("{t: b}", false);
        EXPECT_EQ(model::find_string(all[0].object, {"spec", "template", "metadata", "annotations", "t"}),
                  prefix.empty() ? "b" : "a");
    }
}

TEST(RewrittenAnnotations, HoldTextsOnly) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"{a: 5, b: true, c: null, d: {e: f}, g: h}", "{a: \"5\", b: \"true\", c: \"null\", d: \"\", g: h}"},
    };
    for (const auto& [before, after] : rows) {
        Resources all =
            testing::objects(fmt::format("{{kind: K, metadata: {{name: k, annotations: {}}}}}", before));
        ASSERT_TRUE(transform::apply(all, NamePrefix{"p-", default_config().name_prefix}));
        EXPECT_EQ(testing::text(all),
                  testing::tidy(fmt::format("{{kind: K, metadata: {{name: p-k, annotations: {}}}}}", after)));
    }
    for (const std::string_view wrong : {"text", "null", "[a]", "{}"}) {
        Resources all =
            testing::objects(fmt::format("{{kind: K, metadata: {{name: k, annotations: {}}}}}", wrong));
        ASSERT_TRUE(transform::apply(all, NamePrefix{"p-", default_config().name_prefix}));
        EXPECT_EQ(testing::text(all), testing::tidy("{kind: K, metadata: {name: p-k}}"));
    }
}

}  // namespace
}  // namespace transform
