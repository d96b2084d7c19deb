// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/shape.hpp"

#include <array>

#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace kustomize {
namespace {

constexpr auto kInnerFields =
    std::to_array<Field>({{"name", FieldType::kText}, {"enabled", FieldType::kBool}});
constexpr Shape kInner{kInnerFields};
constexpr auto kOuterFields = std::to_array<Field>({
    {"text", FieldType::kText},
    {"flag", FieldType::kBool},
    {"count", FieldType::kInteger},
    {"texts", FieldType::kTexts},
    {"pairs", FieldType::kTextMap},
    {"inner", FieldType::kMap, &kInner},
    {"inners", FieldType::kMaps, &kInner},
    {"any", FieldType::kAny},
});
constexpr Shape kOuter{kOuterFields};

struct ShapeCase {
    std::string_view name;
    std::string_view yaml;
    std::string_view json;   // what becomes of it, or
    std::string_view error;  // the message
    UnknownFields unknown = UnknownFields::kRefuse;
};

class Conform : public testing::TestWithParam<ShapeCase> {};

TEST_P(Conform, FitsOrNamesTheField) {
    auto value = model::parse_yaml_one(GetParam().yaml, "f");
    ASSERT_TRUE(value) << value.error().text();
    const auto fits = conform(*value, kOuter, GetParam().unknown);
    if (GetParam().error.empty()) {
        ASSERT_TRUE(fits) << fits.error().text();
        EXPECT_EQ(model::to_json(*value), GetParam().json);
    } else {
        ASSERT_FALSE(fits);
        EXPECT_EQ(fits.error().code, base::ErrorCode::kInvalid);
        EXPECT_EQ(fits.error().message, GetParam().error);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Conform,
    testing::Values(ShapeCase{"AnyCaseOfAName", "TEXT: a\nInners: [{Name: b}]",
                              R"({"inners":[{"name":"b"}],"text":"a"})", ""},
                    ShapeCase{"NullIsAbsent", "text:\ntexts: null\ninner: {name: ~}", R"({"inner":{}})", ""},
                    ShapeCase{"NullElementsAreEmpty", "texts: [a, null]\ninners: [null]\npairs: {a: null}",
                              R"({"inners":[{}],"pairs":{"a":""},"texts":["a",""]})", ""},
                    ShapeCase{"AnythingGoesWhereNothingIsAsked", "any: {a: [1]}", R"({"any":{"a":[1]}})", ""},
                    ShapeCase{"UnknownIsRefused", "foo: 1", "", "unknown field \"foo\""},
                    ShapeCase{"UnknownInAListIsRefused", "inners: [{}, {foo: 1}]", "",
                              "unknown field \"inners[1].foo\""},
                    ShapeCase{"UnknownIsDropped", "foo: 1\ninner: {bar: 2, enabled: true}",
                              R"({"inner":{"enabled":true}})", "", UnknownFields::kDrop},
                    ShapeCase{"NumberForText", "text: 5", "",
                              "text must be text, not a number (quote it to make it text)"},
                    ShapeCase{"BoolForText", "texts: [y]", "",
                              "texts[0] must be text, not a bool (quote it to make it text)"},
                    ShapeCase{"NumberInPairs", "pairs: {a: 1}", "",
                              "pairs.a must be text, not a number (quote it to make it text)"},
                    ShapeCase{"TextForList", "texts: a", "", "texts must be a list, not text"},
                    ShapeCase{"TextForMaps", "inners: a", "", "inners must be a list, not text"},
                    ShapeCase{"TextForMap", "inner: a", "", "inner must be a map, not text"},
                    ShapeCase{"ListForPairs", "pairs: []", "", "pairs must be a map, not a list"},
                    ShapeCase{"TextForBool", "inners: [{enabled: \"true\"}]", "",
                              "inners[0].enabled must be true or false, not text"},
                    ShapeCase{"FractionForCount", "count: 1.5", "",
                              "count must be a whole number, not a number (quote it to make it text)"},
                    ShapeCase{"MapForText", "text: {}", "", "text must be text, not a map"},
                    ShapeCase{"ListForAll", "[]", "", "the document must be a map, not a list"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace kustomize
