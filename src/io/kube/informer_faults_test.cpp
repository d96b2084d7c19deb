// SPDX-License-Identifier: 0BSD
#include "io/kube/informer.hpp"
#include "io/kube/testing/informer_fixture.hpp"

namespace kube::testing {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
class InformerFaults : public InformerTest {};

TEST_F(InformerFaults, ListsOnceAndResumesAfterTheServerEndedTheWatch) {
    start();
    pass(seconds(300));
    api.end_watches();
    api.put(config("t", "a", "1"));
    settle();
    EXPECT_EQ(take_changes(), (Lines{"+t/a=1"}));
    EXPECT_EQ(api.log(), (Lines{"list ConfigMap", "watch ConfigMap", "watch ConfigMap"}));
}

TEST_F(InformerFaults, AWatchThatEndsAtOnceIsReopenedOnlyAfterAPause) {
    start();
    api.end_watches();
    settle();
    EXPECT_EQ(api.requests_matching(on("watch")), 1U);
    pass(seconds(1));
    EXPECT_EQ(api.requests_matching(on("watch")), 2U);
}

TEST_F(InformerFaults, BookmarksSpareTheRelist) {
    start();
    api.put({{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "s"}, {"namespace", "t"}}}});
    api.send_bookmarks();
    settle();
    pass(seconds(60));
    api.compact();
    api.end_watches();
    settle();
    EXPECT_EQ(api.requests_matching(on("list")), 1U);
    EXPECT_EQ(api.open_watches(), 1U);
}

TEST_F(InformerFaults, FindsAllDifferencesAfterItsVersionExpired) {
    api.put(config("t", "stays"));
    api.put(config("t", "changes"));
    api.put(config("t", "goes"));
    start();
    take_changes();
    api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"});
    api.put(config("t", "changes", "1"));
    api.erase(ref("t", "goes"));
    api.put(config("t", "comes", "2"));
    api.compact();
    heal();
    auto found = take_changes();
    std::ranges::sort(found);
    EXPECT_EQ(found, (Lines{"+t/comes=2", "-t/goes", "~t/changes=1"}));
    EXPECT_EQ(api.requests_matching(on("list")), 2U);
}

TEST_F(InformerFaults, AnExpiredVersionIsListedAgainWithoutAPause) {
    start();
    pass(seconds(60));
    api.put(config("t", "a", "1"));
    settle();
    api.end_watches(base::Error{ErrorCode::kGone, "too old resource version"});
    settle();
    EXPECT_EQ(api.requests_matching(on("list")), 2U);
    EXPECT_EQ(api.open_watches(), 1U);
    EXPECT_TRUE(sink->lines.empty());
}

TEST_F(InformerFaults, AServerThatAlwaysSaysGoneIsNotAskedWithoutEnd) {
    start();
    api.fail_always(on("watch"), {ErrorCode::kGone, "expired"});
    api.end_watches(base::Error{ErrorCode::kGone, "expired"});
    settle();
    EXPECT_LE(api.requests_matching(on("list")), 3U);
    api.clear_faults();
    heal();
    EXPECT_EQ(api.open_watches(), 1U);
}

TEST_F(InformerFaults, ADeletionWhileDisconnectedIsTold) {
    api.put(config("t", "a"));
    start();
    api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"});
    api.erase(ref("t", "a"));
    heal();
    EXPECT_EQ(take_changes(), (Lines{"+t/a=0", "-t/a"}));
    EXPECT_EQ(informer->size(), 0U);
}

TEST_F(InformerFaults, AnObjectMadeAnewWhileDisconnectedShowsAsTwoChanges) {
    api.put(config("t", "a", "1"));
    start();
    api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"});
    api.erase(ref("t", "a"));
    api.put(config("t", "a", "2"));
    api.compact();
    heal();
    EXPECT_EQ(take_changes(), (Lines{"+t/a=1", "-t/a", "+t/a=2"}));
}

