// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/plugin.hpp"

#include <gtest/gtest.h>

#include "rules/kustomize/testing/build_texts.hpp"
#include "rules/kustomize/value_add.hpp"

namespace kustomize {
namespace {

using Texts = MapFiles::Texts;

// A build of one ConfigMap "a" with one configuration in `field`.
std::string with_plugin(std::string_view field, std::string_view configuration) {
    BuildOptions options;
    options.reorder = Reorder::kNone;
    return build_text({{"app/kustomization.yaml", std::string(field) + ": [p.yaml]\nresources: [a.yaml]\n"},
                       {"app/p.yaml", std::string(configuration)},
                       {"app/a.yaml", object_text("ConfigMap", "a") + "data: {k: v, path: x/y}\n"},
                       {"app/targets.yaml", "targets: [{fieldPath: data/more}]\n"},
                       {"app/bad.yaml", "targets: [{fieldPath: 5}]\n"},
                       {"app/merge.yaml", object_text("ConfigMap", "a") + "data: {k: merged}\n"}},
                      "app", options);
}

std::string object_with(std::string_view data, std::string_view metadata = "") {
    return "apiVersion: v1\ndata:\n" + std::string(data) + "kind: ConfigMap\nmetadata:\n" +
           std::string(metadata);
}

constexpr std::string_view kHead = "apiVersion: builtin\nmetadata: {name: p, namespace: ns}\nkind: ";

std::string transformed(std::string_view kind_and_fields) {
    return with_plugin("transformers", std::string(kHead) + std::string(kind_and_fields));
}

TEST(Transformer, EachBuiltInKindIsKnown) {
    const std::string data = "  k: v\n  path: x/y\n";
    const std::string name = "  name: a\n";
    EXPECT_EQ(transformed("AnnotationsTransformer\nannotations: {x: z}\nfieldSpecs: [{path: "
                          "metadata/annotations, create: true}]\n"),
              object_with(data, "  annotations:\n    x: z\n" + name));
    EXPECT_EQ(transformed(
                  "LabelTransformer\nlabels: {x: z}\nfieldSpecs: [{path: metadata/labels, create: true}]\n"),
              object_with(data, "  labels:\n    x: z\n" + name));
    EXPECT_EQ(transformed("NamespaceTransformer\nfieldSpecs: [{path: metadata/namespace, create: true}]\n"),
              object_with(data, name + "  namespace: ns\n"));
    EXPECT_EQ(transformed("PrefixTransformer\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n"),
              object_with(data, "  name: p-a\n"));
    EXPECT_EQ(transformed("SuffixTransformer\nsuffix: -s\nfieldSpecs: [{path: metadata/name}]\n"),
              object_with(data, "  name: a-s\n"));
    EXPECT_EQ(
        transformed("PrefixSuffixTransformer\nprefix: p-\nsuffix: -s\nfieldSpecs: [{path: metadata/name}]\n"),
        object_with(data, "  name: p-a-s\n"));
    EXPECT_EQ(transformed(
                  "ImageTagTransformer\nimageTag: {name: v, newTag: \"1\"}\nfieldSpecs: [{path: data/k}]\n"),
              object_with("  k: v:1\n  path: x/y\n", name));
    EXPECT_EQ(transformed("ReplicaCountTransformer\nreplica: {name: a, count: 3}\nfieldSpecs: [{path: "
                          "data/n, create: true, kind: "
                          "ConfigMap}]\n"),
              object_with("  k: v\n  \"n\": 3\n  path: x/y\n", name));
    EXPECT_EQ(
        transformed("PatchTransformer\ntarget: {kind: ConfigMap}\npatch: '- {op: remove, path: /data/k}'\n"),
        object_with("  path: x/y\n", name));
    EXPECT_EQ(transformed("PatchJson6902Transformer\ntarget: {version: v1, kind: ConfigMap, name: "
                          "a}\njsonOp: '- {op: remove, path: "
                          "/data/k}'\n"),
              object_with("  path: x/y\n", name));
    EXPECT_EQ(transformed("PatchStrategicMergeTransformer\npaths: [merge.yaml]\n"),
              object_with("  k: merged\n  path: x/y\n", name));
    EXPECT_EQ(transformed("PatchStrategicMergeTransformer\npatches: '{apiVersion: v1, kind: ConfigMap, "
                          "metadata: {name: a}, data: "
                          "{k: w}}'\n"),
              object_with("  k: w\n  path: x/y\n", name));
    EXPECT_EQ(transformed("ReplacementTransformer\nreplacements: [{source: {kind: ConfigMap, fieldPath: "
                          "data.path}, targets: "
                          "[{select: {kind: ConfigMap}, fieldPaths: [data.k]}]}]\n"),
              object_with("  k: x/y\n  path: x/y\n", name));
    EXPECT_EQ(transformed("HashTransformer\n"), object_with(data, name));
}

TEST(Transformer, SaysWhatIsWrong) {
    const std::string where = "error: app/kustomization.yaml: transformers: ";
    EXPECT_EQ(transformed("PatchStrategicMergeTransformer\n"),
              where + "PatchStrategicMergeTransformer \"p\": it has neither paths nor patches");
    EXPECT_EQ(transformed("PatchStrategicMergeTransformer\npaths: [no.yaml]\n"),
              where + "PatchStrategicMergeTransformer \"p\": app/no.yaml does not exist");
    EXPECT_EQ(transformed("PrefixTransformer\nprefix: [5]\n"),
              where + "PrefixTransformer \"p\": prefix must be text, not a list");
    EXPECT_TRUE(transformed("PatchTransformer\n").starts_with(where + "PatchTransformer \"p\": "));
    EXPECT_TRUE(
        transformed("PatchJson6902Transformer\n").starts_with(where + "PatchJson6902Transformer \"p\": "));
    EXPECT_TRUE(transformed("ImageTagTransformer\nimageTag: {name: '('}\nfieldSpecs: [{path: data/k}]\n")
                    .starts_with(where + "ImageTagTransformer \"p\": "));
}

TEST(ValueAdd, WritesOneTextToManyPlaces) {
    const std::string name = "  name: a\n";
    EXPECT_EQ(transformed("ValueAddTransformer\nvalue: ' w '\ntargets: [{fieldPath: data/k}, {fieldPath: "
                          "data/n, selector: {kind: "
                          "ConfigMap}}, {fieldPath: data/no, selector: {kind: Secret}}]\n"),
              object_with("  k: w\n  \"n\": w\n  path: x/y\n", name));
    EXPECT_EQ(transformed(
                  "ValueAddTransformer\nvalue: w\ntargets: [{fieldPath: data/path, filePathPosition: 2}]\n"),
              object_with("  k: v\n  path: x/w/y\n", name));
    EXPECT_EQ(transformed("ValueAddTransformer\nvalue: w\ntargets: [{fieldPath: metadata/namespace}]\n"),
              object_with("  k: v\n  path: x/y\n", name + "  namespace: w\n"));
    EXPECT_EQ(transformed("ValueAddTransformer\ntargetFilePath: targets.yaml\n"),
              object_with("  k: v\n  more: app\n  path: x/y\n", name));
    EXPECT_EQ(
        transformed("ValueAddTransformer\nvalue: w\ntargets: [{fieldPath: 'spec/list/[name=n]/image'}]\n"),
        object_with("  k: v\n  path: x/y\n", name) + "spec:\n  list:\n  - image: w\n    name: \"n\"\n");
}

TEST(ValueAdd, SaysWhatIsWrong) {
    const std::string where = "error: app/kustomization.yaml: transformers: ValueAddTransformer \"p\": ";
    EXPECT_EQ(transformed("ValueAddTransformer\n"), where + "it has no target");
    EXPECT_EQ(transformed("ValueAddTransformer\ntargets: [{}]\n"),
              where + "a target needs a fieldPath and no negative filePathPosition");
    EXPECT_EQ(transformed("ValueAddTransformer\ntargets: [{fieldPath: data}]\n"),
              where + "data of ConfigMap.v1.[noGrp]/a.[noNs] is no text");
    EXPECT_EQ(transformed("ValueAddTransformer\ntargets: [{fieldPath: kind/x}]\n"),
              where + "kind/x of ConfigMap.v1.[noGrp]/a.[noNs] is no text");
    EXPECT_EQ(transformed("ValueAddTransformer\ntargetFilePath: no.yaml\n"),
              where + "app/no.yaml does not exist");
    EXPECT_TRUE(
        transformed("ValueAddTransformer\ntargetFilePath: bad.yaml\n").starts_with(where + "bad.yaml: "));
    EXPECT_TRUE(transformed("ValueAddTransformer\ntargets: [{fieldPath: a, selector: {kind: '('}}]\n")
                    .starts_with(where));
}

TEST(ValueAdd, PutsAPartIntoAPath) {
    EXPECT_EQ(insert_path_part("", 0, "w"), "w");
    EXPECT_EQ(insert_path_part("/", 3, "w"), "/w");
    EXPECT_EQ(insert_path_part("pie", 0, "w"), "w/pie");
    EXPECT_EQ(insert_path_part("/pie", 0, "w"), "/w/pie");
    EXPECT_EQ(insert_path_part("raw", 9, "w"), "raw/w");
    EXPECT_EQ(insert_path_part("/a/nice/warm/pie", 3, "w"), "/a/nice/warm/w/pie");
}

TEST(Generator, EachBuiltInKindIsKnown) {
    const std::string a = object_with("  k: v\n  path: x/y\n", "  name: a\n") + "---\n";
    EXPECT_EQ(with_plugin("generators", std::string(kHead) + "ConfigMapGenerator\nliterals: [x=z]\noptions: "
                                                             "{disableNameSuffixHash: true}\n"),
              a + object_with("  x: z\n", "  name: p\n  namespace: ns\n"));
    EXPECT_EQ(with_plugin("generators", std::string(kHead) +
                                            "SecretGenerator\nname: own\nliterals: [x=z]\noptions: "
                                            "{disableNameSuffixHash: true}\n"),
              a + "apiVersion: v1\ndata:\n  x: eg==\nkind: Secret\nmetadata:\n  name: own\n  namespace: "
                  "ns\ntype: Opaque\n");
    EXPECT_EQ(with_plugin(
                  "generators",
                  std::string(kHead) +
                      "IAMPolicyGenerator\ncloud: gke\nkubernetesService: {name: s}\nserviceAccount: {name: "
                      "g, projectId: p}\n"),
              a + "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    "
                  "iam.gke.io/gcp-service-account: "
                  "g@p.iam.gserviceaccount.com\n  name: s\n");
    EXPECT_EQ(with_plugin("generators", std::string(kHead) + "ConfigMapGenerator\nfiles: [no]\n"),
              "error: app/kustomization.yaml: generators: ConfigMapGenerator \"p\": ConfigMap generator "
              "\"p\": app/no does not "
              "exist");
}

TEST(Validator, MayChangeNothingButItsLabel) {
    EXPECT_EQ(
        with_plugin("validators", std::string(kHead) +
                                      "LabelTransformer\nlabels: {validated-by: me}\nfieldSpecs: [{path: "
                                      "metadata/labels, create: true}]\n"),
        object_with("  k: v\n  path: x/y\n", "  labels:\n    validated-by: me\n  name: a\n"));
    EXPECT_EQ(
        with_plugin("validators", std::string(kHead) +
                                      "PrefixTransformer\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n"),
        "error: app/kustomization.yaml: validators: the validator PrefixTransformer \"p\" changed an object");
    EXPECT_TRUE(with_plugin("validators", std::string(kHead) + "PatchTransformer\n")
                    .starts_with("error: app/kustomization.yaml: validators: PatchTransformer \"p\": "));
}

}  // namespace
}  // namespace kustomize
