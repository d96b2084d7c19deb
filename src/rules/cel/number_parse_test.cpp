// SPDX-License-Identifier: 0BSD
#include "rules/cel/number_parse.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cel {
namespace {

std::string read(std::string_view text) {
    const std::optional<double> number = parse_double(text);
    return number ? fmt::format("{}", *number) : "none";
}

TEST(ParseDouble, ReadsWhatGoReads) {
    struct Case {
        std::string_view text;
        std::string_view expected;
    };
    for (const Case& row : {
             Case{"1", "1"},
             Case{"-1.5", "-1.5"},
             Case{"+1.5e3", "1500"},
             Case{".5", "0.5"},
             Case{"5.", "5"},
             Case{"1E-2", "0.01"},
             Case{"-0", "-0"},
             Case{"0x1p-2", "0.25"},
             Case{"0X1.8P1", "3"},
             Case{"1_000.5_5", "1000.55"},
             Case{"0x_1p0", "1"},
             Case{"inf", "inf"},
             Case{"-Infinity", "-inf"},
             Case{"+INF", "inf"},
             Case{"NaN", "nan"},
             Case{"1e-400", "0"},
             Case{"4.9e-324", "5e-324"},
             Case{"1.7976931348623157e308", "1.7976931348623157e+308"},
         }) {
        EXPECT_EQ(read(row.text), row.expected) << row.text;
    }
}

TEST(ParseDouble, RefusesEverythingElse) {
    for (const std::string_view text :
         {"",     "+",     ".",      "e5",    "1e",   "1e+",  "1 ",   " 1",   "1x",      "0x1",
          "0x",   "0xp1",  "1__0",   "_1",    "1_",   "1_.5", "1._5", "1e_5", "infinit", "+nan",
          "nan1", "1e400", "-1e400", "1.2.3", "0x1p", "--1",  "+-1",  "1,5"}) {
        EXPECT_EQ(read(text), "none") << text;
    }
}

}  // namespace
}  // namespace cel
