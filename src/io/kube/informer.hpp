// SPDX-License-Identifier: 0BSD
// Informer: a cache of one kind's objects that follows the server by list and watch.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "base/task.hpp"
#include "io/kube/client.hpp"

namespace kube {

using ObjectPtr = std::shared_ptr<const Value>;

// Answers the keys under which an index finds an object; often "<namespace>/<name>" of something it refers to.
using IndexKeys = std::function<std::vector<std::string>(const Value& object)>;

struct Change {
    ObjectPtr before;  // nullptr: added
    ObjectPtr after;   // nullptr: deleted
};
// Called on the loop's thread after the cache took the change; also for what a relist found. Must not block.
using ChangeHandler = std::function<void(const Change& change)>;

struct InformerOptions {
    GroupVersionKind gvk;
    std::vector<std::string> namespaces;  // empty: all
    std::string label_selector;
    bool metadata_only = false;
    // Applied to each object before it is cached, to drop what nobody reads. managedFields and kubectl's copy of what it
    // applied last are dropped always.
    std::function<void(Value& object)> trim;
};

class Informer {
public:
    Informer(Client& client, base::Clock& clock, base::Rng& rng, base::Logger log, base::Executor executor,
             InformerOptions options);
    ~Informer();
    Informer(const Informer&) = delete;
    Informer& operator=(const Informer&) = delete;

    // Before run(): handlers and indexes.
    void on_change(ChangeHandler handler);
    void add_index(std::string name, IndexKeys keys);
    // Called when the server refuses to list or watch for want of a right; once for each new message of it.
    void on_refused(std::function<void()> handler);

    // Follows the server until cancelled: list, watch with bookmarks, resume, relist on 410, backoff with jitter (up to
    // 30 s) on failure. Spawn it in a TaskGroup. Errors: kCancelled only; failures are logged and retried. A kind that is
    // not served is retried every 10 s and shows as `served() == false`; what was known of it stays until a list tells.
    // An object that was deleted and made anew (another uid) shows as two changes.
    base::Task<void> run();

    // True once every namespace's first list arrived; stays true while the connection is lost.
    bool synced() const;
    bool served() const;
    // True while every namespace is listed and watched: a change will be told.
    bool following() const;
    // Why one is not followed just now, as the server or the network put it; empty when nothing went wrong.
    std::string_view failure() const;
    base::Task<void> wait_synced();
    // As wait_synced(), but returns also once the server said that it does not serve the kind.
    base::Task<void> wait_settled();
    // Waits until following(), or until the first attempt failed, for whatever reason.
    base::Task<void> wait_attempted();

    // Ends a wait before the next attempt: the kind's definition appeared, or access was granted.
    void poke();

    // A copy of the caller's own; nullptr when unknown. `ns` is empty for cluster-scoped objects.
    ObjectPtr get(std::string_view ns, std::string_view name) const;
    std::vector<ObjectPtr> by_index(std::string_view index, std::string_view key) const;
    std::size_t size() const;
    // Shows each object, one after the other, in no order.
    void visit(const std::function<void(const Value& object)>& visitor) const;

    // Takes an object that a write of ours returned, so that the next read is not older than the write. Ignored: an older
    // resourceVersion than the cached one, an object that the watch has already seen go, one outside of this cache.
    void observe_write(const Value& object);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kube
