// SPDX-License-Identifier: 0BSD
// The run of a step, and the checks before its first write.
#include "engine/apply/apply_step.hpp"

#include <algorithm>
#include <utility>

#include "base/task_group.hpp"
#include "engine/apply/apply_step_work.hpp"
#include "engine/apply/compare.hpp"
#include "engine/apply/failures.hpp"
#include "engine/apply/field_migration.hpp"
#include "engine/apply/ownership.hpp"
#include "engine/apply/refusal.hpp"

namespace apply {

namespace {

// Who writes an object so often that this many tries in a row collide would collide for ever.
constexpr int kRaceTriesMax = 5;
constexpr base::Duration kRacePause = std::chrono::milliseconds(50);

// The server's answer to a write into a namespace that is not there, made plain.
base::Error explain_not_found(const model::ObjectId& id, base::Error error) {
    const kube::StatusDetail* status = kube::status_of(error);
    if (id.ns.empty() || status == nullptr || !status->message.starts_with("namespaces \"")) {
        return error;
    }
    return {error.code,
            fmt::format(
                "namespace \"{}\" does not exist; create it, or render it in this stage or an earlier one",
                id.ns),
            nullptr, error.detail};
}

}  // namespace

void ApplyStep::Work::note_owner(const model::Value& live) {
    auto owner = owner_of(live);
    applied.taken_from =
        owner && owner != owner_of(object) ? std::make_shared<const Owner>(*std::move(owner)) : nullptr;
}

ApplyStep::ApplyStep(kube::Client& client, LiveObjects& live, base::Clock& clock, base::Turn& turn,
                     const ApplyLimits& limits, const ApplyOptions& options)
    : client_(client), live_(live), clock_(clock), turn_(turn), limits_(limits), options_(options) {}

ApplyStep::~ApplyStep() = default;

base::Task<std::vector<AppliedObject>> ApplyStep::run(std::vector<model::Value> objects) {
    works_.reserve(objects.size());
    for (model::Value& object : objects) {
        drop_unusable_ca_bundle(object);
        const Treatment treatment = treatment_of(object, options_.conflicts);
        mark(object, treatment.action);
        AppliedObject applied{model::id_of(object), model::gvk_of(object)};
        works_.push_back({std::move(object), std::move(applied), treatment});
    }
    const auto all = [](const Work&) { return true; };
    const auto to_migrate = [](const Work& work) { return work.migration.has_value(); };
    const auto to_recreate = [](const Work& work) { return work.way == Work::Way::kRecreate; };
    if (auto done = co_await each_must(works_, all, &ApplyStep::check); !done) {
        co_return done.error();
    }
    if (auto done = co_await each_must(works_, to_migrate, &ApplyStep::migrate); !done) {
        co_return done.error();
    }
    if (auto done = co_await each_must(works_, to_recreate, &ApplyStep::try_remove); !done) {
        co_return done.error();
    }
    // In apply order: what is made anew comes neither before what it depends on nor after what depends on it.
    for (auto begin = works_.begin(); begin != works_.end();) {
        const bool anew = to_recreate(*begin);
        const auto end =
            std::find_if(begin, works_.end(), [&](const Work& work) { return to_recreate(work) != anew; });
        const std::span<Work> part(begin, end);
        base::Result<void> done;
        if (anew) {
            done = co_await recreate(part);
        } else {
            done = co_await each_must(part, all, &ApplyStep::write);
        }
        if (!done) {
            co_return done.error();
        }
        begin = end;
    }
    std::vector<AppliedObject> result;
    result.reserve(works_.size());
    for (Work& work : works_) {
        result.push_back(std::move(work.applied));
    }
    co_return result;
}

base::Task<void> ApplyStep::check(Work& work) {
    if (work.keeps_existing()) {
        auto exists = co_await find_existing(work);
        if (!exists) {
            co_return exists.error();
        }
        if (*exists) {
            co_return base::Result<void>{};
        }
    }
    co_return co_await dry_run(work);
}

// Whether the object is there already, whoever made it; then it stays as it is.
base::Task<bool> ApplyStep::find_existing(Work& work) {
    auto live = co_await client_.get(work.ref(), kube::metadata_only());
    if (!live && live.error().code == base::ErrorCode::kNotFound) {
        co_return false;
    }
    if (!live) {
        co_return live.error();
    }
    work.way = Work::Way::kNothing;
    work.applied.outcome = Outcome::kUnchanged;
    work.applied.resource_version = std::string(model::resource_version_of(*live));
    work.applied.marks = marks_of_metadata(*live);
    work.applied.ours = owner_of(*live) == owner_of(work.object);
    co_return true;
}

// A dry run; two who write at once are told apart from what stays refused by trying again.
base::Task<kube::Patched> ApplyStep::try_apply(Work& work) {
    base::Duration pause = kRacePause;
    for (int tries = 1;; ++tries) {
        kube::PatchRequest request{work.ref(), kube::PatchType::kApply, work.object, true, {}};
        request.options.dry_run = true;
        auto would = co_await client_.patch(std::move(request));
        const bool again = !would && refusal_of(would.error()) == Refusal::kRace &&
                           model::resource_version_of(work.object).empty() && tries < kRaceTriesMax;
        if (!again) {
            co_return would;
        }
        if (auto slept = co_await clock_.sleep_for(pause); !slept) {
            co_return slept.error();
        }
        pause *= 2;
    }
}

base::Task<void> ApplyStep::dry_run(Work& work) {
    work.migration.reset();
    auto would = co_await try_apply(work);
    if (!would) {
        co_return co_await refused(work, would.error());
    }
    work.way = Work::Way::kWrite;
    work.applied.outcome = Outcome::kCreated;
    if (would->created) {
        co_return base::Result<void>{};
    }
    co_return co_await compare_with_live(work, std::move(would->object));
}

base::Task<void> ApplyStep::compare_with_live(Work& work, model::Value would) {
    if (work.keeps_existing()) {
        // It came to be since find_existing() looked.
        auto exists = co_await find_existing(work);
        co_return exists ? base::Result<void>{} : base::Result<void>(exists.error());
    }
    auto live = co_await client_.get(work.ref());
    if (!live && live.error().code == base::ErrorCode::kNotFound) {
        // Deleted since the dry run: the write creates it again.
        co_return base::Result<void>{};
    }
    if (!live) {
        co_return live.error();
    }
    const bool changes = differs(*live, would);
    work.stale_marks = stale_marks(work.object, would);
    work.way = changes ? Work::Way::kWrite : Work::Way::kNothing;
    work.applied.outcome = changes || !work.stale_marks.empty() ? Outcome::kConfigured : Outcome::kUnchanged;
    work.applied.resource_version = std::string(model::resource_version_of(*live));
    work.applied.marks = marks_of(*live);
    work.migration = migration_of(*live, would);
    work.note_owner(*live);
    co_return base::Result<void>{};
}

base::Task<void> ApplyStep::refused(Work& work, base::Error error) {
    if (error.code == base::ErrorCode::kNotFound) {
        co_return explain_not_found(work.applied.id, std::move(error));
    }
    const Refusal refusal = refusal_of(error);
    if (refusal != Refusal::kImmutable && refusal != Refusal::kConflict) {
        co_return error;
    }
    auto live = co_await client_.get(work.ref(), kube::metadata_only());
    if (!live && live.error().code == base::ErrorCode::kNotFound) {
        co_return error;
    }
    if (!live) {
        co_return live.error();
    }
    if (auto judged = judge_conflict(work.object, work.treatment, std::move(error)); !judged) {
        co_return judged.error();
    }
    work.way = Work::Way::kRecreate;
    work.applied.outcome = Outcome::kConfigured;
    work.live_uid = std::string(model::uid_of(*live));
    work.note_owner(*live);
    co_return base::Result<void>{};
}

// The fields of former deliverers become ours; then the dry run tells anew what our apply changes.
base::Task<void> ApplyStep::migrate(Work& work) {
    for (int tries = 1; work.migration; ++tries) {
        auto taken = co_await client_.patch(
            {work.ref(), kube::PatchType::kJson, *std::move(work.migration), false, {}});
        const bool changed = !taken && (taken.error().code == base::ErrorCode::kConflict ||
                                        taken.error().code == base::ErrorCode::kNotFound);
        if (!taken && (!changed || tries == kRaceTriesMax)) {
            co_return base::wrap("the fields of its former deliverer could not be taken over", taken.error());
        }
        if (auto checked = co_await dry_run(work); !checked || taken) {
            co_return checked;
        }
    }
    co_return base::Result<void>{};
}

// Whether the identity may delete the object, and nobody forbids it: told before anything is deleted.
base::Task<void> ApplyStep::try_remove(Work& work) {
    kube::DeleteRequest request{work.ref()};
    request.uid = work.live_uid;
    request.dry_run = true;
    auto allowed = co_await client_.remove(std::move(request));
    if (!allowed && allowed.error().code != base::ErrorCode::kNotFound) {
        co_return base::wrap("it has to be recreated and cannot be deleted", allowed.error());
    }
    co_return base::Result<void>{};
}

base::Task<void> ApplyStep::for_each(std::span<Work> works, bool (*wanted)(const Work&),
                                     Operation operation) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(works, wanted));
    if (count == 0) {
        co_return base::Result<void>{};
    }
    std::size_t next = 0;
    base::TaskGroup lanes(co_await base::asio::this_coro::executor);
    for (std::size_t i = 0; i < std::min(limits_.in_flight_max, count); ++i) {
        lanes.spawn(lane(works, next, wanted, operation));
    }
    co_return co_await lanes.join();
}

base::Task<void> ApplyStep::lane(std::span<Work> works, std::size_t& next, bool (*wanted)(const Work&),
                                 Operation operation) {
    while (next < works.size()) {
        Work& work = works[next++];
        if (!wanted(work)) {
            continue;
        }
        auto done = co_await (this->*operation)(work);
        if (!done && done.error().code == base::ErrorCode::kCancelled) {
            co_return done.error();
        }
        if (!done) {
            work.failure = std::move(done.error());
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> ApplyStep::each_must(std::span<Work> works, bool (*wanted)(const Work&),
                                      Operation operation) {
    if (auto done = co_await for_each(works, wanted, operation); !done) {
        co_return done;
    }
    co_return result_of(works);
}

base::Result<void> ApplyStep::result_of(std::span<Work> works) const {
    std::vector<ObjectFailure> failures;
    for (const Work& work : works) {
        if (work.failure) {
            failures.push_back({work.applied.id, *work.failure});
        }
    }
    if (!failures.empty()) {
        return join_failures(failures, limits_.failures_reported_max);
    }
    return {};
}

}  // namespace apply
