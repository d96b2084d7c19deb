// SPDX-License-Identifier: 0BSD
#include "model/number_text.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace model {
namespace {

struct Case {
    double number;
    const char* json;
    const char* yaml;
};

TEST(NumberText, IsWhatGoWrites) {
    const Case cases[] = {
        {0, "0", "0"},
        {-0.0, "0", "0"},
        {1, "1", "1"},
        {-1.5, "-1.5", "-1.5"},
        {100000, "100000", "100000"},
        {999999, "999999", "999999"},
        {1000000, "1000000", "1e+06"},
        {1234567.5, "1234567.5", "1.2345675e+06"},
        {123456789012.5, "123456789012.5", "1.234567890125e+11"},
        {1e20, "100000000000000000000", "1e+20"},
        {1e21, "1e+21", "1e+21"},
        {1.5e300, "1.5e+300", "1.5e+300"},
        {0.0001, "0.0001", "0.0001"},
        {0.00001, "0.00001", "1e-05"},
        {0.000001, "0.000001", "1e-06"},
        {0.0000001, "1e-7", "1e-07"},
        {1.5e-10, "1.5e-10", "1.5e-10"},
        {5e-324, "5e-324", "5e-324"},
        {3.141592653589793, "3.141592653589793", "3.141592653589793"},
        {std::numeric_limits<double>::infinity(), "null", ".inf"},
        {-std::numeric_limits<double>::infinity(), "null", "-.inf"},
        {std::numeric_limits<double>::quiet_NaN(), "null", ".nan"},
    };
    for (const Case& row : cases) {
        std::string json;
        append_json_number(json, row.number);
        EXPECT_EQ(json, row.json);
        std::string yaml;
        append_short_number(yaml, row.number);
        EXPECT_EQ(yaml, row.yaml);
    }
    std::string single;
    append_short_number(single, 1.1234567F);
    EXPECT_EQ(single, "1.1234567");
}

TEST(ParseDecimal, ReadsWholeDecimalTextsOnly) {
    double number = 0;
    for (const char* text :
         {"", "+", "-", "x", "1x", "0x10", "inf", "nan", "+-1", "--1", "1e999", "-1e999", "1 "}) {
        EXPECT_FALSE(parse_decimal(text, number)) << text;
    }
    for (const auto& [text, expected] :
         {std::pair{"+1.5", 1.5}, {"-.5", -.5}, {"1e-999", 0.0}, {"12", 12.0}}) {
        EXPECT_TRUE(parse_decimal(text, number)) << text;
        EXPECT_EQ(number, expected) << text;
    }
}

}  // namespace
}  // namespace model
