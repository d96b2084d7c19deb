// SPDX-License-Identifier: 0BSD
#include "engine/apply/owned_objects.hpp"

#include <algorithm>
#include <utility>

#include "engine/apply/ownership.hpp"
#include "model/well_known.hpp"

namespace apply {

namespace {

bool is_child(const model::Value& object) {
    const model::Array* owners = model::find_array(object, {"metadata", "ownerReferences"});
    return owners != nullptr && std::ranges::any_of(*owners, [](const model::Value& owner) {
               return model::find_bool(owner, {"controller"}).value_or(false);
           });
}

// Labels alone can be copied by anybody.
bool was_applied_by_us(const model::Value& object) {
    const model::Array* managers = model::find_array(object, {"metadata", "managedFields"});
    return managers != nullptr && std::ranges::any_of(*managers, [](const model::Value& entry) {
               return model::find_string(entry, {"manager"}) == model::kFieldManager &&
                      model::find_string(entry, {"operation"}) == "Apply";
           });
}

base::Task<void> list_into(kube::Client& client, kube::ListRequest request, OwnedObjects& found) {
    request.take_page = [&found, gvk = request.gvk](std::vector<model::Value> items, const std::string&) {
        for (const model::Value& object : items) {
            if (!is_child(object) && was_applied_by_us(object)) {
                model::ObjectId id{gvk.group, gvk.kind, std::string(model::namespace_of(object)),
                                   std::string(model::name_of(object))};
                found.objects.push_back(
                    {{std::move(id), gvk.version},
                     std::string(model::label_of(object, model::kApplySetLabel).value_or(""))});
            }
        }
    };
    auto listed = co_await client.list(request);
    if (!listed && listed.error().code == base::ErrorCode::kGone) {
        // Pages expired on the way. What was kept twice is one entry in the end.
        listed = co_await client.list(std::move(request));
    }
    if (!listed) {
        co_return listed.error();
    }
    co_return base::Result<void>{};
}

base::Task<void> list_kind(kube::Client& client, kube::ListRequest request, bool namespaced,
                           std::set<std::string> namespaces, OwnedObjects& found) {
    auto listed = co_await list_into(client, request, found);
    if (listed || listed.error().code != base::ErrorCode::kForbidden || !namespaced) {
        co_return listed;
    }
    for (const std::string& ns : namespaces) {
        request.ns = ns;
        if (auto in_one = co_await list_into(client, request, found); !in_one) {
            co_return in_one;
        }
    }
    co_return base::Result<void>{};
}

}  // namespace

const std::set<GroupKind>& common_kinds() {
    static const std::set<GroupKind> kinds = {
        {"", "ConfigMap"},
        {"", "LimitRange"},
        {"", "Namespace"},
        {"", "PersistentVolumeClaim"},
        {"", "ResourceQuota"},
        {"", "Secret"},
        {"", "Service"},
        {"", "ServiceAccount"},
        {"admissionregistration.k8s.io", "MutatingWebhookConfiguration"},
        {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy"},
        {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"},
        {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration"},
        {"apiextensions.k8s.io", "CustomResourceDefinition"},
        {"apiregistration.k8s.io", "APIService"},
        {"apps", "DaemonSet"},
        {"apps", "Deployment"},
        {"apps", "StatefulSet"},
        {"autoscaling", "HorizontalPodAutoscaler"},
        {"batch", "CronJob"},
        {"batch", "Job"},
        {"networking.k8s.io", "Ingress"},
        {"networking.k8s.io", "IngressClass"},
        {"networking.k8s.io", "NetworkPolicy"},
        {"policy", "PodDisruptionBudget"},
        {"rbac.authorization.k8s.io", "ClusterRole"},
        {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
        {"rbac.authorization.k8s.io", "Role"},
        {"rbac.authorization.k8s.io", "RoleBinding"},
        {"scheduling.k8s.io", "PriorityClass"},
        {"storage.k8s.io", "StorageClass"},
    };
    return kinds;
}

base::Task<OwnedObjects> find_owned(kube::Client& client, Owner owner, std::set<GroupKind> kinds,
                                    std::set<std::string> namespaces) {
    OwnedObjects found;
    for (const GroupKind& kind : kinds) {
        auto resource = co_await client.preferred_resource(kind.group, kind.kind);
        if (!resource && resource.error().code == base::ErrorCode::kUnsupported) {
            continue;
        }
        if (!resource) {
            co_return resource.error();
        }
        kube::ListRequest request{resource->gvk};
        request.label_selector = owner_selector(owner);
        request.metadata_only = true;
        auto listed = co_await list_kind(client, std::move(request), resource->namespaced, namespaces, found);
        if (!listed && listed.error().code == base::ErrorCode::kForbidden) {
            found.unread.push_back(fmt::format("{}: {}", kind.kind, listed.error().text()));
        } else if (!listed && listed.error().code != base::ErrorCode::kUnsupported) {
            co_return listed.error();
        }
    }
    co_return found;
}

}  // namespace apply
