// SPDX-License-Identifier: 0BSD
// Port: the live state of managed objects, and word of their changes, so that waits need no polling.
#pragma once

#include <functional>
#include <memory>
#include <string>

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
    std::shared_ptr<const model::Value> object;  // nullptr: it does not exist
    // True when a change will be announced; false when only reading again tells.
    bool watched = false;
};

// Told whose object changed; called on the loop's thread. Must not block.
using ChangeListener = std::function<void(const Owner& owner)>;

class LiveObjects {
public:
    virtual ~LiveObjects() = default;
    // The object's state, not older than `resource_version` (what our last write returned; may be empty). Answered from
    // a watch where one runs, by a request otherwise. Errors: those of kube::Client::get but kNotFound.
    virtual base::Task<LiveObject> read(kube::ObjectRef ref, std::string resource_version) = 0;
};

}  // namespace apply
