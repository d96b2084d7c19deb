// SPDX-License-Identifier: 0BSD
#include "rules/patch/json_patch.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/json.hpp"

namespace patch {
namespace {

using base::ErrorCode;
using model::Value;

Value json(std::string_view text) { return model::parse_json(text, "test").value(); }

struct Case {
    const char* name;
    const char* operations;
    const char* result;
};

TEST(JsonPatch, DoesWhatOperationsSay) {
    const char* target = R"({"a": {"b": [1, 2, 3], "c": null}, "m/n": 1, "~": 2})";
    const Case cases[] = {
        {"NothingForNoOperations", "[]", R"({"a":{"b":[1,2,3],"c":null},"m/n":1,"~":2})"},
        {"AddsKey", R"([{"op":"add","path":"/x","value":1}])",
         R"({"a":{"b":[1,2,3],"c":null},"m/n":1,"x":1,"~":2})"},
        {"AddsBeforeIndex", R"([{"op":"add","path":"/a/b/1","value":9}])",
         R"({"a":{"b":[1,9,2,3],"c":null},"m/n":1,"~":2})"},
        {"AddsAtEnd", R"([{"op":"add","path":"/a/b/-","value":9},{"op":"add","path":"/a/b/4","value":8}])",
         R"({"a":{"b":[1,2,3,9,8],"c":null},"m/n":1,"~":2})"},
        {"CountsNegativeIndicesFromTheEnd",
         R"([{"op":"add","path":"/a/b/-1","value":9},{"op":"remove","path":"/a/b/-2"}])",
         R"({"a":{"b":[1,2,9],"c":null},"m/n":1,"~":2})"},
        {"AddsNullWithoutValue", R"([{"op":"add","path":"/x"}])",
         R"({"a":{"b":[1,2,3],"c":null},"m/n":1,"x":null,"~":2})"},
        {"ReplacesMissingKey", R"([{"op":"replace","path":"/a/x","value":1}])",
         R"({"a":{"b":[1,2,3],"c":null,"x":1},"m/n":1,"~":2})"},
        {"ReplacesWhole", R"([{"op":"replace","path":"","value":[1]}])", "[1]"},
        {"UnescapesKeys", R"([{"op":"remove","path":"/m~1n"},{"op":"remove","path":"/~0"}])",
         R"({"a":{"b":[1,2,3],"c":null}})"},
        {"Moves", R"([{"op":"move","from":"/a/b","path":"/b"}])",
         R"({"a":{"c":null},"b":[1,2,3],"m/n":1,"~":2})"},
        {"Copies", R"([{"op":"copy","from":"/a/b/0","path":"/a/b/-"}])",
         R"({"a":{"b":[1,2,3,1],"c":null},"m/n":1,"~":2})"},
        {"CopiesMissingKeyAsNull", R"([{"op":"copy","from":"/x","path":"/y"}])",
         R"({"a":{"b":[1,2,3],"c":null},"m/n":1,"y":null,"~":2})"},
        {"TestsValue",
         R"([{"op":"test","path":"/a","value":{"c":null,"b":[1,2,3]}},{"op":"test","path":"/x"}])",
         R"({"a":{"b":[1,2,3],"c":null},"m/n":1,"~":2})"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result = apply_json_patch(json(target), json(test.operations));
        ASSERT_TRUE(result.has_value()) << result.error().text();
        EXPECT_EQ(model::to_json(*result), test.result);
    }
}

TEST(JsonPatch, ErrorsNameOperationAndPath) {
    const char* target = R"({"a": {"b": [1, 2, 3]}, "s": "text"})";
    const Case cases[] = {
        {"NoList", R"({"op":"add"})", "a JSON patch must be a list of operations"},
        {"NoMap", "[1]", "operation 0: it must be a map"},
        {"NoOp", R"([{"path":"/a"}])", "operation 0: the field \"op\" must be a string"},
        {"UnknownOp", R"([{"op":"nope","path":"/a"}])",
         "operation 0 (nope /a): \"nope\" is not an operation"},
        {"NoPath", R"([{"op":"add","value":1}])", "operation 0 (add ): the field \"path\" must be a string"},
        {"NoFrom", R"([{"op":"move","path":"/x"}])",
         "operation 0 (move /x): the field \"from\" must be a string"},
        {"PathWithoutSlash", R"([{"op":"add","path":"x","value":1}])",
         "operation 0 (add x): the document has no path \"x\""},
        {"SecondOperation", R"([{"op":"remove","path":"/s"},{"op":"remove","path":"/s"}])",
         "operation 1 (remove /s): there is no key \"s\" to remove"},
        {"MissingParent", R"([{"op":"add","path":"/x/y","value":1}])",
         "operation 0 (add /x/y): the document has no path \"/x/y\""},
        {"ThroughScalar", R"([{"op":"add","path":"/s/y","value":1}])",
         "operation 0 (add /s/y): the document has no path \"/s/y\""},
        {"IndexTooLarge", R"([{"op":"add","path":"/a/b/4","value":1}])",
         "operation 0 (add /a/b/4): index 4 is outside of the list"},
        {"IndexTooSmall", R"([{"op":"remove","path":"/a/b/-4"}])",
         "operation 0 (remove /a/b/-4): index -4 is outside of the list"},
        {"NoIndex", R"([{"op":"replace","path":"/a/b/x","value":1}])",
         "operation 0 (replace /a/b/x): \"x\" is not an index of a list"},
        {"DashIsNoItem", R"([{"op":"remove","path":"/a/b/-"}])",
         "operation 0 (remove /a/b/-): \"-\" is not an index of a list"},
        {"ScalarForWhole", R"([{"op":"replace","path":"","value":1}])",
         "operation 0 (replace ): the whole document must be a map or a list"},
        {"IntoItself", R"([{"op":"move","from":"/a","path":"/a/b/0"}])",
         "operation 0 (move /a/b/0): the document has no path \"/a/b/0\""},
        {"FailedTest", R"([{"op":"test","path":"/a/b/0","value":1.0}])",
         "operation 0 (test /a/b/0): the test failed: the document holds another value there"},
        {"TestOfMissing", R"([{"op":"test","path":"/x","value":1}])",
         "operation 0 (test /x): the test failed: the document holds another value there"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result = apply_json_patch(json(target), json(test.operations));
        ASSERT_FALSE(result.has_value()) << model::to_json(*result);
        EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
        EXPECT_EQ(result.error().message, test.result);
    }
}

TEST(JsonPatch, RefusesScalarDocuments) {
    EXPECT_EQ(apply_json_patch(Value("text"), json("[]")).error().message,
              "the whole document must be a map or a list");
}

TEST(JsonPatch, BoundsCopiesOfCopies) {
    std::string operations;
    for (int i = 0; i < 40; ++i) {
        operations += fmt::format(R"({}{{"op":"copy","from":"/a","path":"/a/{}"}})", i == 0 ? "" : ",", i);
    }
    const auto result = apply_json_patch(json(R"({"a": {}})"), json("[" + operations + "]"));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kLimitExceeded);
}

TEST(JsonPatch, BoundsTheDepthOfPaths) {
    std::string path;
    for (int i = 0; i < 600; ++i) {
        path += "/a";
    }
    Value target = model::Object();
    for (int i = 0; i < 601; ++i) {
        target = model::Object{{"a", std::move(target)}};
    }
    const auto result =
        apply_json_patch(target, json(fmt::format(R"([{{"op":"add","path":"{}","value":1}}])", path)));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace patch
