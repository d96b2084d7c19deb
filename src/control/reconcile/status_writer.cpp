// SPDX-License-Identifier: 0BSD
#include "control/reconcile/status_writer.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

#include "model/well_known.hpp"

namespace reconcile {

namespace {

// Each costs a read and a write; more in a row mean that somebody does nothing but write.
constexpr int kConflictsMax = 5;

bool is_ready(const model::Value& condition) { return model::find_string(condition, {"type"}) == "Ready"; }

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

// Our conditions as `status` has them, those of other types as `fresh` has them.
model::Array with_conditions_of_others(const model::Value& status, const model::Value& fresh) {
    model::Array conditions;
    if (const model::Array* ours = model::find_array(status, {"conditions"})) {
        std::ranges::copy_if(*ours, std::back_inserter(conditions), is_ready);
    }
    if (const model::Array* all = model::find_array(fresh, {"status", "conditions"})) {
        std::ranges::copy_if(*all, std::back_inserter(conditions), std::not_fn(is_ready));
    }
    return conditions;
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
    const bool replaces_list = patch.contains("conditions");
    model::Value body = model::Object{};
    body.get_object()["status"] = std::move(patch);
    if (!replaces_list) {
        co_return co_await this->patch(std::move(object), std::move(body), "status");
    }
    model::ensure_object(body, {"metadata"})["resourceVersion"] = model::resource_version_of(*object);
    auto written = co_await this->patch(object, body, "status");
    for (int tries = 0;
         !written && written.error().code == base::ErrorCode::kConflict && tries < kConflictsMax; ++tries) {
        auto fresh = co_await client_.get(kube::ref_of(*object));
        if (!fresh) {
            co_return fresh.error();
        }
        body.at("status").as_object()["conditions"] = with_conditions_of_others(new_status, *fresh);
        body.at("metadata").as_object()["resourceVersion"] = model::resource_version_of(*fresh);
        if (tries + 1 == kConflictsMax) {
            // Somebody writes all the time: what is lost now is at most a condition that he wrote in this instant.
            body.as_object().erase("metadata");
        }
        written = co_await this->patch(object, body, "status");
    }
    co_return written;
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
