// SPDX-License-Identifier: 0BSD
#include "io/kube/event_recorder.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/event.hpp"
#include "base/task_group.hpp"
#include "base/wait.hpp"
#include "io/kube/event_body.hpp"

namespace kube {

namespace {

constexpr base::Duration kSeriesIdle = std::chrono::minutes(6);
constexpr base::Duration kSeriesRefresh = std::chrono::minutes(30);
constexpr unsigned kTriesMax = 12;
constexpr base::Duration kRetryPause = std::chrono::seconds(10);
// As many as a burst of a few hundred StageSets makes; at 1 to 2 KB each the memory stays small.
constexpr std::size_t kQueuedMax = 2000;
// Open series, for which equal events are looked up; beyond that the one idle for longest is closed early.
constexpr std::size_t kSeriesMax = 4000;
// Enough to empty a full queue in seconds; few enough to leave the connection to the rollouts.
constexpr std::size_t kRequestsMax = 4;

struct Series;
using SeriesPtr = std::shared_ptr<Series>;
// Deliveries by the time when they are due; equal times keep the order of their arrival.
using Deliveries = std::multimap<base::SteadyTime, SeriesPtr>;
// Open series, the one idle for longest first.
using Idle = std::list<SeriesPtr>;

// An event, and how often it was repeated.
struct Series {
    std::string key;
    Value body;
    std::int64_t count = 1;
    base::WallTime last_wall{};
    base::SteadyTime last_seen{};
    // What the server knows.
    bool created = false;
    std::int64_t written_count = 0;
    base::SteadyTime written_at{};
    // Its delivery, while one waits or runs.
    unsigned tries = 0;
    bool in_flight = false;
    std::optional<Deliveries::iterator> delivery;
    // Its place among the open ones.
    std::optional<Idle::iterator> open;
};

// Errors that may pass; the rest would be refused again.
bool may_pass(const base::Error& error) {
    switch (error.code) {
        case base::ErrorCode::kUnavailable:
        case base::ErrorCode::kDeadlineExceeded:
        case base::ErrorCode::kUnauthorized:
        case base::ErrorCode::kConflict:
        case base::ErrorCode::kGone:
        case base::ErrorCode::kLimitExceeded:
        case base::ErrorCode::kInternal: return true;
        case base::ErrorCode::kCancelled:
        case base::ErrorCode::kInvalid:
        case base::ErrorCode::kNotFound:
        case base::ErrorCode::kAlreadyExists:
        case base::ErrorCode::kForbidden:
        case base::ErrorCode::kUnsupported: return false;
    }
    return false;
}

std::string series_key(const Value& regarding, EventType type, std::string_view reason) {
    std::string key = type == EventType::kNormal ? "N" : "W";
    for (const auto part :
         {reason, model::find_string(regarding, {"apiVersion"}), model::find_string(regarding, {"kind"}),
          model::namespace_of(regarding), model::name_of(regarding), model::uid_of(regarding)}) {
        key += '\n';
        key += part;
    }
    return key;
}

}  // namespace

struct EventRecorder::State {
    Client& client;
    base::Clock& clock;
    base::Rng& rng;
    base::Logger log;
    std::string instance;
    std::unordered_map<std::string, SeriesPtr> by_key;
    Idle idle;
    Deliveries deliveries;
    std::list<SeriesPtr> in_flight;
    std::int64_t last_name = 0;
    std::string last_failure;
    bool overflowing = false;
    base::Event changed;
    base::TaskGroup group;

