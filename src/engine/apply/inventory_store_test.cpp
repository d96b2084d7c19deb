// SPDX-License-Identifier: 0BSD
#include "engine/apply/inventory_store.hpp"

#include <gtest/gtest.h>

#include "io/kube/testing/informer_fixture.hpp"

namespace apply {
namespace {

using inventory::Entries;
using kube::testing::Lines;
using kube::testing::on;
using model::Value;

const model::GroupVersionKind kInventory{"stages.metio.wtf", "v1", "StageInventory"};
const inventory::StageIdentity kStage{"s", "t", "uid-s", "base", 0, true};

Entries entries(std::initializer_list<const char*> names) {
    Entries result;
    for (const char* name : names) {
        result.push_back({{"", "ConfigMap", "t", name}, "v1"});
    }
    return inventory::make_entries(std::move(result));
}

class InventoryStoreTest : public ::testing::Test {
protected:
    explicit InventoryStoreTest(inventory::Mode mode = inventory::Mode::kEntries)
        : store(api, shards, 2, mode) {
        shards.add_index(kInventoryOwnerIndex, inventory_owner_keys);
    }
    ~InventoryStoreTest() override {
        group.cancel();
        settle();
    }
    void start() {
        group.spawn(shards.run());
        settle();
        api.clear_log();
    }
    void settle() { base::testing::settle(loop); }
    // From here on the cache hears of nothing.
    void stop_watching() {
        group.cancel();
        settle();
    }
    base::Result<void> save(std::initializer_list<const char*> names) {
        std::optional<base::Result<void>> result;
        group.spawn(base::Task<void>(save_into(entries(names), result)));
        settle();
        return result.value_or(base::Error{base::ErrorCode::kInternal, "the task never ended"});
    }
    base::Task<void> save_into(Entries wanted, std::optional<base::Result<void>>& result) {
        result.emplace(co_await store.save(kStage, std::move(wanted)));
        co_return base::Result<void>{};
    }
    Lines take_writes() {
        Lines lines;
        for (const auto& request : api.requests()) {
            if (request.verb != "get" && request.verb != "list" && request.verb != "watch") {
                lines.push_back(request.verb + " " + request.name);
            }
        }
        api.clear_log();
        return lines;
    }
    Entries stored() const {
        const inventory::Stored all = store.load({"t", "s"}, "uid-s");
        const auto found = all.stages.find("base");
        return found == all.stages.end() ? Entries{} : found->second.entries;
    }

