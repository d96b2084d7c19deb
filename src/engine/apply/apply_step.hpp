// SPDX-License-Identifier: 0BSD
// ApplyStep: the objects of one step on their way to the cluster: checked all, then written.
#pragma once

#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/turn.hpp"
#include "engine/apply/applier.hpp"

namespace apply {

// First every object is checked by a dry run; what fields of former deliverers it has are taken over (see migration_of()), and
// of what is to be made anew it is asked whether it may be deleted. One failure among these, and nothing is written. Then all
// are written in apply order.
//
// An object that is made anew is deleted (as the very object that was checked), waited for, checked again and created. A crash
// in between leaves an object that does not exist: the next run creates it.
class ApplyStep {
public:
    // All of it outlives the step. `turn` is held; it is given back while deleted objects are waited for.
    ApplyStep(kube::Client& client, LiveObjects& live, base::Clock& clock, base::Turn& turn,
              const ApplyLimits& limits, const ApplyOptions& options);
    ~ApplyStep();

    // To be called once. Answers one entry for each object, in the same order. Errors: see Applier::apply.
    base::Task<std::vector<AppliedObject>> run(std::vector<model::Value> objects);

private:
    struct Work;
    using Operation = base::Task<void> (ApplyStep::*)(Work&);

    // Checks.
    base::Task<void> check(Work& work);
    base::Task<bool> find_existing(Work& work);
    base::Task<void> dry_run(Work& work);
    base::Task<kube::Patched> try_apply(Work& work);
    base::Task<void> compare_with_live(Work& work, model::Value would);
    base::Task<void> refused(Work& work, base::Error error);
    base::Task<void> migrate(Work& work);
    base::Task<void> try_remove(Work& work);

    // Writes.
    base::Task<void> write(Work& work);
    base::Task<void> remove_marks(Work& work);
    void note_written(Work& work, const model::Value& object);
    base::Task<void> recreate(std::span<Work> works);
    base::Task<void> remove(Work& work);
    base::Task<void> look_for(Work& work);
    base::Task<void> wait_until_gone(std::span<Work> works);
    base::Task<void> remake(Work& work);

    // Runs `operation` for each of the works that `wanted` picks, several at once; failures are kept with the work.
    // Errors: kCancelled only.
    base::Task<void> for_each(std::span<Work> works, bool (*wanted)(const Work&), Operation operation);
    base::Task<void> lane(std::span<Work> works, std::size_t& next, bool (*wanted)(const Work&),
                          Operation operation);
    // The same; then an error of all that failed so far.
    base::Task<void> each_must(std::span<Work> works, bool (*wanted)(const Work&), Operation operation);
    base::Result<void> result_of(std::span<Work> works) const;

    kube::Client& client_;
    LiveObjects& live_;
    base::Clock& clock_;
    base::Turn& turn_;
    const ApplyLimits& limits_;
    const ApplyOptions& options_;
    std::vector<Work> works_;
};

}  // namespace apply
