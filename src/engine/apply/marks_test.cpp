// SPDX-License-Identifier: 0BSD
#include "engine/apply/marks.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace apply {
namespace {

using model::Value;

Value deployment() {
    return {{"apiVersion", "apps/v1"},
            {"kind", "Deployment"},
            {"metadata",
             {{"name", "web"},
              {"namespace", "t"},
              {"uid", "u1"},
              {"resourceVersion", "10"},
              {"generation", 1},
              {"labels", {{"a", "1"}}},
              {"annotations", {{"note", "x"}}}}},
            {"spec", {{"replicas", 1}, {"list", {1, 2}}}},
            {"status", {{"replicas", 1}}}};
}

Value& at(Value& object, std::initializer_list<std::string_view> parents, std::string_view key) {
    return model::ensure_object(object, parents)[key];
}

struct Case {
    const char* name;
    std::function<void(Value& object)> change;
    bool content_same;
    bool metadata_same;
};

class MarksOf : public testing::TestWithParam<Case> {};

TEST_P(MarksOf, TellWhetherAnObjectIsStillAsItWas) {
    const Value before = deployment();
    Value after = before;
    GetParam().change(after);
    EXPECT_EQ(marks_of(before).content == marks_of(after).content, GetParam().content_same);
    EXPECT_EQ(marks_of_metadata(before).metadata == marks_of_metadata(after).metadata,
              GetParam().metadata_same);
    EXPECT_EQ(marks_of(after).metadata, marks_of_metadata(after).metadata);
}

const Case kCases[] = {
    {"Nothing", [](Value&) {}, true, true},
    {"Status", [](Value& o) { at(o, {"status"}, "replicas") = 2; }, true, true},
    {"ResourceVersion", [](Value& o) { at(o, {"metadata"}, "resourceVersion") = "11"; }, true, true},
    {"ManagedFields", [](Value& o) { at(o, {"metadata"}, "managedFields") = model::Array{1}; }, true, true},
    {"ForeignAnnotation",
     [](Value& o) { at(o, {"metadata", "annotations"}, "deployment.kubernetes.io/revision") = "2"; }, true,
     true},
    {"EmptyField", [](Value& o) { at(o, {"spec"}, "paused") = model::Object{}; }, true, true},
    {"NullField", [](Value& o) { at(o, {"spec"}, "paused") = nullptr; }, true, true},
    {"Generation", [](Value& o) { at(o, {"metadata"}, "generation") = 2; }, true, false},
    {"Field", [](Value& o) { at(o, {"spec"}, "replicas") = 2; }, false, true},
    {"TextForNumber", [](Value& o) { at(o, {"spec"}, "replicas") = "1"; }, false, true},
    {"OrderOfAList", [](Value& o) { at(o, {"spec"}, "list") = {2, 1}; }, false, true},
    {"FieldOfTheRoot", [](Value& o) { o.as_object()["data"] = {{"k", "v"}}; }, false, true},
    {"Label", [](Value& o) { at(o, {"metadata", "labels"}, "a") = "2"; }, false, false},
    {"LabelBecomesAnnotation",
     [](Value& o) {
         o.at("metadata").as_object().erase("labels");
         at(o, {"metadata", "annotations"}, "a") = "1";
     },
     false, false},
    {"Annotation", [](Value& o) { at(o, {"metadata", "annotations"}, "note") = "y"; }, false, false},
    {"Uid", [](Value& o) { at(o, {"metadata"}, "uid") = "u2"; }, false, false},
};
INSTANTIATE_TEST_SUITE_P(Table, MarksOf, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(Marks, GoByTheResourceVersionWhereNoGenerationIsCounted) {
    Value before = deployment();
    before.at("metadata").as_object().erase("generation");
    Value after = before;
    at(after, {"metadata"}, "resourceVersion") = "11";
    EXPECT_NE(marks_of_metadata(before), marks_of_metadata(after));
    EXPECT_TRUE(same_marks(marks_of(before), marks_of(after))) << "the contents say that nothing changed";
    EXPECT_FALSE(same_marks(marks_of(before), marks_of_metadata(after)));
    EXPECT_TRUE(same_marks(marks_of(before), marks_of_metadata(before)));
}

TEST(HashOfId, KeepsPartsApart) {
    EXPECT_NE(hash_of({"", "Secret", "a", "bc"}), hash_of({"", "Secret", "ab", "c"}));
    EXPECT_EQ(hash_of({"", "Secret", "a", "b"}), hash_of({"", "Secret", "a", "b"}));
}

}  // namespace
}  // namespace apply
