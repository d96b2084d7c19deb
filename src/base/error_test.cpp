// SPDX-License-Identifier: 0BSD
#include "base/error.hpp"

#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "base/build_info.hpp"
#include "base/invariant.hpp"
#include "base/result.hpp"

namespace base {
namespace {

struct StatusDetail final : ErrorDetail {
    explicit StatusDetail(int number) : status(number) {}
    int status;
};

Result<int> half(int value) {
    if (value % 2 != 0) {
        return Error{ErrorCode::kInvalid, "odd"};
    }
    return value / 2;
}

Result<std::unique_ptr<int>> boxed_half(int value) {
    auto result = half(value);
    if (!result) {
        return result.error();
    }
    return std::make_unique<int>(*result);
}

Result<void> only_even(int value) {
    if (auto result = half(value); !result) {
        return wrap("cannot take it", result.error());
    }
    return {};
}

TEST(ErrorCode, HasANameOfItsOwnForEachValue) {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
        names.insert(to_string(static_cast<ErrorCode>(code)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
    EXPECT_FALSE(names.contains("unknown"));
    EXPECT_EQ(to_string(ErrorCode::kNotFound), "not found");
}

TEST(Error, TextNamesEachCauseFromTheOutsideIn) {
    const Error error =
        wrap("apply failed", wrap("patch refused", Error{ErrorCode::kConflict, "field is owned"}));
    EXPECT_EQ(error.text(), "apply failed: patch refused: field is owned");
    EXPECT_EQ((Error{ErrorCode::kGone, "expired"}).text(), "expired");
}

TEST(Error, KeepsCodeAndDetailBelowAContext) {
    Error inner{ErrorCode::kForbidden, "no"};
    inner.detail = std::make_shared<const StatusDetail>(403);
    const Error outer = wrap("outer", inner);
    EXPECT_EQ(outer.code, ErrorCode::kForbidden);
    const auto detail = std::dynamic_pointer_cast<const StatusDetail>(outer.detail);
    ASSERT_TRUE(detail);
    EXPECT_EQ(detail->status, 403);
    ASSERT_TRUE(outer.cause);
    EXPECT_EQ(outer.cause->message, "no");
}

TEST(Result, IsMadeFromAValueOrAnError) {
    EXPECT_EQ(*half(4), 2);
    EXPECT_EQ(half(3).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(**boxed_half(8), 4);
    EXPECT_EQ(boxed_half(7).error().message, "odd");
    EXPECT_TRUE(only_even(2));
    EXPECT_EQ(only_even(1).error().text(), "cannot take it: odd");
}

TEST(Result, OfAnErrorLikeTypeStillTellsThemApart) {
    const Result<std::string> text = std::string("fine");
    ASSERT_TRUE(text);
    EXPECT_EQ(text.value_or("other"), "fine");
    const Result<std::string> failed = Error{ErrorCode::kInternal, "broken"};
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.value_or("other"), "other");
}

TEST(InvariantDeathTest, AbortsWithItsTextWhenBroken) {
    invariant(true, "holds");
    EXPECT_DEATH(invariant(false, "the plan is corrupt"), "invariant broken: the plan is corrupt");
}

TEST(BuildInfo, NamesTheVersionAndTheCommit) {
    EXPECT_EQ(std::ranges::count(version(), '.'), 2) << version();
    EXPECT_TRUE(
        commit() == "unknown" ||
        (commit().size() >= 7 && commit().find_first_not_of("0123456789abcdef") == std::string_view::npos))
        << commit();
}

}  // namespace
}  // namespace base
