// SPDX-License-Identifier: 0BSD
#include "engine/apply/managed_objects.hpp"

#include <charconv>

#include "engine/apply/ownership.hpp"

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

// Drops what readiness never looks at: a pod template is most of a Deployment's size.
void trim_for_readiness(model::Value& object) {
    if (auto* root = object.if_object()) {
        root->erase("data");
        root->erase("binaryData");
        root->erase("stringData");
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

class ManagedObjects::OwnerSubscription final : public Subscription {
public:
    OwnerSubscription(ManagedObjects& objects, Owner owner, base::Event& changed)
        : objects_(objects), owner_(std::move(owner)), changed_(changed) {
        objects_.subscribers_[owner_].insert(&changed_);
    }
    ~OwnerSubscription() override {
        const auto found = objects_.subscribers_.find(owner_);
        if (found == objects_.subscribers_.end()) {
            return;
        }
        found->second.erase(&changed_);
        if (found->second.empty()) {
            objects_.subscribers_.erase(found);
        }
    }

private:
    ManagedObjects& objects_;
    Owner owner_;
    base::Event& changed_;
};

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

std::unique_ptr<Subscription> ManagedObjects::subscribe(Owner owner, base::Event& changed) {
    return std::make_unique<OwnerSubscription>(*this, std::move(owner), changed);
}

kube::Informer& ManagedObjects::informer_for(const kube::GroupVersionKind& gvk) {
    auto& informer = informers_[gvk];
    if (!informer) {
        kube::InformerOptions options;
        options.gvk = gvk;
        options.label_selector = label_selector_;
        options.trim = trim_for_readiness;
        informer =
            std::make_unique<kube::Informer>(client_, clock_, rng_, log_, executor_, std::move(options));
        informer->on_change([this](const kube::Change& change) { announce(change); });
        tasks_.spawn(informer->run());
    }
    return *informer;
}

void ManagedObjects::announce(const kube::Change& change) {
    // An object that changes its owner concerns both.
    for (const kube::ObjectPtr& object : {change.before, change.after}) {
        const auto owner = object ? owner_of(*object) : std::nullopt;
        if (!owner) {
            continue;
        }
        if (const auto found = subscribers_.find(*owner); found != subscribers_.end()) {
            for (base::Event* changed : found->second) {
                changed->set();
            }
        }
    }
}

base::Task<LiveObject> ManagedObjects::read(kube::ObjectRef ref, std::string resource_version) {
    const kube::Informer& informer = informer_for(ref.gvk);
    if (informer.synced() && informer.served()) {
        const kube::ObjectPtr cached = informer.get(ref.ns, ref.name);
        if (cached && at_least(model::resource_version_of(*cached), resource_version)) {
            co_return LiveObject{*cached, true};
        }
    }
    auto live = co_await client_.get(std::move(ref));
    if (!live && live.error().code == base::ErrorCode::kNotFound) {
        co_return LiveObject{std::nullopt, informer.synced()};
    }
    if (!live) {
        co_return live.error();
    }
    const bool watched = informer.synced() && owner_of(*live).has_value();
    co_return LiveObject{std::move(*live), watched};
}

base::Task<void> ManagedObjects::stop() {
    tasks_.cancel();
    co_return co_await tasks_.join();
}

}  // namespace apply
