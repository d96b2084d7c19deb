// SPDX-License-Identifier: 0BSD
#include "model/yaml_time.hpp"

#include <gtest/gtest.h>

namespace {

struct Case {
    const char* text;
    const char* expected;  // nullptr: a string
};

class PlainTime : public testing::TestWithParam<Case> {};

TEST_P(PlainTime, IsWrittenAsGoDoes) {
    const auto text = model::rfc3339_text(GetParam().text);
    EXPECT_EQ(text.value_or("a string"), GetParam().expected == nullptr ? "a string" : GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, PlainTime,
    testing::Values(Case{"2001-12-14", "2001-12-14T00:00:00Z"}, Case{"2001-1-2", "2001-01-02T00:00:00Z"},
                    Case{"0001-01-01", "0001-01-01T00:00:00Z"}, Case{"2000-02-29", "2000-02-29T00:00:00Z"},
                    Case{"2001-02-29", nullptr}, Case{"2001-13-01", nullptr}, Case{"2001-00-01", nullptr},
                    Case{"2001-1-32", nullptr}, Case{"201-1-2", nullptr}, Case{"20011-1-2", nullptr},
                    Case{"2001-12", nullptr}, Case{"2001-12-14x", nullptr}, Case{"", nullptr}));

INSTANTIATE_TEST_SUITE_P(
    WithTimeOfDay, PlainTime,
    testing::Values(Case{"2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"},
                    Case{"2001-12-14 21:59:43.10", "2001-12-14T21:59:43.1Z"},
                    Case{"2001-12-14T1:2:3Z", "2001-12-14T01:02:03Z"},
                    Case{"2001-12-14T21:59:43.000Z", "2001-12-14T21:59:43Z"},
                    Case{"2001-12-14T21:59:43.1234567891Z", "2001-12-14T21:59:43.123456789Z"},
                    Case{"2001-12-14T21:59:43+00:00", "2001-12-14T21:59:43Z"},
                    Case{"2001-12-14 21:59:43Z", nullptr}, Case{"2001-12-14T21:59:43", nullptr},
                    Case{"2001-12-14T24:00:00Z", nullptr}, Case{"2001-12-14T21:60:00Z", nullptr},
                    Case{"2001-12-14T21:59Z", nullptr}, Case{"2001-12-14 21:59:43.", nullptr},
                    Case{"2001-12-14 21:59:43.10 -5", nullptr}, Case{"2001-12-14T21:59:43+2:00", nullptr},
                    Case{"2001-12-14T21:59:43Zx", nullptr}));

}  // namespace
