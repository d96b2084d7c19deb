// SPDX-License-Identifier: 0BSD
#include "rules/transform/labels.hpp"

#include <gtest/gtest.h>

#include "rules/transform/annotations.hpp"
#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::text;
using testing::tidy;
using testing::value;

constexpr std::string_view kDeployment = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}";

std::string labelled(std::string_view entry, std::string_view object) {
    const auto labels = parse_labels(value(entry), default_config());
    EXPECT_TRUE(labels) << labels.error().text();
    Resources all = objects(object);
    const auto done = transform::apply(all, *labels);
    return done ? text(all) : done.error().text();
}

TEST(Labels, GoToMetadataOnlyByDefault) {
    EXPECT_EQ(labelled("pairs: {a: b}", kDeployment),
              tidy("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, labels: {a: b}}}"));
}

TEST(Labels, GoToTemplates) {
    EXPECT_EQ(labelled("{pairs: {a: b}, includeTemplates: true}", kDeployment), tidy(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, labels: {a: b}}
spec: {template: {metadata: {labels: {a: b}}}}
)"));
}

TEST(Labels, GoToSelectorsAndTemplates) {
    EXPECT_EQ(labelled("{pairs: {a: b}, includeSelectors: true}", kDeployment), tidy(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, labels: {a: b}}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}}}
)"));
}

TEST(Labels, GoToFieldsOfTheirOwn) {
    EXPECT_EQ(labelled("{pairs: {a: b}, fields: [{path: spec/x, kind: Foo, create: true}]}",
                       "{kind: Foo, metadata: {name: f}}\n---\n{kind: Bar, metadata: {name: f}}"),
              tidy("{kind: Foo, metadata: {name: f, labels: {a: b}}, spec: {x: {a: b}}}\n---\n"
                   "{kind: Bar, metadata: {name: f, labels: {a: b}}}"));
}

TEST(Labels, OverwriteAndKeepOthers) {
    EXPECT_EQ(labelled("pairs: {a: b, c: \"1\"}", "{kind: Foo, metadata: {labels: {a: x, z: y}}}"),
              tidy("{kind: Foo, metadata: {labels: {a: b, c: \"1\", z: y}}}"));
}

TEST(Labels, GoToWhatConfigurationsSay) {
    TransformerConfig config = default_config();
    config.labels = {{"", "", "Foo", "spec/x", true}};
    Resources all = objects("{kind: Foo}");
    ASSERT_TRUE(transform::apply(all, parse_labels(value("pairs: {a: b}"), config).value()));
    EXPECT_EQ(text(all), tidy("{kind: Foo, metadata: {labels: {a: b}}, spec: {x: {a: b}}}"));
}

TEST(Labels, NeedAMapToGoTo) {
    const std::string error = labelled("{pairs: {a: b}, fields: [{path: spec/x}]}",
                                       "{kind: Foo, metadata: {name: f}, spec: {x: text}}");
    EXPECT_NE(error.find("spec/x"), std::string::npos) << error;
    EXPECT_NE(error.find("Foo.[noVer].[noGrp]/f.[noNs]"), std::string::npos) << error;
}

TEST(Labels, RefuseWhatIsNoEntry) {
    for (const std::string_view entry :
         {"pairs: {a: 1}", "pairs: {a: true}", "pairs: [a]", "labels: {a: b}",
          "{pairs: {a: b}, includeSelectors: x}", "{pairs: {a: b}, fields: [{path: 1}]}",
          "{pairs: {a: b}, fields: [{path: metadata/labels}]}"}) {
        const auto labels = parse_labels(value(entry), default_config());
        ASSERT_FALSE(labels) << entry;
        EXPECT_EQ(labels.error().code, base::ErrorCode::kInvalid);
    }
    EXPECT_FALSE(parse_common_labels(value("{a: 1}"), default_config()));
}

TEST(CommonLabels, AreLabelsWithSelectors) {
    const auto labels = parse_common_labels(value("{a: b}"), default_config());
    ASSERT_TRUE(labels);
    EXPECT_EQ(labels->fields, default_config().common_labels);
    EXPECT_TRUE(parse_common_labels(nullptr, default_config())->pairs.empty());
}

TEST(LabelTransformer, HasFieldsOfItsOwnOnly) {
    const auto labels =
        parse_label_transformer(value("{apiVersion: builtin, kind: LabelTransformer, metadata: {name: l}, "
                                      "labels: {a: b}, fieldSpecs: [{path: x}]}"));
    ASSERT_TRUE(labels) << labels.error().text();
    EXPECT_EQ(labels->fields.size(), 1U);
    EXPECT_EQ(labels->pairs.at("a"), "b");
    EXPECT_FALSE(parse_label_transformer(value("labels: {a: 1}")));
    EXPECT_FALSE(parse_label_transformer(value("fieldSpecs: {}")));
}

TEST(Annotations, GoToMetadataAndTemplates) {
    const auto annotations = parse_common_annotations(value("{a: b}"), default_config());
    ASSERT_TRUE(annotations);
    Resources all = objects("{apiVersion: batch/v1, kind: CronJob, metadata: {name: c, annotations: null}}");
    ASSERT_TRUE(transform::apply(all, *annotations));
    EXPECT_EQ(text(all), tidy(R"(
apiVersion: batch/v1
kind: CronJob
metadata: {name: c, annotations: {a: b}}
spec: {jobTemplate: {metadata: {annotations: {a: b}}, spec: {template: {metadata: {annotations: {a: b}}}}}}
)"));
}

TEST(Annotations, RefuseOtherValuesThanTexts) {
    EXPECT_FALSE(parse_common_annotations(value("{a: true}"), default_config()));
    EXPECT_FALSE(parse_annotations_transformer(value("annotations: {a: 1}")));
    EXPECT_FALSE(parse_annotations_transformer(value("fieldSpecs: [1]")));
    EXPECT_TRUE(parse_annotations_transformer(value("{annotations: {a: b}, fieldSpecs: [{path: x}]}")));
}

}  // namespace
}  // namespace transform
