// SPDX-License-Identifier: 0BSD
#include "model/value.hpp"

#include <gtest/gtest.h>

#include "model/json.hpp"

namespace model {
namespace {

Value json(std::string_view text) { return *parse_json(text, "test"); }

TEST(Find, ReturnsTheValueOrNothing) {
    const Value root = json(R"({"a":{"b":{"s":"x","i":3,"t":true,"l":[1],"m":{}}},"n":null})");
    EXPECT_EQ(find(root, {}), &root);
    EXPECT_EQ(find_string(root, {"a", "b", "s"}), "x");
    EXPECT_EQ(find_integer(root, {"a", "b", "i"}), 3);
    EXPECT_EQ(find_bool(root, {"a", "b", "t"}), true);
    EXPECT_NE(find_array(root, {"a", "b", "l"}), nullptr);
    EXPECT_NE(find_object(root, {"a", "b", "m"}), nullptr);
    EXPECT_EQ(find(root, {"a", "x", "y"}), nullptr);
    EXPECT_EQ(find(root, {"n", "x"}), nullptr);
    EXPECT_EQ(find_string(root, {"a", "b", "i"}), "");
    EXPECT_EQ(find_integer(root, {"a", "b", "s"}), std::nullopt);
    EXPECT_EQ(find_bool(root, {"a", "b", "s"}), std::nullopt);
    EXPECT_EQ(find_array(root, {"a", "b", "m"}), nullptr);
    EXPECT_EQ(find_object(root, {"a", "b", "l"}), nullptr);
    EXPECT_EQ(find_integer(root, {"missing"}), std::nullopt);
}

TEST(FindInteger, TakesEveryWholeNumber) {
    const Value root = json(
        R"({"d":2.0,"f":2.5,"u":18446744073709551615,"b":1e300,"e":-9223372036854775808.0,"o":9223372036854775808.0})");
    EXPECT_EQ(find_integer(root, {"d"}), 2);
    EXPECT_EQ(find_integer(root, {"f"}), std::nullopt);
    EXPECT_EQ(find_integer(root, {"u"}), std::nullopt);
    EXPECT_EQ(find_integer(root, {"b"}), std::nullopt);
    EXPECT_EQ(find_integer(root, {"e"}), std::nullopt);
    EXPECT_EQ(find_integer(root, {"o"}), std::nullopt);
}

TEST(EnsureObject, MakesMissingAndReplacesOtherParents) {
    Value root = json(R"({"metadata":{"labels":null},"s":"text"})");
    ensure_object(root, {"metadata", "labels"})["a"] = "b";
    ensure_object(root, {"s", "x"})["c"] = 1;
    EXPECT_EQ(&ensure_object(root, {}), &root.get_object());
    EXPECT_EQ(to_json(root), R"({"metadata":{"labels":{"a":"b"}},"s":{"x":{"c":1}}})");
}

TEST(Kind, IsSplitAndWritten) {
    EXPECT_EQ(parse_gvk("apps/v1", "Deployment"), (GroupVersionKind{"apps", "v1", "Deployment"}));
    EXPECT_EQ(parse_gvk("v1", "Pod"), (GroupVersionKind{"", "v1", "Pod"}));
    EXPECT_EQ(parse_gvk("v1", "Pod").text(), "v1, Kind=Pod");
    EXPECT_EQ(parse_gvk("apps/v1", "Deployment").text(), "apps/v1, Kind=Deployment");
    EXPECT_EQ(gvk_of(json("{}")), GroupVersionKind());
}

TEST(Object, TellsItsIdentity) {
    const Value object = json(
        R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"t","uid":"u",
        "resourceVersion":"7","generation":3,"labels":{"a":"b","n":1},"annotations":{"c":""}}})");
    EXPECT_EQ(id_of(object), (ObjectId{"apps", "Deployment", "t", "web"}));
    EXPECT_EQ(id_of(object).text(), "Deployment/t/web");
    EXPECT_EQ((ObjectId{"", "Namespace", "", "t"}).text(), "Namespace/t");
    EXPECT_EQ(uid_of(object), "u");
    EXPECT_EQ(resource_version_of(object), "7");
    EXPECT_EQ(generation_of(object), 3);
    EXPECT_EQ(label_of(object, "a"), "b");
    EXPECT_EQ(label_of(object, "n"), std::nullopt);
    EXPECT_EQ(label_of(object, "x"), std::nullopt);
    EXPECT_EQ(annotation_of(object, "c"), "");
    EXPECT_EQ(generation_of(json("[]")), 0);
    EXPECT_EQ(name_of(json("1")), "");
}

struct Pair {
    const char* left;
    const char* right;
    bool equal;
};

TEST(EqualModuloEmpty, TreatsMissingNullAndEmptyAlike) {
    const Pair cases[] = {
        {"{}", "null", true},
        {"[]", "{}", true},
        {R"({"a":{}})", "{}", true},
        {R"({"a":{"b":null,"c":[]}})", "{}", true},
        {R"({"a":1,"b":[]})", R"({"a":1})", true},
        {R"({"a":1})", R"({"a":1,"b":{"c":{}}})", true},
        {R"({"a":""})", "{}", false},
        {R"({"a":0})", "{}", false},
        {R"({"a":false})", "{}", false},
        {R"([null])", "[]", false},
        {R"([{"a":null},1])", R"([{},1])", true},
        {R"([1,2])", "[2,1]", false},
        {R"([1])", "[1,1]", false},
        {R"({"a":1})", R"({"a":1.0})", true},
        {R"({"a":1.5})", R"({"a":1.5})", true},
        {R"({"a":1.5})", R"({"a":1})", false},
        {"18446744073709551615", "18446744073709551615", true},
        {"18446744073709551615", "-1", false},
        {"51184467444467021.54", "51184467444467020", true},  // the digits that an API server was sent
        {R"({"a":"x"})", R"({"a":"y"})", false},
        {R"({"a":"1"})", R"({"a":1})", false},
        {R"({"a":[1]})", R"({"a":{"b":1}})", false},
        {R"({"a":1,"b":2})", R"({"a":1})", false},
    };
    for (const Pair& row : cases) {
        EXPECT_EQ(equal_modulo_empty(json(row.left), json(row.right)), row.equal)
            << row.left << " " << row.right;
        EXPECT_EQ(equal_modulo_empty(json(row.right), json(row.left)), row.equal)
            << row.right << " " << row.left;
    }
}

}  // namespace
}  // namespace model
