// SPDX-License-Identifier: 0BSD
// What the fake API server does to its objects.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/invariant.hpp"
#include "io/kube/testing/fake_api.hpp"

namespace kube::testing {

namespace {

constexpr std::array kServerMetadata = {"uid",        "resourceVersion",   "creationTimestamp",
                                        "generation", "deletionTimestamp", "deletionGracePeriodSeconds"};

// Kinds whose content is not split into spec and status have no generation and no status of their own.
bool has_generation(const Value& object) { return model::find(object, {"spec"}) != nullptr; }

model::Object& metadata_of(Value& object) { return model::ensure_object(object, {"metadata"}); }

// Takes from `live` what only the server may write.
void keep_server_metadata(Value& object, const Value& live) {
    auto& metadata = metadata_of(object);
    metadata.erase("managedFields");
    for (const auto* key : kServerMetadata) {
        const Value* value = model::find(live, {"metadata", key});
        if (value == nullptr) {
            metadata.erase(key);
        } else {
            metadata[key] = *value;
        }
    }
}

void keep_status(Value& object, const Value& live) {
    const Value* status = model::find(live, {"status"});
    if (status == nullptr) {
        object.as_object().erase("status");
    } else {
        object.as_object()["status"] = *status;
    }
}

// The part of an object whose change makes a new generation.
Value desired_part(const Value& object) {
    Value part = object;
    for (const auto* key : {"apiVersion", "kind", "metadata", "status"}) {
        part.as_object().erase(key);
    }
    return part;
}

// What a write through `subresource` may change of `live`.
Value through_subresource(const Request& request, const Value& live, Value wanted) {
    keep_server_metadata(wanted, live);
    if (request.subresource == "status") {
        Value result = live;
        keep_status(result, wanted);
        return result;
    }
    keep_status(wanted, live);
    return wanted;
}

base::Error not_found(const Request& request, const Resource& resource) {
    return base::wrap(request.text(), server_error(base::ErrorCode::kNotFound, 404, "NotFound",
                                                   resource.plural + " \"" + request.name + "\" not found"));
}

base::Error conflict(const Request& request, std::string message, std::vector<StatusCause> causes = {}) {
    return base::wrap(request.text(), server_error(base::ErrorCode::kConflict, 409, "Conflict",
                                                   std::move(message), std::move(causes)));
}

base::Error bad_request(const Request& request, std::string message) {
    return base::wrap(request.text(),
                      server_error(base::ErrorCode::kInvalid, 400, "BadRequest", std::move(message)));
}

// Preconditions in the body: the uid and resourceVersion that the writer believes in.
bool is_stale(const Value& body, const Value& live) {
    const auto version = model::resource_version_of(body);
    const auto uid = model::uid_of(body);
    return (!version.empty() && version != model::resource_version_of(live)) ||
           (!uid.empty() && uid != model::uid_of(live));
}

constexpr const char* kModified =
    "the object has been modified; please apply your changes to the latest version and try again";

Manager manager_of(const Request& request, const char* operation) {
    return {request.field_manager, operation, request.subresource};
}

Request write_request(std::string verb, const ObjectRef& ref, const WriteOptions& options) {
    Request request{.verb = std::move(verb), .gvk = ref.gvk, .ns = ref.ns, .name = ref.name};
    request.subresource = options.subresource;
    request.dry_run = options.dry_run;
    request.field_manager = options.field_manager;
    return request;
}

}  // namespace

base::Result<FakeApi::Key> FakeApi::key_of(const Request& request, const Resource& resource) const {
    if (request.name.empty()) {
        return bad_request(request, "name is required");
    }
    if (resource.namespaced && request.ns.empty()) {
        return bad_request(request, "an empty namespace may not be set when a resource name is provided");
    }
    return Key{resource.gvk.group, resource.gvk.kind, resource.namespaced ? request.ns : "", request.name};
}

const FakeApi::Stored* FakeApi::find(const Key& key) const {
    const auto found = objects_.find(key);
    return found == objects_.end() ? nullptr : &found->second;
}

const Value* FakeApi::object(std::string_view kind, std::string_view ns, std::string_view name) const {
    const auto found = std::ranges::find_if(objects_, [&](const auto& entry) {
        return entry.first.kind == kind && entry.first.ns == ns && entry.first.name == name;
    });
    return found == objects_.end() ? nullptr : &found->second.object;
}

std::vector<Value> FakeApi::objects(std::string_view kind) const {
    std::vector<Value> found;
    for (const auto& [key, stored] : objects_) {
        if (key.kind == kind) {
            found.push_back(stored.object);
        }
    }
    return found;
}

std::size_t FakeApi::count(std::string_view kind) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(objects_, [&](const auto& entry) { return entry.first.kind == kind; }));
}

