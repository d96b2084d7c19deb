// SPDX-License-Identifier: 0BSD
#include "engine/render/render.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/testing/run.hpp"

namespace render {
namespace {

using base::ErrorCode;

artifact::FileTree tree(std::map<std::string, std::string, std::less<>> files) {
    return {.files = std::move(files), .skipped = {}};
}

const RenderRequest kRequest{.path = "", .stageset_name = "payments", .stageset_namespace = "t"};

TEST(Render, GivesLabelledObjectsInTheirOrder) {
    const auto objects = render_directory(
        tree({{"b.yaml",
               "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}"},
              {"a.yaml",
               "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n---\n"
               "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: x}}"}}),
        kRequest);
    ASSERT_TRUE(objects) << objects.error().message;
    ASSERT_EQ(objects->size(), 3U);
    EXPECT_EQ(model::id_of((*objects)[0]).text(), "ConfigMap/b") << "no namespace is filled in";
    EXPECT_EQ(model::id_of((*objects)[1]).text(), "ConfigMap/x/a");
    EXPECT_EQ(model::id_of((*objects)[2]).text(), "Service/web");
    for (const model::Value& object : *objects) {
        EXPECT_EQ(model::label_of(object, "stages.metio.wtf/name"), "payments");
        EXPECT_EQ(model::label_of(object, "stages.metio.wtf/namespace"), "t");
    }
    EXPECT_EQ(model::find_string(model::find_array((*objects)[2], {"spec", "ports"})->at(0), {"protocol"}),
              "TCP");
}

TEST(Render, RefusesTheSameObjectTwice) {
    const std::string deployment = "{kind: Deployment, metadata: {name: web}, apiVersion: ";
    const auto objects = render_directory(tree({{"a.yaml", "# web\n" + deployment + "apps/v1}"},
                                                {"b.yaml", "\n\n" + deployment + "apps/v1beta1}"}}),
                                          kRequest);
    ASSERT_FALSE(objects);
    EXPECT_EQ(objects.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(objects.error().message, "Deployment/web is defined twice: a.yaml:2 and b.yaml:3")
        << "whatever the version";
}

TEST(Render, TheSameNameInAnotherNamespaceOrGroupIsAnotherObject) {
    const auto objects = render_directory(
        tree({{"a.yaml", "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: x}}"},
              {"b.yaml", "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: y}}"},
              {"c.yaml",
               "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a, namespace: x}}"}}),
        kRequest);
    ASSERT_TRUE(objects) << objects.error().message;
    EXPECT_EQ(objects->size(), 3U);
}

TEST(Render, AnEmptyRenderMustBeMeant) {
    EXPECT_EQ(render_directory(tree({{"README.md", ""}}), kRequest).error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(render_directory(tree({{"a.yaml", "# later\n"}}), kRequest).value().empty());
    EXPECT_TRUE(
        render_directory(tree({{"kustomization.yaml", "resources: []\n"}}), kRequest).value().empty());
}

TEST(Render, NamesFileAndLineOfBadYaml) {
    const auto objects = render_directory(tree({{"apps/a.yaml", "a: 1\nb: [\n"}}),
                                          {.path = "apps", .stageset_name = "s", .stageset_namespace = "t"});
    ASSERT_FALSE(objects);
    EXPECT_EQ(objects.error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(objects.error().message.starts_with("apps/a.yaml:")) << objects.error().message;
}

TEST(Render, StopsAliasesThatMultiplyAcrossFiles) {
    std::string bomb =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i <= 4; ++i) {
        const std::string previous = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) {
            bomb += (k > 0 ? ", " : "") + previous;
        }
        bomb += "]\n";
    }
    std::map<std::string, std::string, std::less<>> files;
    for (int i = 0; i < 40; ++i) {
        std::string text = bomb;
        files["f" + std::to_string(i) + ".yaml"] =
            text.replace(text.find("NAME"), 4, "n" + std::to_string(i));
    }
    const auto objects = render_directory(tree(std::move(files)), kRequest);
    ASSERT_FALSE(objects);
    EXPECT_EQ(objects.error().code, ErrorCode::kLimitExceeded);
}

TEST(Render, RunsOnTheComputePool) {
    boost::asio::io_context loop;
    base::Compute compute(1);
    const auto files = std::make_shared<const artifact::FileTree>(
        tree({{"a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"}}));
    const auto objects = base::testing::run_task(loop, render(compute, files, kRequest));
    ASSERT_TRUE(objects);
    EXPECT_EQ(objects->size(), 1U);
    EXPECT_EQ(
        base::testing::run_task(
            loop, render(compute, files, {.path = "x", .stageset_name = "s", .stageset_namespace = "t"}))
            .error()
            .code,
        ErrorCode::kNotFound);
}

}  // namespace
}  // namespace render
