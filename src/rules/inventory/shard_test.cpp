// SPDX-License-Identifier: 0BSD
#include "rules/inventory/shard.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "model/json.hpp"

namespace inventory {
namespace {

Entry config(std::string name) { return {{"", "ConfigMap", "t", std::move(name)}, "v1"}; }

const StageIdentity kStage{
    .stageset = "payments", .ns = "t", .uid = "u1", .stage = "application", .position = 2};

TEST(ShardName, IsTwoDigitsWide) {
    EXPECT_EQ(shard_name("payments", "application", 0), "payments-application-00");
    EXPECT_EQ(shard_name("payments", "application", 9), "payments-application-09");
    EXPECT_EQ(shard_name("payments", "application", 123), "payments-application-123");
}

TEST(ShardName, StaysWithinTheLimitOfNames) {
    const std::string stageset(200, 'a');
    const std::string fits = shard_name(stageset, std::string(49, 'b'), 0);  // 200 + 1 + 49 + 3
    EXPECT_EQ(fits, stageset + "-" + std::string(49, 'b') + "-00");

    const std::string full = stageset + "-" + std::string(50, 'b') + "-00";
    EXPECT_EQ(shard_name(stageset, std::string(50, 'b'), 0),
              full.substr(0, 242) + "-" + base::sha256(full).hex().substr(0, 10));

    // The cut falls right behind a dash: it is trimmed before the hash follows.
    const std::string dashes = std::string(240, 'a') + "--" + std::string(20, 'b') + "-00";
    EXPECT_EQ(shard_name(std::string(240, 'a') + "-", std::string(20, 'b'), 0),
              std::string(240, 'a') + "-" + base::sha256(dashes).hex().substr(0, 10));
    EXPECT_NE(shard_name(stageset, std::string(50, 'b'), 0), shard_name(stageset, std::string(50, 'b'), 1));
}

TEST(ShardName, FallbackTellsOwnersApartThatShareAName) {
    StageIdentity left{.stageset = "a-b", .ns = "t", .uid = "1", .stage = "c"};
    StageIdentity right{.stageset = "a", .ns = "t", .uid = "2", .stage = "b-c"};
    ASSERT_EQ(shard_name(left.stageset, left.stage, 0), shard_name(right.stageset, right.stage, 0));
    EXPECT_EQ(fallback_shard_name(left, 0), "a-b-c-" + base::sha256("t/a-b/c").hex().substr(0, 10) + "-00");
    EXPECT_NE(fallback_shard_name(left, 0), fallback_shard_name(right, 0));
    left.stage = std::string(250, 'x');
    EXPECT_EQ(fallback_shard_name(left, 0).size(), 253U);
}

TEST(Pack, CutsByTheCap) {
    const Entries entries = make_entries({config("a"), config("b"), config("c"), config("d"), config("e")});
    const auto sizes = [&entries](std::size_t cap) {
        std::vector<std::size_t> result;
        for (const auto& shard : pack(entries, cap)) {
            result.push_back(shard.size());
        }
        return result;
    };
    EXPECT_EQ(sizes(2), (std::vector<std::size_t>{2, 2, 1}));
    EXPECT_EQ(sizes(5), std::vector<std::size_t>{5});
    EXPECT_EQ(sizes(0), std::vector<std::size_t>{5}) << "0 is the default cap";
    ASSERT_EQ(pack({}, 2).size(), 1U) << "an empty stage has one empty shard";
    EXPECT_TRUE(pack({}, 2)[0].empty());
}

TEST(Shard, IsWrittenAsTheReferenceWritesIt) {
    const Entries entries = make_entries({config("a")});
    EXPECT_EQ(
        model::to_json(shard_object(kStage, 3, "payments-application-03", entries)),
        R"({"apiVersion":"stages.metio.wtf/v1","kind":"StageInventory","metadata":{)"
        R"("labels":{"stages.metio.wtf/shard":"3","stages.metio.wtf/stage":"application",)"
        R"("stages.metio.wtf/stage-set":"payments"},"name":"payments-application-03","namespace":"t",)"
        R"("ownerReferences":[{"apiVersion":"stages.metio.wtf/v1","blockOwnerDeletion":true,"controller":true,)"
        R"("kind":"StageSet","name":"payments","uid":"u1"}]},)"
        R"("spec":{"entries":[{"id":"t_a__ConfigMap","v":"v1"}],"stagePosition":2}})");
}

TEST(Shard, OfAnApplySetCarriesTheParentsMetadata) {
    const Entries entries = make_entries({config("a")});
    const Membership members = membership_of(entries);
    StageIdentity stage = kStage;
    stage.prune_enabled = false;
    const model::Value object = shard_object(stage, 0, "payments-application-00", entries, members);
    EXPECT_EQ(model::label_of(object, "applyset.kubernetes.io/id"),
              stage_applyset_id("payments", "t", "application"));
    EXPECT_EQ(model::annotation_of(object, "applyset.kubernetes.io/tooling"), "stageset-controller/v1");
    EXPECT_EQ(model::annotation_of(object, "applyset.kubernetes.io/contains-group-kinds"), "ConfigMap");
    EXPECT_EQ(model::annotation_of(object, "stages.metio.wtf/prune"), "disabled");
    EXPECT_EQ(model::label_of(object, "stages.metio.wtf/shard"), "0");

    const std::vector<const model::Value*> pointers = {&object};
    const Stored stored = read_shards(pointers);
    const StoredShard& shard = stored.stages.at("application").shards.at(0);
    EXPECT_TRUE(same_shard(shard, stage, entries, members));
    EXPECT_FALSE(same_shard(shard, stage, entries)) << "leaving the mode rewrites it";
    EXPECT_FALSE(same_shard(shard, stage, entries, Membership{"ConfigMap,Secret", {"t"}}));
}

TEST(Shard, IsReadBackAsWritten) {
    const Entries entries = make_entries({config("a"), config("b"), config("c")});
    std::vector<model::Value> objects;
    for (const auto& shard : pack(entries, 2)) {
        objects.insert(objects.begin(),
                       shard_object(kStage, objects.size(), "n" + std::to_string(objects.size()), shard));
    }
    const std::vector<const model::Value*> pointers = {&objects[0], &objects[1]};
    const Stored stored = read_shards(pointers);
    EXPECT_TRUE(stored.problems.empty());
    ASSERT_EQ(stored.stages.size(), 1U);
    const StoredStage& stage = stored.stages.at("application");
    EXPECT_EQ(stage.position, 2);
    EXPECT_TRUE(stage.prune_enabled);
    EXPECT_EQ(stage.entries, entries);
    ASSERT_EQ(stage.shards.size(), 2U);
    EXPECT_EQ(stage.shards[0].name, "n0") << "by index, whatever the order of the list";
    EXPECT_EQ(stage.shards[1].entries, Entries{config("c")});
    EXPECT_TRUE(is_owned_by(objects[0], "u1"));
    EXPECT_FALSE(is_owned_by(objects[0], "u2"));
    EXPECT_FALSE(is_owned_by(model::Object{}, "u1"));
}

TEST(Shard, SameOnlyWhenNothingHasToBeWritten) {
    const Entries entries = make_entries({config("a")});
    const model::Value object = shard_object(kStage, 0, "n", entries);
    const std::vector<const model::Value*> pointers = {&object};
    const Stored stored = read_shards(pointers);
    const StoredShard& shard = stored.stages.at("application").shards.at(0);
    EXPECT_TRUE(same_shard(shard, kStage, entries));
    EXPECT_FALSE(same_shard(shard, kStage, {}));
    StageIdentity moved = kStage;
    moved.position = 0;
    EXPECT_FALSE(same_shard(shard, moved, entries));
    StageIdentity unpruned = kStage;
    unpruned.prune_enabled = false;
    EXPECT_FALSE(same_shard(shard, unpruned, entries));
    EXPECT_FALSE(same_shard(shard, kStage, Entries{{config("a").id, "v2"}}));
}

TEST(Shard, RemembersThatAStageIsNotPruned) {
    StageIdentity stage = kStage;
    stage.prune_enabled = false;
    const model::Value object = shard_object(stage, 0, "n", {});
    EXPECT_EQ(model::annotation_of(object, "stages.metio.wtf/prune"), "disabled");
    const std::vector<const model::Value*> pointers = {&object};
    EXPECT_FALSE(read_shards(pointers).stages.at("application").prune_enabled);
}

TEST(Shard, RemembersThatItWasRebuilt) {
    StageIdentity stage = kStage;
    stage.rebuilt = true;
    const model::Value object = shard_object(stage, 0, "n", {});
    EXPECT_EQ(model::annotation_of(object, "stages.metio.wtf/rebuilt"), "true");
    const std::vector<const model::Value*> pointers = {&object};
    const Stored stored = read_shards(pointers);
    EXPECT_TRUE(stored.stages.at("application").rebuilt);
    EXPECT_TRUE(same_shard(stored.stages.at("application").shards.at(0), stage, {}));
    EXPECT_FALSE(same_shard(stored.stages.at("application").shards.at(0), kStage, {}));
}

TEST(Shard, IsPatchedWithoutTouchingWhatOthersWrote) {
    const Entries entries = make_entries({config("a")});
    const model::Value wanted = shard_object(kStage, 0, "n", entries);
    EXPECT_EQ(model::to_json(shard_patch(wanted, "7")),
              R"({"apiVersion":"stages.metio.wtf/v1","kind":"StageInventory","metadata":{)"
              R"("annotations":{"applyset.kubernetes.io/additional-namespaces":null,)"
              R"("applyset.kubernetes.io/contains-group-kinds":null,"applyset.kubernetes.io/tooling":null,)"
              R"("stages.metio.wtf/prune":null,"stages.metio.wtf/rebuilt":null},)"
              R"("labels":{"applyset.kubernetes.io/id":null,"stages.metio.wtf/shard":"0",)"
              R"("stages.metio.wtf/stage":"application","stages.metio.wtf/stage-set":"payments"},"name":"n",)"
              R"("namespace":"t","resourceVersion":"7"},)"
              R"("spec":{"entries":[{"id":"t_a__ConfigMap","v":"v1"}],"stagePosition":2}})");
    StageIdentity stage = kStage;
    stage.prune_enabled = false;
    const model::Value marked =
        shard_patch(shard_object(stage, 0, "n", entries, membership_of(entries)), "7");
    EXPECT_EQ(model::annotation_of(marked, "stages.metio.wtf/prune"), "disabled");
    EXPECT_EQ(model::annotation_of(marked, "applyset.kubernetes.io/contains-group-kinds"), "ConfigMap");
}

TEST(Shard, ToleratesOtherWritersAndNamesWhatItCannotRead) {
    const auto read = [](std::string_view text) {
        const model::Value object = model::parse_json(text, "test").value();
        const std::vector<const model::Value*> pointers = {&object};
        return read_shards(pointers);
    };
    const std::string head =
        R"({"metadata":{"name":"x","labels":{"stages.metio.wtf/stage":"s","stages.metio.wtf/shard":"0"}},)";
    const Stored guide = read(head + R"("spec":{"entries":[{"id":"t_web_apps_Deployment","v":"apps/v1"}]}})");
    ASSERT_EQ(guide.stages.at("s").entries.size(), 1U);
    EXPECT_EQ(guide.stages.at("s").entries[0].version, "v1") << "group/version is accepted";

    const Stored odd =
        read(head + R"("spec":{"entries":[{"id":"t_web","v":"v1"},{"id":"t_a__ConfigMap","v":"v1"}]}})");
    EXPECT_EQ(odd.stages.at("s").entries, Entries{config("a")});
    ASSERT_EQ(odd.problems.size(), 1U);
    EXPECT_EQ(odd.problems[0],
              "StageInventory x: \"t_web\" is no inventory id of the form namespace_name_group_kind");

    EXPECT_TRUE(read(head + R"("spec":{}})").stages.at("s").entries.empty());
    for (const std::string labels : {R"({})", R"({"stages.metio.wtf/stage":"s"})",
                                     R"({"stages.metio.wtf/stage":"s","stages.metio.wtf/shard":"1x"})",
                                     R"({"stages.metio.wtf/stage":"s","stages.metio.wtf/shard":"-1"})"}) {
        const Stored unlabelled = read(R"({"metadata":{"name":"x","labels":)" + labels + "}}");
        EXPECT_TRUE(unlabelled.stages.empty()) << labels;
        EXPECT_EQ(unlabelled.problems.size(), 1U) << labels;
    }
}

}  // namespace
}  // namespace inventory
