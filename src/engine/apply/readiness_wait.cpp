// SPDX-License-Identifier: 0BSD
#include "engine/apply/readiness_wait.hpp"

#include <algorithm>
#include <functional>

#include "rules/readiness/evaluate.hpp"

namespace apply {

namespace {

// Without a watch: soon at first, then calmer; a rollout takes seconds to minutes.
constexpr base::Duration kFirstPoll = std::chrono::seconds(2);
constexpr base::Duration kSlowestPoll = std::chrono::seconds(10);
constexpr base::Duration kReportPeriod = std::chrono::seconds(10);
// More names than a person reads in a condition.
constexpr std::size_t kNamedMax = 10;

model::ObjectId id_of(const kube::ObjectRef& ref) { return {ref.gvk.group, ref.gvk.kind, ref.ns, ref.name}; }

// A Job that finished may be gone already (ttlSecondsAfterFinished); nothing else may be missing.
readiness::Verdict judge(const kube::GroupVersionKind& gvk, const LiveObject& live, base::WallTime now) {
    if (live.object) {
        return readiness::evaluate(*live.object, now);
    }
    if (gvk.kind == "Job" && gvk.group == "batch") {
        return {readiness::State::kCurrent, ""};
    }
    return {readiness::State::kNotFound, "does not exist"};
}

}  // namespace

ReadinessWait::ReadinessWait(std::vector<Awaited> objects, base::SteadyTime deadline)
    : deadline_(deadline), poll_(kFirstPoll) {
    for (Awaited& awaited : objects) {
        if (!readiness::always_current(awaited.ref.gvk.group, awaited.ref.gvk.kind)) {
            pending_.push_back({std::move(awaited), "not read yet"});
        }
    }
    pending_.shrink_to_fit();
}

base::Task<void> ReadinessWait::look_at_each(LiveObjects& live, base::Clock& clock) {
    for (Pending& pending : pending_) {
        auto found = co_await live.read(pending.awaited.ref, pending.awaited.resource_version);
        if (!found) {
            const base::ErrorCode code = found.error().code;
            if (code == base::ErrorCode::kCancelled || code == base::ErrorCode::kForbidden) {
                co_return found.error();
            }
            pending.message = found.error().text();
            pending.watched = false;
            continue;
        }
        readiness::Verdict verdict = judge(pending.awaited.ref.gvk, *found, clock.now());
        if (verdict.state == readiness::State::kFailed) {
            co_return base::Error{
                base::ErrorCode::kInvalid,
                fmt::format("{} failed: {}", id_of(pending.awaited.ref).text(), verdict.message)};
        }
        pending.watched = found->watched;
        pending.ready = verdict.state == readiness::State::kCurrent;
        pending.message = std::move(verdict.message);
    }
    std::erase_if(pending_, [](const Pending& pending) { return pending.ready; });
    co_return base::Result<void>{};
}

std::string ReadinessWait::text() const {
    std::string text;
    for (std::size_t i = 0; i < std::min(pending_.size(), kNamedMax); ++i) {
        text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", id_of(pending_[i].awaited.ref).text(),
                            pending_[i].message);
    }
    if (pending_.size() > kNamedMax) {
        text += fmt::format("; and {} more", pending_.size() - kNamedMax);
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
    std::string waiting_for = text();
    if (now >= deadline_) {
        co_return base::Error{base::ErrorCode::kDeadlineExceeded, "timed out waiting for " + waiting_for};
    }
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
        looked.again = std::min(looked.again, now + poll_);
        poll_ = std::min(kSlowestPoll, poll_ * 3 / 2);
    }
    co_return looked;
}

}  // namespace apply
