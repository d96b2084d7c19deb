// SPDX-License-Identifier: 0BSD
#include "rules/inventory/rebuild.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace inventory {
namespace {

Entry config(std::string name) { return {{"", "ConfigMap", "t", std::move(name)}, "v1"}; }

Entries configs(std::string_view names) {
    std::vector<Entry> entries;
    for (const char name : names) {
        entries.push_back(config(std::string(1, name)));
    }
    return make_entries(std::move(entries));
}

StoredStage stored(std::string_view names, bool rebuilt = false) {
    StoredStage stage;
    stage.entries = configs(names);
    stage.rebuilt = rebuilt;
    return stage;
}

struct LostCase {
    std::string name;
    std::map<std::string, StoredStage, std::less<>> stored;
    KnownStage stage;
    bool is_lost;
};

TEST(Rebuild, IsDueWhereLessIsStoredThanWasRecorded) {
    const std::vector<LostCase> cases = {
        {"NeverApplied", {}, {.name = "a"}, false},
        {"NothingStored", {}, {.name = "a", .applied = true, .entry_count = 2}, true},
        {"NothingStoredOfAnEmptyStage", {}, {.name = "a", .applied = true, .entry_count = 0}, true},
        {"AShardIsMissing", {{"a", stored("x")}}, {.name = "a", .applied = true, .entry_count = 2}, true},
        {"AllIsThere", {{"a", stored("xy")}}, {.name = "a", .applied = true, .entry_count = 2}, false},
        {"TheUnionOfOldAndNew",
         {{"a", stored("xyz")}},
         {.name = "a", .applied = true, .entry_count = 2},
         false},
        {"RebuiltAlready",
         {{"a", stored("", true)}},
         {.name = "a", .applied = true, .entry_count = 2},
         false},
        {"OfAnotherStage", {{"b", stored("xy")}}, {.name = "a", .applied = true, .entry_count = 2}, true},
    };
    for (const LostCase& row : cases) {
        Stored all;
        all.stages = row.stored;
        EXPECT_EQ(lost_stages(all, std::vector{row.stage}).size(), row.is_lost ? 1U : 0U) << row.name;
    }
}

// "a:xy b:z" for what each lost stage owned.
std::string text(const std::map<std::string, Entries, std::less<>>& result) {
    std::string shown;
    for (const auto& [stage, entries] : result) {
        shown += fmt::format("{}{}:", shown.empty() ? "" : " ", stage);
        for (const Entry& entry : entries) {
            shown += entry.id.name;
        }
    }
    return shown;
}

std::string mark(std::string_view stage) { return stage_applyset_id("s", "t", stage); }

struct Case {
    std::string name;
    std::vector<KnownStage> lost;
    std::map<std::string, StoredStage, std::less<>> stored;
    std::vector<FoundObject> found;
    Mode mode;
    std::string expected;
};

TEST(Rebuild, GivesObjectsBackToTheirStages) {
    const KnownStage a{.name = "a", .applied = true};
    const KnownStage b{.name = "b", .position = 1, .applied = true};
    const KnownStage kept{.name = "k", .position = 2, .prune_enabled = false, .applied = true};
    const StageIdentity identity{.stageset = "s", .ns = "t", .uid = {}, .stage = "b"};
    const std::string fallback =
        applyset_id({"stages.metio.wtf", "StageInventory", "t", fallback_shard_name(identity, 0)});
    const std::vector<Case> cases = {
        {"NothingFound", {a}, {}, {}, Mode::kHybrid, "a:"},
        {"ByMark",
         {a, b},
         {},
         {{config("x"), mark("a")}, {config("y"), mark("b")}},
         Mode::kHybrid,
         "a:x b:y"},
        {"ByTheMarkOfAFallbackName", {a, b}, {}, {{config("y"), fallback}}, Mode::kHybrid, "a: b:y"},
        {"TheMarkOfAnIntactStage",
         {a},
         {{"b", stored("z")}},
         {{config("y"), mark("b")}},
         Mode::kHybrid,
         "a:"},
        {"TheMarkOfAStageLongGone", {a}, {}, {{config("y"), mark("gone")}}, Mode::kHybrid, "a:"},
        {"UnmarkedWhereMembersAreMarked", {a}, {}, {{config("y"), ""}}, Mode::kHybrid, "a:"},
        {"UnmarkedWhereNoneAre",
         {a, b},
         {},
         {{config("x"), ""}, {config("y"), ""}},
         Mode::kEntries,
         "a:xy b:"},
        {"UnmarkedGoToTheStageThatIsNotPruned", {a, kept}, {}, {{config("x"), ""}}, Mode::kEntries, "a: k:x"},
        {"RecordedElsewhere", {a}, {{"b", stored("z")}}, {{config("z"), ""}}, Mode::kEntries, "a:"},
        {"WhatIsLeftOfTheShardsStays",
         {a},
         {{"a", stored("p")}},
         {{config("x"), mark("a")}},
         Mode::kHybrid,
         "a:px"},
        {"NothingIsLost", {}, {}, {{config("x"), ""}}, Mode::kEntries, ""},
    };
    for (const Case& row : cases) {
        Stored all;
        all.stages = row.stored;
        EXPECT_EQ(text(rebuild({"s", "t", row.lost, all, row.found, row.mode})), row.expected) << row.name;
    }
}

}  // namespace
}  // namespace inventory
