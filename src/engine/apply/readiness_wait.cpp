// SPDX-License-Identifier: 0BSD
#include "engine/apply/readiness_wait.hpp"

#include <algorithm>
#include <optional>

#include "base/wait.hpp"
#include "rules/readiness/evaluate.hpp"

namespace apply {

namespace {

// Without a watch: soon at first, then calmer; a rollout takes seconds to minutes.
constexpr base::Duration kFirstPoll = std::chrono::seconds(2);
constexpr base::Duration kSlowestPoll = std::chrono::seconds(10);
constexpr base::Duration kReportPeriod = std::chrono::seconds(10);
// More names than a person reads in a condition.
constexpr std::size_t kNamedMax = 10;

struct Pending {
    Awaited awaited;
    std::string message = "not read yet";
    bool watched = false;
    bool ready = false;
};

model::ObjectId id_of(const kube::ObjectRef& ref) { return {ref.gvk.group, ref.gvk.kind, ref.ns, ref.name}; }

std::string describe(const std::vector<Pending>& pending) {
    std::string text;
    for (std::size_t i = 0; i < std::min(pending.size(), kNamedMax); ++i) {
        text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", id_of(pending[i].awaited.ref).text(),
                            pending[i].message);
    }
    if (pending.size() > kNamedMax) {
        text += fmt::format("; and {} more", pending.size() - kNamedMax);
    }
    return text;
}

// A Job that finished may be gone already (ttlSecondsAfterFinished); nothing else may be missing.
readiness::Verdict judge(const Pending& pending, const LiveObject& live, base::WallTime now) {
    if (live.object) {
        return readiness::evaluate(*live.object, now);
    }
    const auto& gvk = pending.awaited.ref.gvk;
    if (gvk.kind == "Job" && gvk.group == "batch") {
        return {readiness::State::kCurrent, ""};
    }
    return {readiness::State::kNotFound, "does not exist"};
}

class ReadinessWait {
public:
    ReadinessWait(LiveObjects& live, base::Clock& clock, std::vector<Awaited> objects)
        : live_(live), clock_(clock) {
        for (Awaited& awaited : objects) {
            if (!readiness::always_current(awaited.ref.gvk.group, awaited.ref.gvk.kind)) {
                pending_.push_back({std::move(awaited)});
            }
        }
    }

    // Looks at each pending object once and drops those that are ready.
    base::Task<void> look() {
        for (Pending& pending : pending_) {
            auto live = co_await live_.read(pending.awaited.ref, pending.awaited.resource_version);
            if (!live) {
                const base::ErrorCode code = live.error().code;
                if (code == base::ErrorCode::kCancelled || code == base::ErrorCode::kForbidden) {
                    co_return live.error();
                }
                pending.message = live.error().text();
                pending.watched = false;
                continue;
            }
            const readiness::Verdict verdict = judge(pending, *live, clock_.now());
            if (verdict.state == readiness::State::kFailed) {
                co_return base::Error{
                    base::ErrorCode::kInvalid,
                    fmt::format("{} failed: {}", id_of(pending.awaited.ref).text(), verdict.message)};
            }
            pending.watched = live->watched;
            pending.ready = verdict.state == readiness::State::kCurrent;
            pending.message = verdict.message;
        }
        std::erase_if(pending_, [](const Pending& pending) { return pending.ready; });
        co_return base::Result<void>{};
    }

    bool done() const { return pending_.empty(); }
    std::string text() const { return describe(pending_); }
    bool all_watched() const {
        return std::ranges::all_of(pending_, [](const Pending& pending) { return pending.watched; });
    }

private:
    LiveObjects& live_;
    base::Clock& clock_;
    std::vector<Pending> pending_;
};

}  // namespace

base::Task<void> wait_until_ready(LiveObjects& live, base::Clock& clock, Owner owner,
                                  std::vector<Awaited> objects, base::SteadyTime deadline,
                                  WaitReport report) {
    ReadinessWait wait(live, clock, std::move(objects));
    if (wait.done()) {
        co_return base::Result<void>{};
    }
    base::Event changed(co_await base::asio::this_coro::executor);
    const auto subscription = live.subscribe(std::move(owner), changed);
    base::Duration poll = kFirstPoll;
    std::string reported;
    std::optional<base::SteadyTime> reported_at;
    while (true) {
        changed.reset();
        if (auto looked = co_await wait.look(); !looked) {
            co_return looked.error();
        }
        if (wait.done()) {
            co_return base::Result<void>{};
        }
        const base::SteadyTime now = clock.steady_now();
        if (now >= deadline) {
            co_return base::Error{base::ErrorCode::kDeadlineExceeded, "timed out waiting for " + wait.text()};
        }
        base::SteadyTime wake = deadline;
        const bool stale = wait.text() != reported;
        if (stale && (!reported_at || now >= *reported_at + kReportPeriod)) {
            reported = wait.text();
            reported_at = now;
            if (auto told = co_await report(reported); !told) {
                co_return told.error();
            }
        } else if (stale) {
            wake = std::min(wake, *reported_at + kReportPeriod);
        }
        if (!wait.all_watched()) {
            wake = std::min(wake, now + poll);
            poll = std::min(kSlowestPoll, poll * 3 / 2);
        }
        if (auto woken = co_await base::wait_until(changed, clock, wake); !woken) {
            co_return woken.error();
        }
    }
}

}  // namespace apply
