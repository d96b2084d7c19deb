// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace model {
namespace {

struct Case {
    const char* yaml;
    const char* json;  // what sigs.k8s.io/yaml makes of it, or "refused"
};

std::string read(std::string_view yaml, YamlDialect dialect = YamlDialect::kKubectl) {
    const auto documents = parse_yaml(yaml, "file", {}, dialect);
    if (!documents) {
        return "refused";
    }
    return documents->empty() ? "null" : to_json(documents->front().value);
}

class Scalar : public testing::TestWithParam<Case> {};

TEST_P(Scalar, MeansWhatKubectlTakesItFor) {
    EXPECT_EQ(read(GetParam().yaml), GetParam().json) << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(
    Words, Scalar,
    testing::Values(Case{"yes", "true"}, Case{"Yes", "true"}, Case{"YES", "true"}, Case{"y", "true"},
                    Case{"Y", "true"}, Case{"n", "false"}, Case{"N", "false"}, Case{"no", "false"},
                    Case{"on", "true"}, Case{"On", "true"}, Case{"off", "false"}, Case{"OFF", "false"},
                    Case{"Off", "false"}, Case{"true", "true"}, Case{"True", "true"}, Case{"TRUE", "true"},
                    Case{"tRue", R"("tRue")"}, Case{"TRUE1", R"("TRUE1")"}, Case{"false", "false"},
                    Case{"~", "null"}, Case{"null", "null"}, Case{"Null", "null"}, Case{"NULL", "null"},
                    Case{"nULL", R"("nULL")"}, Case{"", "null"}, Case{"~a", R"("~a")"}, Case{"=", R"("=")"},
                    Case{"<<", R"("<<")"}, Case{"'yes'", R"("yes")"}, Case{"\"on\"", R"("on")"},
                    Case{"'~'", R"("~")"}));

INSTANTIATE_TEST_SUITE_P(
    Integers, Scalar,
    testing::Values(
        Case{"0755", "493"}, Case{"0o755", "493"}, Case{"0O755", "493"}, Case{"0x1F", "31"},
        Case{"0X1f", "31"}, Case{"-0x1F", "-31"}, Case{"0b101", "5"}, Case{"-0b101", "-5"},
        Case{"+0b101", "5"}, Case{"0B101", "5"}, Case{"0b1_0", "2"}, Case{"1_000", "1000"},
        Case{"1__000", "1000"}, Case{"_1000", R"("_1000")"}, Case{"1000_", "1000"}, Case{"0x_1F", "31"},
        Case{"-1_0", "-10"}, Case{"012_3", "83"}, Case{"0_7", "7"}, Case{"-0755", "-493"}, Case{"+12", "12"},
        Case{"-0", "0"}, Case{"00", "0"}, Case{"007", "7"}, Case{"08", "8"}, Case{"0b2", R"("0b2")"},
        Case{"0xZZ", R"("0xZZ")"}, Case{"0o8", R"("0o8")"}, Case{"0x: 1", R"({"0x":1})"}, Case{"+", R"("+")"},
        Case{"+a", R"("+a")"}, Case{"+-1", R"("+-1")"}, Case{"9223372036854775807", "9223372036854775807"},
        Case{"9223372036854775808", "9223372036854775808"},
        Case{"-9223372036854775808", "-9223372036854775808"},
        Case{"-9223372036854775809", "-9223372036854776000"},
        Case{"18446744073709551615", "18446744073709551615"},
        Case{"18446744073709551616", "18446744073709552000"},
        Case{"123456789012345678901234567890", "1.2345678901234568e+29"},
        Case{"0777777777777777777777777", "7.777777777777778e+23"},
        Case{"0x7FFFFFFFFFFFFFFF", "9223372036854775807"}, Case{"0xFFFFFFFFFFFFFFFF", "18446744073709551615"},
        Case{"0xFFFFFFFFFFFFFFFFF", R"("0xFFFFFFFFFFFFFFFFF")"},
        Case{"-0xFFFFFFFFFFFFFFFF", R"("-0xFFFFFFFFFFFFFFFF")"}, Case{"1:30", R"("1:30")"},
        Case{"190:20:30", R"("190:20:30")"}, Case{"1.2.3", R"("1.2.3")"}, Case{"'12'", R"("12")"}));

INSTANTIATE_TEST_SUITE_P(
    Floats, Scalar,
    testing::Values(Case{"09.5", "9.5"}, Case{"-0.0", "0"}, Case{"+.5", "0.5"}, Case{".5", "0.5"},
                    Case{"5.", "5"}, Case{".", R"(".")"}, Case{"-.", R"("-.")"}, Case{"1e3", "1000"},
                    Case{"1E3", "1000"}, Case{"1e+3", "1000"}, Case{"1.5e-7", "1.5e-7"},
                    Case{"1e21", "1e+21"}, Case{"1e20", "100000000000000000000"}, Case{"1e400", R"("1e400")"},
                    Case{"1e-400", "0"}, Case{"1.0", "1"}, Case{"1.10", "1.1"}, Case{"100.0", "100"},
                    Case{"3.14159265358979323846", "3.141592653589793"}, Case{"1_0.5", "10.5"},
                    Case{"685_230.15", "685230.15"}, Case{"685.230_15e+03", "685230.15"}, Case{"1.e1", "10"},
                    Case{".e1", R"(".e1")"}, Case{"1e", R"("1e")"}, Case{"e1", R"("e1")"},
                    Case{"12e03", "12000"}, Case{"1.7976931348623157e308", "1.7976931348623157e+308"},
                    Case{"5e-324", "5e-324"}, Case{"0x1p4", R"("0x1p4")"},
                    Case{"9007199254740993.0", "9007199254740992"},
                    Case{"9223372036854775807.0", "9223372036854776000"}, Case{"1e18", "1000000000000000000"},
                    Case{"1234567890123456789.0", "1234567890123456800"},
                    Case{"1e19", "10000000000000000000"}, Case{"inf", R"("inf")"}, Case{"nan", R"("nan")"},
                    Case{"Infinity", R"("Infinity")"}, Case{".inf", "refused"}, Case{"-.Inf", "refused"},
                    Case{"+.INF", "refused"}, Case{".nan", "refused"}, Case{".NaN", "refused"}));

INSTANTIATE_TEST_SUITE_P(
    Tagged, Scalar,
    testing::Values(Case{"! 12", R"("12")"}, Case{"!foo 12", R"("12")"}, Case{"!foo {a: 1}", R"({"a":1})"},
                    Case{"!!str 12", R"("12")"}, Case{"!!str true", R"("true")"}, Case{"!!str", R"("")"},
                    Case{"!!int \"12\"", "12"}, Case{"!!int 0x10", "16"}, Case{"!!int foo", "refused"},
                    Case{"!!int 1.5", "refused"}, Case{"!!float 1", "1"}, Case{"!!float \"1.5\"", "1.5"},
                    Case{"!!float foo", "refused"}, Case{"!!bool \"yes\"", "true"}, Case{"!!bool y", "true"},
                    Case{"!!bool foo", "refused"}, Case{"!!null \"\"", "null"}, Case{"!!null foo", "refused"},
                    Case{"!!binary aGVsbG8=", R"("hello")"},
                    Case{"!!binary |\n  aGVs\n  bG8=\n", R"("hello")"}, Case{"!!binary \"%\"", "refused"},
                    Case{"!!binary aGVsbG8", "refused"}, Case{"!!binary a=Vs", "refused"},
                    Case{"!!binary /w==", "refused"}, Case{"!!timestamp 2001-12-14", R"("2001-12-14")"},
                    Case{"!!timestamp foo", "refused"}, Case{"!!map {a: 1}", R"({"a":1})"},
                    Case{"!!map foo", R"("foo")"}, Case{"!!set {a, b}", R"({"a":null,"b":null})"},
                    Case{"!!omap [a: 1]", R"([{"a":1}])"}, Case{"!<tag:yaml.org,2002:int> 7", "7"},
                    Case{"!<tag:yaml.org,2002:str> 7", R"("7")"}));

INSTANTIATE_TEST_SUITE_P(
    Timestamps, Scalar,
    testing::Values(Case{"2001-12-14", R"("2001-12-14")"},
                    Case{"2001-12-14t21:59:43.10-05:00", R"("2001-12-14t21:59:43.10-05:00")"},
                    Case{"2001-12-14 21:59:43.10 -5", R"("2001-12-14 21:59:43.10 -5")"}));

INSTANTIATE_TEST_SUITE_P(
    Keys, Scalar,
    testing::Values(Case{"1: a", R"({"1":"a"})"}, Case{"-1: a", R"({"-1":"a"})"},
                    Case{"0x10: a", R"({"16":"a"})"}, Case{"1_000: a", R"({"1000":"a"})"},
                    Case{"true: a", R"({"true":"a"})"}, Case{"yes: a", R"({"true":"a"})"},
                    Case{"off: a", R"({"false":"a"})"}, Case{"'yes': a", R"({"yes":"a"})"},
                    Case{"~: a", "refused"}, Case{"null: a", "refused"}, Case{"1.5: a", R"({"1.5":"a"})"},
                    Case{"1.0: a", R"({"1":"a"})"}, Case{"1e30: a", R"({"1e+30":"a"})"},
                    Case{"1.123456789: a", R"({"1.1234568":"a"})"},
                    Case{"18446744073709551616: a", R"({"1.8446744e+19":"a"})"},
                    Case{"18446744073709551615: a", R"({"18446744073709551615":"a"})"},
                    Case{"2001-12-14: a", R"({"2001-12-14":"a"})"},
                    Case{"!!binary aGVsbG8=: a", R"({"hello":"a"})"}, Case{"? a", R"({"a":null})"},
                    Case{"? |\n  a\n: b", R"({"a\n":"b"})"}, Case{"? [a]\n: b", "refused"},
                    Case{"{a: b}: c", "refused"}, Case{".inf: a", "refused"}));

TEST(KustomizeDialect, TakesOnlyTrueAndFalseForBooleans) {
    for (const char* word : {"yes", "Yes", "YES", "y", "Y", "n", "N", "no", "on", "On", "off", "OFF"}) {
        EXPECT_EQ(read(word, YamlDialect::kKustomize), "\"" + std::string(word) + "\"");
    }
    EXPECT_EQ(read("{a: True, b: FALSE, on: 0755, c: ~}", YamlDialect::kKustomize),
              R"({"a":true,"b":false,"c":null,"on":493})");
    EXPECT_EQ(read("!!bool yes", YamlDialect::kKustomize), "refused");
}

TEST(BigDouble, KeepsTheDigitsThatJsonWouldShow) {
    const auto value = parse_yaml_one("1234567890123456789.0", "file");
    ASSERT_TRUE(value);
    ASSERT_TRUE(value->is_int64());
    EXPECT_EQ(value->get_int64(), 1234567890123456800);
}

}  // namespace
}  // namespace model
