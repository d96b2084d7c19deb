// SPDX-License-Identifier: 0BSD
#include "rules/cel/url.hpp"

#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

TEST(Url, RefusesWhatNetUrlRefuses) {
    struct Case {
        std::string_view text;
        std::string_view message;  // empty: accepted
    };
    for (const Case& row : {
             Case{"https://example.com/x", ""},
             Case{"/absolute", ""},
             Case{"mailto:a@b", ""},
             Case{"*", ""},
             Case{"https://[fe80::1%25en0]:80/", ""},
             Case{"", "parse \"\": empty url"},
             Case{"not a url", "parse \"not a url\": invalid URI for request"},
             Case{"../x", "parse \"../x\": invalid URI for request"},
             Case{"::bad", "parse \"::bad\": missing protocol scheme"},
             Case{"https://a b/", "parse \"https://a b/\": invalid character \" \" in host name"},
             Case{"https://a:b/", "parse \"https://a:b/\": invalid port \":b\" after host"},
             Case{"https://a:1:2/", "parse \"https://a:1:2/\": invalid port \":1:2\" after host"},
             Case{"https://[::1/", "parse \"https://[::1/\": missing ']' in host"},
             Case{"https://[1.2.3.4]/", "parse \"https://[1.2.3.4]/\": invalid IP-literal"},
             Case{"/%zz", "parse \"/%zz\": invalid URL escape \"%zz\""},
             Case{"https://u<@h/", "parse \"https://u<@h/\": net/url: invalid userinfo"},
             Case{"/a\tb", "parse \"/a\\tb\": net/url: invalid control character in URL"},
         }) {
        const auto checked = Url::check(row.text);
        EXPECT_EQ(checked ? "" : checked.error().message, row.message) << row.text;
    }
}

TEST(Url, IsTakenApart) {
    const auto url = Url::parse("HTTPS://u:p%20w@[::1]:8443/a%2Fb%20c?q=1&q=2&e=%20+&bad=%zz&x;y#f g");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme(), "https");
    EXPECT_EQ(url->host(), "[::1]:8443");
    EXPECT_EQ(url->hostname(), "::1");
    EXPECT_EQ(url->port(), "8443");
    EXPECT_EQ(url->escaped_path(), "/a%2Fb%20c");
    const auto query = url->query();
    ASSERT_EQ(query.size(), 2U);
    EXPECT_EQ(query[0].second, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(query[1], (std::pair<std::string, std::vector<std::string>>{"e", {"  "}}));
    EXPECT_EQ(url->text(), "https://u:p%20w@[::1]:8443/a%2Fb%20c?q=1&q=2&e=%20+&bad=%zz&x;y#f%20g");
}

TEST(Url, IsWrittenAsItWasReadWhereThatIsValid) {
    for (const std::string_view text :
         {"/a(b)", "https://example.com", "https:/x", "mailto:a@b?x", "https://h?", "/%7Eu"}) {
        const auto url = Url::parse(text);
        ASSERT_TRUE(url) << text;
        EXPECT_EQ(url->text(), text);
    }
}

TEST(UrlLibrary, ComparesByText) {
    const LibraryCall call(add_kubernetes_urls);
    EXPECT_TRUE(equal(call("url", {text("HTTP://h/")}), call("url", {text("http://h/")})));
    EXPECT_EQ(shown(call("getQuery", {call("url", {text("/p?k=a&k=b")})})), R"({"k": ["a", "b"]})");
    EXPECT_EQ(shown(call("isURL", {text("x")})), "false");
    EXPECT_TRUE(call("url", {text("x")}).is_error());
}

}  // namespace
}  // namespace cel::testing
