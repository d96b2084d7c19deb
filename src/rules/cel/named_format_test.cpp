// SPDX-License-Identifier: 0BSD
#include "rules/cel/named_format.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

struct Case {
    std::string_view format;
    std::string text;
    std::size_t complaints;
};

TEST(NamedFormat, ComplainsOnlyAboutWhatIsWrong) {
    const LibraryCall call(add_kubernetes_format);
    for (const Case& row : {
             Case{"dns1123Label", "a-1", 0},
             Case{"dns1123Label", "A", 1},
             Case{"dns1123Label", "-a", 1},
             Case{"dns1123Label", std::string(64, 'a'), 1},
             Case{"dns1123Label", std::string(64, 'A'), 2},
             Case{"dns1123LabelPrefix", "abc-", 0},
             Case{"dns1123LabelPrefix", "--", 0},
             Case{"dns1123LabelPrefix", "-", 1},
             Case{"dns1123Subdomain", "a.b-c.1", 0},
             Case{"dns1123Subdomain", "a..b", 1},
             Case{"dns1123SubdomainPrefix", "a.b.-", 0},
             Case{"dns1035Label", "1a", 1},
             Case{"dns1035LabelPrefix", "a-", 0},
             Case{"qualifiedName", "example.com/My_name.x", 0},
             Case{"qualifiedName", "Example.com/", 3},
             Case{"qualifiedName", "a/b/c", 1},
             Case{"qualifiedName", "/x", 1},
             Case{"labelValue", "", 0},
             Case{"labelValue", "a b", 1},
             Case{"uri", "https://x", 0},
             Case{"uri", "x", 1},
             Case{"uuid", "123E4567e89b-12d3-a456-426614174000", 0},
             Case{"uuid", "123e4567-e89b-12d3-a456-42661417400", 1},
             Case{"byte", "aGVsbG8=", 0},
             Case{"byte", "aGVsbG8", 1},
             Case{"byte", "", 1},
             Case{"date", "2020-02-29", 0},
             Case{"date", "2021-02-29", 1},
             Case{"date", "2021-2-01", 1},
             Case{"datetime", "2024-01-01t23:59:59.5+01:00", 0},
             Case{"datetime", "2024-01-01T24:00:00Z", 1},
             Case{"datetime", "2024-01-01T00:00:00", 1},
         }) {
        const Value format = call(fmt::format("format.{}", row.format), {});
        const Value result = call("validate", {format, text(row.text)});
        EXPECT_EQ(result.held() ? result.held()->size() : 0, row.complaints) << row.format << " " << row.text;
    }
}

TEST(NamedFormat, SaysWhatIsWrongAsKubernetesDoes) {
    const LibraryCall call(add_kubernetes_format);
    const auto complaint = [&call](std::string_view format, std::string_view value) {
        return std::string(call("validate", {call(format, {}), text(value)}).held()->element(0).as_string());
    };
    EXPECT_EQ(complaint("format.dns1123Label", "a.b"), "must not contain dots");
    EXPECT_EQ(complaint("format.dns1123Label", std::string(64, 'a')), "must be no more than 63 characters");
    EXPECT_EQ(complaint("format.labelValue", std::string(64, 'a')), "must be no more than 63 bytes");
    EXPECT_EQ(complaint("format.qualifiedName", "A/b"),
              "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
              "characters, '-' or '.', and must start "
              "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
              "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    EXPECT_EQ(complaint("format.uri", "::"), "parse \"::\": missing protocol scheme");
}

TEST(NamedFormat, IsFoundByName) {
    const LibraryCall call(add_kubernetes_format);
    EXPECT_EQ(shown(call("format.named", {text("dns1123Label")})), "optional(DNS1123Label)");
    EXPECT_EQ(shown(call("format.named", {text("nope")})), "none");
    for (const auto& format : NamedFormat::all()) {
        ASSERT_NE(format, nullptr);
        EXPECT_EQ(shown(call(fmt::format("format.{}", format->name()), {})), format->text());
    }
}

}  // namespace
}  // namespace cel::testing
