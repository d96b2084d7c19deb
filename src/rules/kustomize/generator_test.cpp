// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/generator.hpp"

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace kustomize {
namespace {

base::Result<std::string_view> read_test_file(std::string_view path) {
    if (path == "f.txt") {
        return std::string_view("text\n");
    }
    if (path == "f.bin") {
        return std::string_view("\xFF\x01", 2);
    }
    if (path == "e.env") {
        return std::string_view("X=1\nY=2\n");
    }
    if (path == "bad.env") {
        return std::string_view("X=\xFF");
    }
    return base::Error{base::ErrorCode::kInvalid, std::string(path) + " does not exist"};
}

TEST(Generator, MakesAConfigMapOfTextsAndBytes) {
    GeneratorArgs args;
    args.name = "cfg";
    args.ns = "ns";
    args.literals = {"a=1"};
    args.files = {"f.txt", "b=f.bin"};
    args.envs = {"e.env"};
    args.behavior = "merge";
    args.options.labels = {{"l", "1"}};
    args.options.annotations = {{"n", "2"}};
    args.options.immutable = true;
    const auto resource = generate_resource(args, read_test_file);
    ASSERT_TRUE(resource) << resource.error().text();
    EXPECT_EQ(model::to_yaml(resource->object), R"(apiVersion: v1
binaryData:
  b: /wE=
data:
  X: "1"
  "Y": "2"
  a: "1"
  f.txt: |
    text
immutable: true
kind: ConfigMap
metadata:
  annotations:
    "n": "2"
  labels:
    l: "1"
  name: cfg
  namespace: ns
)");
    EXPECT_EQ(resource->behavior, transform::Behavior::kMerge);
    EXPECT_TRUE(resource->needs_hash);
}

TEST(Generator, MakesASecretOfItsType) {
    GeneratorArgs args;
    args.kind = GeneratedKind::kSecret;
    args.name = "sec";
    args.options.disable_name_suffix_hash = true;
    auto resource = generate_resource(args, read_test_file);
    ASSERT_TRUE(resource);
    EXPECT_EQ(model::to_yaml(resource->object),
              "apiVersion: v1\ndata: {}\nkind: Secret\nmetadata:\n  name: sec\ntype: Opaque\n");
    EXPECT_FALSE(resource->needs_hash);
    args.type = "kubernetes.io/tls";
    args.literals = {"k=v"};
    resource = generate_resource(args, read_test_file);
    ASSERT_TRUE(resource);
    EXPECT_EQ(
        model::to_yaml(resource->object),
        "apiVersion: v1\ndata:\n  k: dg==\nkind: Secret\nmetadata:\n  name: sec\ntype: kubernetes.io/tls\n");
}

TEST(Generator, AConfigMapOfNothingHasNoData) {
    GeneratorArgs args;
    args.name = "b";
    const auto resource = generate_resource(args, read_test_file);
    ASSERT_TRUE(resource);
    EXPECT_EQ(model::to_yaml(resource->object), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n");
}

TEST(Generator, NamesItselfAndTheSourceInErrors) {
    struct Row {
        GeneratorArgs args;
        std::string_view error;
    };
    const auto with = [](auto set) {
        GeneratorArgs args;
        args.name = "cfg";
        set(args);
        return args;
    };
    const Row rows[] = {
        {with([](GeneratorArgs& args) { args.name = ""; }), "a ConfigMap generator has no name"},
        {with([](GeneratorArgs& args) { args.literals = {"x"}; }),
         "ConfigMap generator \"cfg\": the literal \"x\" is not key=value"},
        {with([](GeneratorArgs& args) { args.literals = {"x=1", "x=2"}; }),
         "ConfigMap generator \"cfg\": the key \"x\" comes twice"},
        {with([](GeneratorArgs& args) { args.files = {"x=f.txt", "x=f.bin"}; }),
         "ConfigMap generator \"cfg\": the key \"x\" comes twice"},
        {with([](GeneratorArgs& args) { args.files = {"a=b=c"}; }),
         "ConfigMap generator \"cfg\": the file source \"a=b=c\" has more than one '='"},
        {with([](GeneratorArgs& args) { args.files = {"no"}; }),
         "ConfigMap generator \"cfg\": no does not exist"},
        {with([](GeneratorArgs& args) { args.envs = {"no"}; }),
         "ConfigMap generator \"cfg\": no does not exist"},
        {with([](GeneratorArgs& args) { args.envs = {"bad.env"}; }),
         "ConfigMap generator \"cfg\": bad.env: line 1 is not UTF-8"},
    };
    for (const Row& row : rows) {
        const auto resource = generate_resource(row.args, read_test_file);
        ASSERT_FALSE(resource) << row.error;
        EXPECT_EQ(resource.error().text(), row.error);
    }
}

TEST(Generator, OwnOptionsWinOverThoseOfTheFile) {
    GeneratorOptions own;
    own.labels = {{"a", "own"}};
    GeneratorOptions all;
    all.labels = {{"a", "all"}, {"b", "all"}};
    all.annotations = {{"c", "all"}};
    all.disable_name_suffix_hash = true;
    all.immutable = true;
    const GeneratorOptions merged = merge_options(own, all);
    EXPECT_EQ(merged.labels, (std::map<std::string, std::string>{{"a", "own"}, {"b", "all"}}));
    EXPECT_EQ(merged.annotations, all.annotations);
    EXPECT_TRUE(merged.disable_name_suffix_hash);
    EXPECT_TRUE(merged.immutable);
}

TEST(ServiceAccount, ActsAsACloudsAccount) {
    const auto resource = generate_service_account(
        {.cloud = "gke", .ns = "k8s-ns", .name = "k8s-sa", .project = "p", .account = "gsa"});
    ASSERT_TRUE(resource);
    EXPECT_EQ(model::to_yaml(resource->object), R"(apiVersion: v1
kind: ServiceAccount
metadata:
  annotations:
    iam.gke.io/gcp-service-account: gsa@p.iam.gserviceaccount.com
  name: k8s-sa
  namespace: k8s-ns
)");
    EXPECT_FALSE(
        generate_service_account({.cloud = "eks", .ns = "", .name = "", .project = "", .account = ""}));
}

}  // namespace
}  // namespace kustomize
