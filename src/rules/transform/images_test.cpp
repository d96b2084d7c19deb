// SPDX-License-Identifier: 0BSD
#include "rules/transform/images.hpp"

#include <gtest/gtest.h>

#include "rules/transform/testing/objects.hpp"

namespace transform {
namespace {

using testing::objects;
using testing::text;
using testing::tidy;
using testing::value;

struct Case {
    std::string image;
    Image change;
    std::string expected;
};
class ImageCases : public ::testing::TestWithParam<Case> {};

TEST_P(ImageCases, Change) {
    Resources all =
        objects(fmt::format("{{kind: Foo, x: {{containers: [{{image: \"{}\"}}]}}}}", GetParam().image));
    const auto done = transform::apply(all, {GetParam().change}, {});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(text(all), tidy(fmt::format("{{kind: Foo, x: {{containers: [{{image: \"{}\"}}]}}}}",
                                          GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ImageCases,
    ::testing::Values(
        Case{"nginx", {.name = "nginx", .new_tag = "v1"}, "nginx:v1"},
        Case{"nginx:v0", {.name = "nginx", .new_tag = "v1"}, "nginx:v1"},
        Case{"nginx:v0@sha256:abc", {.name = "nginx", .new_tag = "v1"}, "nginx:v1"},
        Case{"nginx:v0", {.name = "nginx", .digest = "sha256:def"}, "nginx@sha256:def"},
        Case{"nginx:v0", {.name = "nginx", .new_tag = "v1", .digest = "sha256:def"}, "nginx:v1@sha256:def"},
        Case{"nginx:v0", {.name = "nginx", .new_name = "r:5000/my/nginx"}, "r:5000/my/nginx:v0"},
        Case{"nginx@sha256:abc", {.name = "nginx", .new_name = "n"}, "n@sha256:abc"},
        Case{"nginx:v0@sha256:abc", {.name = "nginx", .new_name = "n"}, "n:v0@sha256:abc"},
        Case{"r:5000/a/nginx:v0", {.name = "r:5000/a/nginx", .new_tag = "v1"}, "r:5000/a/nginx:v1"},
        Case{"r:5000/a/nginx", {.name = "r:5000/a/nginx", .new_name = "n"}, "n"},
        Case{"nginx:v0", {.name = "nginx", .tag_suffix = "-x"}, "nginx:v0-x"},
        Case{"nginx:v0@sha256:abc", {.name = "nginx", .tag_suffix = "-x"}, "nginx:v0-x"},
        Case{"nginx", {.name = "nginx", .tag_suffix = "-x"}, "nginx:-x"},
        Case{"nginx-two:v0", {.name = "nginx", .new_tag = "v1"}, "nginx-two:v0"},
        Case{"my/nginx:v0", {.name = "nginx", .new_tag = "v1"}, "my/nginx:v0"},
        Case{"my.nginx:v0", {.name = "my.*", .new_tag = "v1"}, "my.nginx:v1"},
        Case{"nginx:bad/tag", {.name = "nginx", .new_tag = "v1"}, "nginx:bad/tag"},
        Case{"nginx:{tag}", {.name = "nginx", .new_tag = "v1"}, "nginx:v1"}));

TEST(Images, AreFoundInContainersAnywhereAndInFields) {
    Resources all = objects(R"(
kind: Foo
spec:
  deep: {containers: [{image: a}], initContainers: [{image: a}, null, {}], ephemeralContainers: [{image: a}]}
  list: [{containers: [{image: a}]}]
  own: {image: a}
  containers: {image: a}
)");
    ASSERT_TRUE(
        transform::apply(all, {{.name = "a", .new_name = "b"}}, {{"", "", "", "spec/own/image", true}}));
    EXPECT_EQ(text(all), tidy(R"(
kind: Foo
spec:
  deep: {containers: [{image: b}], initContainers: [{image: b}, null, {}], ephemeralContainers: [{image: a}]}
  list: [{containers: [{image: b}]}]
  own: {image: b}
  containers: {image: a}
)"));
}

TEST(Images, AreChangedOneAfterTheOther) {
    Resources all = objects("{kind: Foo, containers: [{image: a}]}");
    ASSERT_TRUE(transform::apply(all, {{.name = "a", .new_name = "b"}, {.name = "b", .new_tag = "v1"}}, {}));
    EXPECT_EQ(text(all), tidy("{kind: Foo, containers: [{image: 'b:v1'}]}"));
}

TEST(Images, GetASuffixTwiceWhereBothPassesFindThem) {
    Resources all = objects("{apiVersion: v1, kind: Pod, spec: {containers: [{image: a:1}]}}");
    ASSERT_TRUE(transform::apply(all, {{.name = "a", .tag_suffix = "-x"}}, default_config().images));
    EXPECT_EQ(text(all), tidy("{apiVersion: v1, kind: Pod, spec: {containers: [{image: a:1-x-x}]}}"));
}

TEST(Images, OfCustomResourceDefinitionsStay) {
    const std::string_view crd =
        "{kind: CustomResourceDefinition, spec: {containers: [{image: a}], image: a}}";
    Resources all = objects(crd);
    ASSERT_TRUE(transform::apply(all, {{.name = "a", .new_name = "b"}}, {{"", "", "", "spec/image", false}}));
    EXPECT_EQ(text(all), tidy(crd));
}

TEST(Images, RefuseOtherThanTexts) {
    for (const std::string_view object :
         {"{kind: Foo, containers: [text]}", "{kind: Foo, containers: [{image: {a: b}}]}",
          "{kind: Foo, own: {a: b}}"}) {
        Resources all = objects(object);
        const auto done =
            transform::apply(all, {{.name = "a", .new_name = "b"}}, {{"", "", "", "own", false}});
        ASSERT_FALSE(done) << object;
        EXPECT_EQ(done.error().code, base::ErrorCode::kInvalid);
        EXPECT_NE(done.error().text().find("Foo."), std::string::npos) << done.error().text();
    }
}

TEST(Images, RefuseNamesThatAreNoExpressions) {
    Resources all;
    const auto done = transform::apply(all, {{.name = "a(", .new_name = "b"}}, {});
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("a("), std::string::npos);
}

TEST(Images, AreRead) {
    const auto image = parse_image(value("{name: a, newName: b, newTag: c, digest: d, tagSuffix: e}"));
    ASSERT_TRUE(image);
    EXPECT_EQ(image->new_name + image->new_tag + image->digest + image->tag_suffix, "bcde");
    EXPECT_FALSE(parse_image(value("{name: a, tag: b}")));
    EXPECT_FALSE(parse_image(value("{name: a, newTag: 1}")));
    const auto transformer = parse_image_transformer(
        value("{kind: ImageTagTransformer, imageTag: {name: a, newTag: v}, fieldSpecs: [{path: x}]}"));
    ASSERT_TRUE(transformer);
    EXPECT_EQ(transformer->image.new_tag, "v");
    EXPECT_EQ(transformer->fields.size(), 1U);
    EXPECT_FALSE(parse_image_transformer(value("imageTag: {name: 1}")));
    EXPECT_FALSE(parse_image_transformer(value("fieldSpecs: 1")));
}

}  // namespace
}  // namespace transform
