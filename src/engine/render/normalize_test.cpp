// SPDX-License-Identifier: 0BSD
#include "engine/render/normalize.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace render {
namespace {

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

struct Case {
    std::string name;
    std::string before;
    std::string after;
};

void expect(const std::vector<Case>& rows) {
    for (const Case& row : rows) {
        model::Value object = yaml(row.before);
        normalize(object);
        EXPECT_EQ(model::to_json(object), model::to_json(yaml(row.after))) << row.name;
    }
}

TEST(Normalize, GivesPortsTheirProtocol) {
    const std::string pod =
        "containers: [{ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]}]";
    const std::string done =
        "containers: [{ports: [{containerPort: 80, protocol: TCP}, {containerPort: 53, protocol: UDP}]}]";
    std::vector<Case> rows;
    const auto add = [&rows](const std::string& kind, const std::string& open, const std::string& inner,
                             const std::string& wanted, const std::string& close) {
        rows.push_back({kind, "{" + kind + ", " + open + inner + close + "}",
                        "{" + kind + ", " + open + wanted + close + "}"});
    };
    add("apiVersion: v1, kind: Pod", "spec: {", pod, done, "}");
    add("apiVersion: v1, kind: PodTemplate", "template: {spec: {", pod, done, "}}");
    for (const std::string kind :
         {"apiVersion: apps/v1, kind: Deployment", "apiVersion: apps/v1, kind: StatefulSet",
          "apiVersion: apps/v1beta2, kind: DaemonSet", "apiVersion: apps/v1, kind: ReplicaSet",
          "apiVersion: batch/v1, kind: Job", "apiVersion: v1, kind: ReplicationController"}) {
        add(kind, "spec: {template: {spec: {", pod, done, "}}}");
    }
    add("apiVersion: batch/v1beta1, kind: CronJob", "spec: {jobTemplate: {spec: {template: {spec: {", pod,
        done, "}}}}}");
    add("apiVersion: v1, kind: Service", "spec: {", "ports: [{port: 80}]",
        "ports: [{port: 80, protocol: TCP}]", "}");
    add("apiVersion: v1, kind: Pod", "spec: {", "initContainers: [{ports: [{containerPort: 1}]}]",
        "initContainers: [{ports: [{containerPort: 1, protocol: TCP}]}]", "}");
    expect(rows);
}

TEST(Normalize, LeavesOtherKindsPortsAlone) {
    for (const std::string text :
         {"{apiVersion: serving.knative.dev/v1, kind: Service, spec: {ports: [{port: 80}]}}",
          "{apiVersion: x.io/v1, kind: Deployment, spec: {template: {spec: {containers: [{ports: [{a: "
          "1}]}]}}}}",
          "{apiVersion: v1, kind: Service, spec: {ports: none}}",
          "{apiVersion: v1, kind: Service, spec: {ports: [80]}}",
          "{apiVersion: v1, kind: Pod, spec: {containers: {a: b}}}",
          "{apiVersion: v1, kind: Pod, spec: []}"}) {
        expect({{text, text, text}});
    }
}

TEST(Normalize, MovesSecretTextsIntoData) {
    const std::string secret = "apiVersion: v1\nkind: Secret\n";
    expect({
        {"Moved", secret + "stringData: {a: hello}", secret + "data: {a: aGVsbG8=}"},
        {"TextWins", secret + "data: {a: b2xk, b: a2VlcA==}\nstringData: {a: new}",
         secret + "data: {a: bmV3, b: a2VlcA==}"},
        {"NullData", secret + "data: null\nstringData: {a: ab}", secret + "data: {a: YWI=}"},
        {"EmptyText", secret + "stringData: {a: ''}", secret + "data: {a: ''}"},
        {"EmptyMap", secret + "stringData: {}", secret},
        {"OddTextStays", secret + "stringData: {a: 1}", secret + "stringData: {a: 1}"},
        {"OddDataStays", secret + "data: x\nstringData: {a: b}", secret + "data: x\nstringData: {a: b}"},
        {"BytesOfAnySize", secret + "stringData: {a: abcdef, b: \"\\xff\\xfe\"}",
         secret + "data: {a: YWJjZGVm, b: w7/Dvg==}"},
        {"OtherKinds", "apiVersion: x.io/v1\nkind: Secret\nstringData: {a: b}",
         "apiVersion: x.io/v1\nkind: Secret\nstringData: {a: b}"},
    });
}

TEST(Normalize, DropsWhatOnlyServersWrite) {
    expect({
        {"BuiltIn",
         "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, creationTimestamp: null}, status: "
         "{replicas: 1}}",
         "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}"},
        {"CustomKindsKeepTheirStatus",
         "{apiVersion: x.io/v1, kind: Thing, metadata: {name: a, creationTimestamp: '2020-01-01T00:00:00Z'}, "
         "status: {a: 1}}",
         "{apiVersion: x.io/v1, kind: Thing, metadata: {name: a}, status: {a: 1}}"},
        {"DefinitionsKeepTheirStatus",
         "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {a: 1}}",
         "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {a: 1}}"},
    });
}

TEST(OwnerLabels, AreSetBesideOthers) {
    model::Value object = yaml("metadata: {name: a, labels: {app: web, stages.metio.wtf/name: stolen}}");
    set_owner_labels(object, "payments", "t");
    EXPECT_EQ(model::to_json(object),
              R"({"metadata":{"labels":{"app":"web","stages.metio.wtf/name":"payments",)"
              R"("stages.metio.wtf/namespace":"t"},"name":"a"}})");
    model::Value bare = yaml("metadata: {name: a, labels: null}");
    set_owner_labels(bare, "payments", "t");
    EXPECT_EQ(model::label_of(bare, "stages.metio.wtf/namespace"), "t");
}

}  // namespace
}  // namespace render
