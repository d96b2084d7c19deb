// SPDX-License-Identifier: 0BSD
#include "engine/apply/readiness_wait.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "rules/readiness/evaluate.hpp"
#include "rules/readiness/pods.hpp"

namespace apply {

namespace {

using readiness::State;

// Without a watch: soon at first, then calmer; a rollout takes seconds to minutes.
constexpr base::Duration kFirstPoll = std::chrono::seconds(2);
constexpr base::Duration kSlowestPoll = std::chrono::seconds(10);
constexpr base::Duration kReportPeriod = std::chrono::seconds(10);
// Most rollouts are over before their pods are looked at; those of a hopeless one change little later on.
constexpr base::Duration kFirstPodsLook = std::chrono::seconds(5);
constexpr base::Duration kSlowestPodsLook = std::chrono::minutes(5);
// More names than a person reads in a condition; as many workloads' pods are looked at in one turn.
constexpr std::size_t kNamedMax = 10;

model::ObjectId id_of(const kube::ObjectRef& ref) { return {ref.gvk.group, ref.gvk.kind, ref.ns, ref.name}; }

// Errors that no later look would mend.
bool ends_wait(const base::Error& error) {
    return error.code == base::ErrorCode::kCancelled || error.code == base::ErrorCode::kForbidden;
}

base::Error failure_of(const kube::ObjectRef& ref, std::string_view why, std::string_view pods) {
    return {base::ErrorCode::kInvalid, fmt::format("{} failed: {}{}{}", id_of(ref).text(), why,
                                                   why.empty() || pods.empty() ? "" : ", ", pods)};
}

}  // namespace

ReadinessWait::ReadinessWait(std::vector<Awaited> objects, base::SteadyTime deadline,
                             std::shared_ptr<const readiness::HealthRules> rules)
    : rules_(std::move(rules)), deadline_(deadline), poll_(kFirstPoll), pods_period_(kFirstPodsLook) {
    for (Awaited& awaited : objects) {
        const model::GroupVersionKind& gvk = awaited.ref.gvk;
        const bool by_rules = rules_ && rules_->judges(gvk.group, gvk.kind);
        if (awaited.applied && !by_rules && readiness::always_current(gvk.group, gvk.kind)) {
            continue;
        }
        Pending pending;
        pending.located = awaited.applied;
        pending.existed = awaited.applied;
        pending.by_rules = by_rules;
        pending.judged = by_rules && awaited.judged;
        pending.state = pending.judged ? State::kCurrent : State::kUnknown;
        pending.message = "not read yet";
        pending.awaited = std::move(awaited);
        pending_.push_back(std::move(pending));
    }
    pending_.shrink_to_fit();
}

base::Task<readiness::Verdict> ReadinessWait::judge(const Pending& pending, LiveObject found,
                                                    LiveObjects& live, base::Clock& clock) const {
    if (found.object && pending.by_rules) {
        co_return co_await live.judge(rules_, std::move(found.object));
    }
    if (found.object) {
        co_return readiness::evaluate(*found.object, clock.now());
    }
    // A Job that finished may be gone already (ttlSecondsAfterFinished); nothing else may be missing.
    const kube::GroupVersionKind& gvk = pending.awaited.ref.gvk;
    if (pending.existed && gvk.kind == "Job" && gvk.group == "batch") {
        co_return readiness::Verdict{State::kCurrent, ""};
    }
    co_return readiness::Verdict{State::kNotFound, "does not exist"};
}

base::Task<void> ReadinessWait::look_at(Pending& pending, LiveObjects& live, base::Clock& clock) {
    pending.watched = false;
    if (!pending.located) {
        auto located = co_await live.locate(pending.awaited.ref);
        if (!located) {
            pending.message = located.error().text();
            co_return ends_wait(located.error()) ? base::Result<void>(located.error()) : base::Result<void>{};
        }
        pending.awaited.ref = std::move(*located);
        pending.located = true;
    }
    ReadRequest request{
        pending.awaited.ref, pending.awaited.resource_version, pending.awaited.applied, pending.by_rules, {}};
    if (pending.judged) {
        request.known = pending.awaited.resource_version;
    }
    auto found = co_await live.read(std::move(request));
    if (!found) {
        pending.message = found.error().text();
        pending.state = State::kUnknown;
        co_return ends_wait(found.error()) ? base::Result<void>(found.error()) : base::Result<void>{};
    }
    pending.watched = found->watched;
    if (!found->unwatched_because.empty()) {
        unwatched_because_ = std::move(found->unwatched_because);
    }
    if (found->unchanged) {
        co_return base::Result<void>{};
    }
    pending.has_pods = !pending.by_rules && found->object && readiness::has_pods(*found->object);
    auto verdict = co_await judge(pending, *found, live, clock);
    if (!verdict) {
        co_return verdict.error();
    }
    pending.state = verdict->state;
    pending.message = std::move(verdict->message);
    if (found->object) {
        pending.existed = true;
    }
    if (pending.by_rules && found->object) {
        pending.awaited.resource_version = model::resource_version_of(*found->object);
        pending.judged = true;
    }
    co_return base::Result<void>{};
}

base::Task<void> ReadinessWait::look_at_each(LiveObjects& live, base::Clock& clock) {
    unwatched_because_.clear();
    const base::SteadyTime now = clock.steady_now();
    const bool read_all = !poll_at_ || now >= *poll_at_ || now >= deadline_;
    for (Pending& pending : pending_) {
        // What is not ours never causes a change to be told: it waits for its time.
        if (!pending.awaited.applied && !read_all) {
            continue;
        }
        if (auto looked = co_await look_at(pending, live, clock); !looked) {
            co_return looked.error();
        }
        if (pending.state == State::kFailed) {
            if (auto pods = co_await look_at_pods_of(pending, live, clock); !pods) {
                co_return pods.error();
            }
            co_return failure_of(pending.awaited.ref, pending.message, pending.pods);
        }
    }
    std::erase_if(pending_, [this](const Pending& pending) {
        const bool ready = pending.state == State::kCurrent;
        if (ready && pending.by_rules && pending.judged && pending.awaited.applied) {
            judged_ready_[hash_of(id_of(pending.awaited.ref))] = pending.awaited.resource_version;
        }
        return ready;
    });
    if (read_all) {
        poll_at_ = now + poll_;
        poll_ = std::min(kSlowestPoll, poll_ * 3 / 2);
    }
    co_return base::Result<void>{};
}

base::Task<void> ReadinessWait::look_at_pods_of(Pending& pending, LiveObjects& live, base::Clock& clock) {
    if (!pending.has_pods) {
        co_return base::Result<void>{};
    }
    const kube::ObjectRef& ref = pending.awaited.ref;
    auto workload = co_await live.read({ref, pending.awaited.resource_version, pending.awaited.applied});
    const std::string selector =
        workload && workload->object ? readiness::pod_selector(*workload->object) : std::string();
    if (selector.empty()) {
        co_return workload || !ends_wait(workload.error()) ? base::Result<void>{}
                                                           : base::Result<void>(workload.error());
    }
    auto pods = co_await live.pods(ref.ns, selector);
    if (!pods && pods.error().code == base::ErrorCode::kCancelled) {
        co_return pods.error();
    }
    if (!pods) {
        // The wait goes by the workload's own status; its pods only say more.
        if (pods.error().code == base::ErrorCode::kForbidden) {
            pods_refused_because_ = pods.error().text();
        }
        co_return base::Result<void>{};
    }
    readiness::PodsVerdict verdict = readiness::judge_pods(*workload->object, *pods, clock.now());
    pending.pods = std::move(verdict.message);
    if (verdict.failed) {
        co_return failure_of(ref, "", pending.pods);
    }
    co_return base::Result<void>{};
}

base::Task<void> ReadinessWait::look_at_pods(LiveObjects& live, base::Clock& clock) {
    pods_refused_because_.clear();
    std::size_t looks = 0;
    for (std::size_t seen = 0; seen < pending_.size() && looks < kNamedMax; ++seen) {
        // Goes on where the last turn ended, so that each workload's turn comes.
        Pending& pending = pending_[pods_next_++ % pending_.size()];
        if (pending.state != State::kInProgress || !pending.has_pods) {
            continue;
        }
        ++looks;
        if (auto looked = co_await look_at_pods_of(pending, live, clock); !looked) {
            co_return looked.error();
        }
    }
    co_return base::Result<void>{};
}

std::string ReadinessWait::text(bool with_states) const {
    std::string text;
    for (std::size_t i = 0; i < std::min(pending_.size(), kNamedMax); ++i) {
        const Pending& pending = pending_[i];
        text += fmt::format("{}{}: ", i == 0 ? "" : "; ", id_of(pending.awaited.ref).text());
        if (with_states) {
            text += fmt::format("{}, ", readiness::to_string(pending.state));
        }
        text += pending.message;
        if (!pending.pods.empty()) {
            text += ", " + pending.pods;
        }
    }
    if (pending_.size() > kNamedMax) {
        text += fmt::format("; and {} more", pending_.size() - kNamedMax);
    }
    if (!pods_refused_because_.empty()) {
        text += fmt::format(" (their pods cannot be looked at: {})", pods_refused_because_);
    }
    if (!unwatched_because_.empty()) {
        text +=
            fmt::format(" (read every few seconds, for changes cannot be watched: {})", unwatched_because_);
    }
    return text;
}

base::Task<Looked> ReadinessWait::look(LiveObjects& live, base::Clock& clock) {
    if (auto looked = co_await look_at_each(live, clock); !looked) {
        co_return looked.error();
    }
    Looked looked;
    looked.ready = pending_.empty();
    looked.again = deadline_;
    if (looked.ready) {
        co_return looked;
    }
    const base::SteadyTime now = clock.steady_now();
    const bool has_pods = std::ranges::any_of(pending_, [](const Pending& pending) {
        return pending.state == State::kInProgress && pending.has_pods;
    });
    if (has_pods) {
        if (!place_) {
            place_ = live.pod_turns().take();
            pods_at_ = now + live.pod_turns().period(pods_period_);
        }
        if (now >= pods_at_ || now >= deadline_) {
            if (auto pods = co_await look_at_pods(live, clock); !pods) {
                co_return pods.error();
            }
            pods_period_ = std::min(kSlowestPodsLook, pods_period_ * 2);
            pods_at_ = now + live.pod_turns().period(pods_period_);
        }
        looked.again = std::min(looked.again, pods_at_);
    } else {
        place_.reset();
    }
    if (now >= deadline_) {
        co_return base::Error{base::ErrorCode::kDeadlineExceeded, "timed out waiting for " + text(true)};
    }
    std::string waiting_for = text(false);
    const std::size_t hash = std::hash<std::string>{}(waiting_for);
    if (!told_at_ || hash != told_) {
        if (!told_at_ || now >= *told_at_ + kReportPeriod) {
            told_ = hash;
            told_at_ = now;
            looked.news = std::move(waiting_for);
        } else {
            looked.again = std::min(looked.again, *told_at_ + kReportPeriod);
        }
    }
    if (!std::ranges::all_of(pending_, [](const Pending& pending) { return pending.watched; })) {
        looked.again = std::min(looked.again, *poll_at_);
    }
    co_return looked;
}

}  // namespace apply
