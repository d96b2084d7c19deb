// SPDX-License-Identifier: 0BSD
#include "engine/apply/managed_objects.hpp"

#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/apply/testing/cluster_fixture.hpp"

namespace apply::testing {
namespace {

using ManagedObjectsTest = ClusterTest;

const kube::ObjectRef kA{{"", "v1", "ConfigMap"}, "t", "a"};

TEST_F(ManagedObjectsTest, AWatchedObjectCostsNoRequest) {
    api.put(config("a"));
    ASSERT_TRUE(run(live.read({kA, ""})));
    take_log();
    const auto read =
        run(live.read({kA, std::string(model::resource_version_of(*api.object("ConfigMap", "t", "a")))}));
    ASSERT_TRUE(read && read->object);
    EXPECT_TRUE(read->watched);
    EXPECT_EQ(take_log(), Lines{});
    EXPECT_EQ(live.watched_kinds(), 1U);
}

TEST_F(ManagedObjectsTest, ACachedObjectOlderThanOurWriteIsNotBelieved) {
    api.put(config("a"));
    ASSERT_TRUE(run(live.read({kA, ""})));
    take_log();
    const auto read = run(live.read({kA, "999999"}));
    ASSERT_TRUE(read && read->object);
    EXPECT_EQ(take_log(), Lines{"get ConfigMap t/a"});
    ASSERT_TRUE(run(live.read({kA, "not-a-number"})));
    EXPECT_EQ(take_log(), Lines{"get ConfigMap t/a"});
}

TEST_F(ManagedObjectsTest, AMissingObjectIsNoError) {
    const auto read = run(live.read({{{"", "v1", "ConfigMap"}, "t", "gone"}, ""}));
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->object);
}

TEST_F(ManagedObjectsTest, WithoutTheRightToWatchItAsksEachTime) {
    api.put(config("a"));
    api.fail_always(on("list"), {base::ErrorCode::kForbidden, "no right"});
    const auto first = run(live.read({kA, ""}));
    ASSERT_TRUE(first && first->object);
    take_log();
    for (int i = 0; i < 2; ++i) {
        const auto read = run(live.read({kA, ""}));
        ASSERT_TRUE(read && read->object);
        EXPECT_FALSE(read->watched);
        EXPECT_EQ(take_log(), Lines{"get ConfigMap t/a"});
    }
}

TEST_F(ManagedObjectsTest, ChangesAreToldToTheOwnerTheFormerOwnerAndNobodyElse) {
    api.put(config("a"));
    ASSERT_TRUE(run(live.read({kA, ""})));
    take_told();
    api.edit(kA, [](Value& object) { object.at("data").at("k") = "2"; });
    settle();
    EXPECT_EQ(take_told(), Lines{"t/s"});
    api.edit(kA,
             [](Value& object) { object.at("metadata").at("labels").at("stages.metio.wtf/name") = "other"; });
    settle();
    EXPECT_EQ(take_told(), (Lines{"t/s", "t/other"}));
    api.erase(kA);
    settle();
    EXPECT_EQ(take_told(), Lines{"t/other"});
}

TEST_F(ManagedObjectsTest, WhileNobodyWatchesItSaysWhy) {
    api.put(config("a"));
    api.fail_always(on("watch"), {base::ErrorCode::kForbidden, "no right to watch"});
    ASSERT_TRUE(run(live.read({kA, ""})));
    take_log();
    const auto read = run(live.read({kA, ""}));
    ASSERT_TRUE(read && read->object);
    EXPECT_FALSE(read->watched) << "the list came, but a change would not";
    EXPECT_EQ(read->unwatched_because, "no right to watch");
    EXPECT_EQ(take_log(), Lines{"get ConfigMap t/a"}) << "the list is out of date";
    api.clear_faults();
    clock.advance(std::chrono::minutes(1));
    settle();
    EXPECT_TRUE(run(live.read({kA, ""}))->watched);
}

TEST_F(ManagedObjectsTest, ARightThatIsTakenAwayIsToldToAllWhoCountOnTheWatch) {
    api.put(config("a"));
    api.put(config("b"));
    ASSERT_TRUE(run(live.read({kA, ""})));
    take_told();
    api.fail_always(on("watch"), {base::ErrorCode::kForbidden, "no right"});
    api.end_watches();
    clock.advance(std::chrono::minutes(1));
    settle();
    EXPECT_EQ(take_told(), Lines{"t/s"}) << "once for both objects";
    EXPECT_FALSE(run(live.read({kA, ""}))->watched);
}

TEST_F(ManagedObjectsTest, AnObjectOfOthersIsReadWithoutAWatch) {
    api.put({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}, {"namespace", "t"}}}});
    ReadRequest request{kA};
    request.managed = false;
    const auto read = run(live.read(request));
    ASSERT_TRUE(read && read->object);
    EXPECT_FALSE(read->watched);
    EXPECT_EQ(live.watched_kinds(), 0U);
    api.erase(kA);
    EXPECT_EQ(run(live.read(request))->object, nullptr);
}

