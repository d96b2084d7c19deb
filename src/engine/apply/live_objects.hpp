// SPDX-License-Identifier: 0BSD
// Port: the live state of managed objects, and word of their changes, so that waits need no polling.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/task.hpp"
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

// Told whose object changed; called on the loop's thread. Must not block.
using ChangeListener = std::function<void(const Owner& owner)>;

class LiveObjects {
public:
    virtual ~LiveObjects() = default;
    // The object's state, not older than asked for. Answered from a watch where one runs, by a request otherwise.
    // Errors: those of kube::Client::get but kNotFound.
    virtual base::Task<LiveObject> read(ReadRequest request) = 0;
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
