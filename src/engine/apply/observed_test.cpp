// SPDX-License-Identifier: 0BSD
#include "engine/apply/observed.hpp"

#include <gtest/gtest.h>

namespace apply {
namespace {

const Owner kOwner{"t", "s"};
const model::ObjectId kA{"", "ConfigMap", "t", "a"};
const model::ObjectId kB{"", "ConfigMap", "t", "b"};

ObservedStages with_a() {
    ObservedStages observed;
    observed.remember(kOwner, "base", {"f1", {{hash_of(kB), {7, 8}}, {hash_of(kA), {1, 2}}}});
    return observed;
}

TEST(ObservedStages, FindObjectsInAnyOrder) {
    const ObservedStages observed = with_a();
    const ObservedStage* stage = observed.find(kOwner, "base");
    ASSERT_NE(stage, nullptr);
    ASSERT_NE(stage->find(kA), nullptr);
    EXPECT_EQ(stage->find(kA)->marks, (Marks{1, 2}));
    EXPECT_EQ(stage->find({"", "ConfigMap", "t", "c"}), nullptr);
    EXPECT_EQ(observed.find(kOwner, "app"), nullptr);
    EXPECT_EQ(observed.find({"t", "other"}, "base"), nullptr);
}

struct Case {
    const char* name;
    ObjectChange change;
    bool differs;
};

class Differs : public testing::TestWithParam<Case> {};

TEST_P(Differs, OnlyForAnObjectThatIsNotAsItWas) {
    EXPECT_EQ(with_a().differs(GetParam().change), GetParam().differs);
}

const Case kCases[] = {
    {"AsItWas", {kOwner, kA, Marks{1, 2}}, false},
    {"SameContents", {kOwner, kA, Marks{1, 9}}, false},
    {"OtherContents", {kOwner, kA, Marks{9, 2}}, true},
    {"MetadataAlone", {kOwner, kA, Marks{0, 2}}, false},
    {"OtherMetadataAlone", {kOwner, kA, Marks{0, 9}}, true},
    {"Gone", {kOwner, kA, std::nullopt}, true},
    {"NotOurs", {kOwner, model::ObjectId{"", "ConfigMap", "t", "c"}, Marks{1, 2}}, false},
    {"AnotherOwner", {{"t", "other"}, kA, std::nullopt}, false},
    {"NoObject", {kOwner, std::nullopt, std::nullopt}, false},
};
INSTANTIATE_TEST_SUITE_P(Table, Differs, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(ObservedStages, Forget) {
    ObservedStages observed = with_a();
    observed.remember(kOwner, "app", {"f2", {}});
    observed.forget(kOwner, "base");
    EXPECT_EQ(observed.find(kOwner, "base"), nullptr);
    EXPECT_NE(observed.find(kOwner, "app"), nullptr);
    observed.forget(kOwner);
    EXPECT_FALSE(observed.knows(kOwner));
}

}  // namespace
}  // namespace apply