TEST_F(ManagedObjectsTest, AWholeObjectIsAskedForOnlyWhenItChanged) {
    api.put(config("a"));
    ReadRequest request{kA};
    request.whole = true;
    auto read = run(live.read(request));
    ASSERT_TRUE(read && read->object);
    EXPECT_EQ(model::find_string(*read->object, {"data", "k"}), "1") << "the watch's copy has no data";
    take_log();
    request.known = model::resource_version_of(*read->object);
    read = run(live.read(request));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->unchanged);
    EXPECT_TRUE(read->watched);
    EXPECT_EQ(take_log(), Lines{});
    api.edit(kA, [](Value& object) { object.at("data").at("k") = "2"; });
    settle();
    read = run(live.read(request));
    ASSERT_TRUE(read && read->object);
    EXPECT_EQ(model::find_string(*read->object, {"data", "k"}), "2");
}

TEST_F(ManagedObjectsTest, ANamedObjectIsReadAsTheServerPrefersIt) {
    api.serve({"example.org", "v2", "Fleet"}, "fleets", false);
    const auto fleet = run(live.locate({{"example.org", "", "Fleet"}, "t", "f"}));
    ASSERT_TRUE(fleet) << fleet.error().text();
    EXPECT_EQ(fleet->gvk.version, "v2");
    EXPECT_EQ(fleet->ns, "") << "its kind has none";
    EXPECT_EQ(run(live.locate({{"", "", "ConfigMap"}, "t", "a"}))->ns, "t");
    const auto unknown = run(live.locate({{"example.org", "v1", "Unknown"}, "t", "f"}));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, base::ErrorCode::kUnsupported);
}

TEST_F(ManagedObjectsTest, NoMorePodsThanAPageAreRead) {
    for (int i = 0; i < 600; ++i) {
        api.put({{"apiVersion", "v1"},
                 {"kind", "Pod"},
                 {"metadata",
                  {{"name", fmt::format("p{}", i)}, {"namespace", "t"}, {"labels", {{"app", "web"}}}}}});
    }
    const auto pods = run(live.pods("t", "app=web"));
    ASSERT_TRUE(pods);
    EXPECT_EQ(pods->size(), 500U);
    EXPECT_TRUE(run(live.pods("t", "app=other"))->empty());
}

TEST(PodTurns, FewWaitsLookAtTheirOwnPaceAndManyTogetherNoFasterThanTheLimit) {
    const PodTurns turns;
    std::vector<PodTurns::Place> places = {turns.take()};
    EXPECT_EQ(turns.period(std::chrono::seconds(5)), std::chrono::seconds(5));
    while (places.size() < 10'000) {
        places.push_back(turns.take());
    }
    EXPECT_EQ(turns.period(std::chrono::seconds(5)), std::chrono::seconds(2000));
    places.resize(1);
    EXPECT_EQ(turns.period(std::chrono::seconds(5)), std::chrono::seconds(5));
}

}  // namespace
}  // namespace apply::testing
