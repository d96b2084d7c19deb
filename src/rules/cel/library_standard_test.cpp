// SPDX-License-Identifier: 0BSD
// The standard library: conversions, texts, times.
#include <gtest/gtest.h>

#include "rules/cel/testing/answer.hpp"

namespace cel::testing {
namespace {

void expect_rows(std::initializer_list<Said> rows) {
    // Texts stand in variables, so that conversions are made when the program runs.
    static const Environment kEnvironment = Environment::flux();
    for (const Said& row : rows) {
        EXPECT_EQ(answer(kEnvironment, row.source, R"({"e": "", "half": 0.5})"), row.expected) << row.source;
    }
}

TEST(Standard, ConvertsNumbers) {
    expect_rows({
        {"int(1u) + int(-1.9) + int('-5' + e)", "-5"},
        {"int('+7' + e)", "7"},
        {"int('9223372036854775808' + e)", "error: type conversion error from 'string' to 'int'"},
        {"int(' 1' + e)", "error: type conversion error from 'string' to 'int'"},
        {"int('0x1' + e)", "error: type conversion error from 'string' to 'int'"},
        {"int(18446744073709551614u + 1u)", "error: integer overflow"},
        {"int(half * 1e300)", "error: integer overflow"},
        {"int(half / 0.0)", "error: integer overflow"},
        {"int(9223372036854775807.0 * (half + half))", "error: integer overflow"},
        {"uint(1 + 1)", "2u"},
        {"uint(half + 2.4)", "2u"},
        {"uint(0 - 1)", "error: unsigned integer overflow"},
        {"uint(half - 1.5)", "error: unsigned integer overflow"},
        {"uint('18446744073709551615' + e)", "18446744073709551615u"},
        {"uint('+1' + e)", "error: type conversion error from 'string' to 'uint'"},
        {"double('1_000.5' + e)", "1000.5"},
        {"double('1e400' + e)", "error: type conversion error from 'string' to 'double'"},
        {"double(1) / double(2u)", "0.5"},
        {"bool('T' + e) && !bool('0' + e)", "true"},
        {"bool('yes' + e)", "error: type conversion error from 'string' to 'bool'"},
        {"int([])", "refused: 1:4: no such overload: int(list)"},
        {"int(half == 1.0)", "error: no such overload: int(bool)"},
    });
}

TEST(Standard, ConvertsTexts) {
    expect_rows({
        {"string(1) + string(2u) + string(true)", "\"12true\""},
        {"string(1e6) + ' ' + string(0.1) + ' ' + string(1e21) + ' ' + string(-0.0)",
         "\"1e+06 0.1 1e+21 -0\""},
        {"string(b'\\xc3\\xa9')", "\"\xc3\xa9\""},
        {"string(b'\\xff' + bytes(e))", "error: invalid UTF-8 in bytes, cannot convert to string"},
        {"bytes('\xc3\xa9') == b'\\303\\251'", "true"},
        {"string(duration('90m'))", "\"5400s\""},
        {"string(duration('1.5s'))", "\"1.5s\""},
        {"string(timestamp('2024-01-01T00:00:00.120Z'))", "\"2024-01-01T00:00:00.12Z\""},
        {"string(timestamp('2024-01-01T00:00:00+02:00'))", "\"2024-01-01T00:00:00+02:00\""},
        {"string(timestamp('2024-01-01T00:00:00-23:59') + duration('1h'))", "\"2024-01-01T01:00:00-23:59\""},
        {"string(type(1))", "refused: 1:7: no such overload: string(type)"},
        {"type(null) == null_type && type([]) == list && type({}) == map", "true"},
        {"dyn(1) == 1", "true"},
    });
}

TEST(Standard, CountsCodePoints) {
    expect_rows({
        {"size('\xc3\xa9\xf0\x9f\x98\x80')", "2"},
        {"size(b'\xc3\xa9')", "2"},
        {"'\xc3\xa9x'.size()", "2"},
        {"size([1, 2]) + size({'a': 1})", "3"},
        {"'\xc3\xa9\xf0\x9f\x98\x80x'.charAt(2)", "\"x\""},
        {"'\xc3\xa9\xf0\x9f\x98\x80x'.substring(1, 2)", "\"\xf0\x9f\x98\x80\""},
        {"'\xc3\xa9\xf0\x9f\x98\x80x'.indexOf('x')", "2"},
        {"'abc'.contains('b') && 'abc'.startsWith('a') && 'abc'.endsWith('c')", "true"},
        {"'abc'.contains('') && !'abc'.startsWith('b')", "true"},
        {"'abc'.matches('^a.c$') && !'abc'.matches('^b')", "true"},
        {"'\xc3\xa9'.matches('^.$')", "true"},
        {"'a'.matches('(' + e)", "error: the regular expression is malformed"},
    });
}

TEST(Standard, ReadsTimestamps) {
    expect_rows({
        {"timestamp('2024-02-29T12:00:00Z' + e)", "2024-02-29T12:00:00Z"},
        {"timestamp('2023-02-29T12:00:00Z' + e)",
         "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('2024-02-29 12:00:00Z' + e)",
         "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('2024-02-29t12:00:00z' + e)",
         "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('2024-02-29T12:00Z' + e)", "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('2024-02-29T12:00:60Z' + e)",
         "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('2024-02-29T12:00:00.Z' + e)",
         "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('2024-02-29T12:00:00+24:00' + e)",
         "error: type conversion error from 'string' to 'timestamp'"},
        {"timestamp('0001-01-01T00:00:00+01:00' + e)", "error: timestamp overflow"},
        {"timestamp('2024-02-29T12:00:00.1234567899Z' + e)", "2024-02-29T12:00:00.123456789Z"},
        {"timestamp(253402300799)", "9999-12-31T23:59:59Z"},
        {"timestamp(253402300799 + 1)", "error: timestamp overflow"},
        {"int(timestamp('1970-01-01T00:01:00Z'))", "60"},
    });
}

TEST(Standard, TakesTimesApart) {
    expect_rows({
        {"timestamp('2024-03-01T10:20:30.456Z').getFullYear()", "2024"},
        {"timestamp('2024-03-01T10:20:30.456Z').getMonth()", "2"},
        {"timestamp('2024-03-01T10:20:30.456Z').getDate()", "1"},
        {"timestamp('2024-03-01T10:20:30.456Z').getDayOfMonth()", "0"},
        {"timestamp('2024-03-01T10:20:30.456Z').getDayOfWeek()", "5"},
        {"timestamp('2024-03-01T10:20:30.456Z').getDayOfYear()", "60"},
        {"timestamp('2024-03-01T10:20:30.456Z').getHours()", "10"},
        {"timestamp('2024-03-01T10:20:30.456Z').getMinutes()", "20"},
        {"timestamp('2024-03-01T10:20:30.456Z').getSeconds()", "30"},
        {"timestamp('2024-03-01T10:20:30.456Z').getMilliseconds()", "456"},
        {"timestamp('2024-03-01T00:00:00+02:00').getHours()", "22"},
        {"timestamp('2024-03-01T23:30:00Z').getDate('+02:00')", "2"},
        {"timestamp('2024-03-01T00:30:00Z').getHours('-07:30')", "17"},
        {"timestamp('2024-03-01T00:30:00Z').getHours('02:00')", "2"},
        {"timestamp('2024-03-01T00:30:00Z').getHours('+24:00')", "error: unknown time zone +24:00"},
        {"timestamp('2024-03-01T00:30:00Z').getHours('+00:60')", "error: unknown time zone +00:60"},
        {"timestamp('2024-03-01T00:30:00Z').getHours('Mars/X')", "error: unknown time zone Mars/X"},
        {"timestamp('2024-03-01T00:30:00Z').getHours('Asia/Kolkata')", "6"},
        {"duration('3661.5s').getHours()", "1"},
        {"duration('3661.5s').getMinutes()", "61"},
        {"duration('3661.5s').getSeconds()", "3661"},
        {"duration('3661.5s').getMilliseconds()", "3661500"},
        {"duration('-90m').getMinutes()", "-90"},
        {"duration('-90s').getMinutes()", "-1"},
        {"(duration('2540400h') - duration('1ns')).getSeconds()", "9145440000"},
        {"duration('1h1h')", "7200s"},
        {"duration('1d' + e)", "error: type conversion error from 'string' to 'duration'"},
        {"duration('5' + e)", "error: type conversion error from 'string' to 'duration'"},
        {"duration('9223372037s' + e)", "error: type conversion error from 'string' to 'duration'"},
    });
}

// As Python's zoneinfo has them, which reads the rules behind the last transitions.
TEST(Standard, KnowsSummerTimeInEveryYear) {
    struct Case {
        std::string_view time;
        std::string_view zone;
        std::string_view hours;
    };
    for (const Case& row : {
             Case{"2037-07-01T12:00:00Z", "Europe/Berlin", "14"},
             Case{"2038-01-15T12:00:00Z", "Europe/Berlin", "13"},
             Case{"2038-07-01T12:00:00Z", "Europe/Berlin", "14"},
             Case{"2040-03-25T00:59:59Z", "Europe/Berlin", "1"},
             Case{"2040-03-25T01:00:00Z", "Europe/Berlin", "3"},
             Case{"2040-10-28T00:59:59Z", "Europe/Berlin", "2"},
             Case{"2040-10-28T01:00:00Z", "Europe/Berlin", "2"},
             Case{"2045-11-05T05:59:59Z", "America/New_York", "1"},
             Case{"2045-11-05T06:00:00Z", "America/New_York", "1"},
             Case{"2045-11-05T07:00:00Z", "America/New_York", "2"},
             Case{"2045-03-12T07:00:00Z", "America/New_York", "3"},
             Case{"2100-03-28T01:00:00Z", "Europe/Berlin", "3"},
             Case{"2100-02-28T12:00:00Z", "Europe/Berlin", "13"},
             Case{"2052-02-29T12:00:00Z", "Europe/Berlin", "13"},
             Case{"2050-01-15T12:00:00Z", "Australia/Sydney", "23"},
             Case{"2050-07-15T12:00:00Z", "Australia/Sydney", "22"},
             Case{"9999-07-01T12:00:00Z", "Europe/Berlin", "14"},
             Case{"2050-07-01T12:00:00Z", "Asia/Kolkata", "17"},
             Case{"2040-07-01T12:00:00Z", "Europe/Moscow", "15"},
             Case{"2044-07-01T12:00:00Z", "Europe/Istanbul", "15"},
         }) {
        const std::string source = fmt::format("timestamp('{}').getHours('{}')", row.time, row.zone);
        EXPECT_EQ(answer(Environment::flux(), source), row.hours) << source;
    }
}

}  // namespace
}  // namespace cel::testing
