// SPDX-License-Identifier: 0BSD
// StatusWriter: sends a StageSet's status to the API server, only what changed.
#pragma once

#include "base/task.hpp"
#include "io/kube/informer.hpp"
#include "model/stageset.hpp"

namespace reconcile {

class StatusWriter {
public:
    // Writes of ours are shown to `stagesets` at once, so that the next run does not read an older status.
    StatusWriter(kube::Client& client, kube::Informer& stagesets);

    // Patches the status subresource with what differs between `object` (as this program last read or wrote it) and `status`:
    // a JSON merge patch, so that what others wrote meanwhile is left alone. Sends nothing when nothing differs. Conditions are a
    // list, which a patch replaces as a whole: where somebody wrote meanwhile they are read again, and other types are kept.
    // Answers the object as it is now. Errors: those of kube::Client::patch.
    base::Task<kube::ObjectPtr> write(kube::ObjectPtr object, model::StageSetStatus status);

    // Adds or removes our finalizer; fails with kConflict when somebody changed the object meanwhile.
    base::Task<kube::ObjectPtr> add_finalizer(kube::ObjectPtr object);
    base::Task<kube::ObjectPtr> remove_finalizer(kube::ObjectPtr object);

private:
    base::Task<kube::ObjectPtr> patch(kube::ObjectPtr object, model::Value body, std::string subresource);
    base::Task<kube::ObjectPtr> write_finalizers(kube::ObjectPtr object, model::Array finalizers);

    kube::Client& client_;
    kube::Informer& stagesets_;
};

}  // namespace reconcile
