// SPDX-License-Identifier: 0BSD
#include "rules/cel/string_format.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Case {
    std::string_view format;
    std::vector<Value> arguments;
    std::string_view expected;
};

void expect_texts(FormatDialect dialect, const std::vector<Case>& cases) {
    for (const Case& row : cases) {
        PurseContext context(10'000'000);
        const Value value = format_text(context, row.format, list(row.arguments), dialect);
        EXPECT_EQ(value.is_error() ? shown(value) : std::string(value.as_string()), row.expected)
            << row.format;
    }
}

TEST(PlainFormat, WritesNumbersWithoutALocale) {
    expect_texts(
        FormatDialect::kPlain,
        {
            {"%d %d %d", {number(-1), Value::unsigned_integer(2), real(1e21)}, "-1 2 1000000000000000000000"},
            {"%f %.2f %.0f", {real(1234567.891), real(-0.001), real(2.5)}, "1234567.891000 -0.00 2"},
            {"%f %e", {number(2), Value::unsigned_integer(3)}, "2.000000 3.000000e+00"},
            {"%e %.1e", {real(1052.032911275), real(1e-100)}, "1.052033e+03 1.0e-100"},
            {"%d %f %e", {real(kInfinity), real(-kInfinity), real(kNaN)}, "Infinity -Infinity NaN"},
            {"%b %b %b", {number(-5), Value::boolean(true), number(0)}, "-101 1 0"},
            {"%o %x %X", {number(-9), number(-255), number(255)}, "-11 -ff FF"},
            {"%x %X", {text("Hi"), Value::bytes("\xFFz")}, "4869 FF7A"},
            {"100%% %s", {text("%d")}, "100% %d"},
        });
}

TEST(PlainFormat, WritesEveryKindAsText) {
    const Value map = Value::map({{text("k"), list({number(1), real(0.5)})}, {number(2), Value()}});
    expect_texts(FormatDialect::kPlain,
                 {
                     {"%s", {map}, "{2: null, k: [1, 0.5]}"},
                     {"%s", {Value::map({})}, "{}"},
                     {"%s %s",
                      {Value::duration({3601, 500'000'000}), Value::timestamp({1577836800, 500'000'000})},
                      "3601.5s 2020-01-01T00:00:00.5Z"},
                     {"%s", {Value::type(Type::simple(TypeKind::kInt))}, "int"},
                     {"%s",
                      {Value::optional_none()},
                      "error: error during formatting: string clause can only be used on strings, bools, "
                      "bytes, ints, doubles, maps, "
                      "lists, types, durations, and timestamps, was given optional_type"},
                 });
}

TEST(PlainFormat, RefusesWhatItCannotRead) {
    expect_texts(FormatDialect::kPlain,
                 {
                     {"%s", {}, "error: index 0 out of range"},
                     {"%", {number(1)}, "error: unexpected end of string"},
                     {"%c",
                      {number(1)},
                      "error: could not parse formatting clause: unrecognized formatting clause \"c\""},
                     {"%.2",
                      {number(1)},
                      "error: could not parse formatting clause: error while parsing precision: could not "
                      "find end of precision "
                      "specifier"},
                     {"%b",
                      {text("a")},
                      "error: error during formatting: only ints, uints, and bools can be formatted as "
                      "binary, was given string"},
                 });
    PurseContext context(1000);
    EXPECT_TRUE(format_text(context, "%.101f", list({real(1)}), FormatDialect::kPlainBounded).is_error());
    EXPECT_FALSE(format_text(context, "%.101f", list({real(1)}), FormatDialect::kPlain).is_error());
}

TEST(EnglishFormat, GroupsDigitsAndRaisesPowers) {
    expect_texts(FormatDialect::kEnglish, {
                                              {"%f", {real(1234567.891)}, "1,234,567.891000"},
                                              {"%.2f", {real(-999999.999)}, "-1,000,000.00"},
                                              {"%.1f", {real(123)}, "123.0"},
                                              {"%f", {real(-0.0)}, "0.000000"},
                                              {"%e", {real(1052.032911275)}, "1.052033×10⁰³"},
                                              {"%.16e", {real(-1.5e-7)}, " -1.500000×10⁻⁰⁷"},
                                              {"%f %e", {text("Infinity"), real(-kInfinity)}, "∞     -∞"},
                                              {"%s", {real(1234567)}, "1.234567e+06"},
                                          });
}

TEST(EnglishFormat, WritesNestedValuesAsLiterals) {
    const Value nested = list({number(1), text("a\""), Value::map({{text("k"), Value()}}), real(1.5),
                               Value::bytes("x"), Value::duration({60, 0})});
    expect_texts(
        FormatDialect::kEnglish,
        {
            {"%s", {nested}, R"([1, "a\"", {"k":null}, 1.500000, b"x", duration("60s")])"},
            {"%d",
             {real(1)},
             "error: error during formatting: decimal clause can only be used on integers, was given double"},
            {"%s",
             {Value::bytes("\xFF")},
             "error: error during formatting: invalid UTF-8 in bytes, cannot convert to string"},
        });
}

TEST(FormatCheck, JudgesConstantFormatsByTypes) {
    const Type text_type = Type::simple(TypeKind::kString);
    const Type integer = Type::simple(TypeKind::kInt);
    const std::vector<Type> both = {text_type, integer};
    EXPECT_FALSE(check_format("%s %d", both, FormatDialect::kPlain));
    EXPECT_FALSE(check_format("%d %f", std::vector{Type::dyn(), integer}, FormatDialect::kPlain));
    EXPECT_EQ(check_format("%s %s %s", both, FormatDialect::kPlain), "index 2 out of range");
    EXPECT_EQ(check_format("%s", both, FormatDialect::kPlain),
              "too many arguments supplied to string.format (expected 1, got 2)");
    EXPECT_TRUE(check_format("%d %d", both, FormatDialect::kPlain));
    EXPECT_TRUE(check_format("%s %f", both, FormatDialect::kEnglish));
    EXPECT_TRUE(check_format("%t", both, FormatDialect::kEnglish));
}

}  // namespace
}  // namespace cel::testing
