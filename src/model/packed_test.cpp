// SPDX-License-Identifier: 0BSD
#include "model/packed.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace model {
namespace {

class Packed : public testing::TestWithParam<std::string> {};

TEST_P(Packed, UnpacksToWhatItWas) {
    const Value source = *parse_json(GetParam(), "test");
    const PackedObject packed(source);
    EXPECT_EQ(*packed.unpack(), source);
    EXPECT_EQ(packed.ns(), namespace_of(source));
    EXPECT_EQ(packed.name(), name_of(source));
}

std::string nested(int depth) {
    std::string text = "{}";
    for (int i = 0; i < depth; ++i) {
        text = i % 2 == 0 ? "[" + text + "]" : "{\"a\":" + text + "}";
    }
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Packed,
    testing::Values(
        "{}",
        R"({"metadata":{"name":"web","namespace":"t"},"a":[1,-1,18446744073709551615,1.5,1e300,true,null]})",
        R"({"metadata":{"name":"cluster-scoped"},"text":"\u0000 \" \\ ü 😀 \u2028"})",
        R"({"":"","nothing":{},"none":[]})", nested(90)));

TEST(PackedNumbers, KeepTheirKind) {
    const auto unpacked = PackedObject(Value{{"float", 1.0}, {"int", 1}, {"unsigned", 1U}}).unpack();
    EXPECT_TRUE(unpacked->at("float").is_double());
    EXPECT_TRUE(unpacked->at("int").is_int64());
}

TEST(PackedCopies, AreMovedWithTheirTable) {
    PackedObject first(*parse_json(R"({"metadata":{"name":"a"}})", "test"));
    PackedObject second(*parse_json(R"({"metadata":{"name":"b"}})", "test"));
    first = std::move(second);
    EXPECT_EQ(first.name(), "b");
    EXPECT_EQ(name_of(*first.unpack()), "b");
}

}  // namespace
}  // namespace model
