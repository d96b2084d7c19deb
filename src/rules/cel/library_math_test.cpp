// SPDX-License-Identifier: 0BSD
#include <limits>

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

Value natural(std::uint64_t value) { return Value::unsigned_integer(value); }

void expect_rows(const std::vector<Row>& rows) {
    const LibraryCall call(add_math);
    for (const Row& row : rows) {
        EXPECT_EQ(shown(call(row.function, row.arguments)), row.expected)
            << row.function << " " << shown(list(row.arguments));
    }
}

TEST(Math, PicksTheLeastAndTheGreatestAcrossKinds) {
    const Value nan = real(std::numeric_limits<double>::quiet_NaN());
    expect_rows({
        {"math.@min", {number(1)}, "1"},
        {"math.@min", {number(2), natural(1)}, "1u"},
        {"math.@max", {number(1), real(1)}, "1"},
        {"math.@max", {real(-0.5), number(-1)}, "-0.5"},
        {"math.@min", {list({number(3), real(-1.5), natural(2)})}, "-1.5"},
        {"math.@max", {list({number(3), text("a")})}, "error: no such overload: math.@max"},
        {"math.@max", {list({})}, "error: math.@max(list) argument must not be empty"},
        {"math.@min", {nan, real(1)}, "error: NaN values cannot be ordered: math.@min"},
    });
}

TEST(Math, RoundsHalvesAwayFromZero) {
    expect_rows({
        {"math.round", {real(2.5)}, "3"},
        {"math.round", {real(-2.5)}, "-3"},
        {"math.ceil", {real(-0.5)}, "-0"},
        {"math.floor", {real(-0.5)}, "-1"},
        {"math.trunc", {real(-1.9)}, "-1"},
        {"math.isInf", {real(std::numeric_limits<double>::infinity())}, "true"},
        {"math.isFinite", {real(1)}, "true"},
        {"math.isNaN", {real(1)}, "false"},
        {"math.sqrt", {number(-1)}, "NaN"},
        {"math.sqrt", {natural(81)}, "9"},
    });
}

TEST(Math, TellsSignAndMagnitude) {
    expect_rows({
        {"math.abs", {number(-3)}, "3"},
        {"math.abs", {number(std::numeric_limits<std::int64_t>::min())}, "error: integer overflow"},
        {"math.abs", {real(-0.5)}, "0.5"},
        {"math.sign", {number(-7)}, "-1"},
        {"math.sign", {natural(7)}, "1u"},
        {"math.sign", {real(-0.0)}, "0"},
    });
}

TEST(Math, ShiftsZerosInFromEitherSide) {
    expect_rows({
        {"math.bitAnd", {number(6), number(3)}, "2"},
        {"math.bitOr", {natural(6), natural(3)}, "7u"},
        {"math.bitXor", {number(-1), number(1)}, "-2"},
        {"math.bitNot", {number(0)}, "-1"},
        {"math.bitShiftLeft", {number(1), number(63)}, "-9223372036854775808"},
        {"math.bitShiftLeft", {number(1), number(64)}, "0"},
        {"math.bitShiftRight", {number(-1), number(60)}, "15"},
        {"math.bitShiftRight", {natural(8), number(-1)}, "error: math.bitShiftRight() negative offset: -1"},
    });
}

}  // namespace
}  // namespace cel::testing
