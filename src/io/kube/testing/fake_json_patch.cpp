// SPDX-License-Identifier: 0BSD
// JSON patches of the fake API server's objects.
#include <utility>

#include "io/kube/testing/fake_api.hpp"
#include "rules/patch/json_patch.hpp"

namespace kube::testing {

// The patch sees managedFields, and may hand fields from one manager to another. What only the server writes is not protected.
base::Result<Patched> FakeApi::do_json(const Request& request, const Resource& resource, const Value& body) {
    const auto key = key_of(request, resource);
    if (!key) {
        return key.error();
    }
    const Stored* former = find(*key);
    if (former == nullptr) {
        return base::wrap(request.text(),
                          server_error(base::ErrorCode::kNotFound, 404, "NotFound",
                                       resource.plural + " \"" + request.name + "\" not found"));
    }
    const Value before = shown(*former, request.gvk);
    auto patched = patch::apply_json_patch(before, body);
    if (!patched) {
        return base::wrap(request.text(),
                          server_error(base::ErrorCode::kInvalid, 422, "Invalid", patched.error().text()));
    }
    if (model::resource_version_of(*patched) != model::resource_version_of(before)) {
        return base::wrap(request.text(),
                          server_error(base::ErrorCode::kConflict, 409, "Conflict",
                                       "the object has been modified; please apply your changes to the "
                                       "latest version and try again"));
    }
    Owners owners = former->owners;
    if (const model::Array* fields = model::find_array(*patched, {"metadata", "managedFields"})) {
        owners = owners_of(*fields);
    }
    model::ensure_object(*patched, {"metadata"}).erase("managedFields");
    note_update(former->object, *patched, owners, {request.field_manager, "Update", request.subresource});
    auto stored = store({*key, former, *std::move(patched), std::move(owners), request.dry_run});
    if (!stored) {
        return base::wrap(request.text(), stored.error());
    }
    return Patched{*std::move(stored), false};
}

}  // namespace kube::testing
