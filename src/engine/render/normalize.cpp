// SPDX-License-Identifier: 0BSD
#include "engine/render/normalize.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/base64.hpp"
#include "model/well_known.hpp"

namespace render {

namespace {

using model::Value;

// The groups that Kubernetes itself serves.
constexpr std::array<std::string_view, 21> kBuiltInGroups = {
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
};

// Where the pod template of a built-in kind is; empty for kinds without one.
struct TemplatePath {
    std::string_view group;
    std::string_view kind;
    std::string_view pod_spec;
};
constexpr std::array kTemplates = {
    TemplatePath{"", "Pod", "spec"},
    TemplatePath{"", "PodTemplate", "template.spec"},
    TemplatePath{"", "ReplicationController", "spec.template.spec"},
    TemplatePath{"apps", "DaemonSet", "spec.template.spec"},
    TemplatePath{"apps", "Deployment", "spec.template.spec"},
    TemplatePath{"apps", "ReplicaSet", "spec.template.spec"},
    TemplatePath{"apps", "StatefulSet", "spec.template.spec"},
    TemplatePath{"batch", "CronJob", "spec.jobTemplate.spec.template.spec"},
    TemplatePath{"batch", "Job", "spec.template.spec"},
};

// The value at a path of keys joined by dots, for writing, or nullptr.
Value* find_mutable(Value& root, std::string_view path) {
    Value* value = &root;
    while (value != nullptr && !path.empty()) {
        const std::size_t end = std::min(path.find('.'), path.size());
        model::Object* object = value->if_object();
        value = object == nullptr ? nullptr : object->if_contains(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return value;
}

void default_protocols(Value* ports) {
    model::Array* list = ports == nullptr ? nullptr : ports->if_array();
    if (list == nullptr) {
        return;
    }
    for (Value& port : *list) {
        if (model::Object* object = port.if_object();
            object != nullptr && model::find_string(port, {"protocol"}).empty()) {
            (*object)["protocol"] = "TCP";
        }
    }
}

void default_container_ports(Value& pod_spec) {
    for (const std::string_view field : {"containers", "initContainers", "ephemeralContainers"}) {
        Value* containers = find_mutable(pod_spec, field);
        if (containers == nullptr || !containers->is_array()) {
            continue;
        }
        for (Value& container : containers->get_array()) {
            default_protocols(find_mutable(container, "ports"));
        }
    }
}

void merge_string_data(Value& secret) {
    Value* string_data = find_mutable(secret, "stringData");
    if (string_data == nullptr || !string_data->is_object()) {
        return;
    }
    const auto is_text = [](const auto& field) { return field.value().is_string(); };
    Value* data = find_mutable(secret, "data");
    const bool data_fits = data == nullptr || data->is_null() || data->is_object();
    if (!data_fits || !std::ranges::all_of(string_data->get_object(), is_text)) {
        return;
    }
    const model::Object texts = string_data->get_object();
    secret.get_object().erase("stringData");
    if (texts.empty()) {
        return;
    }
    model::Object& target = model::ensure_object(secret, {"data"});
    for (const auto& field : texts) {
        target[field.key()] = base::encode_base64(std::string_view(field.value().get_string()));
    }
}

}  // namespace

void normalize(Value& object) {
    const model::GroupVersionKind gvk = model::gvk_of(object);
    if (Value* metadata = find_mutable(object, "metadata"); metadata != nullptr && metadata->is_object()) {
        metadata->get_object().erase("creationTimestamp");
    }
    const bool is_built_in = std::ranges::binary_search(kBuiltInGroups, std::string_view(gvk.group));
    if (is_built_in && gvk.kind != "CustomResourceDefinition") {
        object.get_object().erase("status");
    }
    for (const TemplatePath& path : kTemplates) {
        if (path.group != gvk.group || path.kind != gvk.kind) {
            continue;
        }
        if (Value* pod_spec = find_mutable(object, path.pod_spec)) {
            default_container_ports(*pod_spec);
        }
    }
    if (gvk.group.empty() && gvk.kind == "Service") {
        default_protocols(find_mutable(object, "spec.ports"));
    }
    if (gvk.group.empty() && gvk.kind == "Secret") {
        merge_string_data(object);
    }
}

void set_owner_labels(Value& object, std::string_view stageset_name, std::string_view stageset_namespace) {
    model::Object& labels = model::ensure_object(object, {"metadata", "labels"});
    labels[model::kOwnerNameLabel] = stageset_name;
    labels[model::kOwnerNamespaceLabel] = stageset_namespace;
}

void set_member_label(Value& object, std::string_view applyset_id) {
    model::ensure_object(object, {"metadata", "labels"})[model::kApplySetLabel] = applyset_id;
}

}  // namespace render
