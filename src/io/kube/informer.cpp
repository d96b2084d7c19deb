// SPDX-License-Identifier: 0BSD
#include "io/kube/informer.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/invariant.hpp"
#include "base/task_group.hpp"
#include "base/wait.hpp"
#include "io/kube/informer_cache.hpp"
#include "io/kube/label_selector.hpp"

namespace kube {

namespace {

constexpr base::Duration kBackoffFirst = std::chrono::milliseconds(500);
constexpr base::Duration kBackoffMax = std::chrono::seconds(30);
constexpr base::Duration kNotServedRetry = std::chrono::seconds(10);
// A watch worked, and failures before it are forgotten, when it lived this long; a shorter life is enough where it told
// something. Below that, a server that accepts and hangs up would be asked without a pause.
constexpr base::Duration kHealthyAfter = std::chrono::seconds(30);
constexpr base::Duration kHealthyAfterWithEvent = std::chrono::seconds(1);

// Following one namespace, or all.
struct Follower {
    Follower(base::Executor executor, std::string name) : ns(std::move(name)), wake(std::move(executor)) {}

    std::string ns;
    // The server's state that this cache has reached; empty: a list is needed.
    std::string version;
    // The highest version ever reached, to notice a server that was set back to an older backup.
    std::string reached;
    bool listed = false;
    bool answered = false;
    bool attempted = false;
    bool served = false;
    bool watching = false;  // the server accepted the watch that is open
    unsigned failures = 0;
    std::string failure;  // the last one, as logged
    base::Event wake;
};

bool is_not_served(const base::Error& error) {
    return error.code == base::ErrorCode::kUnsupported || error.code == base::ErrorCode::kNotFound;
}

}  // namespace

struct Informer::State {
    Client& client;
    base::Clock& clock;
    base::Rng& rng;
    base::Logger log;
    InformerOptions options;
    LabelSelector selector;
    std::vector<std::unique_ptr<Follower>> followers;
    std::vector<ChangeHandler> handlers;
    std::function<void()> refused;
    InformerCache cache;
    base::Event synced;
    base::Event settled;
    base::Event attempted;
    base::TaskGroup group;

    base::Task<void> follow(Follower& follower);
    base::Task<void> list(Follower& follower);
    base::Task<void> watch(Follower& follower, bool& healthy);
    base::Task<void> pause(Follower& follower, bool not_served);
    bool needs_pause(Follower& follower, const base::Result<void>& outcome, bool healthy);
    void take_page(Follower& follower, std::vector<Value> items, const std::string& version,
                   std::set<std::string>& present);
    void take_event(Follower& follower, WatchEvent event);
    void note_answer(Follower& follower, bool served);
    void note_attempt(Follower& follower);
    void report(Follower& follower, const base::Error& error);

