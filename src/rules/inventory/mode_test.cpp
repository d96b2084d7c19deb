// SPDX-License-Identifier: 0BSD
#include "rules/inventory/mode.hpp"

#include <gtest/gtest.h>

namespace inventory {
namespace {

TEST(Mode, IsOneOfThreeWords) {
    EXPECT_EQ(parse_mode("entries"), Mode::kEntries);
    EXPECT_EQ(parse_mode("hybrid"), Mode::kHybrid);
    EXPECT_EQ(parse_mode("applyset"), Mode::kApplySet);
    for (const std::string_view word : {"", "Hybrid", "entries ", "both"}) {
        EXPECT_EQ(parse_mode(word), std::nullopt) << word;
    }
    for (const Mode mode : {Mode::kEntries, Mode::kHybrid, Mode::kApplySet}) {
        EXPECT_EQ(parse_mode(to_string(mode)), mode);
        EXPECT_EQ(marks_applysets(mode), mode != Mode::kEntries);
    }
}

}  // namespace
}  // namespace inventory
