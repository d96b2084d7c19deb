// SPDX-License-Identifier: 0BSD
#include "rules/patch/merge_patch.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace patch {
namespace {

using model::Value;

Value json(std::string_view text) { return model::parse_json(text, "test").value(); }

struct Case {
    const char* name;
    const char* left;
    const char* right;
    const char* result;  // or what the error says
};

TEST(MergePatch, AppliesAsTheStandardSays) {
    const Case cases[] = {
        {"AddsAndReplaces", R"({"a":1,"b":{"c":1}})", R"({"a":2,"b":{"d":3}})",
         R"({"a":2,"b":{"c":1,"d":3}})"},
        {"NullRemoves", R"({"a":1,"b":2})", R"({"a":null,"x":null})", R"({"b":2})"},
        {"NullsOfNewMapsAreNothing", R"({})", R"({"a":{"b":null,"c":[{"d":null}]}})", R"({"a":{"c":[{}]}})"},
        {"ListsReplace", R"({"a":[1,2]})", R"({"a":[null]})", R"({"a":[null]})"},
        {"ListInPlaceOfMapIsTakenAsItIs", R"({"a":{}})", R"({"a":[{"b":null}]})", R"({"a":[{"b":null}]})"},
        {"WholeListReplaces", R"({"a":1})", R"([1])", R"([1])"},
        {"MapReplacesScalar", R"("text")", R"({"a":{"b":null}})", R"({"a":{}})"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result = apply_merge_patch(json(test.left), json(test.right));
        ASSERT_TRUE(result.has_value()) << result.error().text();
        EXPECT_EQ(model::to_json(*result), test.result);
    }
}

TEST(MergePatch, RefusesWhatIsNoPatch) {
    EXPECT_EQ(apply_merge_patch(json("{}"), json("1")).error().message,
              "a merge patch must be a map or a list");
    EXPECT_EQ(apply_merge_patch(json("{}"), json("null")).error().message,
              "a merge patch must be a map or a list");
    EXPECT_EQ(apply_merge_patch(json("null"), json("{}")).error().message, "null cannot be patched");
}

TEST(MergePatch, DiffHoldsWhatChanged) {
    const Case cases[] = {
        {"NothingForEqual", R"({"a":{"b":[1]}})", R"({"a":{"b":[1]}})", "{}"},
        {"NumbersAreEqualByValue", R"({"a":1})", R"({"a":1.0})", "{}"},
        {"LargeIntegersDiffer", R"({"a":9007199254740993})", R"({"a":9007199254740992})",
         R"({"a":9007199254740992})"},
        {"RemovalIsNull", R"({"a":1,"b":{"c":1,"d":2}})", R"({"b":{"c":1}})", R"({"a":null,"b":{"d":null}})"},
        {"ListsAreWhole", R"({"a":[1,2]})", R"({"a":[1]})", R"({"a":[1]})"},
        {"OtherTypeReplaces", R"({"a":{"b":1}})", R"({"a":"b"})", R"({"a":"b"})"},
        {"ListOfMaps", R"([{"a":1},{"b":1}])", R"([{"a":2},{"b":1}])", R"([{"a":2},{}])"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result = create_merge_patch(json(test.left), json(test.right));
        ASSERT_TRUE(result.has_value()) << result.error().text();
        EXPECT_EQ(model::to_json(*result), test.result);
    }
}

TEST(MergePatch, DiffRefusesDocumentsThatCannotBePatched) {
    const Case cases[] = {
        {"MapAndList", "{}", "[]", "only two maps, or two lists of maps, have a merge patch"},
        {"Scalars", "1", "2", "only two maps, or two lists of maps, have a merge patch"},
        {"Lengths", "[{}]", "[]", "lists of different lengths have no merge patch"},
        {"ListOfScalars", "[1]", "[1]", "lists of anything but maps have no merge patch"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result = create_merge_patch(json(test.left), json(test.right));
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().code, base::ErrorCode::kInvalid);
        EXPECT_EQ(result.error().message, test.result);
    }
}

}  // namespace
}  // namespace patch