Value FakeApi::shown(const Stored& stored, const GroupVersionKind& gvk) const {
    Value object = stored.object;
    object.as_object()["apiVersion"] = gvk.api_version();
    auto fields = managed_fields(stored.owners, gvk.api_version(), base::format_rfc3339(clock_.now()));
    if (!fields.empty()) {
        metadata_of(object)["managedFields"] = std::move(fields);
    }
    return object;
}

base::Result<Value> FakeApi::store(Write write) {
    const Value* before = write.former == nullptr ? nullptr : &write.former->object;
    if (before == nullptr && behaviour.namespaces_must_exist && !write.key.ns.empty() &&
        object("Namespace", "", write.key.ns) == nullptr) {
        return server_error(base::ErrorCode::kNotFound, 404, "NotFound",
                            "namespaces \"" + write.key.ns + "\" not found");
    }
    if (admission) {
        if (const auto admitted = admission(before, write.object); !admitted) {
            return admitted.error();
        }
    }
    auto& metadata = metadata_of(write.object);
    if (before == nullptr) {
        if (model::uid_of(write.object).empty()) {
            metadata["uid"] = fmt::format("00000000-0000-4000-8000-{:012x}", ++uid_count_);
        }
        metadata["creationTimestamp"] = base::format_rfc3339(clock_.now());
        if (has_generation(write.object)) {
            metadata["generation"] = 1;
        }
    } else if (has_generation(write.object) && desired_part(*before) != desired_part(write.object)) {
        metadata["generation"] = model::generation_of(*before) + 1;
    }
    const auto gvk = model::gvk_of(write.object);
    if (before != nullptr && *before == write.object && write.former->owners == write.owners) {
        return shown(*write.former, gvk);
    }
    const auto* finalizers = model::find_array(write.object, {"metadata", "finalizers"});
    const bool terminated = model::find(write.object, {"metadata", "deletionTimestamp"}) != nullptr &&
                            (finalizers == nullptr || finalizers->empty());
    if (!write.dry_run) {
        metadata_of(write.object)["resourceVersion"] = std::to_string(++version_);
        commit(write, terminated);
    }
    return shown({write.object, write.owners}, gvk);
}

void FakeApi::commit(const Write& write, bool terminated) {
    Value before =
        write.former == nullptr ? Value() : shown(*write.former, model::gvk_of(write.former->object));
    if (terminated) {
        objects_.erase(write.key);
        record(std::move(before), Value());
    } else {
        Stored& stored = objects_[write.key];
        stored = Stored{write.object, write.owners};
        record(std::move(before), shown(stored, model::gvk_of(write.object)));
    }
    if (write.key.kind == "CustomResourceDefinition") {
        follow_crd(write.object, behaviour.establish_crds && write.former == nullptr, !terminated);
    }
}

void FakeApi::follow_crd(const Value& crd, bool established, bool served) {
    const std::string group(model::find_string(crd, {"spec", "group"}));
    const std::string kind(model::find_string(crd, {"spec", "names", "kind"}));
    if (!served) {
        unserve(group, kind);
    }
    if (!established || !served) {
        return;
    }
    if (const auto* versions = model::find_array(crd, {"spec", "versions"})) {
        for (const auto& version : *versions) {
            serve({group, std::string(model::find_string(version, {"name"})), kind},
                  std::string(model::find_string(crd, {"spec", "names", "plural"})),
                  model::find_string(crd, {"spec", "scope"}) == "Namespaced");
        }
    }
    const Value conditions = {
        {{"type", "NamesAccepted"}, {"status", "True"}, {"reason", "NoConflicts"}},
        {{"type", "Established"}, {"status", "True"}, {"reason", "InitialNamesAccepted"}}};
    set_status(ref_of(crd), {{"conditions", conditions}});
}

void FakeApi::establish(std::string_view crd_name) {
    const Value* crd = object("CustomResourceDefinition", "", crd_name);
    base::invariant(crd != nullptr, "establish() needs a stored CustomResourceDefinition");
    follow_crd(Value(*crd), true, true);
}

Value FakeApi::put(Value wanted) {
    const ObjectRef ref = ref_of(wanted);
    const Key key{ref.gvk.group, ref.gvk.kind, ref.ns, ref.name};
    const Stored* former = find(key);
    Owners owners = former == nullptr ? Owners() : former->owners;
    if (former != nullptr) {
        keep_server_metadata(wanted, former->object);
    }
    note_update(former == nullptr ? Value(model::Object()) : former->object, wanted, owners,
                {"other", "Update", ""});
    const auto saved_admission = std::exchange(admission, nullptr);
    const bool saved_check = std::exchange(behaviour.namespaces_must_exist, false);
    auto stored = store({key, former, std::move(wanted), std::move(owners), false});
    admission = saved_admission;
    behaviour.namespaces_must_exist = saved_check;
    base::invariant(stored.has_value(), "put() cannot fail");
    return *std::move(stored);
}

