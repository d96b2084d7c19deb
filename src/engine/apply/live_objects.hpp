// SPDX-License-Identifier: 0BSD
// Port: the live state of managed objects, and word of their changes, so that waits need no polling.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/event.hpp"
#include "base/task.hpp"
#include "io/kube/client.hpp"

namespace apply {

// Names the StageSet that owns objects, as their owner labels do.
struct Owner {
    std::string ns;
    std::string name;

    auto operator<=>(const Owner&) const = default;
};

struct LiveObject {
    std::optional<model::Value> object;  // nullopt: it does not exist
    // True when a change will be announced; false when only reading again tells.
    bool watched = false;
};

// Announces changes of one owner's objects while it lives.
class Subscription {
public:
    virtual ~Subscription() = default;
};

class LiveObjects {
public:
    virtual ~LiveObjects() = default;
    // Sets `changed` whenever an object of `owner` changes. The event must outlive the subscription.
    virtual std::unique_ptr<Subscription> subscribe(Owner owner, base::Event& changed) = 0;
    // The object's state, not older than `resource_version` (what our last write returned; may be empty). Answered from
    // a watch where one runs, by a request otherwise. Errors: those of kube::Client::get but kNotFound.
    virtual base::Task<LiveObject> read(kube::ObjectRef ref, std::string resource_version) = 0;
};

}  // namespace apply
