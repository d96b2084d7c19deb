// SPDX-License-Identifier: 0BSD
#include "engine/apply/managed_objects.hpp"

#include <bit>
#include <charconv>
#include <set>

#include "base/deadline.hpp"
#include "engine/apply/ownership.hpp"
#include "model/well_known.hpp"
#include "rules/readiness/evaluate.hpp"

namespace apply {

namespace {

// Resource versions of one API server are decimal numbers that grow (KEP-5504); anything else never counts as fresh.
bool at_least(std::string_view have, std::string_view want) {
    if (want.empty() || have == want) {
        return true;
    }
    std::uint64_t have_number = 0;
    std::uint64_t want_number = 0;
    const auto have_read = std::from_chars(have.data(), have.data() + have.size(), have_number);
    const auto want_read = std::from_chars(want.data(), want.data() + want.size(), want_number);
    return have_read.ec == std::errc{} && want_read.ec == std::errc{} && have_number >= want_number;
}

// A list takes milliseconds; where it may not be had, the first reads of a kind are late by this much once.
constexpr base::Duration kFirstListMax = std::chrono::seconds(1);

// Where a cached object keeps its marks.
constexpr std::string_view kMarks = "marks";

void keep_marks(model::Object& object, const Marks& marks) {
    object[kMarks] = {std::bit_cast<std::int64_t>(marks.content),
                      std::bit_cast<std::int64_t>(marks.metadata)};
}

std::optional<Marks> kept_marks(const model::Value& object) {
    const model::Array* kept = model::find_array(object, {kMarks});
    if (kept == nullptr || kept->size() != 2 || !kept->at(0).is_int64() || !kept->at(1).is_int64()) {
        return std::nullopt;
    }
    return Marks{std::bit_cast<std::uint64_t>(kept->at(0).get_int64()),
                 std::bit_cast<std::uint64_t>(kept->at(1).get_int64())};
}

// What neither readiness nor ownership looks at.
void trim_metadata(model::Object& metadata) {
    metadata.erase("annotations");
    if (auto* labels = metadata.if_contains("labels"); labels != nullptr && labels->is_object()) {
        model::Object owner;
        for (const std::string_view key : {model::kOwnerNameLabel, model::kOwnerNamespaceLabel}) {
            if (const model::Value* value = labels->get_object().if_contains(key)) {
                owner[key] = *value;
            }
        }
        *labels = std::move(owner);
    }
}

// Of kinds that are ready by existing.
void trim_to_marks(model::Value& object) {
    if (auto* root = object.if_object()) {
        keep_marks(*root, marks_of_metadata(object));
        if (auto* metadata = root->if_contains("metadata"); metadata != nullptr && metadata->is_object()) {
            trim_metadata(metadata->get_object());
        }
        // A write's answer is whole.
        for (auto field = root->begin(); field != root->end();) {
            const std::string_view key = field->key();
            const bool kept = key == "apiVersion" || key == "kind" || key == "metadata" || key == kMarks;
            field = kept ? std::next(field) : root->erase(field);
        }
    }
}

// Drops what readiness never looks at: a pod template is most of a Deployment's size.
void trim_for_readiness(model::Value& object) {
    if (auto* root = object.if_object()) {
        keep_marks(*root, marks_of(object));
        root->erase("data");
        root->erase("binaryData");
        root->erase("stringData");
        if (auto* metadata = root->if_contains("metadata"); metadata != nullptr && metadata->is_object()) {
            trim_metadata(metadata->get_object());
        }
        if (auto* spec = root->if_contains("spec"); spec != nullptr && spec->is_object()) {
            spec->get_object().erase("template");
            spec->get_object().erase("versions");
        }
    }
}

std::string selector_for(const std::vector<std::string>& owner_namespaces) {
    if (owner_namespaces.empty()) {
        return std::string(model::kOwnerNameLabel);
    }
    std::string list;
    for (const std::string& ns : owner_namespaces) {
        list += list.empty() ? ns : "," + ns;
    }
    return fmt::format("{} in ({})", model::kOwnerNamespaceLabel, list);
}

}  // namespace

ManagedObjects::ManagedObjects(kube::Client& client, base::Clock& clock, base::Rng& rng, base::Logger log,
                               base::Executor executor, base::Compute& compute,
                               std::vector<std::string> owner_namespaces)
    : client_(client),
      clock_(clock),
      rng_(rng),
      log_(std::move(log)),
      executor_(executor),
      compute_(compute),
      label_selector_(selector_for(owner_namespaces)),
      tasks_(executor) {}

ManagedObjects::~ManagedObjects() = default;

ManagedObjects::Watched& ManagedObjects::watched(const kube::GroupVersionKind& gvk) {
    Watched& watched = watched_[gvk];
    if (!watched.informer) {
        kube::InformerOptions options;
        options.gvk = gvk;
        options.label_selector = label_selector_;
        // Secrets among them: their contents never come near this process.
        options.metadata_only = readiness::always_current(gvk.group, gvk.kind);
        options.trim = options.metadata_only ? trim_to_marks : trim_for_readiness;
        watched.informer =
            std::make_unique<kube::Informer>(client_, clock_, rng_, log_, executor_, std::move(options));
        watched.informer->on_change([this](const kube::Change& change) { announce(change); });
        // Who counts on the watch must know that it tells nothing any more.
        watched.informer->on_refused([this, informer = watched.informer.get()] { announce_all(*informer); });
        watched.first_list_by = clock_.steady_now() + kFirstListMax;
        tasks_.spawn(watched.informer->run());
    }
    return watched;
}

void ManagedObjects::announce(const kube::Change& change) const {
    if (!listener_) {
        return;
    }
    const auto before = change.before ? owner_of(*change.before) : std::nullopt;
    const auto after = change.after ? owner_of(*change.after) : std::nullopt;
    const model::ObjectId id = model::id_of(change.after ? *change.after : *change.before);
    if (before && before != after) {
        listener_({*before, id, std::nullopt});
    }
    if (after) {
        listener_({*after, id, kept_marks(*change.after)});
    }
}

void ManagedObjects::announce_all(const kube::Informer& informer) const {
    std::set<Owner> owners;
    informer.visit([&owners](const model::Value& object) {
        if (auto owner = owner_of(object)) {
            owners.insert(std::move(*owner));
        }
    });
    if (listener_) {
        for (const Owner& owner : owners) {
            listener_({owner});
        }
    }
}

std::optional<LiveObject> ManagedObjects::cached(const kube::Informer& informer,
                                                 std::string_view owner_namespace,
                                                 const ReadRequest& request) {
    const bool current = informer.following() || informer.failure().empty();
    if (!informer.synced() || !informer.served() || !current) {
        return std::nullopt;
    }
    kube::ObjectPtr object = informer.get(request.ref.ns, request.ref.name);
    if (!object || !at_least(model::resource_version_of(*object), request.not_older_than)) {
        return std::nullopt;
    }
    if (const auto owner = owner_of(*object);
        !owner_namespace.empty() && (!owner || owner->ns != owner_namespace)) {
        return std::nullopt;
    }
    LiveObject live;
    live.watched = informer.following();
    if (!request.whole) {
        live.object = std::move(object);
        return live;
    }
    // The cache's copy lacks fields; but it tells whether asking for them could bring anything new.
    live.unchanged = !request.known.empty() && at_least(request.known, model::resource_version_of(*object));
    return live.unchanged ? std::optional(std::move(live)) : std::nullopt;
}

base::Task<LiveObject> ManagedObjects::read(ReadRequest request) {
    co_return co_await read_as(client_, {}, std::move(request));
}

base::Task<LiveObject> ManagedObjects::read_as(kube::Client& tenant, std::string ns, ReadRequest request) {
    LiveObject live;
    if (request.managed) {
        const Watched& kind = watched(request.ref.gvk);
        const kube::Informer& informer = *kind.informer;
        if (auto settled = co_await wait_for_list(kind); !settled) {
            co_return settled.error();
        }
        if (auto known = cached(informer, ns, request)) {
            co_return std::move(*known);
        }
        live.watched = informer.following();
        live.unwatched_because = informer.failure();
    }
    auto object = co_await tenant.get(std::move(request.ref));
    if (!object && object.error().code == base::ErrorCode::kNotFound) {
        co_return live;
    }
    if (!object) {
        co_return object.error();
    }
    const auto owner = owner_of(*object);
    live.watched = live.watched && owner && (ns.empty() || owner->ns == ns);
    live.object = std::make_shared<const model::Value>(std::move(*object));
    co_return live;
}

base::Task<void> ManagedObjects::wait_for_list(const Watched& kind) {
    if (!kind.informer->following() && clock_.steady_now() < kind.first_list_by) {
        auto settled = co_await base::with_deadline(kind.informer->wait_attempted(), clock_,
                                                    kind.first_list_by, "no list in time");
        if (!settled && settled.error().code == base::ErrorCode::kCancelled) {
            co_return settled.error();
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> ManagedObjects::wait_followed(std::vector<kube::GroupVersionKind> kinds) {
    for (const kube::GroupVersionKind& gvk : kinds) {
        (void)watched(gvk);
    }
    for (const kube::GroupVersionKind& gvk : kinds) {
        if (auto settled = co_await wait_for_list(watched(gvk)); !settled) {
            co_return settled.error();
        }
    }
    co_return base::Result<void>{};
}

Sight ManagedObjects::sight(const kube::ObjectRef& ref) const {
    const auto kind = watched_.find(ref.gvk);
    if (kind == watched_.end() || !kind->second.informer->following()) {
        return {};
    }
    const kube::ObjectPtr object = kind->second.informer->get(ref.ns, ref.name);
    return {true, object ? kept_marks(*object) : std::nullopt};
}

void ManagedObjects::observe_write(const model::Value& object) {
    if (const auto kind = watched_.find(model::gvk_of(object)); kind != watched_.end()) {
        kind->second.informer->observe_write(object);
    }
}

base::Task<kube::ObjectRef> ManagedObjects::locate(kube::ObjectRef ref) {
    co_return co_await locate_as(client_, std::move(ref));
}

base::Task<kube::ObjectRef> ManagedObjects::locate_as(kube::Client& tenant, kube::ObjectRef ref) {
    auto resource = co_await tenant.preferred_resource(ref.gvk.group, ref.gvk.kind);
    if (!resource) {
        co_return resource.error();
    }
    ref.gvk = std::move(resource->gvk);
    if (!resource->namespaced) {
        ref.ns.clear();
    }
    co_return ref;
}

base::Task<std::vector<model::Value>> ManagedObjects::pods(std::string ns, std::string selector) {
    co_return co_await pods_as(client_, std::move(ns), std::move(selector));
}

base::Task<std::vector<model::Value>> ManagedObjects::pods_as(kube::Client& tenant, std::string ns,
                                                              std::string selector) {
    kube::ListRequest request{{"", "v1", "Pod"}, std::move(ns), std::move(selector), "", false};
    request.pages_max = 1;
    auto list = co_await tenant.list(std::move(request));
    if (!list) {
        co_return list.error();
    }
    co_return std::move(list->items);
}

base::Task<readiness::Verdict> ManagedObjects::judge(std::shared_ptr<const readiness::HealthRules> rules,
                                                     std::shared_ptr<const model::Value> object) {
    co_return co_await compute_.run([rules = std::move(rules), object = std::move(object)] {
        return base::Result<readiness::Verdict>(rules->judge(*object));
    });
}

base::Task<void> ManagedObjects::stop() {
    tasks_.cancel();
    co_return co_await tasks_.join();
}

}  // namespace apply
