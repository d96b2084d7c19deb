// SPDX-License-Identifier: 0BSD
#include "engine/apply/field_migration.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "model/well_known.hpp"

namespace apply {

namespace {

// The server's name for the owner of fields that nobody owned when the first apply came.
constexpr std::string_view kBeforeFirstApply = "before-first-apply";
// kubectl-client-side-apply, kubectl-create, kubectl-edit, …, and plain kubectl for its server-side apply.
constexpr std::string_view kKubectl = "kubectl";
constexpr std::array<std::string_view, 2> kDeliverers = {"kustomize-controller", "helm-controller"};

bool is_main_resource(const model::Value& entry) {
    return model::find_string(entry, {"subresource"}).empty();
}

bool is_ours(const model::Value& entry) {
    return is_main_resource(entry) && model::find_string(entry, {"manager"}) == model::kFieldManager;
}

bool is_applied_by_us(const model::Value& entry) {
    return is_ours(entry) && model::find_string(entry, {"operation"}) == "Apply";
}

bool is_former(const model::Value& entry) {
    const std::string_view manager = model::find_string(entry, {"manager"});
    return is_main_resource(entry) &&
           (manager == kBeforeFirstApply || manager.starts_with(kKubectl) ||
            std::ranges::find(kDeliverers, manager) != kDeliverers.end() || is_ours(entry));
}

// The union of two trees of fields. Their depth is bounded by the parser that read them.
void unite(model::Object& fields, const model::Object& more) {
    for (const auto& [key, below] : more) {
        model::Value& known = fields[key];
        if (known.is_object() && below.is_object()) {
            unite(known.get_object(), below.get_object());
        } else if (!known.is_object()) {
            known = below;
        }
    }
}

model::Value patch_to(model::Array entries, std::string_view resource_version) {
    return model::Array{
        model::Object{{"op", "add"}, {"path", "/metadata/managedFields"}, {"value", std::move(entries)}},
        model::Object{{"op", "replace"}, {"path", "/metadata/resourceVersion"}, {"value", resource_version}}};
}

}  // namespace

std::optional<model::Value> migration_of(const model::Value& live, const model::Value& applied) {
    const model::Array* entries = model::find_array(live, {"metadata", "managedFields"});
    const bool nobody_known = entries == nullptr || entries->empty();
    if (nobody_known) {
        entries = model::find_array(applied, {"metadata", "managedFields"});
    }
    if (entries == nullptr || (!nobody_known && std::ranges::any_of(*entries, is_applied_by_us))) {
        return std::nullopt;
    }
    const auto first = std::ranges::find_if(*entries, [nobody_known](const model::Value& entry) {
        return nobody_known ? model::find_string(entry, {"manager"}) == kBeforeFirstApply : is_former(entry);
    });
    if (first == entries->end()) {
        return std::nullopt;
    }
    // One entry is ours in the end. Fields of another version of the kind may have other names: they stay with their owner.
    const std::string_view version = model::find_string(*first, {"apiVersion"});
    model::Object ours = first->as_object();
    ours["manager"] = model::kFieldManager;
    ours["operation"] = "Apply";
    if (!ours["fieldsV1"].is_object()) {
        ours["fieldsV1"] = model::Object();
    }
    model::Object& fields = ours["fieldsV1"].get_object();
    model::Array kept;
    for (const model::Value& entry : *entries) {
        const bool taken = is_former(entry) && !is_applied_by_us(entry) &&
                           model::find_string(entry, {"apiVersion"}) == version;
        if (taken) {
            if (const model::Object* theirs = model::find_object(entry, {"fieldsV1"})) {
                unite(fields, *theirs);
            }
        } else if (!is_applied_by_us(entry)) {
            kept.push_back(entry);
        }
    }
    kept.insert(kept.begin(), std::move(ours));
    return patch_to(std::move(kept), model::resource_version_of(live));
}

}  // namespace apply
