// SPDX-License-Identifier: 0BSD
// EventRecorder: Kubernetes Events (events.k8s.io/v1), best effort, in the background.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "io/kube/client.hpp"

namespace kube {

enum class EventType { kNormal, kWarning };

// Equal events (type, reason, reporter, object; not the note) within 6 minutes become one series. Notes are cut to 1024
// bytes. Up to 12 tries, 10 s apart; a bounded queue drops the oldest. Nothing here blocks or fails a caller.
class EventRecorder {
public:
    EventRecorder(Client& client, base::Clock& clock, base::Rng& rng, base::Logger log,
                  base::Executor executor, std::string host_name);
    ~EventRecorder();

    // `regarding` is the whole object: apiVersion, kind, name, namespace, uid and resourceVersion are taken from it.
    void record(const Value& regarding, EventType type, std::string reason, std::string note);

    // Delivers until cancelled. Errors: kCancelled only.
    base::Task<void> run();
    // Delivers what is queued, but not longer than `limit`: for a clean stop, after run() has ended.
    base::Task<void> drain(base::Duration limit);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kube