void FakeApi::edit(ObjectRef ref, const std::function<void(Value& object)>& change) {
    const Stored* stored = find({ref.gvk.group, ref.gvk.kind, ref.ns, ref.name});
    base::invariant(stored != nullptr, "edit() needs a stored object");
    Value object = stored->object;
    change(object);
    put(std::move(object));
}

void FakeApi::set_status(ObjectRef ref, Value status) {
    edit(std::move(ref), [&status](Value& object) { object.as_object()["status"] = std::move(status); });
}

void FakeApi::erase(ObjectRef ref) {
    const Key key{ref.gvk.group, ref.gvk.kind, ref.ns, ref.name};
    const Stored* former = find(key);
    base::invariant(former != nullptr, "erase() needs a stored object");
    ++version_;
    const Stored copy = *former;
    commit({key, &copy, copy.object, copy.owners, false}, true);
}

base::Task<Value> FakeApi::create(Value object, WriteOptions options) {
    const Request request = write_request("create", ref_of(object), options);
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    auto result = do_create(request, *resource, std::move(object));
    if (auto lost = take_fault(request, true)) {
        co_return *std::move(lost);
    }
    co_return result;
}

base::Result<Value> FakeApi::do_create(const Request& request, const Resource& resource, Value object) {
    const auto key = key_of(request, resource);
    if (!key) {
        return key.error();
    }
    if (find(*key) != nullptr) {
        return base::wrap(request.text(),
                          server_error(base::ErrorCode::kAlreadyExists, 409, "AlreadyExists",
                                       resource.plural + " \"" + request.name + "\" already exists"));
    }
    if (!resource.namespaced && !model::namespace_of(object).empty()) {
        return bad_request(request, "namespace must not be set for a cluster-scoped kind");
    }
    if (!model::resource_version_of(object).empty()) {
        return bad_request(request, "resourceVersion should not be set on objects to be created");
    }
    keep_server_metadata(object, Value(model::Object()));
    keep_status(object, Value(model::Object()));
    Owners owners;
    note_update(Value(model::Object()), object, owners, manager_of(request, "Update"));
    auto stored = store({*key, nullptr, std::move(object), std::move(owners), request.dry_run});
    return stored ? std::move(stored) : base::wrap(request.text(), stored.error());
}

base::Task<Value> FakeApi::update(Value object, WriteOptions options) {
    const Request request = write_request("update", ref_of(object), options);
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    auto result = do_update(request, *resource, std::move(object));
    if (auto lost = take_fault(request, true)) {
        co_return *std::move(lost);
    }
    co_return result;
}

base::Result<Value> FakeApi::do_update(const Request& request, const Resource& resource, Value object) {
    const auto key = key_of(request, resource);
    if (!key) {
        return key.error();
    }
    const Stored* former = find(*key);
    if (former == nullptr) {
        return not_found(request, resource);
    }
    if (is_stale(object, former->object)) {
        return conflict(request, kModified);
    }
    Value wanted = through_subresource(request, former->object, std::move(object));
    Owners owners = former->owners;
    note_update(former->object, wanted, owners, manager_of(request, "Update"));
    auto stored = store({*key, former, std::move(wanted), std::move(owners), request.dry_run});
    return stored ? std::move(stored) : base::wrap(request.text(), stored.error());
}

base::Task<Patched> FakeApi::patch(PatchRequest wanted) {
    Request request =
        write_request(wanted.type == PatchType::kApply ? "apply" : "patch", wanted.ref, wanted.options);
    request.force = wanted.force;
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    if (wanted.type == PatchType::kStrategic) {
        co_return base::Error{base::ErrorCode::kUnsupported,
                              request.text() + ": this patch type is not simulated"};
    }
    base::Result<Patched> result;
    switch (wanted.type) {
        case PatchType::kApply: result = do_apply(request, *resource, std::move(wanted.body)); break;
        case PatchType::kJson: result = do_json(request, *resource, wanted.body); break;
        case PatchType::kMerge:
        case PatchType::kStrategic: result = do_merge(request, *resource, wanted.body); break;
    }
    if (auto lost = take_fault(request, true)) {
        co_return *std::move(lost);
    }
    co_return result;
}