TEST_F(InformerFaults, AServerSetBackToABackupIsBelieved) {
    api.put(config("t", "a", "1"));
    start();
    for (int i = 0; i < 3; ++i) {
        api.put(config("t", "a", "later" + std::to_string(i)));
    }
    settle();
    take_changes();
    // The same informer meets a server with lower versions and an older state.
    auto old = std::make_unique<FakeApi>(loop.get_executor(), clock);
    old->put(config("t", "old", "1"));
    struct Switch final : Client {
        explicit Switch(Client* first) : now(first) {}
        base::Task<Resource> resource_for(GroupVersionKind g) override {
            return now->resource_for(std::move(g));
        }
        base::Task<Resource> preferred_resource(std::string g, std::string k) override {
            return now->preferred_resource(std::move(g), std::move(k));
        }
        void invalidate_discovery() override {}
        base::Task<Value> get(ObjectRef r, GetOptions o) override {
            return now->get(std::move(r), std::move(o));
        }
        base::Task<List> list(ListRequest r) override { return now->list(std::move(r)); }
        base::Task<Value> create(Value v, WriteOptions o) override {
            return now->create(std::move(v), std::move(o));
        }
        base::Task<Value> update(Value v, WriteOptions o) override {
            return now->update(std::move(v), std::move(o));
        }
        base::Task<Patched> patch(PatchRequest r) override { return now->patch(std::move(r)); }
        base::Task<void> remove(DeleteRequest r) override { return now->remove(std::move(r)); }
        base::Task<std::unique_ptr<Watch>> watch(WatchRequest r) override { return now->watch(std::move(r)); }
        Client* now;
    } client{&api};
    stop();
    mirror.clear();
    informer = std::make_unique<Informer>(client, clock, rng, logger, loop.get_executor(),
                                          InformerOptions{kConfigMap, {}, "", false, nullptr});
    informer->on_change([this](const Change& change) { note(change); });
    start();
    EXPECT_EQ(take_changes(), (Lines{"+t/a=later2"}));
    client.now = old.get();
    api.end_watches(base::Error{ErrorCode::kGone, "expired"});
    settle();
    EXPECT_EQ(take_changes(), (Lines{"+t/old=1", "-t/a"}));
    stop();
    informer.reset();
}

TEST_F(InformerFaults, ForbiddenIsRetriedAndLoggedOncePerCause) {
    api.fail_next(on("list"), {ErrorCode::kForbidden, "no right to list"}, 3);
    start();
    EXPECT_FALSE(informer->synced());
    EXPECT_FALSE(informer->served());
    for (int i = 0; i < 3; ++i) {
        pass(seconds(30));
    }
    EXPECT_TRUE(informer->synced());
    EXPECT_EQ(sink->count("no right to list"), 1U);
    EXPECT_EQ(sink->count("following objects again"), 1U);
}

TEST_F(InformerFaults, AnotherCauseIsLoggedToo) {
    api.fail_next(on("list"), {ErrorCode::kForbidden, "no right to list"}, 2);
    api.fail_next(on("list"), {ErrorCode::kUnavailable, "connection refused"}, 2);
    start();
    heal();
    EXPECT_EQ(sink->count("no right to list"), 1U);
    EXPECT_EQ(sink->count("connection refused"), 1U);
    EXPECT_TRUE(informer->synced());
}

