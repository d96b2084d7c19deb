// SPDX-License-Identifier: 0BSD
// FakeApi: an API server in memory behind the port, for unit tests of what stands above it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "io/kube/client.hpp"
#include "io/kube/testing/fake_fields.hpp"
#include "io/kube/testing/fake_watch.hpp"

namespace kube::testing {

// One request as the server saw it.
struct Request {
    std::string verb{};  // get, list, watch, create, update, apply, patch, delete
    GroupVersionKind gvk{};
    std::string ns{};
    std::string name{};
    std::string subresource{};
    bool dry_run = false;
    bool force = false;
    bool metadata_only = false;
    std::string field_manager{};
    std::string propagation{};
    std::string label_selector{};

    // "apply ConfigMap t/a", "apply ConfigMap t/a dry-run", "update StageSet t/s status", "list ConfigMap t", "get Node n".
    std::string text() const;
};
using RequestMatch = std::function<bool(const Request&)>;

// Matches by verb, kind and name; an empty text matches all.
RequestMatch on(std::string verb, std::string kind = "", std::string name = "");

// An error with the metav1.Status that a server sends with it; `reason` such as "Invalid".
base::Error server_error(base::ErrorCode code, int http_status, std::string reason, std::string message,
                         std::vector<StatusCause> causes = {});

// What a real server does that some tests want otherwise.
struct Behaviour {
    // Writes into a namespace that does not exist are refused with kNotFound.
    bool namespaces_must_exist = false;
    // A CustomResourceDefinition is served at once, with its Established condition; else after establish().
    bool establish_crds = true;
    // Each request takes this long on the clock; at zero it still gives way to other tasks once.
    base::Duration latency{0};
};

// Not simulated: garbage collection of dependents, conversion between versions, merging lists by key, strategic
// patches (kUnsupported), defaulting and validation by schema (see `admission`).
class FakeApi final : public Client {
public:
    FakeApi(base::Executor executor, base::Clock& clock);
    ~FakeApi() override;

    Behaviour behaviour;
    // Sees each object before it is stored, also on dry run; may change it (defaults) or refuse it (immutable fields).
    // `before` is nullptr for a new object.
    std::function<base::Result<void>(const Value* before, Value& after)> admission;

    // Kinds. The common built-in ones are served from the start; the first served version of a kind is preferred.
    void serve(GroupVersionKind gvk, std::string plural, bool namespaced);
    void unserve(std::string_view group, std::string_view kind);
    void establish(std::string_view crd_name);

    // Acts of somebody else, past faults and the log; watches see them.
    // Stores the object, status included, new or replaced.
    Value put(Value object);
    void set_status(ObjectRef ref, Value status);
    void edit(ObjectRef ref, const std::function<void(Value& object)>& change);
    // Removes at once, whatever the finalizers say.
    void erase(ObjectRef ref);
    // The stored object without managedFields, or nullptr. Valid until the next write.
    const Value* object(std::string_view kind, std::string_view ns, std::string_view name) const;
    std::vector<Value> objects(std::string_view kind) const;
    std::size_t count(std::string_view kind) const;

    // Requests so far, in the order of their arrival; discovery is not logged.
    const std::vector<Request>& requests() const { return requests_; }
    std::vector<std::string> log() const;
    std::size_t requests_matching(const RequestMatch& match) const;
    void clear_log() { requests_.clear(); }

    // Faults. The next `times` matching requests fail with `error` and have no effect.
    void fail_next(RequestMatch match, base::Error error, std::size_t times = 1);
    void fail_always(RequestMatch match, base::Error error);
    // The next matching write takes effect, but its answer is lost: the caller sees `error`.
    void lose_answer(RequestMatch match, base::Error error);
    void clear_faults() { faults_.clear(); }
    // Called when a request arrives, before anything else; may act on this server or cancel the caller.
    void before_request(std::function<void(const Request&)> hook) { hook_ = std::move(hook); }

    // Watches.
    std::size_t open_watches() const;
    // Ends all watches in good order, or with `error`.
    void end_watches(std::optional<base::Error> error = std::nullopt);
    // Forgets past changes: a watch from an older resourceVersion gets kGone.
    void compact();
    void send_bookmarks();
    std::string resource_version() const { return std::to_string(version_); }

    // The port.
    base::Task<Resource> resource_for(GroupVersionKind gvk) override;
    base::Task<Resource> preferred_resource(std::string group, std::string kind) override;
    void invalidate_discovery() override { ++discovery_invalidations; }
    using Client::get;
    base::Task<Value> get(ObjectRef ref, GetOptions options) override;
    base::Task<List> list(ListRequest request) override;
    base::Task<Value> create(Value object, WriteOptions options) override;
    base::Task<Value> update(Value object, WriteOptions options) override;
    base::Task<Patched> patch(PatchRequest request) override;
    base::Task<void> remove(DeleteRequest request) override;
    base::Task<std::unique_ptr<Watch>> watch(WatchRequest request) override;

    int discovery_invalidations = 0;

private:
    struct Key {
        std::string group;
        std::string kind;
        std::string ns;
        std::string name;
        auto operator<=>(const Key&) const = default;
    };
    struct Stored {
        Value object;
        Owners owners;
    };
    struct Fault {
        RequestMatch match;
        base::Error error;
        std::size_t times = 1;
        bool after_effect = false;
    };
    // A write on its way into the store. `former` is null for a new object.
    struct Write {
        Key key;
        const Stored* former = nullptr;
        Value object;
        Owners owners;
        bool dry_run = false;
    };

    base::Task<Resource> admit(Request request);
    std::optional<base::Error> take_fault(const Request& request, bool after_effect);
    const Resource* find_resource(const GroupVersionKind& gvk) const;
    base::Result<Key> key_of(const Request& request, const Resource& resource) const;
    const Stored* find(const Key& key) const;

    base::Result<Value> do_create(const Request& request, const Resource& resource, Value object);
    base::Result<Value> do_update(const Request& request, const Resource& resource, Value object);
    base::Result<Patched> do_apply(const Request& request, const Resource& resource, Value body);
    base::Result<Patched> do_merge(const Request& request, const Resource& resource, const Value& body);
    base::Result<Patched> do_json(const Request& request, const Resource& resource, const Value& body);
    base::Result<void> do_remove(const Request& request, const Resource& resource,
                                 const DeleteRequest& wanted);
    base::Result<Value> store(Write write);
    void commit(const Write& write, bool terminated);
    void record(Value before, Value after);
    Value shown(const Stored& stored, const GroupVersionKind& gvk) const;
    void follow_crd(const Value& object, bool established, bool served);

    base::Executor executor_;
    base::Clock& clock_;
    std::vector<Resource> resources_;
    std::map<Key, Stored> objects_;
    std::int64_t version_ = 1000;
    std::uint64_t uid_count_ = 0;
    std::vector<HistoryEntry> history_;
    std::int64_t compacted_ = 0;
    std::vector<std::weak_ptr<WatchChannel>> watches_;
    std::vector<Request> requests_;
    std::vector<Fault> faults_;
    std::function<void(const Request&)> hook_;
};

}  // namespace kube::testing
