// SPDX-License-Identifier: 0BSD
// Name references: the fields of built-in kinds that hold the name of another object.
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "rules/transform/config_tables.hpp"

namespace transform {
namespace {

struct Referrer {
    std::string_view group;
    std::string_view version;
    std::string_view kind;
    std::string_view path;
};

struct PodSpec {
    std::string_view version;
    std::string_view kind;
    std::string_view path;
};

// The kinds whose pods may name ConfigMaps and Secrets.
constexpr std::array<PodSpec, 8> kDataPods = {{{"v1", "Pod", "spec/"},
                                               {"", "PodTemplate", "template/spec/"},
                                               {"", "Deployment", "spec/template/spec/"},
                                               {"", "ReplicaSet", "spec/template/spec/"},
                                               {"", "DaemonSet", "spec/template/spec/"},
                                               {"", "StatefulSet", "spec/template/spec/"},
                                               {"", "Job", "spec/template/spec/"},
                                               {"", "CronJob", "spec/jobTemplate/spec/template/spec/"}}};
// The kinds whose pods may name ServiceAccounts, PersistentVolumeClaims and PriorityClasses.
constexpr std::array<PodSpec, 7> kOtherPods = {{{"", "Pod", "spec/"},
                                                {"", "StatefulSet", "spec/template/spec/"},
                                                {"", "Deployment", "spec/template/spec/"},
                                                {"", "ReplicationController", "spec/template/spec/"},
                                                {"", "CronJob", "spec/jobTemplate/spec/template/spec/"},
                                                {"", "Job", "spec/template/spec/"},
                                                {"", "DaemonSet", "spec/template/spec/"}}};

constexpr std::array<std::string_view, 6> kConfigMapFields = {
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
};
constexpr std::array<std::string_view, 7> kSecretFields = {
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
};

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kAdmission = "admissionregistration.k8s.io";

constexpr std::array<Referrer, 1> kScaleTargets = {
    {{"", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name"}}};
constexpr std::array<Referrer, 4> kConfigMapReferrers = {
    {{"", "", "Node", "spec/configSource/configMap"},
     {"", "", "Role", "rules/resourceNames"},
     {"", "", "ClusterRole", "rules/resourceNames"},
     {"", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap)"}}};
constexpr std::array<Referrer, 13> kSecretReferrers = {
    {{"", "", "Ingress", "spec/tls/secretName"},
     {"", "", "Ingress", R"(metadata/annotations/ingress.kubernetes.io\/auth-secret)"},
     {"", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret)"},
     {"", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret)"},
     {"", "", "ServiceAccount", "imagePullSecrets/name"},
     {"", "", "StorageClass", "parameters/secretName"},
     {"", "", "StorageClass", "parameters/adminSecretName"},
     {"", "", "StorageClass", "parameters/userSecretName"},
     {"", "", "StorageClass", "parameters/secretRef"},
     {"", "", "Role", "rules/resourceNames"},
     {"", "", "ClusterRole", "rules/resourceNames"},
     {"serving.knative.dev", "v1", "Service",
      "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"},
     {"", "", "PersistentVolume", "spec/azureFile/secretName"}}};
constexpr std::array<Referrer, 8> kServiceReferrers = {
    {{"apps", "", "StatefulSet", "spec/serviceName"},
     {"", "", "Ingress", "spec/rules/http/paths/backend/serviceName"},
     {"", "", "Ingress", "spec/backend/serviceName"},
     {"", "", "Ingress", "spec/rules/http/paths/backend/service/name"},
     {"", "", "Ingress", "spec/defaultBackend/service/name"},
     {"apiregistration.k8s.io", "", "APIService", "spec/service/name"},
     {kAdmission, "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"},
     {kAdmission, "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"}}};
constexpr std::array<Referrer, 1> kRoleReferrers = {{{kRbac, "", "RoleBinding", "roleRef/name"}}};
constexpr std::array<Referrer, 2> kClusterRoleReferrers = {
    {{kRbac, "", "RoleBinding", "roleRef/name"}, {kRbac, "", "ClusterRoleBinding", "roleRef/name"}}};
constexpr std::array<Referrer, 2> kAccountReferrers = {
    {{kRbac, "", "RoleBinding", "subjects"}, {kRbac, "", "ClusterRoleBinding", "subjects"}}};
constexpr std::array<Referrer, 2> kVolumeReferrers = {
    {{"", "", "PersistentVolumeClaim", "spec/volumeName"}, {"", "", "ClusterRole", "rules/resourceNames"}}};
constexpr std::array<Referrer, 3> kStorageReferrers = {
    {{"", "", "PersistentVolume", "spec/storageClassName"},
     {"", "", "PersistentVolumeClaim", "spec/storageClassName"},
     {"", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"}}};
constexpr std::array<Referrer, 1> kPolicyReferrers = {
    {{kAdmission, "", "ValidatingAdmissionPolicyBinding", "spec/policyName"}}};

constexpr std::array<std::string_view, 1> kAccountFields = {"serviceAccountName"};
constexpr std::array<std::string_view, 1> kClaimFields = {"volumes/persistentVolumeClaim/claimName"};
constexpr std::array<std::string_view, 1> kPriorityFields = {"priorityClassName"};

struct Target {
    std::string_view group;
    std::string_view version;
    std::string_view kind;
    std::span<const PodSpec> pods;
    std::span<const std::string_view> pod_fields;
    std::span<const Referrer> referrers;
};
const Target kTargets[] = {
    {"", "", "Deployment", {}, {}, kScaleTargets},
    {"", "", "ReplicationController", {}, {}, kScaleTargets},
    {"", "", "ReplicaSet", {}, {}, kScaleTargets},
    {"", "", "StatefulSet", {}, {}, kScaleTargets},
    {"", "v1", "ConfigMap", kDataPods, kConfigMapFields, kConfigMapReferrers},
    {"", "v1", "Secret", kDataPods, kSecretFields, kSecretReferrers},
    {"", "v1", "Service", {}, {}, kServiceReferrers},
    {kRbac, "", "Role", {}, {}, kRoleReferrers},
    {kRbac, "", "ClusterRole", {}, {}, kClusterRoleReferrers},
    {"", "v1", "ServiceAccount", kOtherPods, kAccountFields, kAccountReferrers},
    {"", "v1", "PersistentVolumeClaim", kOtherPods, kClaimFields, {}},
    {"", "v1", "PersistentVolume", {}, {}, kVolumeReferrers},
    {"storage.k8s.io", "v1", "StorageClass", {}, {}, kStorageReferrers},
    {"scheduling.k8s.io", "v1", "PriorityClass", kOtherPods, kPriorityFields, {}},
    {kAdmission, "", "ValidatingAdmissionPolicy", {}, {}, kPolicyReferrers},
};

}  // namespace

std::vector<NameReference> built_in_references() {
    std::vector<NameReference> references;
    for (const Target& target : kTargets) {
        NameReference reference{
            {std::string(target.group), std::string(target.version), std::string(target.kind)}, {}};
        for (const PodSpec& pod : target.pods) {
            for (const std::string_view field : target.pod_fields) {
                reference.referrers.push_back({"", std::string(pod.version), std::string(pod.kind),
                                               std::string(pod.path) + std::string(field), false});
            }
        }
        for (const Referrer& referrer : target.referrers) {
            reference.referrers.push_back({std::string(referrer.group), std::string(referrer.version),
                                           std::string(referrer.kind), std::string(referrer.path), false});
        }
        references.push_back(std::move(reference));
    }
    return references;
}

}  // namespace transform
