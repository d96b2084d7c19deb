// SPDX-License-Identifier: 0BSD
#include "base/secret.hpp"

#include <array>
#include <cstring>
#include <new>
#include <type_traits>

#include <gtest/gtest.h>

namespace base {
namespace {

// Short enough to live inside the string object, where a test may look at the bytes.
constexpr std::string_view kShort = "hunter2-hunter";

struct Storage {
    alignas(Secret) std::array<char, sizeof(Secret)> bytes{};

    bool holds(std::string_view text) const {
        return std::string_view(bytes.data(), bytes.size()).find(text) != std::string_view::npos;
    }
};

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string> &&
              !std::is_convertible_v<Secret, std::string_view>);

TEST(Secret, RevealsWhatItWasGiven) {
    const Secret secret{std::string(kShort)};
    EXPECT_EQ(secret.reveal(), kShort);
    EXPECT_FALSE(secret.empty());
    EXPECT_TRUE(Secret().empty());
    EXPECT_EQ(secret.clone().reveal(), kShort);
}

TEST(Secret, LeavesNothingBehindWhenItEnds) {
    Storage storage;
    auto* secret = new (storage.bytes.data()) Secret(std::string(kShort));
    ASSERT_TRUE(storage.holds(kShort));
    secret->~Secret();
    EXPECT_FALSE(storage.holds(kShort.substr(0, 4)));
}

TEST(Secret, LeavesNothingBehindWhenMovedFrom) {
    Storage storage;
    auto* source = new (storage.bytes.data()) Secret(std::string(kShort));
    Secret target(std::move(*source));
    EXPECT_FALSE(storage.holds(kShort.substr(0, 4)));
    EXPECT_TRUE(source->empty());
    EXPECT_EQ(target.reveal(), kShort);
    source->~Secret();
}

TEST(Secret, WipesWhatAnAssignmentReplaces) {
    Storage storage;
    auto* secret = new (storage.bytes.data()) Secret(std::string(kShort));
    *secret = Secret(std::string("x"));
    EXPECT_FALSE(storage.holds(kShort.substr(1)));
    EXPECT_EQ(secret->reveal(), "x");
    secret->~Secret();
}

TEST(Secret, SurvivesAssignmentToItself) {
    Secret secret{std::string(kShort)};
    Secret& same = secret;
    secret = std::move(same);
    EXPECT_EQ(secret.reveal(), kShort);
}

TEST(Secret, WipesTheTextThatItIsMadeFrom) {
    std::string source(kShort);
    const char* const bytes = source.data();
    const Secret secret(std::move(source));
    EXPECT_EQ(std::string_view(bytes, kShort.size()).find("hunter"), std::string_view::npos);
    EXPECT_EQ(secret.reveal(), kShort);
}

TEST(Secret, IsPutTogetherPieceByPiece) {
    Storage storage;
    auto* secret = new (storage.bytes.data()) Secret(std::string(kShort));
    const std::string more(100, 'm');
    secret->append(more);
    EXPECT_FALSE(storage.holds(kShort.substr(0, 4)));
    EXPECT_EQ(secret->reveal(), std::string(kShort) + more);
    secret->truncate(6);
    EXPECT_EQ(secret->reveal(), "hunter");
    EXPECT_EQ(std::string_view(secret->reveal().data() + 6, more.size()).find('m'), std::string_view::npos);
    secret->~Secret();
}

TEST(Secret, MovesLongTexts) {
    Secret secret(std::string(1000, 'k'));
    Secret moved = std::move(secret);
    EXPECT_EQ(moved.reveal(), std::string(1000, 'k'));
    EXPECT_TRUE(secret.empty());
}

}  // namespace
}  // namespace base