    ObjectPtr prepare(Value object) const;
    bool watches_namespace(std::string_view ns) const;
    void take(Value object, bool even_if_older);
    void drop(const Value& object);
    void forget_missing(const Follower& follower, const std::set<std::string>& present, bool even_if_later,
                        const std::string& version);
    void notify(ObjectPtr before, ObjectPtr after) const;
};

namespace {

// Whether the server is at an older state than it once showed: it was restored from a backup.
bool was_set_back(const Follower& follower, std::string_view version) {
    return !follower.reached.empty() && is_later(follower.reached, version);
}

std::string key_of(std::string_view ns, std::string_view name) { return fmt::format("{}/{}", ns, name); }

// What kubectl keeps for itself: the whole object once more, as text.
void drop_last_applied(model::Object& metadata) {
    if (auto* annotations = metadata.if_contains("annotations");
        annotations != nullptr && annotations->is_object()) {
        annotations->get_object().erase("kubectl.kubernetes.io/last-applied-configuration");
    }
}

}  // namespace

// The object as it is kept and shown.
ObjectPtr Informer::State::prepare(Value object) const {
    if (auto* map = object.if_object()) {
        // Metadata-only answers carry the kind PartialObjectMetadata.
        (*map)["apiVersion"] = options.gvk.api_version();
        (*map)["kind"] = options.gvk.kind;
        if (auto* metadata = map->if_contains("metadata"); metadata != nullptr && metadata->is_object()) {
            metadata->as_object().erase("managedFields");
            drop_last_applied(metadata->as_object());
        }
    }
    if (options.trim) {
        options.trim(object);
    }
    return std::make_shared<const Value>(std::move(object));
}

void Informer::State::notify(ObjectPtr before, ObjectPtr after) const {
    const Change change{std::move(before), std::move(after)};
    for (const auto& handler : handlers) {
        handler(change);
    }
}

void Informer::State::take(Value object, bool even_if_older) {
    const ObjectPtr former = cache.get(model::namespace_of(object), model::name_of(object));
    if (former == nullptr) {
        ObjectPtr added = prepare(std::move(object));
        cache.put(*added);
        notify(nullptr, std::move(added));
        return;
    }
    if (!even_if_older &&
        !is_later(model::resource_version_of(object), model::resource_version_of(*former))) {
        return;
    }
    ObjectPtr after = prepare(std::move(object));
    if (even_if_older && *after == *former) {
        return;
    }
    if (model::uid_of(*former) != model::uid_of(*after)) {
        cache.erase(model::namespace_of(*former), model::name_of(*former));
        notify(former, nullptr);
        cache.put(*after);
        notify(nullptr, std::move(after));
        return;
    }
    cache.put(*after);
    notify(former, std::move(after));
}

void Informer::State::drop(const Value& object) {
    const auto ns = model::namespace_of(object);
    const auto name = model::name_of(object);
    const ObjectPtr known = cache.get(ns, name);
    // A write of ours may have made the object anew after the deletion that is told here.
    if (known == nullptr ||
        is_later(model::resource_version_of(*known), model::resource_version_of(object))) {
        return;
    }
    cache.erase(ns, name);
    notify(known, nullptr);
}

void Informer::State::forget_missing(const Follower& follower, const std::set<std::string>& present,
                                     bool even_if_later, const std::string& version) {
    for (const InformerCache::Name& name : cache.names()) {
        if ((!follower.ns.empty() && name.ns != follower.ns) ||
            present.contains(key_of(name.ns, name.name))) {
            continue;
        }
        const ObjectPtr object = cache.get(name.ns, name.name);
        // What a write of ours put here after the list was made cannot be in the list.
        if (even_if_later || !is_later(model::resource_version_of(*object), version)) {
            cache.erase(name.ns, name.name);
            notify(object, nullptr);
        }
    }
}

void Informer::State::take_page(Follower& follower, std::vector<Value> items, const std::string& version,
                                std::set<std::string>& present) {
    const bool set_back = was_set_back(follower, version);
    for (Value& item : items) {
        present.insert(key_of(model::namespace_of(item), model::name_of(item)));
        take(std::move(item), set_back);
    }
}

void Informer::State::note_answer(Follower& follower, bool served) {
    follower.served = served;
    follower.answered = true;
    if (std::ranges::all_of(followers, &Follower::answered)) {
        settled.set();
    }
    if (std::ranges::all_of(followers, &Follower::listed)) {
        synced.set();
    }
}

void Informer::State::note_attempt(Follower& follower) {
    follower.attempted = true;
    if (std::ranges::all_of(followers, &Follower::attempted)) {
        attempted.set();
    }
}

base::Task<void> Informer::State::list(Follower& follower) {
    ListRequest request{options.gvk, follower.ns, options.label_selector, "", options.metadata_only};
    std::set<std::string> present;
    request.take_page = [&](std::vector<Value> items, const std::string& version) {
        take_page(follower, std::move(items), version, present);
    };
    const auto list = co_await client.list(std::move(request));
    if (!list) {
        co_return list.error();
    }
    forget_missing(follower, present, was_set_back(follower, list->resource_version), list->resource_version);
    follower.version = list->resource_version;
    follower.reached = list->resource_version;
    follower.listed = true;
    note_answer(follower, true);
    if (!std::exchange(follower.failure, "").empty()) {
        log.info("following objects again", {{"gvk", options.gvk.text()}, {"namespace", follower.ns}});
    }
    co_return base::Result<void>{};
}

void Informer::State::take_event(Follower& follower, WatchEvent event) {
    std::string version(model::resource_version_of(event.object));
    switch (event.type) {
        case WatchEvent::Type::kAdded:
        case WatchEvent::Type::kModified: take(std::move(event.object), false); break;
        case WatchEvent::Type::kDeleted: drop(event.object); break;
        case WatchEvent::Type::kBookmark: break;
    }
    if (is_later(version, follower.version)) {
        follower.version = std::move(version);
        follower.reached = follower.version;
    }
}

base::Task<void> Informer::State::watch(Follower& follower, bool& healthy) {
    WatchRequest request{options.gvk, follower.ns,           options.label_selector,
                         "",          options.metadata_only, follower.version};
    auto opened = co_await client.watch(std::move(request));
    if (!opened) {
        co_return opened.error();
    }
    follower.watching = true;
    note_attempt(follower);
    const auto since = clock.steady_now();
    bool told = false;
    while (true) {
        auto event = co_await (*opened)->next();
        const auto lived = clock.steady_now() - since;
        told = told || (event && *event);
        healthy = lived >= (told ? kHealthyAfterWithEvent : kHealthyAfter);
        if (!event) {
            co_return event.error();
        }
        if (!*event) {
            co_return base::Result<void>{};
        }
        take_event(follower, **std::move(event));
    }
}

void Informer::State::report(Follower& follower, const base::Error& error) {
    std::string text = error.text();
    if (text == follower.failure) {
        return;
    }
    if (is_not_served(error)) {
        log.info("kind is not served; its objects are followed once it is", {{"gvk", options.gvk.text()}});
    } else {
        log.warn("following objects failed; retrying",
                 {{"gvk", options.gvk.text()}, {"namespace", follower.ns}, {"error", text}});
    }
    follower.failure = std::move(text);
    if (error.code == base::ErrorCode::kForbidden && refused) {
        refused();
    }
}

base::Task<void> Informer::State::pause(Follower& follower, bool not_served) {
    base::Duration delay = kNotServedRetry;
    if (!not_served) {
        const base::Duration full =
            std::min(kBackoffMax, kBackoffFirst * (1U << std::min(follower.failures, 6U)));
        ++follower.failures;
        // Half of the delay is left to chance, so that many followers do not come back at once.
        delay = full / 2 + base::Duration(static_cast<base::Duration::rep>(static_cast<double>(full.count()) /
                                                                           2 * rng.fraction()));
    }
    const auto woken = co_await base::wait_until(follower.wake, clock, clock.steady_now() + delay);
    if (!woken) {
        co_return woken.error();
    }
    co_return base::Result<void>{};
}

// Draws the conclusions of an attempt; false when the next one may follow at once.
bool Informer::State::needs_pause(Follower& follower, const base::Result<void>& outcome, bool healthy) {
    if (outcome) {
        return !healthy;
    }
    const bool gone = outcome.error().code == base::ErrorCode::kGone;
    if (gone || is_not_served(outcome.error())) {
        follower.version.clear();
    }
    // The first time, an expired version is nothing to wait for: a list sets it right.
    if (gone && follower.failures == 0) {
        ++follower.failures;
        return false;
    }
    if (is_not_served(outcome.error())) {
        note_answer(follower, false);
    }
    report(follower, outcome.error());
    return true;
}

base::Task<void> Informer::State::follow(Follower& follower) {
    while (true) {
        follower.wake.reset();
        bool healthy = false;
        base::Result<void> outcome;
        if (follower.version.empty()) {
            outcome = co_await list(follower);
        }
        if (outcome) {
            outcome = co_await watch(follower, healthy);
            follower.watching = false;
        }
        note_attempt(follower);
        if (co_await base::is_cancelled()) {
            co_return base::cancelled_error();
        }
        if (healthy) {
            follower.failures = 0;
            follower.failure.clear();
        }
        if (!needs_pause(follower, outcome, healthy)) {
            continue;
        }
        const bool not_served = !outcome && is_not_served(outcome.error());
        if (const auto waited = co_await pause(follower, not_served); !waited) {
            co_return waited.error();
        }
    }
}

Informer::Informer(Client& client, base::Clock& clock, base::Rng& rng, base::Logger log,
                   base::Executor executor, InformerOptions options) {
    auto selector = LabelSelector::parse(options.label_selector);
    base::invariant(selector.has_value(), "an informer's label selector is malformed");
    std::ranges::sort(options.namespaces);
    const auto rest = std::ranges::unique(options.namespaces);
    options.namespaces.erase(rest.begin(), rest.end());
    state_.reset(new State{client,
                           clock,
                           rng,
                           std::move(log),
                           std::move(options),
                           *std::move(selector),
                           {},
                           {},
                           {},
                           {},
                           base::Event(executor),
                           base::Event(executor),
                           base::Event(executor),
                           base::TaskGroup(executor)});
    for (const auto& ns : state_->options.namespaces) {
        state_->followers.push_back(std::make_unique<Follower>(executor, ns));
    }
    if (state_->followers.empty()) {
        state_->followers.push_back(std::make_unique<Follower>(executor, ""));
    }
}

Informer::~Informer() = default;

void Informer::on_change(ChangeHandler handler) { state_->handlers.push_back(std::move(handler)); }

void Informer::on_refused(std::function<void()> handler) { state_->refused = std::move(handler); }

void Informer::add_index(std::string name, IndexKeys keys) {
    state_->cache.add_index(std::move(name), std::move(keys));
}

base::Task<void> Informer::run() {
    for (const auto& follower : state_->followers) {
        state_->group.spawn(state_->follow(*follower));
    }
    co_return co_await state_->group.join();
}

bool Informer::synced() const { return state_->synced.is_set(); }

bool Informer::served() const { return std::ranges::all_of(state_->followers, &Follower::served); }

bool Informer::following() const {
    return std::ranges::all_of(state_->followers,
                               [](const auto& follower) { return follower->listed && follower->watching; });
}

std::string_view Informer::failure() const {
    for (const auto& follower : state_->followers) {
        if (!follower->watching && !follower->failure.empty()) {
            return follower->failure;
        }
    }
    return {};
}

base::Task<void> Informer::wait_synced() { return state_->synced.wait(); }

base::Task<void> Informer::wait_settled() { return state_->settled.wait(); }

base::Task<void> Informer::wait_attempted() { return state_->attempted.wait(); }

void Informer::poke() {
    for (const auto& follower : state_->followers) {
        follower->wake.set();
    }
}

ObjectPtr Informer::get(std::string_view ns, std::string_view name) const {
    return state_->cache.get(ns, name);
}

std::vector<ObjectPtr> Informer::by_index(std::string_view index, std::string_view key) const {
    return state_->cache.by_index(index, key);
}

void Informer::visit(const std::function<void(const Value& object)>& visitor) const {
    for (const InformerCache::Name& name : state_->cache.names()) {
        if (const ObjectPtr object = state_->cache.get(name.ns, name.name)) {
            visitor(*object);
        }
    }
}

std::size_t Informer::size() const { return state_->cache.size(); }

void Informer::observe_write(const Value& object) {
    const auto ns = model::namespace_of(object);
    const auto version = model::resource_version_of(object);
    const auto follower = std::ranges::find_if(state_->followers, [&](const auto& candidate) {
        return candidate->ns.empty() || candidate->ns == ns;
    });
    if (follower == state_->followers.end() || version.empty()) {
        return;
    }
    const bool known = state_->cache.contains(ns, model::name_of(object));
    // The watch is past this version: what it does not know any more was deleted.
    if (!known && !(*follower)->reached.empty() && !is_later(version, (*follower)->reached)) {
        return;
    }
    if (!state_->selector.matches(object)) {
        return;
    }
    state_->take(object, false);
}

}  // namespace kube
