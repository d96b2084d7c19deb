// SPDX-License-Identifier: 0BSD
#include "engine/source/reference.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace source {
namespace {

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

TEST(Reference, DefaultsAreFilledIn) {
    struct Case {
        std::string name;
        std::string api_version;
        std::string kind;
        std::string ns;
        std::string gvk;
        std::string key;
        bool is_producer;
    };
    const std::string flux = "source.toolkit.fluxcd.io";
    for (const Case& row : std::vector<Case>{
             {"Nothing", "", "", "", flux + "/v1, Kind=ExternalArtifact",
              "t|" + flux + "|ExternalArtifact|web", false},
             {"Artifact", flux + "/v1beta2", "ExternalArtifact", "", flux + "/v1beta2, Kind=ExternalArtifact",
              "t|" + flux + "|ExternalArtifact|web", false},
             {"Git", "", "GitRepository", "other", flux + "/v1, Kind=GitRepository",
              "other|" + flux + "|GitRepository|web", false},
             {"OciWithVersion", flux + "/v1beta2", "OCIRepository", "", flux + "/v1beta2, Kind=OCIRepository",
              "t|" + flux + "|OCIRepository|web", false},
             {"BucketWithoutGroup", "v1", "Bucket", "", flux + "/v1, Kind=Bucket",
              "t|" + flux + "|Bucket|web", false},
             {"GitOfAnotherGroup", "example.com/v1", "GitRepository", "",
              "example.com/v1, Kind=GitRepository", "t|example.com|GitRepository|web", true},
             {"Producer", "jaas.example/v2", "Snippet", "", "jaas.example/v2, Kind=Snippet",
              "t|jaas.example|Snippet|web", true},
             {"HelmChartIsAProducer", flux + "/v1", "HelmChart", "", flux + "/v1, Kind=HelmChart",
              "t|" + flux + "|HelmChart|web", true},
             {"CoreProducer", "v1", "ConfigMap", "", "v1, Kind=ConfigMap", "t||ConfigMap|web", true},
         }) {
        const Reference reference = complete({row.api_version, row.kind, "web", row.ns, "t"});
        EXPECT_EQ(reference.gvk.text(), row.gvk) << row.name;
        EXPECT_EQ(reference.id().key(), row.key) << row.name;
        EXPECT_EQ(reference.is_producer, row.is_producer) << row.name;
    }
}

TEST(Reference, ABackPointerIsReadWithoutVersionAndNamespace) {
    const auto producer = producer_of(yaml(
        "{metadata: {name: x, namespace: t}, spec: {sourceRef: {apiVersion: jaas.example/v9, kind: Snippet,"
        " name: web, namespace: elsewhere}}}"));
    ASSERT_TRUE(producer);
    EXPECT_EQ(*producer, (SourceId{"jaas.example", "Snippet", "t", "web"}));
    const auto core = producer_of(
        yaml("{metadata: {namespace: t}, spec: {sourceRef: {apiVersion: v1, kind: ConfigMap, name: web}}}"));
    ASSERT_TRUE(core);
    EXPECT_EQ(core->group, "");
}

TEST(Reference, ABackPointerThatIsNoneIsNoMatch) {
    for (const char* spec :
         {"{}", "{sourceRef: web}", "{sourceRef: {kind: Snippet}}", "{sourceRef: {name: web}}",
          "{sourceRef: {kind: [], name: web}}", "{sourceRef: {kind: Snippet, name: 1}}"}) {
        EXPECT_FALSE(producer_of(yaml(std::string("{metadata: {namespace: t}, spec: ") + spec + "}")))
            << spec;
    }
}

TEST(Reference, TrimmingKeepsWhatIsRead) {
    auto object = yaml(
        "{apiVersion: a/v1, kind: K, data: {k: v}, metadata: {name: n, namespace: t, uid: u, labels: {a: b},"
        " annotations: {c: d}}, spec: {url: x, sourceRef: {kind: S, name: s}}, status: {artifact: {url: u,"
        " digest: d, revision: r, size: 1}, conditions: [{type: Ready}], includedArtifacts: [1]}}");
    trim_source(object);
    EXPECT_EQ(object, yaml("{apiVersion: a/v1, kind: K, metadata: {name: n, namespace: t, uid: u},"
                           " spec: {sourceRef: {kind: S, name: s}}, status: {artifact: {url: u, digest: d,"
                           " revision: r}, conditions: [{type: Ready}]}}"));
    auto scalar = model::Value("text");
    trim_source(scalar);
    EXPECT_EQ(scalar, model::Value("text"));
}

}  // namespace
}  // namespace source
