// SPDX-License-Identifier: 0BSD
#include "engine/apply/managed_objects.hpp"

#include <charconv>

#include "base/deadline.hpp"
#include "engine/apply/ownership.hpp"
#include "model/well_known.hpp"

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

// After a restart thousands of reads wait for one list, which a busy server may take seconds for; a list that is refused ends the
// wait at once. Only where it neither comes nor fails are the first reads of a kind late by this much, once.
constexpr base::Duration kFirstListMax = std::chrono::seconds(10);

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

// Drops what readiness never looks at: a pod template is most of a Deployment's size.
void trim_for_readiness(model::Value& object) {
    if (auto* root = object.if_object()) {
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
                               base::Executor executor, std::vector<std::string> owner_namespaces)
    : client_(client),
      clock_(clock),
      rng_(rng),
      log_(std::move(log)),
      executor_(executor),
      label_selector_(selector_for(owner_namespaces)),
      tasks_(executor) {}

ManagedObjects::~ManagedObjects() = default;

ManagedObjects::Watched& ManagedObjects::watched(const kube::GroupVersionKind& gvk) {
    Watched& watched = watched_[gvk];
    if (!watched.informer) {
        kube::InformerOptions options;
        options.gvk = gvk;
        options.label_selector = label_selector_;
        options.trim = trim_for_readiness;
        watched.informer =
            std::make_unique<kube::Informer>(client_, clock_, rng_, log_, executor_, std::move(options));
        watched.informer->on_change([this](const kube::Change& change) { announce(change); });
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
    if (before) {
        listener_(*before);
    }
    if (after && after != before) {
        listener_(*after);
    }
}

base::Task<LiveObject> ManagedObjects::read(kube::ObjectRef ref, std::string resource_version) {
    const Watched& kind = watched(ref.gvk);
    kube::Informer& informer = *kind.informer;
    if (!informer.synced() && clock_.steady_now() < kind.first_list_by) {
        auto settled = co_await base::with_deadline(informer.wait_attempted(), clock_, kind.first_list_by,
                                                    "no list in time");
        if (!settled && settled.error().code == base::ErrorCode::kCancelled) {
            co_return settled.error();
        }
    }
    if (informer.synced() && informer.served()) {
        const kube::ObjectPtr cached = informer.get(ref.ns, ref.name);
        if (cached && at_least(model::resource_version_of(*cached), resource_version)) {
            co_return LiveObject{cached, true};
        }
    }
    auto live = co_await client_.get(std::move(ref));
    if (!live && live.error().code == base::ErrorCode::kNotFound) {
        co_return LiveObject{nullptr, informer.synced()};
    }
    if (!live) {
        co_return live.error();
    }
    const bool watched = informer.synced() && owner_of(*live).has_value();
    co_return LiveObject{std::make_shared<const model::Value>(std::move(*live)), watched};
}

base::Task<void> ManagedObjects::stop() {
    tasks_.cancel();
    co_return co_await tasks_.join();
}

}  // namespace apply
