// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace model {
namespace {

using base::ErrorCode;

struct Good {
    const char* yaml;
    const char* json;
};

class ReadsYaml : public testing::TestWithParam<Good> {};

TEST_P(ReadsYaml, AsTheseObjects) {
    const auto value = parse_yaml_one(GetParam().yaml, "file");
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(to_json(*value), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Structure, ReadsYaml,
    testing::Values(Good{"- 1\n- - 2\n  - 3", "[1,[2,3]]"}, Good{"-\n- ~", "[null,null]"},
                    Good{"-", "[null]"}, Good{"a:\n- 1\n- 2", R"({"a":[1,2]})"},
                    Good{"a: [1, 2,]", R"({"a":[1,2]})"}, Good{"a: {b, c: 1}", R"({"a":{"b":null,"c":1}})"},
                    Good{"a: [b: 1]", R"({"a":[{"b":1}]})"}, Good{"a: x # c", R"({"a":"x"})"},
                    Good{"a: x#c", R"({"a":"x#c"})"}, Good{"a: #c", R"({"a":null})"},
                    Good{"a:\tb", R"({"a":"b"})"}, Good{"b: 1\na: 2", R"({"a":2,"b":1})"},
                    Good{"{\"a\": [1, {\"b\": null}]}", R"({"a":[1,{"b":null}]})"}, Good{"--- {}", "{}"},
                    Good{"--- []", "[]"}));

INSTANTIATE_TEST_SUITE_P(Strings, ReadsYaml,
                         testing::Values(Good{"a: 'it''s'", R"({"a":"it's"})"},
                                         Good{"a: \"\\u00e9\\n\\x41\\0\"", "{\"a\":\"é\\nA\\u0000\"}"},
                                         Good{"a: \"😀\"", "{\"a\":\"😀\"}"},
                                         Good{"a: |+\n  x\n\n", R"({"a":"x\n\n"})"},
                                         Good{"a: |-\n  x\n\n", R"({"a":"x"})"},
                                         Good{"a: >\n  x\n  y\n\n  z\n", R"({"a":"x y\nz\n"})"},
                                         Good{"|\n 12\n", R"("12\n")"}, Good{"a: x\n  y", R"({"a":"x y"})"},
                                         Good{"a: !", R"({"a":""})"},
                                         Good{"a: \"x\\0y\"", R"({"a":"x\u0000y"})"}));

INSTANTIATE_TEST_SUITE_P(Anchors, ReadsYaml,
                         testing::Values(Good{"a: &x 1\nb: *x", R"({"a":1,"b":1})"},
                                         Good{"a: &x {b: 1}\nc: *x", R"({"a":{"b":1},"c":{"b":1}})"},
                                         Good{"a: &x 1\nb: &x 2\nc: *x", R"({"a":1,"b":2,"c":2})"},
                                         Good{"&k a: 1\nb: *k", R"({"a":1,"b":"a"})"},
                                         Good{"&k q: 1\nb: {*k : 2}", R"({"b":{"q":2},"q":1})"},
                                         Good{"a: &x", R"({"a":null})"},
                                         Good{"- &x [1, &y 2]\n- [*x, *y]", "[[1,2],[[1,2],2]]"}));

INSTANTIATE_TEST_SUITE_P(
    MergeKeys, ReadsYaml,
    testing::Values(Good{"b: &b {a: 1, c: 2}\nx: {<<: *b, a: 3}", R"({"b":{"a":1,"c":2},"x":{"a":3,"c":2}})"},
                    Good{"b: &b {a: 1, c: 2}\nx: {a: 3, <<: *b}", R"({"b":{"a":1,"c":2},"x":{"a":3,"c":2}})"},
                    Good{"x: {<<: {a: 1}, b: 2}", R"({"x":{"a":1,"b":2}})"},
                    Good{"x: {<<: [{a: 1}, {a: 2, b: 3}]}", R"({"x":{"a":1,"b":3}})"},
                    Good{"x: {<<: {<<: {a: 1}, b: 2}}", R"({"x":{"a":1,"b":2}})"},
                    Good{"x: {\"<<\": {a: 1}}", R"({"x":{"<<":{"a":1}}})"},
                    Good{"x: {!!merge <<: {a: 1}}", R"({"x":{"a":1}})"},
                    Good{"x: {!!str <<: {a: 1}}", R"({"x":{"<<":{"a":1}}})"},
                    Good{"x: {<<: {1: a}}", R"({"x":{"1":"a"}})"}, Good{"x: {<<: []}", R"({"x":{}})"}));

INSTANTIATE_TEST_SUITE_P(
    Encoding, ReadsYaml,
    testing::Values(Good{"\xEF\xBB\xBF"
                         "a: 1",
                         R"({"a":1})"},
                    Good{"a: 1\r\nb: 2\r\n", R"({"a":1,"b":2})"},
                    Good{"a: |\r\n  x\r\n  y\r\n", R"({"a":"x\ny\n"})"},
                    Good{"%YAML 1.1\n---\na: 1", R"({"a":1})"}, Good{"%YAML 1.2\n---\na: 1", R"({"a":1})"},
                    Good{"%TAG !e! tag:example.com,2000:\n---\n!e!foo bar", R"("bar")"}));

struct Bad {
    const char* yaml;
    const char* message;
};

class RefusesYaml : public testing::TestWithParam<Bad> {};

TEST_P(RefusesYaml, WithFileLineAndColumn) {
    const auto value = parse_yaml(GetParam().yaml, "dir/file.yaml");
    ASSERT_FALSE(value) << GetParam().yaml;
    EXPECT_EQ(value.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(value.error().message, "dir/file.yaml:" + std::string(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, RefusesYaml,
    testing::Values(
        Bad{"a:\n\tb: 1", "2:1: a tab where only spaces may indent"},
        Bad{"é: é\n\tb: 1", "2:1: a tab where only spaces may indent"},
        Bad{"a: b: c", "1:5: mapping values are not allowed in this context"},
        Bad{"a: 'x", "1:6: found unexpected end of stream while scanning a quoted scalar"},
        Bad{"a: [1",
            "2:1: did not find expected ',' or ']' while parsing a flow sequence that starts on line 1"},
        Bad{"@a", "1:1: found character that cannot start any token"},
        Bad{"a: *", "1:5: did not find expected alphabetic or numeric character while scanning an alias"},
        Bad{"a: \a", "1:4: control characters are not allowed"},
        Bad{"a: 1\nb: \xFF", "2:4: invalid leading UTF-8 octet"},
        Bad{"a: \xC3(", "1:5: invalid trailing UTF-8 octet"},
        Bad{"%YAML 2.0\n---\na: 1", "1:1: found incompatible YAML document"},
        Bad{"a: 1\n b: 2", "2:3: mapping values are not allowed in this context"},
        Bad{"a: 1\n---\nb: [", "4:1: did not find expected node content while parsing a flow node"}));

INSTANTIATE_TEST_SUITE_P(
    Content, RefusesYaml,
    testing::Values(Bad{"a: 1\nb:\n  c: 1\n  c: 2", "4:3: duplicate key \"c\""},
                    Bad{"1: a\n\"1\": b", "2:1: duplicate key \"1\""},
                    Bad{"x: {<<: {a: 1}, <<: {b: 1}}", "1:17: duplicate key \"<<\""},
                    Bad{"a: *nope", "1:4: unknown anchor \"nope\""},
                    Bad{"a: &x 1\n---\nb: *x", "3:4: unknown anchor \"x\""},
                    Bad{"a: &x {b: *x}", "1:11: the value of anchor \"x\" contains itself"},
                    Bad{"? [a]\n: b", "1:3: a key must be a scalar"},
                    Bad{"a: &x [1]\n*x : 2", "2:1: a key must be a scalar"},
                    Bad{"~: 1", "1:1: a key must not be null"},
                    Bad{"a: .inf", "1:4: .inf is not a number that JSON knows"},
                    Bad{"a: !!int foo", "1:4: \"foo\" is not a !!int"},
                    Bad{"x: {<<: [{a: 1}, 3]}", "1:5: \"<<\" merges a map or a list of maps only"},
                    Bad{"x: {<<: 3}", "1:5: \"<<\" merges a map or a list of maps only"},
                    Bad{"x: {<<: }", "1:5: \"<<\" merges a map or a list of maps only"},
                    Bad{"x: {<<: [[{a: 1}]]}", "1:5: \"<<\" merges a map or a list of maps only"}));

TEST(YamlStream, LeavesOutEmptyDocumentsAndTellsTheLineOfEach) {
    const auto documents =
        parse_yaml("# only a comment\n---\n\na: 1\n---\n---\n~\n--- # more\n\nb: 2\n...\n", "file");
    ASSERT_TRUE(documents);
    ASSERT_EQ(documents->size(), 2U);
    EXPECT_EQ((*documents)[0].line, 4U);
    EXPECT_EQ((*documents)[1].line, 10U);
    EXPECT_EQ(to_json((*documents)[1].value), R"({"b":2})");
    EXPECT_TRUE(parse_yaml("", "file")->empty());
}

TEST(OneDocument, IsRefusedWhenThereIsNoneOrASecond) {
    EXPECT_EQ(parse_yaml_one("# nothing", "file").error().message, "file: no document");
    EXPECT_EQ(parse_yaml_one("a: 1\n---\nb: 2", "file").error().message,
              "file:3: a second document where one is expected");
    EXPECT_EQ(parse_yaml_one("a: [", "file").error().code, ErrorCode::kInvalid);
}

TEST(YamlLimit, RefusesTooManyBytesBeforeReading) {
    const auto refused = parse_yaml("a: 12345", "file", {.bytes_max = 7});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
    EXPECT_TRUE(parse_yaml("a: 12345", "file", {.bytes_max = 8}));
}

TEST(YamlLimit, AllowsExactlyTheGivenDepth) {
    EXPECT_TRUE(parse_yaml("[[[1]]]", "file", {.depth_max = 3}));
    const auto refused = parse_yaml("[[[[1]]]]", "file", {.depth_max = 3});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(refused.error().message, "file:1:4: nested deeper than 3 levels");
    EXPECT_TRUE(parse_yaml(std::string(512, '[') + std::string(512, ']'), "file"));
    EXPECT_EQ(parse_yaml(std::string(100'000, '['), "file").error().code, ErrorCode::kLimitExceeded);
    std::string blocks;
    for (int level = 0; level < 600; ++level) {
        blocks += "- ";
    }
    EXPECT_EQ(parse_yaml(blocks, "file").error().code, ErrorCode::kLimitExceeded);
}

TEST(YamlLimit, CountsEachValueOnce) {
    EXPECT_TRUE(parse_yaml("a: [1, 2]", "file", {.nodes_max = 5}));
    EXPECT_EQ(parse_yaml("a: [1, 2]", "file", {.nodes_max = 4}).error().code, ErrorCode::kLimitExceeded);
}

TEST(YamlLimit, StopsBillionLaughs) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 12; ++level) {
        const std::string below = "*a" + std::to_string(level - 1);
        bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
        for (int copy = 1; copy < 10; ++copy) {
            bomb += ", " + below;
        }
        bomb += "]\n";
    }
    EXPECT_EQ(parse_yaml(bomb, "file").error().code, ErrorCode::kLimitExceeded);
}

TEST(YamlLimit, StopsAliasesOfOneLongText) {
    std::string bomb = "a: &a " + std::string(100'000, 'x') + "\nb:\n";
    for (int copy = 0; copy < 10'000; ++copy) {
        bomb += "- *a\n";
    }
    EXPECT_EQ(parse_yaml(bomb, "file").error().code, ErrorCode::kLimitExceeded);
}

TEST(YamlLimit, CountsWhatNestedAnchorsKeep) {
    std::string bomb;
    for (int level = 0; level < 500; ++level) {
        bomb += "&a" + std::to_string(level) + " [";
    }
    for (int copy = 0; copy < 20'000; ++copy) {
        bomb += "1,";
    }
    EXPECT_EQ(parse_yaml(bomb + std::string(500, ']'), "file").error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace model
