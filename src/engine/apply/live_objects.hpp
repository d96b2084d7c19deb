// SPDX-License-Identifier: 0BSD
// Port: the live state of managed objects, and word of their changes, so that waits need no polling.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "engine/apply/marks.hpp"
#include "engine/apply/pod_turns.hpp"
#include "io/kube/client.hpp"
#include "rules/readiness/health_rules.hpp"

namespace apply {

// Names the StageSet that owns objects, as their owner labels do.
struct Owner {
    std::string ns;
    std::string name;

    auto operator<=>(const Owner&) const = default;
};

struct ReadRequest {
    kube::ObjectRef ref;
    std::string not_older_than = {};  // what our last write returned; may be empty
    // The object carries the labels of a StageSet that this program serves; else no watch covers it.
    bool managed = true;
    // Answers every field; else only those that the rules of built-in kinds look at.
    bool whole = false;
    // With `whole`: the state that the caller knows already and need not get again.
    std::string known = {};
};

struct LiveObject {
    std::shared_ptr<const model::Value> object = {};  // nullptr: it does not exist
    // True when a change will be announced; false when only reading again tells.
    bool watched = false;
    bool unchanged = false;  // still as `known`; `object` is nullptr then
    // Why no watch runs, in the server's words; empty where none could.
    std::string unwatched_because = {};
};

// What a watch shows of a managed object; costs nothing.
struct Sight {
    // False: no watch covers it just now; the rest says nothing.
    bool watched = false;
    std::optional<Marks> marks = {};  // nullopt: it does not exist
};

struct ObjectChange {
    Owner owner;  // before the change, or after it
    // nullopt: none changed, but a kind of which the owner has objects may not be watched any more.
    std::optional<model::ObjectId> id = {};
    std::optional<Marks> marks = {};  // nullopt: it is gone, or belongs to another owner now
};

// Told of changes; called on the loop's thread. Must not block.
using ChangeListener = std::function<void(const ObjectChange& change)>;

class LiveObjects {
public:
    virtual ~LiveObjects() = default;
    // The object's state, not older than asked for. Answered from a watch where one runs, by a request otherwise.
    // Errors: those of kube::Client::get but kNotFound.
    virtual base::Task<LiveObject> read(ReadRequest request) = 0;
    // Has the kind watched from now on.
    virtual void follow(const kube::GroupVersionKind& gvk) = 0;
    // Waits (a second at most) until each of the kinds is watched, or may not be. Errors: kCancelled only.
    virtual base::Task<void> wait_followed(std::vector<kube::GroupVersionKind> kinds) = 0;
    virtual Sight sight(const kube::ObjectRef& ref) const = 0;
    // Takes what a write of ours returned, so that no later sight is older.
    virtual void observe_write(const model::Value& object) = 0;
    // Where an object that a user named is to be read: in the version that the server prefers, and without a namespace where
    // its kind has none. Errors: kUnsupported (the kind is not served), those of kube::Client::preferred_resource.
    virtual base::Task<kube::ObjectRef> locate(kube::ObjectRef ref) = 0;
    // Pods of the namespace that the selector finds, at most a page of them. Errors: those of kube::Client::list.
    virtual base::Task<std::vector<model::Value>> pods(std::string ns, std::string selector) = 0;
    virtual const PodTurns& pod_turns() const = 0;
    // What the rules of a user say of an object. They may take long: it is done away from the event loop.
    // Errors: kCancelled only.
    virtual base::Task<readiness::Verdict> judge(std::shared_ptr<const readiness::HealthRules> rules,
                                                 std::shared_ptr<const model::Value> object) = 0;
};

}  // namespace apply