TEST_F(InformerFaults, TheBackoffGrowsToHalfAMinuteAndNoFurther) {
    api.fail_always(on("list"), {ErrorCode::kUnavailable, "down"});
    start();
    std::vector<long> gaps;
    auto last = clock.steady_now();
    for (int i = 0; i < 4000; ++i) {
        const auto before = api.requests().size();
        pass(std::chrono::milliseconds(100));
        if (api.requests().size() > before) {
            gaps.push_back((clock.steady_now() - last) / std::chrono::milliseconds(1));
            last = clock.steady_now();
        }
    }
    ASSERT_GT(gaps.size(), 10U);
    EXPECT_LE(gaps.front(), 600);
    for (std::size_t i = 0; i < gaps.size(); ++i) {
        EXPECT_LE(gaps[i], 30'100) << i;
        EXPECT_GE(gaps[i], i < 7 ? 250 << i : 15'000) << i;
    }
}

TEST_F(InformerFaults, AHealthyTimeForgetsFormerFailures) {
    api.fail_next(on("list"), {ErrorCode::kUnavailable, "down"}, 6);
    start();
    heal();
    EXPECT_EQ(api.open_watches(), 1U);
    api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"});
    settle();
    pass(std::chrono::milliseconds(500));
    EXPECT_EQ(api.open_watches(), 1U);
}

TEST_F(InformerFaults, AKindThatAppearsLaterIsFollowed) {
    const GroupVersionKind thing{"x.io", "v1", "Thing"};
    start({thing, {}, "", false, nullptr});
    EXPECT_FALSE(informer->served());
    EXPECT_FALSE(informer->synced());
    pass(seconds(10));
    EXPECT_EQ(sink->count("kind is not served"), 1U);
    api.serve(thing, "things", true);
    pass(seconds(9));
    EXPECT_FALSE(informer->served());
    pass(seconds(1));
    EXPECT_TRUE(informer->served());
    EXPECT_TRUE(informer->synced());
}

TEST_F(InformerFaults, APokeEndsTheWaitForAKind) {
    const GroupVersionKind thing{"x.io", "v1", "Thing"};
    start({thing, {}, "", false, nullptr});
    api.serve(thing, "things", true);
    informer->poke();
    settle();
    EXPECT_TRUE(informer->synced());
    informer->poke();
    settle();
    EXPECT_EQ(api.requests_matching(on("list")), 2U);
}

TEST_F(InformerFaults, APokeDuringAnAttemptIsNotLost) {
    const GroupVersionKind thing{"x.io", "v1", "Thing"};
    make({thing, {}, "", false, nullptr});
    bool poked = false;
    api.before_request([&](const Request&) {
        if (!std::exchange(poked, true)) {
            informer->poke();
        }
    });
    start();
    EXPECT_EQ(api.requests_matching(on("list")), 2U);
}

TEST_F(InformerFaults, AKindThatDisappearsKeepsWhatWasKnownAndComesBack) {
    const GroupVersionKind thing{"x.io", "v1", "Thing"};
    api.serve(thing, "things", true);
    Value object = config("t", "a", "1");
    object.as_object()["apiVersion"] = "x.io/v1";
    object.as_object()["kind"] = "Thing";
    api.put(object);
    start({thing, {}, "", false, nullptr});
    api.unserve("x.io", "Thing");
    api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"});
    heal();
    EXPECT_FALSE(informer->served());
    EXPECT_EQ(informer->size(), 1U);
    api.serve(thing, "things", true);
    pass(seconds(10));
    EXPECT_TRUE(informer->served());
    EXPECT_EQ(take_changes(), (Lines{"+t/a=1"}));
}

TEST_F(InformerFaults, CancelEndsItAtEveryPoint) {
    for (std::size_t turns = 0; turns < 60; ++turns) {
        api.put(config("t", "a", std::to_string(turns)));
        base::TaskGroup own{loop.get_executor()};
        auto victim = std::make_unique<Informer>(api, clock, rng, logger, loop.get_executor(),
                                                 InformerOptions{kConfigMap, {"t", "u"}, "", false, nullptr});
        auto handle = own.spawn(victim->run());
        loop.restart();
        for (std::size_t i = 0; i < turns; ++i) {
            loop.poll_one();
        }
        handle.cancel();
        settle();
        ASSERT_FALSE(handle.running()) << turns;
    }
    EXPECT_EQ(api.open_watches(), 0U);
}

// Whatever happens in whatever order, the cache ends equal to the server, and its handlers were told each step.
TEST_F(InformerFaults, NoChangeIsMissedUnderRandomFaults) {
    make({kConfigMap, {}, "", false, nullptr});
    informer->add_index("value", [](const Value& object) { return Lines{data_of(object)}; });
    start();
    base::Rng dice{42};
    for (int step = 0; step < 4000; ++step) {
        const std::string name = "o" + std::to_string(dice.next() % 12);
        switch (dice.next() % 12) {
            case 0: api.end_watches(); break;
            case 1: api.end_watches(base::Error{ErrorCode::kUnavailable, "reset"}); break;
            case 2: api.compact(); break;
            case 3: api.send_bookmarks(); break;
            case 4: api.fail_next(on(""), {ErrorCode::kUnavailable, "down"}); break;
            case 5:
                if (api.object("ConfigMap", "t", name) != nullptr) {
                    api.erase(ref("t", name));
                }
                break;
            case 6: informer->observe_write(api.put(config("t", name, std::to_string(step)))); break;
            case 7: pass(seconds(dice.next() % 40)); break;
            case 8: settle(); break;
            case 9:
                loop.restart();
                loop.poll_one();
                break;
            default: api.put(config("t", name, std::to_string(step)));
        }
    }
    api.clear_faults();
    heal();
    ASSERT_EQ(informer->size(), api.count("ConfigMap"));
    EXPECT_EQ(mirror.size(), informer->size());
    for (const Value& stored : api.objects("ConfigMap")) {
        const ObjectPtr object = informer->get("t", model::name_of(stored));
        ASSERT_NE(object, nullptr);
        EXPECT_EQ(*object, stored);
        EXPECT_EQ(*mirror["t/" + std::string(model::name_of(*object))], *object);
        EXPECT_EQ(informer->by_index("value", data_of(*object)).size(), 1U);
    }
}

}  // namespace
}  // namespace kube::testing
