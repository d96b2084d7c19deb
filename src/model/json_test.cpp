// SPDX-License-Identifier: 0BSD
#include "model/json.hpp"

#include <gtest/gtest.h>

namespace model {
namespace {

using base::ErrorCode;

TEST(ParseJson, ReadsEveryKindOfValue) {
    const auto value = parse_json(R"( {"a":[1,-2,1.5,true,false,null,"x"],"b":{}} )", "test");
    ASSERT_TRUE(value);
    EXPECT_EQ(to_json(*value), R"({"a":[1,-2,1.5,true,false,null,"x"],"b":{}})");
}

TEST(ParseJson, ReadsDoublesExactly) {
    const std::pair<const char*, double> cases[] = {
        {"3.141592653589793", 3.141592653589793},
        {"0.1", 0.1},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"5e-324", 5e-324},
        {"1e-400", 0.0},
        {"-0.0", -0.0},
        {"123456789012345678901234567890", 1.2345678901234568e29},
        {"9007199254740993.5", 9007199254740993.5},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"[7.2057594037927933e16", 0},
    };
    for (const auto& [text, expected] : cases) {
        const auto value = parse_json(text, "test");
        if (text[0] == '[') {
            EXPECT_FALSE(value);
            continue;
        }
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(value->get_double(), expected) << text;
    }
    const auto inside = parse_json("[7.2057594037927933e16,1.0]", "test");
    ASSERT_TRUE(inside);
    EXPECT_EQ(inside->get_array()[0].get_double(), 7.2057594037927933e16);
    EXPECT_TRUE(inside->get_array()[1].is_double());
}

TEST(ParseJson, KeepsIntegersOf64Bits) {
    EXPECT_TRUE(parse_json("-9223372036854775808", "test")->is_int64());
    EXPECT_TRUE(parse_json("9223372036854775807", "test")->is_int64());
    EXPECT_TRUE(parse_json("18446744073709551615", "test")->is_uint64());
    EXPECT_TRUE(parse_json("18446744073709551616", "test")->is_double());
}

TEST(ParseJson, LetsTheLastOfEqualKeysWin) {
    EXPECT_EQ(to_json(*parse_json(R"({"a":1,"a":2})", "test")), R"({"a":2})");
}

TEST(ParseJson, NamesTheSourceAndTheByteOfAnError) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "body is not valid JSON: incomplete JSON at byte 1"},
        {"{\"a\":1", "body is not valid JSON: incomplete JSON at byte 7"},
        {"[1,]", "body is not valid JSON: syntax error at byte 4"},
        {"[1] x", "body is not valid JSON: extra data at byte 5"},
        {"nul", "body is not valid JSON: incomplete JSON at byte 4"},
        {"{'a':1}", "body is not valid JSON: syntax error at byte 2"},
        {"1e999", "body is not valid JSON: not a number at byte 6"},
        {"// c\n1", "body is not valid JSON: syntax error at byte 1"},
    };
    for (const auto& [text, message] : cases) {
        const auto value = parse_json(text, "body");
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().code, ErrorCode::kInvalid);
        EXPECT_EQ(value.error().message, message) << text;
    }
    EXPECT_FALSE(parse_json("\"\xFF\"", "body"));
    EXPECT_FALSE(parse_json("\"\xED\xA0\x80\"", "body"));
}

TEST(ParseJson, AllowsExactlyTheGivenDepth) {
    EXPECT_TRUE(parse_json("[[[1]]]", "body", 3));
    const auto refused = parse_json("[[[[1]]]]", "body", 3);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(refused.error().message, "body is nested deeper than 3 levels");
    EXPECT_EQ(parse_json(std::string(1'000'000, '['), "body").error().code, ErrorCode::kLimitExceeded);
}

TEST(ToJson, SortsKeysAndEscapes) {
    const Value value = {{"b", 1}, {"a", {{"z", "\"\\\b\f\n\r\t\x01é/<"}, {"y", nullptr}}}, {"", true}};
    EXPECT_EQ(to_json(value), R"({"":true,"a":{"y":null,"z":"\"\\\b\f\n\r\t\u0001é/<"},"b":1})");
    EXPECT_EQ(*parse_json(to_json(value), "back"), value);
}

TEST(ToJson, GivesEqualBytesForEqualValues) {
    Value one = *parse_json(R"({"x":{"b":1,"a":[{"d":1,"c":2}]},"w":0})", "one");
    Value two = *parse_json(R"({"w":0,"x":{"a":[{"c":2,"d":1}],"b":1}})", "two");
    EXPECT_EQ(to_json(one), to_json(two));
}

TEST(ToJsonPretty, IndentsByTwoAndEndsWithANewline) {
    EXPECT_EQ(to_json_pretty(*parse_json(R"({"b":[1,{"c":[]}],"a":{}})", "test")),
              "{\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"c\": []\n    }\n  ]\n}\n");
    EXPECT_EQ(to_json_pretty(Value(nullptr)), "null\n");
}

}  // namespace
}  // namespace model
