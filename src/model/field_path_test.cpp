// SPDX-License-Identifier: 0BSD
#include "model/field_path.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace model {
namespace {

Value json(std::string_view text) { return *parse_json(text, "test"); }

TEST(FieldPath, ReadsAndWritesTheSameText) {
    for (const char* text :
         {"", "spec", "spec.template.spec.containers[0].image", "[0]", "[0][1].a", "a[0][\"b.c/d\"].e",
          "[\"a.b\"]", "metadata.annotations[\"x\\\"y\\\\z\"]", "a[\"\"]", "a-b.c/d", "a[\"[0]\"]"}) {
        const auto path = FieldPath::parse(text);
        ASSERT_TRUE(path) << path.error().message;
        EXPECT_EQ(path->text(), text);
    }
    EXPECT_EQ(FieldPath::parse("a[\"b\"]")->text(), "a.b");
}

TEST(FieldPath, RefusesMalformedTexts) {
    const std::pair<const char*, const char*> cases[] = {
        {"a..b", "field path \"a..b\": a key is missing at position 3"},
        {".a", "field path \".a\": a key is missing at position 1"},
        {"a.", "field path \"a.\": a key is missing at position 3"},
        {"a.[0]", "field path \"a.[0]\": a key is missing at position 3"},
        {"a[0]b", "field path \"a[0]b\": \".\" or \"[\" is missing at position 5"},
        {"a[x]", "field path \"a[x]\": the index in brackets is no number at position 2"},
        {"a[-1]", "field path \"a[-1]\": the index in brackets is no number at position 2"},
        {"a[99999999999]", "field path \"a[99999999999]\": the index in brackets is no number at position 2"},
        {"a[0", "field path \"a[0\": \"]\" is missing at position 2"},
        {"a[", "field path \"a[\": the index in brackets is no number at position 2"},
        {"a[\"b", "field path \"a[\"b\": the quoted key does not end with \"] at position 3"},
        {"a[\"b\"", "field path \"a[\"b\"\": the quoted key does not end with \"] at position 3"},
        {"a[\"b\\", "field path \"a[\"b\\\": the quoted key does not end with \"] at position 3"},
        {"a]", "field path \"a]\": an unexpected character at position 2"},
        {"a\"b", "field path \"a\"b\": an unexpected character at position 2"},
    };
    for (const auto& [text, message] : cases) {
        const auto path = FieldPath::parse(text);
        ASSERT_FALSE(path) << text;
        EXPECT_EQ(path.error().code, base::ErrorCode::kInvalid);
        EXPECT_EQ(path.error().message, message);
    }
}

TEST(FieldPath, FindsValues) {
    const Value root = json(R"({"a":[{"b.c":1}],"d":null})");
    const auto at = [&root](std::string_view text) { return FieldPath::parse(text)->find(root); };
    EXPECT_EQ(at(""), &root);
    EXPECT_EQ(*at("a[0][\"b.c\"]"), Value(1));
    EXPECT_TRUE(at("d")->is_null());
    for (const char* missing : {"x", "a[1]", "a.b", "d[0]", "d.x", "a[0].b"}) {
        EXPECT_EQ(at(missing), nullptr) << missing;
    }
}

TEST(FieldPath, SetsValuesAndMakesMissingMaps) {
    Value root = json(R"({"a":[{"b":1}],"n":null})");
    EXPECT_TRUE(FieldPath::parse("a[0].b")->set(root, 2));
    EXPECT_TRUE(FieldPath::parse("x.y.z")->set(root, "new"));
    EXPECT_TRUE(FieldPath::parse("n.m")->set(root, true));
    EXPECT_EQ(to_json(root), R"({"a":[{"b":2}],"n":{"m":true},"x":{"y":{"z":"new"}}})");
    EXPECT_TRUE(FieldPath().set(root, 1));
    EXPECT_EQ(root, Value(1));
}

TEST(FieldPath, RefusesToSetWhereAParentHasAnotherType) {
    Value root = json(R"({"a":[1],"s":"text"})");
    const std::pair<const char*, const char*> cases[] = {
        {"s.x", "cannot set s.x: s is no map"},          {"s[0]", "cannot set s[0]: s is no list"},
        {"a.x", "cannot set a.x: a is no map"},          {"a[1]", "cannot set a[1]: a has only 1 elements"},
        {"[0]", "cannot set [0]: the value is no list"},
    };
    for (const auto& [text, message] : cases) {
        const auto done = FieldPath::parse(text)->set(root, 0);
        ASSERT_FALSE(done) << text;
        EXPECT_EQ(done.error().code, base::ErrorCode::kInvalid);
        EXPECT_EQ(done.error().message, message);
    }
}

TEST(FieldPath, RemovesWhatIsThere) {
    Value root = json(R"({"a":[1,2,3],"b":{"c":1}})");
    EXPECT_TRUE(FieldPath::parse("a[1]")->remove(root));
    EXPECT_TRUE(FieldPath::parse("b.c")->remove(root));
    EXPECT_FALSE(FieldPath::parse("b.c")->remove(root));
    EXPECT_FALSE(FieldPath::parse("a[2]")->remove(root));
    EXPECT_FALSE(FieldPath::parse("x.y")->remove(root));
    EXPECT_FALSE(FieldPath().remove(root));
    EXPECT_EQ(to_json(root), R"({"a":[1,3],"b":{}})");
}

TEST(FieldPath, GrowsByChildren) {
    const FieldPath path = FieldPath().child("spec").child("stages").child(1).child("a.b");
    EXPECT_EQ(path.text(), "spec.stages[1][\"a.b\"]");
    EXPECT_EQ(path.steps().size(), 4U);
}

}  // namespace
}  // namespace model
