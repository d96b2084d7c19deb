// SPDX-License-Identifier: 0BSD
#include "rules/inventory/prune.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace inventory {
namespace {

Entries configs(std::string_view names) {
    std::vector<Entry> entries;
    for (const char name : names) {
        entries.push_back({{"", "ConfigMap", "t", std::string(1, name)}, "v1"});
    }
    return make_entries(std::move(entries));
}

StoredStage stored(int position, std::string_view names, bool prune_enabled = true) {
    return {.position = position, .prune_enabled = prune_enabled, .entries = configs(names), .shards = {}};
}

// "app@1:ab late@0!:c": stage, position, '!' when removed, names.
std::string text(const std::vector<PruneStep>& steps) {
    std::string result;
    for (const PruneStep& step : steps) {
        result += fmt::format("{}{}@{}{}:", result.empty() ? "" : " ", step.stage, step.position,
                              step.removed ? "!" : "");
        for (const Entry& entry : step.entries) {
            result += entry.id.name;
        }
    }
    return result;
}

struct Case {
    std::string name;
    std::map<std::string, StoredStage, std::less<>> previous;
    std::vector<DesiredStage> desired;
    std::string expected;
};

TEST(Prune, DeletesWhatNoStageClaims) {
    const std::vector<Case> cases = {
        {"NothingStored", {}, {{"a", 0, true, configs("x")}}, ""},
        {"Unchanged", {{"a", stored(0, "xy")}}, {{"a", 0, true, configs("xy")}}, ""},
        {"Dropped", {{"a", stored(0, "xyz")}}, {{"a", 0, true, configs("y")}}, "a@0:xz"},
        {"DroppedButPruneDisabled", {{"a", stored(0, "xy")}}, {{"a", 0, false, configs("y")}}, ""},
        {"MovedToAnotherStage",
         {{"a", stored(0, "xy")}, {"b", stored(1, "z")}},
         {{"a", 0, true, configs("x")}, {"b", 1, true, configs("yz")}},
         ""},
        {"LaterStagesFirst",
         {{"a", stored(0, "x")}, {"b", stored(1, "y")}, {"c", stored(2, "z")}},
         {{"a", 0, true, {}}, {"b", 1, true, {}}, {"c", 2, true, {}}},
         "c@2:z b@1:y a@0:x"},
        {"TheSpecsPositionCounts",
         {{"a", stored(0, "x")}, {"b", stored(1, "y")}},
         {{"b", 0, true, {}}, {"a", 1, true, {}}},
         "a@1:x b@0:y"},
        {"RemovedStage",
         {{"a", stored(0, "x")}, {"b", stored(1, "y")}},
         {{"a", 0, true, configs("x")}},
         "b@1!:y"},
        {"RemovedStageKeepsWhatIsClaimed",
         {{"a", stored(0, "x")}, {"b", stored(1, "yz")}},
         {{"a", 0, true, configs("xy")}},
         "b@1!:z"},
        {"RenamedStageDeletesNothing",
         {{"old", stored(0, "xy")}},
         {{"new", 0, true, configs("xy")}},
         "old@0!:"},
        {"RemovedStageRemembersPruneDisabled", {{"a", stored(0, "x", false)}}, {}, "a@0!:"},
        {"TheSpecSaysWhetherASurvivorIsPruned",
         {{"a", stored(0, "xy", false)}},
         {{"a", 0, true, configs("x")}},
         "a@0:y"},
        {"RemovedByPositionDescendingThenName",
         {{"a", stored(1, "x")}, {"b", stored(1, "y")}, {"c", stored(0, "z")}, {"d", stored(5, "w")}},
         {},
         "d@5!:w a@1!:x b@1!:y c@0!:z"},
        {"RemovedBeforeTheSurvivorAtItsPlace",
         {{"gone", stored(0, "x")}, {"a", stored(1, "y")}},
         {{"a", 0, true, {}}},
         "gone@0!:x a@0:y"},
        {"RecordedTwiceIsDeletedOnce",
         {{"a", stored(0, "x")}, {"b", stored(1, "x")}},
         {{"a", 0, true, {}}, {"b", 1, true, {}}},
         "b@1:x a@0:"},
    };
    for (const Case& row : cases) {
        EXPECT_EQ(text(plan_prune({row.previous, {}}, row.desired)), row.expected) << row.name;
    }
}

TEST(Teardown, GoesFromTheLastStageToTheFirst) {
    const Stored all{{{"a", stored(0, "x")}, {"b", stored(1, "y")}, {"c", stored(2, "z")}}, {}};
    const std::vector<SpecStage> spec = {{"a", true}, {"b", true}, {"c", true}};
    EXPECT_EQ(text(plan_teardown(all, spec)), "c@2:z b@1:y a@0:x");
}

TEST(Teardown, LeavesUnprunedStagesAndWhatTheyShare) {
    const Stored all{{{"a", stored(0, "x")}, {"b", stored(1, "xy")}, {"gone", stored(2, "z", false)}}, {}};
    const std::vector<SpecStage> spec = {{"a", false}, {"b", true}};
    EXPECT_EQ(text(plan_teardown(all, spec)), "b@1:y");
}

TEST(Teardown, TakesStagesThatLeftTheSpecBefore) {
    const Stored all{{{"a", stored(0, "x", false)}, {"gone", stored(3, "z")}}, {}};
    const std::vector<SpecStage> spec = {{"a", true}};
    EXPECT_EQ(text(plan_teardown(all, spec)), "gone@3!:z a@0:x") << "the spec decides for its own stages";
}

}  // namespace
}  // namespace inventory
