// SPDX-License-Identifier: 0BSD
#include "rules/cel/semantic_version.hpp"

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

struct Written {
    std::string_view text;
    std::string_view canonical;  // empty: refused
};

TEST(SemanticVersion, IsReadStrictly) {
    for (const Written& row : {
             Written{"1.2.3", "1.2.3"},
             Written{"1.2.3-rc.1+b.02", "1.2.3-rc.1+b.02"},
             Written{"1.2.3--", "1.2.3--"},
             Written{"18446744073709551615.0.0", "18446744073709551615.0.0"},
             Written{"18446744073709551616.0.0", ""},
             Written{"1.2", ""},
             Written{"v1.2.3", ""},
             Written{"01.2.3", ""},
             Written{"1.2.3-", ""},
             Written{"1.2.3-01", ""},
             Written{"1.2.3-a..b", ""},
             Written{"1.2.3+", ""},
             Written{"1.2.3-é", ""},
             Written{"1..3", ""},
             Written{" 1.2.3", ""},
             Written{"", ""},
         }) {
        const auto version = SemanticVersion::parse(row.text);
        EXPECT_EQ(version ? version->text() : "", row.canonical) << row.text;
    }
}

TEST(SemanticVersion, IsNormalizedOnRequest) {
    for (const Written& row : {
             Written{"v1.2.3", "1.2.3"},
             Written{"1", "1.0.0"},
             Written{"v1.2", "1.2.0"},
             Written{"01.02.03", "1.2.3"},
             Written{"1.2.03-rc", "1.2.3-rc"},
             Written{"00.0.000", "0.0.0"},
             Written{"1.2-rc", ""},
             Written{" 1.0.0", ""},
             Written{"vv1", ""},
         }) {
        const auto version = SemanticVersion::parse_normalized(row.text);
        EXPECT_EQ(version ? version->text() : "", row.canonical) << row.text;
    }
}

TEST(SemanticVersion, IsOrderedByPrecedence) {
    const std::string_view ascending[] = {
        "1.0.0-1",    "1.0.0-10",   "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
        "1.0.0-beta", "1.0.0-rc.1", "1.0.0",       "1.2.0",         "1.10.0"};
    for (std::size_t i = 1; i < std::size(ascending); ++i) {
        const auto lower = SemanticVersion::parse(ascending[i - 1]);
        const auto higher = SemanticVersion::parse(ascending[i]);
        EXPECT_TRUE(lower->compare(*higher) < 0) << ascending[i];
        EXPECT_TRUE(higher->compare(*lower) > 0) << ascending[i];
    }
    EXPECT_TRUE(SemanticVersion::parse("1.0.0+a")->compare(*SemanticVersion::parse("1.0.0+b")) == 0);
}

TEST(SemverLibrary, CallsWhatVersionsDo) {
    const LibraryCall call(add_kubernetes_semver);
    const Value version = call("semver", {text("v1.2"), Value::boolean(true)});
    EXPECT_EQ(shown(call("major", {version})), "1");
    EXPECT_EQ(shown(call("minor", {version})), "2");
    EXPECT_EQ(shown(call("patch", {version})), "0");
    EXPECT_EQ(shown(call("isGreaterThan", {version, call("semver", {text("1.1.9")})})), "true");
    EXPECT_EQ(shown(call("compareTo", {version, version})), "0");
    EXPECT_EQ(shown(call("isSemver", {text("1.2")})), "false");
    EXPECT_EQ(shown(call("isSemver", {text("1.2"), Value::boolean(true)})), "true");
    EXPECT_EQ(shown(call("semver", {text("v1.0")})), "error: No Major.Minor.Patch elements found");
}

}  // namespace
}  // namespace cel::testing
