// SPDX-License-Identifier: 0BSD
// Bodies of Kubernetes Events, within the API server's bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "io/kube/event_recorder.hpp"

namespace kube {

// Longer texts make the server refuse the whole event.
inline constexpr std::size_t kEventNoteBytesMax = 1024;
inline constexpr std::size_t kEventReasonBytesMax = 128;

struct EventFacts {
    EventType type = EventType::kNormal;
    std::string reason;
    std::string note;
    std::string instance;  // reportingInstance
    base::WallTime time{};
};

// `text` as valid UTF-8 of at most `bytes_max` bytes; broken bytes become U+FFFD.
std::string event_text(std::string_view text, std::size_t bytes_max);

// The whole event, named "<object>.<hex nanoseconds>" in the object's namespace ("default" for cluster-scoped objects).
Value event_body(const Value& regarding, const EventFacts& facts, std::int64_t name_nanoseconds);

// The part of an event that tells of repetition.
Value event_series(std::int64_t count, base::WallTime last_observed);

}  // namespace kube