base::Result<Patched> FakeApi::do_apply(const Request& request, const Resource& resource, Value body) {
    const auto key = key_of(request, resource);
    if (!key) {
        return key.error();
    }
    const Stored* former = find(*key);
    if (former == nullptr && !request.subresource.empty()) {
        return not_found(request, resource);
    }
    const Value live = former == nullptr ? Value(model::Object()) : former->object;
    if (is_stale(body, live)) {
        return conflict(request, kModified);
    }
    if (model::find(body, {"metadata", "managedFields"}) != nullptr) {
        return bad_request(request, "metadata.managedFields must be nil");
    }
    body = through_subresource(request, Value(model::Object()), std::move(body));
    body.as_object()["apiVersion"] = request.gvk.api_version();
    body.as_object()["kind"] = request.gvk.kind;
    metadata_of(body)["name"] = key->name;
    if (!key->ns.empty()) {
        metadata_of(body)["namespace"] = key->ns;
    }
    const Manager manager = manager_of(request, "Apply");
    Owners owners = former == nullptr ? Owners() : former->owners;
    const auto conflicts = conflicts_of(live, owners, manager, body);
    if (!conflicts.empty() && !request.force) {
        std::vector<StatusCause> causes;
        for (const auto& [other, field] : conflicts) {
            causes.push_back({"FieldManagerConflict", "conflict with \"" + other + "\"", field});
        }
        return conflict(
            request,
            fmt::format("Apply failed with {} conflict{}: conflict with \"{}\": {}", conflicts.size(),
                        conflicts.size() == 1 ? "" : "s", conflicts[0].manager, conflicts[0].field),
            std::move(causes));
    }
    Value merged = apply_fields(live, owners, manager, body);
    if (former != nullptr) {
        merged = through_subresource(request, former->object, std::move(merged));
    }
    auto stored = store({*key, former, std::move(merged), std::move(owners), request.dry_run});
    if (!stored) {
        return base::wrap(request.text(), stored.error());
    }
    return Patched{*std::move(stored), former == nullptr};
}

base::Result<Patched> FakeApi::do_merge(const Request& request, const Resource& resource, const Value& body) {
    const auto key = key_of(request, resource);
    if (!key) {
        return key.error();
    }
    const Stored* former = find(*key);
    if (former == nullptr) {
        return not_found(request, resource);
    }
    if (is_stale(body, former->object)) {
        return conflict(request, kModified);
    }
    Value merged = former->object;
    merge_patch(merged, body);
    Value wanted = through_subresource(request, former->object, std::move(merged));
    Owners owners = former->owners;
    note_update(former->object, wanted, owners, manager_of(request, "Update"));
    auto stored = store({*key, former, std::move(wanted), std::move(owners), request.dry_run});
    if (!stored) {
        return base::wrap(request.text(), stored.error());
    }
    return Patched{*std::move(stored), false};
}

base::Task<void> FakeApi::remove(DeleteRequest wanted) {
    Request request{.verb = "delete", .gvk = wanted.ref.gvk, .ns = wanted.ref.ns, .name = wanted.ref.name};
    request.dry_run = wanted.dry_run;
    request.propagation = wanted.propagation;
    const auto resource = co_await admit(request);
    if (!resource) {
        co_return resource.error();
    }
    auto result = do_remove(request, *resource, wanted);
    if (auto lost = take_fault(request, true)) {
        co_return *std::move(lost);
    }
    co_return result;
}

base::Result<void> FakeApi::do_remove(const Request& request, const Resource& resource,
                                      const DeleteRequest& wanted) {
    const auto key = key_of(request, resource);
    if (!key) {
        return key.error();
    }
    const Stored* former = find(*key);
    if (former == nullptr) {
        return not_found(request, resource);
    }
    const Value& live = former->object;
    if (!wanted.uid.empty() && wanted.uid != model::uid_of(live)) {
        return conflict(request, "Precondition failed: UID in precondition: " + wanted.uid +
                                     ", UID in object meta: " + std::string(model::uid_of(live)));
    }
    if (!wanted.resource_version.empty() && wanted.resource_version != model::resource_version_of(live)) {
        return conflict(request,
                        "Precondition failed: resourceVersion in precondition: " + wanted.resource_version);
    }
    if (wanted.dry_run) {
        return {};
    }
    const auto* finalizers = model::find_array(live, {"metadata", "finalizers"});
    if (finalizers == nullptr || finalizers->empty()) {
        erase({wanted.ref.gvk, key->ns, key->name});
    } else if (model::find(live, {"metadata", "deletionTimestamp"}) == nullptr) {
        Write write{*key, former, live, former->owners, false};
        auto& metadata = metadata_of(write.object);
        metadata["deletionTimestamp"] = base::format_rfc3339(clock_.now());
        metadata["deletionGracePeriodSeconds"] = 0;
        metadata["resourceVersion"] = std::to_string(++version_);
        commit(write, false);
    }
    return {};
}

}  // namespace kube::testing