    base::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    base::Rng rng{7};
    kube::testing::FakeApi api{loop.get_executor(), clock};
    kube::Informer shards{api, clock, rng, {}, loop.get_executor(), {kInventory, {}, "", false, nullptr}};
    InventoryStore store;
    base::TaskGroup group{loop.get_executor()};
};

TEST_F(InventoryStoreTest, TheFirstSaveCreatesAShardAndIsSeenAtOnce) {
    start();
    ASSERT_TRUE(save({"a"}));
    EXPECT_EQ(take_writes(), Lines{"create s-base-00"});
    EXPECT_EQ(stored(), entries({"a"}));
    EXPECT_TRUE(inventory::is_owned_by(*api.object("StageInventory", "t", "s-base-00"), "uid-s"));
}

TEST_F(InventoryStoreTest, TheSameAgainWritesNothing) {
    start();
    ASSERT_TRUE(save({"a", "b", "c"}));
    take_writes();
    ASSERT_TRUE(save({"a", "b", "c"}));
    EXPECT_EQ(take_writes(), Lines{});
}

TEST_F(InventoryStoreTest, OnlyShardsThatChangeAreWritten) {
    start();
    ASSERT_TRUE(save({"a", "b", "c"}));
    EXPECT_EQ(take_writes(), (Lines{"create s-base-00", "create s-base-01"}));
    ASSERT_TRUE(save({"a", "b", "d"}));
    EXPECT_EQ(take_writes(), Lines{"patch s-base-01"});
    EXPECT_EQ(stored(), entries({"a", "b", "d"}));
}

TEST_F(InventoryStoreTest, SurplusShardsAreDeletedLast) {
    start();
    ASSERT_TRUE(save({"a", "b", "c", "d", "e"}));
    take_writes();
    ASSERT_TRUE(save({"c"}));
    EXPECT_EQ(take_writes(), (Lines{"patch s-base-00", "delete s-base-01", "delete s-base-02"}));
    EXPECT_EQ(stored(), entries({"c"}));
}

TEST_F(InventoryStoreTest, AnEmptyStageStillHasOneShard) {
    start();
    ASSERT_TRUE(save({"a"}));
    take_writes();
    ASSERT_TRUE(save({}));
    EXPECT_EQ(take_writes(), Lines{"patch s-base-00"});
    EXPECT_EQ(store.shard_count(0), 1U);
    EXPECT_EQ(store.shard_count(2), 1U);
    EXPECT_EQ(store.shard_count(3), 2U);
}

TEST_F(InventoryStoreTest, ANameOfAnotherOwnerIsLeftToIt) {
    inventory::StageIdentity other = kStage;
    other.uid = "uid-other";
    api.put(inventory::shard_object(other, 0, "s-base-00", entries({"x"})));
    start();
    ASSERT_TRUE(save({"a"}));
    const std::string fallback = inventory::fallback_shard_name(kStage, 0);
    EXPECT_EQ(take_writes(), (Lines{"create s-base-00", "create " + fallback}));
    EXPECT_EQ(stored(), entries({"a"}));
    ASSERT_TRUE(save({"b"}));
    EXPECT_EQ(take_writes(), Lines{"patch " + fallback});
}

TEST_F(InventoryStoreTest, WhenTheFallbackIsTakenTooItSaysSo) {
    inventory::StageIdentity other = kStage;
    other.uid = "uid-other";
    const std::string fallback = inventory::fallback_shard_name(kStage, 0);
    api.put(inventory::shard_object(other, 0, "s-base-00", {}));
    api.put(inventory::shard_object(other, 0, fallback, {}));
    start();
    const auto saved = save({"a"});
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, base::ErrorCode::kAlreadyExists);
    EXPECT_NE(saved.error().text().find(fallback), std::string::npos);
}

TEST_F(InventoryStoreTest, AShardThatWasDeletedMeanwhileIsMadeAgain) {
    start();
    ASSERT_TRUE(save({"a"}));
    take_writes();
    stop_watching();
    api.erase({kInventory, "t", "s-base-00"});
    ASSERT_TRUE(save({"a", "b"}));
    EXPECT_EQ(take_writes(), (Lines{"patch s-base-00", "create s-base-00"}));
    EXPECT_EQ(api.count("StageInventory"), 1U);
}

TEST_F(InventoryStoreTest, AShardThatChangedMeanwhileIsAConflict) {
    start();
    ASSERT_TRUE(save({"a"}));
    stop_watching();
    api.edit({kInventory, "t", "s-base-00"},
             [](Value& shard) { shard.at("spec").as_object()["stagePosition"] = 9; });
    const auto saved = save({"a", "b"});
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, base::ErrorCode::kConflict);
}

TEST_F(InventoryStoreTest, WhatAnUnseenShardRecordsIsKeptAndTheRunStartsOver) {
    Value shard = inventory::shard_object(kStage, 0, "s-base-00", entries({"x"}));
    model::ensure_object(shard, {"metadata"}).erase("labels");
    api.put(std::move(shard));
    start();
    EXPECT_EQ(stored(), Entries{}) << "it cannot be found without its labels";
    const auto saved = save({"a"});
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, base::ErrorCode::kConflict);
    EXPECT_EQ(stored(), entries({"a", "x"})) << "the labels are back";
    ASSERT_TRUE(save({"a"}));
}

TEST_F(InventoryStoreTest, AFailedWriteEndsTheSaveBeforeSurplusShardsGo) {
    start();
    ASSERT_TRUE(save({"a", "b", "c"}));
    api.fail_next(on("patch"), {base::ErrorCode::kUnavailable, "no answer"});
    EXPECT_FALSE(save({"c"}));
    EXPECT_EQ(api.count("StageInventory"), 2U);
    EXPECT_EQ(stored(), entries({"a", "b", "c"}));
}

TEST_F(InventoryStoreTest, OfTwoShardsWithOneIndexOneGoes) {
    api.put(inventory::shard_object(kStage, 0, "s-base-0", entries({"a", "b"})));
    api.put(inventory::shard_object(kStage, 0, "s-base-00", entries({"b", "c"})));
    start();
    EXPECT_EQ(stored(), entries({"a", "b", "c"})) << "until then both count";
    ASSERT_TRUE(save({"a", "c"}));
    EXPECT_EQ(take_writes(), (Lines{"patch s-base-0", "delete s-base-00"}));
    EXPECT_EQ(stored(), entries({"a", "c"}));
}

