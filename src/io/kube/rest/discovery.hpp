// SPDX-License-Identifier: 0BSD
// Discovery: how one server serves a kind, asked for once and again when a kind is unknown.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/compute.hpp"
#include "base/single_flight.hpp"
#include "base/task.hpp"
#include "io/kube/client.hpp"
#include "io/kube/rest/caller.hpp"
#include "io/kube/rest/served_kinds.hpp"

namespace kube {

// A kind that is unknown right after a refresh stays unknown for so long without asking the server.
inline constexpr std::chrono::seconds kUnknownKindInterval{2};

// Shared by the identities of one cluster; asks as the caller it was made with. Lives on the loop's thread.
class Discovery {
public:
    Discovery(std::shared_ptr<Caller> caller, base::Clock& clock, base::Compute& compute,
              base::Executor executor);

    // Errors: kUnsupported (not served; names the kind), kUnavailable (also when the kind's extension server is down), and
    // what the server refuses discovery with.
    base::Task<Resource> resource_for(GroupVersionKind gvk);
    base::Task<Resource> preferred_resource(std::string group, std::string kind);
    // The resource whose `subresource` takes objects of `gvk`: ServiceAccount for a TokenRequest at "token".
    base::Task<Resource> parent_for(GroupVersionKind gvk, std::string subresource);
    void invalidate() { ++invalidation_count_; }

private:
    // One of the two roots and what it answered last.
    struct Root {
        std::string path;
        std::string etag;
        ServedKinds kinds;
    };
    enum class Need { kAny, kNewer };

    // Refreshes unless what is known is new enough: kAny is content with anything since the last invalidation.
    base::Task<void> refresh(Need need);
    base::Task<void> fetch_all();
    base::Task<void> fetch(Root& root);
    base::Task<ServedKinds> fetch_legacy(Value versions, std::string prefix);
    Root& root_of(std::string_view group) { return group.empty() ? core_ : groups_; }

    std::shared_ptr<Caller> caller_;
    base::Clock& clock_;
    base::Compute& compute_;
    base::SingleFlight flight_;
    Root core_{"/api", {}, {}};
    Root groups_{"/apis", {}, {}};
    std::uint64_t invalidation_count_ = 1;
    std::uint64_t known_count_ = 0;  // of invalidations, when what is known was asked for
    std::optional<base::SteadyTime> refreshed_;
};

}  // namespace kube