    void record(const Value& regarding, EventType type, std::string reason, std::string note);
    void repeat(const SeriesPtr& series);
    void close(const SeriesPtr& series);
    void close_idle();
    void enqueue(const SeriesPtr& series, base::SteadyTime due);
    void drop_oldest();
    void start_due();
    base::Task<void> deliver(SeriesPtr series);
    base::Task<void> send(SeriesPtr series);
    void conclude(const SeriesPtr& series, const base::Result<void>& sent);
    base::SteadyTime next_turn(std::optional<base::SteadyTime> until) const;
    bool done() const { return deliveries.empty() && in_flight.empty(); }
    base::Task<void> work(std::optional<base::SteadyTime> until);
};

void EventRecorder::State::record(const Value& regarding, EventType type, std::string reason,
                                  std::string note) {
    close_idle();
    std::string key = series_key(regarding, type, reason);
    if (const auto found = by_key.find(key); found != by_key.end()) {
        repeat(found->second);
        return;
    }
    auto series = std::make_shared<Series>();
    const auto now = clock.now();
    // Two events of one object in one instant still need two names.
    last_name = std::max(last_name + 1, static_cast<std::int64_t>(now.time_since_epoch().count()));
    series->body =
        event_body(regarding, {type, std::move(reason), std::move(note), instance, now}, last_name);
    series->last_wall = now;
    series->last_seen = clock.steady_now();
    series->key = std::move(key);
    series->open = idle.insert(idle.end(), series);
    by_key.emplace(series->key, series);
    if (idle.size() > kSeriesMax) {
        close(SeriesPtr(idle.front()));
    }
    enqueue(series, clock.steady_now());
}

void EventRecorder::State::repeat(const SeriesPtr& series) {
    ++series->count;
    series->last_wall = clock.now();
    series->last_seen = clock.steady_now();
    idle.splice(idle.end(), idle, *series->open);
    // The second occurrence makes it a series; later ones are told from time to time.
    if (series->count == 2 || series->last_seen - series->written_at >= kSeriesRefresh) {
        enqueue(series, clock.steady_now());
    }
}

// Ends the series: an equal event from now on is a new one. What the server does not know yet is written.
void EventRecorder::State::close(const SeriesPtr& series) {
    if (series->open) {
        idle.erase(*std::exchange(series->open, std::nullopt));
        by_key.erase(series->key);
    }
    if (series->count > series->written_count) {
        enqueue(series, clock.steady_now());
    }
}

void EventRecorder::State::close_idle() {
    while (!idle.empty() && clock.steady_now() - idle.front()->last_seen >= kSeriesIdle) {
        close(SeriesPtr(idle.front()));
    }
}

void EventRecorder::State::enqueue(const SeriesPtr& series, base::SteadyTime due) {
    // A delivery that waits tells the count of the time when it is sent; one in flight looks again when it ends.
    if (series->delivery || series->in_flight) {
        return;
    }
    if (deliveries.size() >= kQueuedMax) {
        drop_oldest();
    }
    series->delivery = deliveries.emplace(due, series);
    changed.pulse();
}

void EventRecorder::State::drop_oldest() {
    const SeriesPtr series = deliveries.begin()->second;
    deliveries.erase(deliveries.begin());
    series->delivery.reset();
    // So that closing writes nothing.
    series->written_count = series->count;
    close(series);
    if (!std::exchange(overflowing, true)) {
        log.warn("too many events wait for delivery; the oldest are dropped");
    }
}

void EventRecorder::State::start_due() {
    while (in_flight.size() < kRequestsMax && !deliveries.empty() &&
           deliveries.begin()->first <= clock.steady_now()) {
        SeriesPtr series = deliveries.begin()->second;
        deliveries.erase(deliveries.begin());
        series->delivery.reset();
        series->in_flight = true;
        in_flight.push_back(series);
        group.spawn(deliver(std::move(series)));
    }
    overflowing = overflowing && !deliveries.empty();
}

// Writes what the server does not know. Errors: kNotFound, for a series whose event the server has forgotten; others.
base::Task<void> EventRecorder::State::send(SeriesPtr series) {
    const std::int64_t count = series->count;
    Value repetition = count > 1 ? event_series(count, series->last_wall) : Value();
    if (series->created) {
        PatchRequest request{
            ref_of(series->body), PatchType::kMerge, {{"series", std::move(repetition)}}, false, {}};
        const auto patched = co_await client.patch(std::move(request));
        if (!patched) {
            co_return patched.error();
        }
    } else {
        Value body = series->body;
        if (!repetition.is_null()) {
            body.as_object()["series"] = std::move(repetition);
        }
        const auto created = co_await client.create(std::move(body), {});
        // An earlier try got through although its answer was lost; a series is written again.
        if (!created && created.error().code == base::ErrorCode::kAlreadyExists) {
            series->created = true;
            series->written_count = 1;
            co_return base::Result<void>{};
        }
        if (!created) {
            co_return created.error();
        }
    }
    series->created = true;
    series->written_count = count;
    co_return base::Result<void>{};
}

base::Task<void> EventRecorder::State::deliver(SeriesPtr series) {
    ++series->tries;
    const auto sent = co_await send(series);
    series->in_flight = false;
    in_flight.remove(series);
    conclude(series, sent);
    changed.pulse();
    co_return base::Result<void>{};
}

void EventRecorder::State::conclude(const SeriesPtr& series, const base::Result<void>& sent) {
    const auto now = clock.steady_now();
    if (sent) {
        series->tries = 0;
        series->written_at = now;
        last_failure.clear();
        // Repeated or closed while the request was on its way.
        const bool closed = !series->open;
        if (series->count > series->written_count && (closed || series->written_count < 2)) {
            enqueue(series, now);
        }
        return;
    }
    const base::Error& error = sent.error();
    if (error.code == base::ErrorCode::kCancelled) {
        --series->tries;
        enqueue(series, now);
        return;
    }
    // Events live for an hour on the server: a long series may outlive its own.
    const bool forgotten = series->created && error.code == base::ErrorCode::kNotFound;
    if (forgotten) {
        series->created = false;
    }
    if ((forgotten || may_pass(error)) && series->tries < kTriesMax) {
        // The first pause is left to chance, so that many do not come back to a restarted server at once.
        const double share = series->tries == 1 ? rng.fraction() : 1.0;
        const auto pause = base::Duration(static_cast<base::Duration::rep>(
            static_cast<double>(base::Duration(kRetryPause).count()) * share));
        enqueue(series, forgotten ? now : now + pause);
        return;
    }
    if (const auto text = std::string(base::to_string(error.code));
        text != std::exchange(last_failure, text)) {
        log.warn("an event could not be written",
                 {{"error", error.text()}, {"event", model::name_of(series->body)}});
    }
    series->written_count = series->count;
    close(series);
}

base::SteadyTime EventRecorder::State::next_turn(std::optional<base::SteadyTime> until) const {
    base::SteadyTime next = base::SteadyTime::max();
    if (!deliveries.empty() && in_flight.size() < kRequestsMax) {
        next = deliveries.begin()->first;
    }
    if (!idle.empty()) {
        next = std::min(next, idle.front()->last_seen + kSeriesIdle);
    }
    return until ? std::min(next, *until) : next;
}

// Delivers until cancelled; with `until`, not longer than until then or until nothing is left.
base::Task<void> EventRecorder::State::work(std::optional<base::SteadyTime> until) {
    base::Result<void> outcome;
    while (outcome) {
        close_idle();
        start_due();
        if (until && (done() || clock.steady_now() >= *until)) {
            break;
        }
        const auto next = next_turn(until);
        if (next == base::SteadyTime::max()) {
            outcome = co_await changed.wait();
        } else if (const auto woken = co_await base::wait_until(changed, clock, next); !woken) {
            outcome = woken.error();
        }
    }
    group.cancel();
    const auto joined = co_await group.join();
    // A task that was cancelled before its first step never ran.
    for (const auto& series : std::exchange(in_flight, {})) {
        series->in_flight = false;
        enqueue(series, clock.steady_now());
    }
    co_return joined ? outcome : joined;
}

EventRecorder::EventRecorder(Client& client, base::Clock& clock, base::Rng& rng, base::Logger log,
                             base::Executor executor, std::string host_name)
    : state_(new State{client,
                       clock,
                       rng,
                       std::move(log),
                       "stageset-controller-" + host_name,
                       {},
                       {},
                       {},
                       {},
                       0,
                       "",
                       false,
                       base::Event(executor),
                       base::TaskGroup(executor)}) {}

EventRecorder::~EventRecorder() = default;

void EventRecorder::record(const Value& regarding, EventType type, std::string reason, std::string note) {
    state_->record(regarding, type, std::move(reason), std::move(note));
}

base::Task<void> EventRecorder::run() { return state_->work(std::nullopt); }

base::Task<void> EventRecorder::drain(base::Duration limit) {
    State& state = *state_;
    while (!state.idle.empty()) {
        state.close(SeriesPtr(state.idle.front()));
    }
    // Pauses between tries would use up the time that is left.
    const auto now = state.clock.steady_now();
    for (auto& [due, series] : std::exchange(state.deliveries, {})) {
        series->delivery = state.deliveries.emplace(now, series);
    }
    return state.work(now + limit);
}

}  // namespace kube