TEST_F(InventoryStoreTest, WhatOthersWroteOnAShardStays) {
    start();
    ASSERT_TRUE(save({"a"}));
    api.edit({kInventory, "t", "s-base-00"}, [](Value& shard) {
        model::ensure_object(shard, {"metadata", "labels"})["backup"] = "yes";
        model::ensure_object(shard, {"metadata", "annotations"})["note"] = "mine";
    });
    settle();
    ASSERT_TRUE(save({"b"}));
    const Value& shard = *api.object("StageInventory", "t", "s-base-00");
    EXPECT_EQ(model::label_of(shard, "backup"), "yes");
    EXPECT_EQ(model::annotation_of(shard, "note"), "mine");
    EXPECT_TRUE(inventory::is_owned_by(shard, "uid-s"));
    EXPECT_EQ(stored(), entries({"b"}));
}

TEST_F(InventoryStoreTest, KnowsTheKindsOfAllStageSetsAlsoAfterTheirShardsAreGone) {
    inventory::StageIdentity other = kStage;
    other.uid = "uid-other";
    const Entries widgets = {{{"example.org", "Widget", "t", "w"}, "v1"}};
    api.put(inventory::shard_object(other, 0, "other-base-00", widgets));
    start();
    ASSERT_TRUE(save({"a"}));
    api.erase({kInventory, "t", "s-base-00"});
    settle();
    EXPECT_EQ(store.recorded_kinds(), (std::set<GroupKind>{{"", "ConfigMap"}, {"example.org", "Widget"}}));
}

TEST_F(InventoryStoreTest, WithoutMarksThereIsNoApplySet) {
    start();
    ASSERT_TRUE(save({"a"}));
    EXPECT_EQ(store.applyset_of(kStage), std::nullopt);
    EXPECT_TRUE(
        inventory::parent_metadata_in(*api.object("StageInventory", "t", "s-base-00")).labels.empty());
}

class ApplySetStoreTest : public InventoryStoreTest {
protected:
    ApplySetStoreTest() : InventoryStoreTest(inventory::Mode::kHybrid) {}
};

TEST_F(ApplySetStoreTest, TheFirstShardIsTheParentOfAllMembers) {
    start();
    ASSERT_TRUE(save({"a", "b", "c"}));
    const std::string id = inventory::stage_applyset_id("s", "t", "base");
    EXPECT_EQ(store.applyset_of(kStage), id);
    EXPECT_EQ(model::label_of(*api.object("StageInventory", "t", "s-base-00"), "applyset.kubernetes.io/id"),
              id);
    EXPECT_TRUE(
        inventory::parent_metadata_in(*api.object("StageInventory", "t", "s-base-01")).labels.empty());
    take_writes();
    ASSERT_TRUE(save({"a", "b", "c"}));
    EXPECT_EQ(take_writes(), Lines{});
}

TEST_F(ApplySetStoreTest, WhereTheNameIsTakenTheIdIsThatOfTheFallback) {
    inventory::StageIdentity other = kStage;
    other.uid = "uid-other";
    api.put(inventory::shard_object(other, 0, "s-base-00", {}));
    start();
    ASSERT_TRUE(save({"a"}));
    const std::string fallback = inventory::fallback_shard_name(kStage, 0);
    EXPECT_EQ(store.applyset_of(kStage),
              inventory::applyset_id({"stages.metio.wtf", "StageInventory", "t", fallback}));
    EXPECT_EQ(model::label_of(*api.object("StageInventory", "t", fallback), "applyset.kubernetes.io/id"),
              store.applyset_of(kStage));
}

TEST_F(InventoryStoreTest, ShardsOfAnotherStageSetAreNotOurs) {
    inventory::StageIdentity former = kStage;
    former.uid = "uid-former";
    api.put(inventory::shard_object(former, 0, "s-base-00", entries({"x"})));
    start();
    EXPECT_EQ(stored(), Entries{}) << "a StageSet of the same name that was deleted";
}

}  // namespace
}  // namespace apply
