// SPDX-License-Identifier: 0BSD
// Labels, annotations, namespaces, images, replicas and vars: the fields that kustomize knows.
#include <string>
#include <string_view>

#include "rules/transform/config_tables.hpp"

namespace transform {
namespace {

constexpr bool kCreate = true;
constexpr bool kOnlyExisting = false;

struct Row {
    std::string_view group;
    std::string_view version;
    std::string_view kind;
    std::string_view path;
    bool create;
};

// Where pod templates stand, with what their labels and annotations are made from.
struct Template {
    std::string_view label_group;  // labels of StatefulSets ask for the group, annotations do not
    std::string_view annotation_group;
    std::string_view version;
    std::string_view kind;
    std::string_view metadata;
};
constexpr Template kTemplates[] = {
    {"", "", "v1", "ReplicationController", "spec/template/metadata/"},
    {"", "", "", "Deployment", "spec/template/metadata/"},
    {"", "", "", "ReplicaSet", "spec/template/metadata/"},
    {"", "", "", "DaemonSet", "spec/template/metadata/"},
    {"apps", "", "", "StatefulSet", "spec/template/metadata/"},
    {"batch", "batch", "", "Job", "spec/template/metadata/"},
    {"batch", "batch", "", "CronJob", "spec/jobTemplate/metadata/"},
    {"batch", "batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/"},
};

constexpr Row kSelectors[] = {
    {"", "v1", "Service", "spec/selector", kCreate},
    {"", "v1", "ReplicationController", "spec/selector", kCreate},
    {"", "", "Deployment", "spec/selector/matchLabels", kCreate},
    {"", "", "ReplicaSet", "spec/selector/matchLabels", kCreate},
    {"", "", "DaemonSet", "spec/selector/matchLabels", kCreate},
    {"apps", "", "StatefulSet", "spec/selector/matchLabels", kCreate},
    {"batch", "", "Job", "spec/selector/matchLabels", kOnlyExisting},
    {"batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", kOnlyExisting},
    {"policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", kOnlyExisting},
    {"networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", kOnlyExisting},
    {"networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", kOnlyExisting},
    {"networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", kOnlyExisting},
};

// Below the pod spec of Deployments and StatefulSets of the group apps.
constexpr std::string_view kPlacements[] = {
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/"
    "matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/"
    "matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
};

constexpr Row kNamespaces[] = {
    {"", "", "", "metadata/namespace", kCreate},
    {"", "", "Namespace", "metadata/name", kCreate},
    {"", "", "RoleBinding", "subjects/namespace", kOnlyExisting},
    {"", "", "ClusterRoleBinding", "subjects/namespace", kOnlyExisting},
    {"apiregistration.k8s.io", "", "APIService", "spec/service/namespace", kCreate},
    {"apiextensions.k8s.io", "", "CustomResourceDefinition",
     "spec/conversion/webhook/clientConfig/service/namespace", kOnlyExisting},
};

constexpr Row kImages[] = {
    {"", "", "", "spec/containers[]/image", kCreate},
    {"", "", "", "spec/initContainers[]/image", kCreate},
    {"", "", "", "spec/volumes[]/image/reference", kCreate},
    {"", "", "", "spec/template/spec/containers[]/image", kCreate},
    {"", "", "", "spec/template/spec/initContainers[]/image", kCreate},
    {"", "", "", "spec/template/spec/volumes[]/image/reference", kCreate},
};

constexpr Row kReplicas[] = {
    {"", "", "Deployment", "spec/replicas", kCreate},
    {"", "", "ReplicationController", "spec/replicas", kCreate},
    {"", "", "ReplicaSet", "spec/replicas", kCreate},
    {"", "", "StatefulSet", "spec/replicas", kCreate},
};

struct PodSpec {
    std::string_view kind;
    std::string_view path;
    bool with_nfs;
};
constexpr PodSpec kPodSpecs[] = {
    {"CronJob", "spec/jobTemplate/spec/template/spec/", false},
    {"DaemonSet", "spec/template/spec/", true},
    {"Deployment", "spec/template/spec/", true},
    {"Job", "spec/template/spec/", true},
    {"Pod", "spec/", true},
    {"ReplicaSet", "spec/template/spec/", true},
    {"StatefulSet", "spec/template/spec/", false},
};
constexpr std::string_view kPodVariables[] = {
    "containers/args",          "containers/command",
    "containers/env/value",     "containers/volumeMounts/mountPath",
    "initContainers/args",      "initContainers/command",
    "initContainers/env/value", "initContainers/volumeMounts/mountPath",
};
constexpr Row kVariables[] = {
    {"", "", "Deployment", "spec/template/metadata/annotations", kOnlyExisting},
    {"", "", "Ingress", "spec/rules/host", kOnlyExisting},
    {"", "", "Ingress", "spec/tls/hosts", kOnlyExisting},
    {"", "", "Ingress", "spec/tls/secretName", kOnlyExisting},
    {"", "", "Service", "spec/ports/port", kOnlyExisting},
    {"", "", "Service", "spec/ports/targetPort", kOnlyExisting},
    {"", "", "PersistentVolume", "spec/nfs/server", kOnlyExisting},
    {"", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server", kOnlyExisting},
    {"", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server", kOnlyExisting},
    {"", "", "", "metadata/labels", kOnlyExisting},
    {"", "", "", "metadata/annotations", kOnlyExisting},
};

FieldSpec spec_of(const Row& row) {
    return {std::string(row.group), std::string(row.version), std::string(row.kind), std::string(row.path),
            row.create};
}

template <std::size_t kSize>
FieldSpecs specs_of(const Row (&rows)[kSize]) {
    FieldSpecs specs;
    for (const Row& row : rows) {
        specs.push_back(spec_of(row));
    }
    return specs;
}

std::string below(std::string_view path, std::string_view field) {
    return std::string(path) + std::string(field);
}

FieldSpecs template_labels() {
    FieldSpecs specs;
    for (const Template& at : kTemplates) {
        specs.push_back(
            spec_of({at.label_group, at.version, at.kind, below(at.metadata, "labels"), kCreate}));
    }
    specs.push_back(
        spec_of({"apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", kCreate}));
    return specs;
}

FieldSpecs common_labels() {
    FieldSpecs specs = specs_of(kSelectors);
    specs.push_back(spec_of({"", "", "", "metadata/labels", kCreate}));
    for (const std::string_view kind : {"Deployment", "StatefulSet"}) {
        for (const std::string_view field : kPlacements) {
            const std::string path = below("spec/template/spec/", field);
            specs.push_back(spec_of({"apps", "", kind, path, kOnlyExisting}));
        }
    }
    for (FieldSpec& spec : template_labels()) {
        specs.push_back(std::move(spec));
    }
    return specs;
}

FieldSpecs common_annotations() {
    FieldSpecs specs = {spec_of({"", "", "", "metadata/annotations", kCreate})};
    for (const Template& at : kTemplates) {
        specs.push_back(
            spec_of({at.annotation_group, at.version, at.kind, below(at.metadata, "annotations"), kCreate}));
    }
    return specs;
}

FieldSpecs var_reference() {
    FieldSpecs specs = specs_of(kVariables);
    for (const PodSpec& pod : kPodSpecs) {
        for (const std::string_view field : kPodVariables) {
            specs.push_back(spec_of({"", "", pod.kind, below(pod.path, field), kOnlyExisting}));
        }
        if (pod.with_nfs) {
            specs.push_back(
                spec_of({"", "", pod.kind, below(pod.path, "volumes/nfs/server"), kOnlyExisting}));
        }
    }
    return specs;
}

}  // namespace

TransformerConfig built_in_fields() {
    TransformerConfig config;
    config.name_prefix = {spec_of({"", "", "", "metadata/name", kOnlyExisting})};
    config.name_suffix = config.name_prefix;
    config.name_space = specs_of(kNamespaces);
    config.common_labels = common_labels();
    config.template_labels = template_labels();
    config.common_annotations = common_annotations();
    config.var_reference = var_reference();
    config.images = specs_of(kImages);
    config.replicas = specs_of(kReplicas);
    return config;
}

}  // namespace transform
