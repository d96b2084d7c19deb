// SPDX-License-Identifier: 0BSD
#include "control/reconcile/status_writer.hpp"

#include "model/well_known.hpp"

namespace reconcile {

namespace {

// The merge patch that turns `before` into `after`: removed keys become null. Lists are replaced as a whole.
model::Object merge_patch(const model::Object& before, const model::Object& after) {
    model::Object patch;
    for (const auto& field : before) {
        if (!after.contains(field.key())) {
            patch[field.key()] = nullptr;
        }
    }
    for (const auto& field : after) {
        const model::Value* old = before.if_contains(field.key());
        if (old != nullptr && *old == field.value()) {
            continue;
        }
        if (old != nullptr && old->is_object() && field.value().is_object()) {
            patch[field.key()] = merge_patch(old->get_object(), field.value().get_object());
        } else {
            patch[field.key()] = field.value();
        }
    }
    return patch;
}

model::Array finalizers_of(const model::Value& object) {
    const model::Array* found = model::find_array(object, {"metadata", "finalizers"});
    return found == nullptr ? model::Array{} : *found;
}

}  // namespace

StatusWriter::StatusWriter(kube::Client& client, kube::Informer& stagesets)
    : client_(client), stagesets_(stagesets) {}

base::Task<kube::ObjectPtr> StatusWriter::write(kube::ObjectPtr object, model::StageSetStatus status) {
    const model::Value old_status = model::to_value(model::parse_status(*object));
    const model::Value new_status = model::to_value(status);
    model::Object patch = merge_patch(old_status.get_object(), new_status.get_object());
    if (patch.empty()) {
        co_return object;
    }
    model::Value body = model::Object{};
    body.get_object()["status"] = std::move(patch);
    co_return co_await this->patch(std::move(object), std::move(body), "status");
}

base::Task<kube::ObjectPtr> StatusWriter::add_finalizer(kube::ObjectPtr object) {
    model::Array finalizers = finalizers_of(*object);
    finalizers.emplace_back(model::kFinalizer);
    co_return co_await write_finalizers(std::move(object), std::move(finalizers));
}

base::Task<kube::ObjectPtr> StatusWriter::remove_finalizer(kube::ObjectPtr object) {
    model::Array kept;
    const model::Array finalizers = finalizers_of(*object);
    for (const model::Value& finalizer : finalizers) {
        if (finalizer != model::Value(model::kFinalizer)) {
            kept.push_back(finalizer);
        }
    }
    co_return co_await write_finalizers(std::move(object), std::move(kept));
}

base::Task<kube::ObjectPtr> StatusWriter::write_finalizers(kube::ObjectPtr object, model::Array finalizers) {
    model::Value body = model::Object{};
    model::Object& metadata = model::ensure_object(body, {"metadata"});
    metadata["finalizers"] = std::move(finalizers);
    // The list is replaced as a whole: another writer's finalizer must not get lost.
    metadata["resourceVersion"] = model::resource_version_of(*object);
    co_return co_await patch(std::move(object), std::move(body), "");
}

base::Task<kube::ObjectPtr> StatusWriter::patch(kube::ObjectPtr object, model::Value body,
                                                std::string subresource) {
    kube::PatchRequest request{kube::ref_of(*object), kube::PatchType::kMerge, std::move(body)};
    request.options.subresource = std::move(subresource);
    auto patched = co_await client_.patch(std::move(request));
    if (!patched) {
        co_return patched.error();
    }
    // The cache's copy is small; the raw answer holds managedFields, too.
    stagesets_.observe_write(patched->object);
    kube::ObjectPtr kept =
        stagesets_.get(model::namespace_of(patched->object), model::name_of(patched->object));
    if (kept && model::uid_of(*kept) == model::uid_of(patched->object)) {
        co_return kept;
    }
    co_return std::make_shared<const model::Value>(std::move(patched->object));
}

}  // namespace reconcile
