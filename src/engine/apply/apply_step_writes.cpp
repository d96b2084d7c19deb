// SPDX-License-Identifier: 0BSD
// The writes of a step.
#include <algorithm>
#include <utility>

#include "engine/apply/apply_step_work.hpp"
#include "engine/apply/finalizers.hpp"

namespace apply {

namespace {

// Most objects are gone before the answer to their deletion arrives; pods take seconds.
constexpr base::Duration kFirstPause = std::chrono::milliseconds(50);
constexpr base::Duration kPauseMax = std::chrono::seconds(2);
// What is left of the stage's time for those objects that did go to be made anew, when another does not.
constexpr base::Duration kRemakeTime = std::chrono::seconds(1);

base::Error stays(const std::string& held_by) {
    return {
        base::ErrorCode::kDeadlineExceeded,
        fmt::format("was deleted to be recreated, but is still there when the stage's timeout is over{}",
                    held_by.empty()
                        ? std::string("; it has no finalizers: see what keeps its deletion")
                        : fmt::format(": its finalizers {} keep it; let who set them finish, or remove them",
                                      held_by))};
}

// The server may not answer for a moment; anything else does not pass by waiting.
bool may_pass(const base::Error& error) {
    return error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kDeadlineExceeded;
}

}  // namespace

base::Task<void> ApplyStep::write(Work& work) {
    if (!work.stale_marks.empty()) {
        if (auto removed = co_await remove_marks(work); !removed) {
            co_return removed;
        }
    }
    if (work.way == Work::Way::kNothing) {
        co_return base::Result<void>{};
    }
    // An object that is only to be created takes no field from one that came to be a moment ago.
    const bool force = !work.keeps_existing();
    kube::PatchRequest request{work.ref(), kube::PatchType::kApply, {}, force, {}};
    request.body = force ? std::move(work.object) : work.object;
    auto written = co_await client_.patch(std::move(request));
    if (!written && !force && written.error().code == base::ErrorCode::kConflict) {
        auto exists = co_await find_existing(work);
        if (!exists) {
            co_return exists.error();
        }
        co_return *exists ? base::Result<void>{} : base::Result<void>(written.error());
    }
    if (!written) {
        co_return written.error();
    }
    note_written(work, written->object);
    co_return base::Result<void>{};
}

void ApplyStep::note_written(Work& work, const model::Value& object) {
    work.applied.resource_version = std::string(model::resource_version_of(object));
    work.applied.marks = marks_of(object);
    live_.observe_write(object);
}

base::Task<void> ApplyStep::remove_marks(Work& work) {
    model::Object annotations;
    for (const std::string& mark : work.stale_marks) {
        annotations[mark] = nullptr;
    }
    auto removed = co_await client_.patch({work.ref(),
                                           kube::PatchType::kMerge,
                                           model::Object{{"metadata", {{"annotations", annotations}}}},
                                           false,
                                           {}});
    if (!removed && removed.error().code != base::ErrorCode::kNotFound) {
        co_return base::wrap("a mark of another conflict policy could not be removed", removed.error());
    }
    if (removed) {
        note_written(work, removed->object);
    }
    co_return base::Result<void>{};
}

base::Task<void> ApplyStep::recreate(std::span<Work> works) {
    if (auto done = co_await for_each(works, [](const Work&) { return true; }, &ApplyStep::remove); !done) {
        co_return done;
    }
    if (auto waited = co_await wait_until_gone(works); !waited) {
        co_return waited;
    }
    // Also when another failed: what was taken away comes back.
    const auto is_gone = [](const Work& work) { return work.gone && !work.failure; };
    co_return co_await each_must(works, is_gone, &ApplyStep::remake);
}

base::Task<void> ApplyStep::remove(Work& work) {
    kube::DeleteRequest request{work.ref()};
    request.uid = work.live_uid;
    auto removed = co_await client_.remove(std::move(request));
    // A conflict: somebody else made it anew in between, and look_for() sees that the old one is gone.
    const bool passed = removed || removed.error().code == base::ErrorCode::kNotFound ||
                        removed.error().code == base::ErrorCode::kConflict;
    if (!passed) {
        co_return base::wrap("it has to be recreated and cannot be deleted", removed.error());
    }
    work.removed = true;
    co_return base::Result<void>{};
}

base::Task<void> ApplyStep::look_for(Work& work) {
    auto live = co_await client_.get(work.ref(), kube::metadata_only());
    if (!live && live.error().code != base::ErrorCode::kNotFound) {
        co_return may_pass(live.error()) ? base::Result<void>{} : live.error();
    }
    work.gone = !live || model::uid_of(*live) != work.live_uid;
    work.held_by = live ? finalizers_of(*live) : std::string();
    co_return base::Result<void>{};
}

base::Task<void> ApplyStep::wait_until_gone(std::span<Work> works) {
    const auto is_there = [](const Work& work) { return work.removed && !work.gone && !work.failure; };
    for (base::Duration pause = kFirstPause;; pause = std::min(pause * 2, kPauseMax)) {
        if (auto looked = co_await for_each(works, is_there, &ApplyStep::look_for); !looked) {
            co_return looked;
        }
        if (std::ranges::none_of(works, is_there)) {
            break;
        }
        const base::Duration left = options_.deadline - clock_.steady_now() - kRemakeTime;
        if (left <= base::Duration::zero()) {
            for (Work& work : works) {
                if (is_there(work)) {
                    work.failure = stays(work.held_by);
                }
            }
            break;
        }
        turn_.give_back();
        if (auto slept = co_await clock_.sleep_for(std::min(pause, left)); !slept) {
            co_return slept;
        }
    }
    co_return co_await turn_.take();
}

base::Task<void> ApplyStep::remake(Work& work) {
    auto checked = co_await dry_run(work);
    if (checked && work.way == Work::Way::kRecreate) {
        checked = base::Error{base::ErrorCode::kConflict, "somebody else made it anew, in another form"};
    }
    if (checked) {
        checked = co_await write(work);
    }
    if (!checked && checked.error().code != base::ErrorCode::kCancelled) {
        co_return base::wrap("was deleted to be recreated; creating it failed, and the next run tries again",
                             checked.error());
    }
    co_return checked;
}

}  // namespace apply
