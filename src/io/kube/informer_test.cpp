// SPDX-License-Identifier: 0BSD
#include "io/kube/informer.hpp"

#include "io/kube/testing/informer_fixture.hpp"

namespace kube::testing {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
class InformerCaching : public InformerTest {};

TEST_F(InformerCaching, FollowsWhatWasThereAndWhatChanges) {
    api.put(config("t", "a", "1"));
    start();
    EXPECT_TRUE(informer->synced());
    EXPECT_TRUE(informer->served());
    EXPECT_EQ(take_changes(), (Lines{"+t/a=1"}));
    api.put(config("t", "b", "2"));
    api.put(config("t", "a", "3"));
    api.erase(ref("t", "b"));
    settle();
    EXPECT_EQ(take_changes(), (Lines{"+t/b=2", "~t/a=3", "-t/b"}));
    EXPECT_EQ(data_of(*informer->get("t", "a")), "3");
    EXPECT_EQ(informer->get("t", "b"), nullptr);
    EXPECT_EQ(informer->size(), 1U);
    EXPECT_EQ(informer->size(), 1U);
}

TEST_F(InformerCaching, SeveralNamespacesAreFollowedApart) {
    api.put(config("t", "a"));
    api.put(config("u", "a"));
    api.put(config("v", "a"));
    api.fail_next([](const Request& request) { return request.ns == "u"; }, {ErrorCode::kForbidden, "no"});
    start({kConfigMap, {"t", "u", "t"}, "", false, nullptr});
    EXPECT_FALSE(informer->synced());
    EXPECT_EQ(take_changes(), (Lines{"+t/a=0"}));
    heal();
    EXPECT_TRUE(informer->synced());
    EXPECT_EQ(take_changes(), (Lines{"+u/a=0"}));
    // A relist of one namespace does not touch the other.
    api.end_watches(base::Error{ErrorCode::kGone, "expired"});
    settle();
    EXPECT_EQ(take_changes(), Lines{});
    EXPECT_EQ(informer->size(), 2U);
}

TEST_F(InformerCaching, LabelsSelectAndObjectsLeaveTheSelection) {
    Value object = config("t", "a", "1");
    model::ensure_object(object, {"metadata", "labels"})["owner"] = "me";
    api.put(object);
    api.put(config("t", "b"));
    start({kConfigMap, {}, "owner=me", false, nullptr});
    EXPECT_EQ(take_changes(), (Lines{"+t/a=1"}));
    api.edit(ref("t", "a"),
             [](Value& o) { model::ensure_object(o, {"metadata", "labels"})["owner"] = "you"; });
    settle();
    EXPECT_EQ(take_changes(), (Lines{"-t/a"}));
    informer->observe_write(*api.object("ConfigMap", "t", "a"));
    EXPECT_EQ(informer->size(), 0U);
}

TEST_F(InformerCaching, KeepsMetadataOnlyUnderTheRealKindWithoutManagedFields) {
    api.put(config("t", "a", "1"));
    start({kConfigMap, {}, "", true, nullptr});
    const auto object = informer->get("t", "a");
    ASSERT_NE(object, nullptr);
    EXPECT_EQ(model::gvk_of(*object), kConfigMap);
    EXPECT_EQ(model::find(*object, {"data"}), nullptr);
    EXPECT_EQ(model::find(*object, {"metadata", "managedFields"}), nullptr);
    EXPECT_FALSE(model::uid_of(*object).empty());
}

TEST_F(InformerCaching, TrimDropsWhatNobodyReads) {
    api.put(config("t", "a", "1"));
    start({kConfigMap, {}, "", false, [](Value& object) { object.as_object().erase("data"); }});
    EXPECT_EQ(model::find(*informer->get("t", "a"), {"data"}), nullptr);
    api.put(config("t", "a", "2"));
    settle();
    EXPECT_EQ(model::find(*informer->get("t", "a"), {"data"}), nullptr);
    EXPECT_EQ(changes.size(), 2U);
}

TEST_F(InformerCaching, IndexesFollowChanges) {
    make({kConfigMap, {}, "", false, nullptr});
    informer->add_index("value", [](const Value& object) { return Lines{data_of(object)}; });
    api.put(config("t", "a", "x"));
    api.put(config("t", "b", "x"));
    start();
    EXPECT_EQ(informer->by_index("value", "x").size(), 2U);
    api.put(config("t", "a", "y"));
    api.erase(ref("t", "b"));
    settle();
    EXPECT_TRUE(informer->by_index("value", "x").empty());
    ASSERT_EQ(informer->by_index("value", "y").size(), 1U);
    EXPECT_EQ(*informer->by_index("value", "y")[0], *informer->get("t", "a"));
}

TEST_F(InformerCaching, AWriteIsSeenAtOnceAndItsEventAddsNothing) {
    api.put(config("t", "a", "1"));
    start();
    take_changes();
    informer->observe_write(api.put(config("t", "a", "2")));
    informer->observe_write(api.put(config("t", "b", "1")));
    EXPECT_EQ(take_changes(), (Lines{"~t/a=2", "+t/b=1"}));
    settle();
    EXPECT_EQ(take_changes(), Lines{});
}

TEST_F(InformerCaching, AnOlderWriteIsIgnored) {
    start();
    const Value first = api.put(config("t", "a", "1"));
    api.put(config("t", "a", "2"));
    settle();
    informer->observe_write(first);
    EXPECT_EQ(data_of(*informer->get("t", "a")), "2");
}

TEST_F(InformerCaching, AWriteWhoseObjectIsGoneAlreadyIsNotRevived) {
    start();
    const Value written = api.put(config("t", "a", "1"));
    api.erase(ref("t", "a"));
    settle();
    take_changes();
    informer->observe_write(written);
    EXPECT_EQ(informer->size(), 0U);
    EXPECT_EQ(take_changes(), Lines{});
}

TEST_F(InformerCaching, ADeletionOlderThanOurWriteIsIgnored) {
    api.put(config("t", "a", "1"));
    start();
    take_changes();
    api.erase(ref("t", "a"));
    informer->observe_write(api.put(config("t", "a", "2")));
    EXPECT_EQ(take_changes(), (Lines{"-t/a", "+t/a=2"}));
    settle();
    EXPECT_EQ(take_changes(), Lines{});
    EXPECT_EQ(data_of(*informer->get("t", "a")), "2");
}

TEST_F(InformerCaching, AWriteOutsideOfTheNamespacesIsIgnored) {
    start({kConfigMap, {"t"}, "", false, nullptr});
    informer->observe_write(api.put(config("u", "a", "2")));
    EXPECT_EQ(informer->size(), 0U);
}

TEST_F(InformerCaching, AListOlderThanOurWriteDoesNotDropIt) {
    make({kConfigMap, {}, "", false, nullptr});
    // The write happens between the server's making of the list and its arrival.
    api.before_request([&](const Request& request) {
        if (request.verb == "watch" && request.gvk == kConfigMap) {
            api.put(config("t", "later", "1"));
        }
    });
    start();
    EXPECT_EQ(take_changes(), (Lines{"+t/later=1"}));
    Value ahead = config("t", "ahead", "1");
    model::ensure_object(ahead, {"metadata"})["resourceVersion"] = "999999";
    informer->observe_write(ahead);
    api.end_watches(base::Error{ErrorCode::kGone, "expired"});
    settle();
    EXPECT_NE(informer->get("t", "ahead"), nullptr);
}

TEST_F(InformerCaching, ManyObjectsArriveAcrossTurns) {
    for (int i = 0; i < 1000; ++i) {
        api.put(config("t", "o" + std::to_string(i)));
    }
    start();
    EXPECT_EQ(informer->size(), 1000U);
    EXPECT_EQ(changes.size(), 1000U);
}

base::Task<void> mark(Informer& informer, bool& synced, bool& settled) {
    auto first = co_await informer.wait_settled();
    settled = first.has_value();
    auto second = co_await informer.wait_synced();
    synced = second.has_value();
    co_return second;
}

TEST_F(InformerCaching, WaitersLearnThatItSettledAndThatItSynced) {
    const GroupVersionKind thing{"x.io", "v1", "Thing"};
    make({thing, {}, "", false, nullptr});
    bool synced = false;
    bool settled = false;
    group.spawn(mark(*informer, synced, settled));
    settle();
    EXPECT_FALSE(settled);
    start();
    EXPECT_TRUE(settled);
    EXPECT_FALSE(synced);
    api.serve(thing, "things", true);
    pass(seconds(10));
    EXPECT_TRUE(synced);
}

}  // namespace
}  // namespace kube::testing
