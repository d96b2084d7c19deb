// SPDX-License-Identifier: 0BSD
// Port of the Kubernetes API of one cluster as one identity.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "io/kube/errors.hpp"
#include "model/value.hpp"

namespace kube {

using model::GroupVersionKind;
using model::Value;

// How the server serves a kind.
struct Resource {
    GroupVersionKind gvk;
    std::string plural;  // "deployments"
    bool namespaced = false;
};

struct ObjectRef {
    GroupVersionKind gvk;
    std::string ns = {};  // empty for cluster-scoped kinds
    std::string name = {};
};
ObjectRef ref_of(const Value& object);

// Who a service account is to the API server: "system:serviceaccount:t:deployer"; empty for no account.
std::string service_account_user(std::string_view ns, std::string_view account);

struct GetOptions {
    std::string subresource = {};
    bool metadata_only = false;  // answers a PartialObjectMetadata
};
GetOptions metadata_only();

// Takes a page's items, each with apiVersion and kind set; `resource_version` is the list's.
using TakePage = std::function<void(std::vector<Value> items, const std::string& resource_version)>;

struct ListRequest {
    GroupVersionKind gvk;
    std::string ns = {};  // empty: all namespaces, or a cluster-scoped kind
    std::string label_selector = {};
    std::string field_selector = {};
    bool metadata_only = false;
    std::size_t page_size = 500;
    // Where set, each page is handed over as it arrives and the answer has no items: a long list is never held as a whole. Then
    // a page position that expires on the way is kGone; otherwise the list begins anew, once.
    TakePage take_page = nullptr;
    std::size_t pages_max = 0;  // what is beyond them is left out; 0: all pages are read
};

struct List {
    std::vector<Value> items = {};  // each with apiVersion and kind set
    std::string resource_version = {};
};

struct WriteOptions {
    std::string field_manager = "stageset-controller";
    bool dry_run = false;
    std::string subresource = {};
    // Of all attempts together, after which the last one's failure is told; nullopt: of each attempt alone.
    std::optional<std::chrono::seconds> limit = {};
};

enum class PatchType { kApply, kMerge, kStrategic, kJson };

struct PatchRequest {
    ObjectRef ref;
    PatchType type = PatchType::kApply;
    Value body = {};
    bool force = false;  // kApply: take fields over from other managers
    WriteOptions options = {};
};

struct Patched {
    Value object = {};
    bool created = false;  // kApply: the object did not exist before (also told on dry run)
};

struct DeleteRequest {
    ObjectRef ref;
    std::string propagation = "Background";
    std::string uid = {};               // precondition, when not empty
    std::string resource_version = {};  // precondition, when not empty
    bool dry_run = false;
};

struct WatchRequest {
    GroupVersionKind gvk;
    std::string ns = {};
    std::string label_selector = {};
    std::string field_selector = {};
    bool metadata_only = false;
    std::string resource_version = {};
};

struct WatchEvent {
    enum class Type { kAdded, kModified, kDeleted, kBookmark };
    Type type = Type::kAdded;
    Value object = {};
};

class Watch {
public:
    virtual ~Watch() = default;
    // The next event; nullopt when the server ended the watch in good order. Errors: kGone (relist), kUnavailable,
    // kUnauthorized, kForbidden, kCancelled.
    virtual base::Task<std::optional<WatchEvent>> next() = 0;
};

// Errors of every call: kNotFound, kAlreadyExists, kConflict, kInvalid (400, 422), kForbidden, kUnauthorized, kGone,
// kUnavailable (also 429 and 5xx that outlived the retries), kDeadlineExceeded, kUnsupported (the kind is not served; the
// message names it), kCancelled; with status_of() where the server answered. Messages name verb, kind and object.
class Client {
public:
    virtual ~Client() = default;

    // How `gvk` is served; refreshed from the server when unknown. Errors: kUnsupported.
    virtual base::Task<Resource> resource_for(GroupVersionKind gvk) = 0;
    // The same for the server's preferred version of a kind.
    virtual base::Task<Resource> preferred_resource(std::string group, std::string kind) = 0;
    // Forgets what is known of the served kinds, so that the next question asks the server (after a CRD was applied).
    virtual void invalidate_discovery() = 0;

    virtual base::Task<Value> get(ObjectRef ref, GetOptions options) = 0;
    base::Task<Value> get(ObjectRef ref) { return get(std::move(ref), GetOptions{}); }
    virtual base::Task<List> list(ListRequest request) = 0;
    // The new object as the server stored it (or would, on dry run). `object` carries apiVersion, kind, name, namespace.
    virtual base::Task<Value> create(Value object, WriteOptions options) = 0;
    // Replaces; `object` carries resourceVersion when a conflict shall be noticed.
    virtual base::Task<Value> update(Value object, WriteOptions options) = 0;
    virtual base::Task<Patched> patch(PatchRequest request) = 0;
    // Ok also while the object still terminates. Errors: kNotFound, kConflict (precondition failed), ….
    virtual base::Task<void> remove(DeleteRequest request) = 0;
    virtual base::Task<std::unique_ptr<Watch>> watch(WatchRequest request) = 0;
};

}  // namespace kube
