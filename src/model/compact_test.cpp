// SPDX-License-Identifier: 0BSD
#include "model/compact.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace model {
namespace {

class MakeCompact : public testing::TestWithParam<std::string> {};

TEST_P(MakeCompact, EqualsItsSourceAndOutlivesIt) {
    auto source = std::make_unique<Value>(*parse_json(GetParam(), "test"));
    const Value expected = *source;
    const std::shared_ptr<const Value> compact = make_compact(*source);
    source.reset();
    EXPECT_EQ(*compact, expected);
}

std::string wide_map() {
    std::string text = "{";
    for (int i = 0; i < 100; ++i) {
        text += (i == 0 ? "" : ",") + ("\"key-" + std::to_string(i)) + "\":[" + std::to_string(i) + "]";
    }
    return text + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, MakeCompact,
    testing::Values("null", "true", "-1", "18446744073709551615", "1.5", "\"\"", "\"short\"",
                    "\"a text that is longer than those which lie inside of their value\"", "{}", "[]",
                    R"([[],{},[1,"two",{"three":null}]])",
                    R"({"":"","metadata":{"name":"web","labels":{"a":"b"}}})", wide_map()));

TEST(MakeCompactCopies, AreOrdinaryValues) {
    std::shared_ptr<const Value> compact =
        make_compact(*parse_json(R"({"metadata":{"name":"web"},"list":[1,2,3]})", "test"));
    Value copy = *compact;
    Object part = compact->at("metadata").as_object();
    compact.reset();
    copy.as_object()["more"] = std::string(1000, 'x');
    copy.at("list").as_array().push_back(4);
    part["name"] = "a name that is too long to lie inside of its value";
    EXPECT_EQ(find_string(copy, {"metadata", "name"}), "web");
    EXPECT_EQ(copy.at("list").as_array().size(), 4U);
    EXPECT_EQ(part.at("name").as_string().size(), 50U);
}

}  // namespace
}  // namespace model
