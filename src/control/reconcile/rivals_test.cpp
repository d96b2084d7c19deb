// SPDX-License-Identifier: 0BSD
#include "control/reconcile/rivals.hpp"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

const apply::Owner kOwner{"t", "s"};
const Rivalry kFirst{{"", "ConfigMap", "t", "a"}, {"t", "other"}};
const Rivalry kSecond{{"", "ConfigMap", "t", "b"}, {"t", "other"}};
using Rivalries = std::vector<Rivalry>;

TEST(ToldRivals, EachIsNewsOnceForAStageAndRevision) {
    ToldRivals told;
    EXPECT_EQ(told.take_news(kOwner, "app", "r1", {kFirst}), Rivalries{kFirst});
    EXPECT_EQ(told.take_news(kOwner, "app", "r1", {kFirst}), Rivalries{});
    EXPECT_EQ(told.take_news(kOwner, "app", "r1", {kFirst, kSecond}), Rivalries{kSecond});
    EXPECT_EQ(told.take_news(kOwner, "app", "r1", {}), Rivalries{});
    EXPECT_EQ(told.take_news(kOwner, "app", "r1", {kFirst}), Rivalries{}) << "a quiet pass forgets nothing";
    EXPECT_EQ(told.take_news(kOwner, "app", "r2", {kFirst}), Rivalries{kFirst});
    EXPECT_EQ(told.take_news(kOwner, "db", "r2", {kFirst}), Rivalries{kFirst});
    EXPECT_EQ(told.take_news({"t", "s2"}, "app", "r2", {kFirst}), Rivalries{kFirst});
    told.forget(kOwner);
    EXPECT_EQ(told.take_news(kOwner, "app", "r2", {kFirst}), Rivalries{kFirst});
}

TEST(ToldRivals, ManyAreNotAllNamed) {
    EXPECT_EQ(describe({kFirst, kSecond}),
              "ConfigMap/t/a of StageSet t/other, ConfigMap/t/b of StageSet t/other");
    const std::string many = describe(Rivalries(11, kFirst));
    EXPECT_TRUE(many.ends_with("t/other, …")) << many;
}

}  // namespace
}  // namespace reconcile
