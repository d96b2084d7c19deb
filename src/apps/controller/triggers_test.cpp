// SPDX-License-Identifier: 0BSD
#include "apps/controller/triggers.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace controller {
namespace {

kube::ObjectPtr object(const char* json) {
    auto value = model::parse_json(json, "test");
    EXPECT_TRUE(value) << json;
    return std::make_shared<const model::Value>(std::move(*value));
}

constexpr const char* kStageSet = R"({"metadata":{"name":"a","namespace":"t","generation":1}})";

struct Case {
    const char* what;
    const char* before;  // nullptr: added
    const char* after;   // nullptr: deleted
    Reaction reaction;
};

kube::Change change_of(const Case& row) {
    return {row.before == nullptr ? nullptr : object(row.before),
            row.after == nullptr ? nullptr : object(row.after)};
}

TEST(Triggers, AStageSetRunsWhenItsWishChanges) {
    const Case cases[] = {
        {"added", nullptr, kStageSet, Reaction::kRun},
        {"deleted", kStageSet, nullptr, Reaction::kInterrupt},
        {"new generation", kStageSet, R"({"metadata":{"name":"a","namespace":"t","generation":2}})",
         Reaction::kInterrupt},
        {"deletion", kStageSet,
         R"({"metadata":{"name":"a","namespace":"t","generation":1,"deletionTimestamp":"2026-01-01T00:00:00Z"}})",
         Reaction::kInterrupt},
        {"request", kStageSet,
         R"({"metadata":{"name":"a","namespace":"t","generation":1,"annotations":{"reconcile.fluxcd.io/requestedAt":"1"}}})",
         Reaction::kRun},
        {"status", kStageSet,
         R"({"metadata":{"name":"a","namespace":"t","generation":1},"status":{"version":"1"}})",
         Reaction::kNone},
        {"finalizer and other annotations", kStageSet,
         R"({"metadata":{"name":"a","namespace":"t","generation":1,"finalizers":["x"],"annotations":{"a":"b"}}})",
         Reaction::kNone},
    };
    for (const Case& row : cases) {
        EXPECT_EQ(on_stageset_change(change_of(row)), row.reaction) << row.what;
    }
}

TEST(Triggers, AnInventoryEditedByOthersWakesItsOwner) {
    const auto owner = object(R"({"spec":{"stages":[{"name":"app"}]}})");
    const auto deleting =
        object(R"({"metadata":{"deletionTimestamp":"x"},"spec":{"stages":[{"name":"app"}]}})");
    const kube::Change edited{
        object(R"({"metadata":{"labels":{"stages.metio.wtf/stage":"app"}}})"),
        object(R"({"metadata":{"labels":{"stages.metio.wtf/stage":"app"}},"spec":{}})")};
    const kube::Change removed{edited.before, nullptr};
    const kube::Change of_old_stage{object(R"({"metadata":{"labels":{"stages.metio.wtf/stage":"old"}}})"),
                                    nullptr};
    EXPECT_EQ(on_inventory_change(edited, owner.get()), Reaction::kRun);
    EXPECT_EQ(on_inventory_change(removed, owner.get()), Reaction::kRun);
    EXPECT_EQ(on_inventory_change({nullptr, edited.after}, owner.get()), Reaction::kNone);
    EXPECT_EQ(on_inventory_change(of_old_stage, owner.get()), Reaction::kNone);
    EXPECT_EQ(on_inventory_change(removed, deleting.get()), Reaction::kNone);
    EXPECT_EQ(on_inventory_change(removed, nullptr), Reaction::kNone);
}

TEST(Triggers, StageSetsAreFoundByTheirSources) {
    const auto stageset = object(R"({"metadata":{"name":"a","namespace":"t"},"spec":{"stages":[
        {"sourceRef":{"name":"x"}},{"sourceRef":{"name":"y","namespace":"other"}},{"sourceRef":{"name":"x"}},
        {"sourceRef":{"name":"x","kind":"Bucket"}}]}})");
    EXPECT_EQ(source_keys(*stageset),
              (std::vector<std::string>{"other|source.toolkit.fluxcd.io|ExternalArtifact|y",
                                        "t|source.toolkit.fluxcd.io|Bucket|x",
                                        "t|source.toolkit.fluxcd.io|ExternalArtifact|x"}));
    EXPECT_TRUE(source_keys(*object(R"({"metadata":{"name":"a"}})")).empty());
}

}  // namespace
}  // namespace controller
