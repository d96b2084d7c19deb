// SPDX-License-Identifier: 0BSD
#include "io/kube/testing/fake_api.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kube::testing {

namespace {

struct BuiltIn {
    const char* group;
    const char* version;
    const char* kind;
    const char* plural;
    bool namespaced;
};

constexpr BuiltIn kBuiltIns[] = {
    {"", "v1", "Namespace", "namespaces", false},
    {"", "v1", "Node", "nodes", false},
    {"", "v1", "ConfigMap", "configmaps", true},
    {"", "v1", "Secret", "secrets", true},
    {"", "v1", "Service", "services", true},
    {"", "v1", "ServiceAccount", "serviceaccounts", true},
    {"", "v1", "Pod", "pods", true},
    {"", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true},
    {"apps", "v1", "Deployment", "deployments", true},
    {"apps", "v1", "StatefulSet", "statefulsets", true},
    {"apps", "v1", "DaemonSet", "daemonsets", true},
    {"apps", "v1", "ReplicaSet", "replicasets", true},
    {"batch", "v1", "Job", "jobs", true},
    {"batch", "v1", "CronJob", "cronjobs", true},
    {"networking.k8s.io", "v1", "Ingress", "ingresses", true},
    {"rbac.authorization.k8s.io", "v1", "Role", "roles", true},
    {"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true},
    {"rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false},
    {"rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false},
    {"apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false},
    {"apiregistration.k8s.io", "v1", "APIService", "apiservices", false},
    {"admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration",
     "validatingwebhookconfigurations", false},
    {"events.k8s.io", "v1", "Event", "events", true},
    {"coordination.k8s.io", "v1", "Lease", "leases", true},
    {"stages.metio.wtf", "v1", "StageSet", "stagesets", true},
    {"stages.metio.wtf", "v1", "StageInventory", "stageinventories", true},
    {"source.toolkit.fluxcd.io", "v1", "ExternalArtifact", "externalartifacts", true},
    {"source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories", true},
    {"source.toolkit.fluxcd.io", "v1", "OCIRepository", "ocirepositories", true},
    {"source.toolkit.fluxcd.io", "v1", "Bucket", "buckets", true},
};

// The field selectors that the server knows for every kind.
base::Result<bool> fields_match(const Value& object, std::string_view selector) {
    while (!selector.empty()) {
        const auto comma = std::min(selector.find(','), selector.size());
        const auto part = selector.substr(0, comma);
        selector.remove_prefix(std::min(comma + 1, selector.size()));
        const auto equals = part.find('=');
        const auto key = part.substr(0, equals);
        if (equals == std::string_view::npos || (key != "metadata.name" && key != "metadata.namespace")) {
            return server_error(base::ErrorCode::kInvalid, 400, "BadRequest",
                                "field label not supported: " + std::string(key));
        }
        const auto value = key == "metadata.name" ? model::name_of(object) : model::namespace_of(object);
        if (value != part.substr(equals + 1)) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string Request::text() const {
    std::string text = verb + " " + gvk.kind;
    if (!ns.empty() || !name.empty()) {
        text += " " + ns + (ns.empty() || name.empty() ? "" : "/") + name;
    }
    if (!subresource.empty()) {
        text += " " + subresource;
    }
    return dry_run ? text + " dry-run" : text;
}

RequestMatch on(std::string verb, std::string kind, std::string name) {
    return [verb = std::move(verb), kind = std::move(kind), name = std::move(name)](const Request& request) {
        return (verb.empty() || verb == request.verb) && (kind.empty() || kind == request.gvk.kind) &&
               (name.empty() || name == request.name);
    };
}

base::Error server_error(base::ErrorCode code, int http_status, std::string reason, std::string message,
                         std::vector<StatusCause> causes) {
    StatusDetail detail;
    detail.http_status = http_status;
    detail.reason = std::move(reason);
    detail.message = message;
    detail.causes = std::move(causes);
    return {code, std::move(message), nullptr, std::make_shared<const StatusDetail>(std::move(detail))};
}

FakeApi::FakeApi(base::Executor executor, base::Clock& clock)
    : executor_(std::move(executor)), clock_(clock) {
    for (const auto& kind : kBuiltIns) {
        serve({kind.group, kind.version, kind.kind}, kind.plural, kind.namespaced);
    }
}

FakeApi::~FakeApi() = default;

void FakeApi::serve(GroupVersionKind gvk, std::string plural, bool namespaced) {
    if (find_resource(gvk) == nullptr) {
        resources_.push_back({std::move(gvk), std::move(plural), namespaced});
    }
}

void FakeApi::unserve(std::string_view group, std::string_view kind) {
    std::erase_if(resources_, [&](const Resource& resource) {
        return resource.gvk.group == group && resource.gvk.kind == kind;
    });
}

const Resource* FakeApi::find_resource(const GroupVersionKind& gvk) const {
    const auto found = std::ranges::find(resources_, gvk, &Resource::gvk);
    return found == resources_.end() ? nullptr : &*found;
}

std::vector<std::string> FakeApi::log() const {
    std::vector<std::string> lines;
    for (const auto& request : requests_) {
        lines.push_back(request.text());
    }
    return lines;
}

std::size_t FakeApi::requests_matching(const RequestMatch& match) const {
    return static_cast<std::size_t>(std::ranges::count_if(requests_, match));
}

void FakeApi::fail_next(RequestMatch match, base::Error error, std::size_t times) {
    faults_.push_back({std::move(match), std::move(error), times, false});
}

void FakeApi::fail_always(RequestMatch match, base::Error error) {
    fail_next(std::move(match), std::move(error), std::numeric_limits<std::size_t>::max());
}

void FakeApi::lose_answer(RequestMatch match, base::Error error) {
    faults_.push_back({std::move(match), std::move(error), 1, true});
}

std::optional<base::Error> FakeApi::take_fault(const Request& request, bool after_effect) {
    for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
        if (fault->after_effect != after_effect || !fault->match(request)) {
            continue;
        }
        base::Error error = fault->error;
        if (--fault->times == 0) {
            faults_.erase(fault);
        }
        return error;
    }
    return std::nullopt;
}

base::Task<Resource> FakeApi::admit(Request request) {
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    requests_.push_back(request);
    if (hook_) {
        hook_(request);
    }
    co_await base::asio::post(base::asio::use_awaitable);
    if (behaviour.latency > base::Duration::zero()) {
        if (const auto slept = co_await clock_.sleep_for(behaviour.latency); !slept) {
            co_return slept.error();
        }
    }
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    if (auto fault = take_fault(request, false)) {
        co_return *std::move(fault);
    }
    const Resource* resource = find_resource(request.gvk);
    if (resource == nullptr) {
        co_return base::Error{base::ErrorCode::kUnsupported,
                              request.text() + ": the server does not serve " + request.gvk.text()};
    }
    co_return *resource;
}

base::Task<Resource> FakeApi::resource_for(GroupVersionKind gvk) {
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    if (const Resource* resource = find_resource(gvk)) {
        co_return *resource;
    }
    co_return base::Error{base::ErrorCode::kUnsupported, "the server does not serve " + gvk.text()};
}

base::Task<Resource> FakeApi::preferred_resource(std::string group, std::string kind) {
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    for (const auto& resource : resources_) {
        if (resource.gvk.group == group && resource.gvk.kind == kind) {
            co_return resource;
        }
    }
    co_return base::Error{base::ErrorCode::kUnsupported,
                          "the server does not serve kind " + kind + " of group \"" + group + "\""};
}

base::Task<Value> FakeApi::get(ObjectRef ref, GetOptions options) {
    Request request{.verb = "get", .gvk = ref.gvk, .ns = ref.ns, .name = ref.name};
    request.subresource = options.subresource;
    request.metadata_only = options.metadata_only;
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    const auto key = key_of(request, *resource);
    if (!key) {
        co_return key.error();
    }
    const Stored* stored = find(*key);
    if (stored == nullptr) {
        co_return base::wrap(request.text(),
                             server_error(base::ErrorCode::kNotFound, 404, "NotFound",
                                          resource->plural + " \"" + ref.name + "\" not found"));
    }
    Value object = shown(*stored, ref.gvk);
    co_return options.metadata_only ? metadata_only(object) : std::move(object);
}

base::Task<List> FakeApi::list(ListRequest wanted) {
    Request request{.verb = "list", .gvk = wanted.gvk, .ns = wanted.ns};
    request.label_selector = wanted.label_selector;
    request.metadata_only = wanted.metadata_only;
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    const auto selector = LabelSelector::parse(wanted.label_selector);
    if (!selector) {
        co_return base::wrap(request.text(), selector.error());
    }
    List list{{}, resource_version()};
    for (const auto& [key, stored] : objects_) {
        if (key.group != wanted.gvk.group || key.kind != wanted.gvk.kind ||
            (!wanted.ns.empty() && key.ns != wanted.ns) || !selector->matches(stored.object)) {
            continue;
        }
        const auto matches = fields_match(stored.object, wanted.field_selector);
        if (!matches) {
            co_return base::wrap(request.text(), matches.error());
        }
        if (wanted.pages_max != 0 && list.items.size() == wanted.page_size * wanted.pages_max) {
            break;
        }
        if (*matches) {
            Value object = shown(stored, wanted.gvk);
            list.items.push_back(wanted.metadata_only ? metadata_only(object) : std::move(object));
        }
    }
    if (wanted.take_page) {
        wanted.take_page(std::exchange(list.items, {}), list.resource_version);
    }
    co_return list;
}

base::Task<std::unique_ptr<Watch>> FakeApi::watch(WatchRequest wanted) {
    Request request{.verb = "watch", .gvk = wanted.gvk, .ns = wanted.ns};
    request.label_selector = wanted.label_selector;
    request.metadata_only = wanted.metadata_only;
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    auto selector = LabelSelector::parse(wanted.label_selector);
    if (!selector) {
        co_return base::wrap(request.text(), selector.error());
    }
    const bool from_start = wanted.resource_version.empty() || wanted.resource_version == "0";
    const std::int64_t since = from_start ? version_ : std::stoll(wanted.resource_version);
    if (since < compacted_) {
        co_return base::wrap(request.text(),
                             server_error(base::ErrorCode::kGone, 410, "Expired",
                                          "too old resource version: " + wanted.resource_version));
    }
    auto channel = std::make_shared<WatchChannel>(executor_, std::move(wanted), *std::move(selector));
    if (from_start) {
        for (const auto& [key, stored] : objects_) {
            channel->offer({std::stoll(std::string(model::resource_version_of(stored.object))), Value(),
                            shown(stored, model::gvk_of(stored.object))});
        }
    }
    for (const auto& entry : history_) {
        if (entry.version > since) {
            channel->offer(entry);
        }
    }
    watches_.push_back(channel);
    co_return std::make_unique<FakeWatch>(std::move(channel));
}

std::size_t FakeApi::open_watches() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(watches_, [](const auto& watch) { return !watch.expired(); }));
}

void FakeApi::end_watches(std::optional<base::Error> error) {
    for (const auto& watch : std::exchange(watches_, {})) {
        if (const auto channel = watch.lock()) {
            channel->end(error);
        }
    }
}

void FakeApi::compact() {
    history_.clear();
    compacted_ = version_;
}

void FakeApi::send_bookmarks() {
    for (const auto& watch : watches_) {
        if (const auto channel = watch.lock()) {
            channel->bookmark(resource_version());
        }
    }
}

void FakeApi::record(Value before, Value after) {
    history_.push_back({version_, std::move(before), std::move(after)});
    std::erase_if(watches_, [](const auto& watch) { return watch.expired(); });
    for (const auto& watch : watches_) {
        if (const auto channel = watch.lock()) {
            channel->offer(history_.back());
        }
    }
}

}  // namespace kube::testing
