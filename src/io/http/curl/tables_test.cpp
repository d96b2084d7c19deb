// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "io/http/curl/proxy.hpp"
#include "io/http/curl/redirect.hpp"
#include "io/http/curl/url.hpp"

namespace http_curl {
namespace {

using base::ErrorCode;

struct UrlCase {
    const char* name;
    const char* url;
    const char* scheme;
    const char* host;
    const char* port;
    const char* address;
};

class Urls : public ::testing::TestWithParam<UrlCase> {};

TEST_P(Urls, AreSplit) {
    const auto parts = split_url(GetParam().url);
    ASSERT_TRUE(parts) << parts.error().text();
    EXPECT_EQ(parts->scheme, GetParam().scheme);
    EXPECT_EQ(parts->host, GetParam().host);
    EXPECT_EQ(parts->port, GetParam().port);
    EXPECT_EQ(parts->address(), GetParam().address);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Urls,
    ::testing::Values(UrlCase{"Plain", "http://host/path", "http", "host", "80", "host:80"},
                      UrlCase{"DefaultPort", "https://host", "https", "host", "443", "host:443"},
                      UrlCase{"Port", "https://host:6443?x=a:b/c@d", "https", "host", "6443", "host:6443"},
                      UrlCase{"EmptyPort", "http://host:/", "http", "host", "80", "host:80"},
                      UrlCase{"UpperCase", "HTTPS://Host/", "https", "Host", "443", "Host:443"},
                      UrlCase{"User", "http://me:word@host:1/", "http", "host", "1", "host:1"},
                      UrlCase{"TwoAts", "http://a@b@host/", "http", "host", "80", "host:80"},
                      UrlCase{"V6", "http://[::1]:8080/x", "http", "::1", "8080", "[::1]:8080"},
                      UrlCase{"V6NoPort", "https://[fe80::1]", "https", "fe80::1", "443", "[fe80::1]:443"},
                      UrlCase{"Fragment", "http://host#@other/", "http", "host", "80", "host:80"},
                      UrlCase{"Backslash", "http://host\\@other/", "http", "host", "80", "host:80"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Urls, RefuseWhatIsNotHttp) {
    for (const char* url : {"ftp://host/", "file:///etc/passwd", "gopher://x", "ws://x"}) {
        EXPECT_EQ(split_url(url).error().code, ErrorCode::kForbidden) << url;
    }
    for (const char* url :
         {"", "host/path", "//host", "http:/host", "http://", "http:///path", "https://:80", "https://u@"}) {
        EXPECT_EQ(split_url(url).error().code, ErrorCode::kInvalid) << url;
    }
}

TEST(Urls, KeepPasswordsOutOfMessages) {
    EXPECT_EQ(split_url("http://user:word@").error().message.find("word"), std::string::npos);
}

TEST(Urls, ResolveLocations) {
    const std::string base = "http://host:81/a/b?q=1";
    EXPECT_EQ(*resolve_location(base, "/c"), "http://host:81/c");
    EXPECT_EQ(*resolve_location(base, "c?d"), "http://host:81/a/c?d");
    EXPECT_EQ(*resolve_location(base, "//other/c"), "http://other/c");
    EXPECT_EQ(*resolve_location(base, "https://other/c#part"), "https://other/c");
    EXPECT_EQ(*resolve_location(base, "file:///etc/passwd"), "file:///etc/passwd");
    EXPECT_EQ(resolve_location(base, "http://ho st/").error().code, ErrorCode::kInvalid);
}

struct ProxyCase {
    const char* name;
    const char* no_proxy;
    const char* url;
    bool direct;
};

class Proxies : public ::testing::TestWithParam<ProxyCase> {};

TEST_P(Proxies, AreChosenAsGoDoes) {
    ProxyRules rules{.http_proxy = "http://p:1", .https_proxy = "http://p:2", .exceptions = {}};
    rules.exceptions = parse_exceptions(GetParam().no_proxy);
    const auto url = split_url(GetParam().url);
    ASSERT_TRUE(url);
    const std::string expected = url->scheme == "http" ? "http://p:1" : "http://p:2";
    EXPECT_EQ(proxy_for(*url, rules), GetParam().direct ? "" : expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Proxies,
    ::testing::Values(ProxyCase{"NoExceptions", "", "http://a.example/", false},
                      ProxyCase{"Https", "", "https://a.example/", false},
                      ProxyCase{"Localhost", "", "http://localhost:8080/", true},
                      ProxyCase{"LoopbackV4", "", "http://127.9.9.9/", true},
                      ProxyCase{"LoopbackV6", "", "http://[::1]/", true},
                      ProxyCase{"Everything", "x, *", "http://a.example/", true},
                      ProxyCase{"Domain", "a.example", "http://a.example/", true},
                      ProxyCase{"DomainUpperCase", "A.Example", "http://a.EXAMPLE./", true},
                      ProxyCase{"Subdomain", "example", "http://a.example/", true},
                      ProxyCase{"NoPartialLabel", "example", "http://anexample/", false},
                      ProxyCase{"DotMeansSubdomainsOnly", ".example", "http://example/", false},
                      ProxyCase{"DotTakesSubdomains", ".svc", "http://x.ns.svc/", true},
                      ProxyCase{"StarDot", "*.svc", "http://x.ns.svc/", true},
                      ProxyCase{"StarDotNotItself", "*.svc", "http://svc/", false},
                      ProxyCase{"PortMatches", "a.example:6443", "https://a.example:6443/", true},
                      ProxyCase{"PortDiffers", "a.example:6443", "https://a.example/", false},
                      ProxyCase{"Address", "10.0.0.1", "https://10.0.0.1:6443/", true},
                      ProxyCase{"OtherAddress", "10.0.0.1", "https://10.0.0.10/", false},
                      ProxyCase{"AddressAndPort", "10.0.0.1:443", "https://10.0.0.1/", true},
                      ProxyCase{"V6Address", "[fd00::1]:80", "http://[fd00::1]/", true},
                      ProxyCase{"V6BareAddress", "fd00::1", "http://[fd00:0::1]/", true},
                      ProxyCase{"Cidr", "10.96.0.0/12", "https://10.111.255.1/", true},
                      ProxyCase{"OutsideCidr", "10.96.0.0/12", "https://10.112.0.1/", false},
                      ProxyCase{"V6Cidr", "fd00::/8", "https://[fd12::1]/", true},
                      ProxyCase{"CidrOfTheOtherFamily", "::/0", "https://10.0.0.1/", false},
                      ProxyCase{"WholeFamily", "0.0.0.0/0", "https://10.0.0.1/", true},
                      ProxyCase{"BrokenCidr", "10.0.0.0/, 10.0.0.0/33, 10.0.0.0/x", "https://10.0.0.1/",
                                false},
                      ProxyCase{"NamesAreNotInCidrs", "0.0.0.0/0", "https://a.example/", false},
                      ProxyCase{"SeveralEntries", "a.example,10.0.0.0/8 , .svc", "http://b.svc/", true}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Proxies, OfTheOptionsServeLoopbackToo) {
    const ProxyRules rules{
        .http_proxy = "socks5://p", .https_proxy = {}, .exceptions = {}, .includes_loopback = true};
    EXPECT_EQ(proxy_for(*split_url("http://127.0.0.1/"), rules), "socks5://p");
    EXPECT_EQ(proxy_for(*split_url("https://127.0.0.1/"), rules), "");
}

struct RedirectCase {
    const char* name;
    int status;
    const char* location;
    const char* method;
    const char* next_method;
    bool keeps_body;
    bool keeps_credentials;
};

class Redirects : public ::testing::TestWithParam<RedirectCase> {};

TEST_P(Redirects, CarryWhatBelongsToThem) {
    http::Request request{.method = GetParam().method, .url = "http://host:81/a", .body = "body"};
    request.headers = {
        {"Authorization", "Basic x"}, {"COOKIE", "c"}, {"Content-Type", "text/x"}, {"Accept", "a"}};
    request.bearer = std::make_shared<base::Secret>("token");
    const http::Response response{
        .status = GetParam().status, .headers = {{"location", GetParam().location}}, .body = {}};
    ASSERT_TRUE(is_redirect(response));
    const auto next = redirect(request, response);
    ASSERT_TRUE(next) << next.error().text();
    std::string names;
    for (const auto& header : next->headers) {
        names += header.name + " ";
    }
    EXPECT_EQ(next->method, GetParam().next_method);
    EXPECT_EQ(next->body, GetParam().keeps_body ? "body" : "");
    EXPECT_EQ(next->bearer != nullptr, GetParam().keeps_credentials);
    EXPECT_EQ(names, std::string(GetParam().keeps_credentials ? "Authorization COOKIE " : "") +
                         (GetParam().keeps_body ? "Content-Type " : "") + "Accept ");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Redirects,
    ::testing::Values(RedirectCase{"SameHost", 302, "/b", "GET", "GET", true, true},
                      RedirectCase{"SameHostOtherCase", 302, "http://HOST:81/b", "GET", "GET", true, true},
                      RedirectCase{"OtherHost", 302, "http://other:81/b", "GET", "GET", true, false},
                      RedirectCase{"Subdomain", 302, "http://x.host:81/b", "GET", "GET", true, false},
                      RedirectCase{"OtherPort", 302, "http://host:82/b", "GET", "GET", true, false},
                      RedirectCase{"OtherScheme", 302, "https://host:81/b", "GET", "GET", true, false},
                      RedirectCase{"PostMoved", 301, "/b", "POST", "GET", false, true},
                      RedirectCase{"PatchSeeOther", 303, "/b", "PATCH", "GET", false, true},
                      RedirectCase{"HeadStays", 303, "/b", "HEAD", "HEAD", true, true},
                      RedirectCase{"PostTemporary", 307, "/b", "POST", "POST", true, true},
                      RedirectCase{"PutPermanent", 308, "http://other/b", "PUT", "PUT", true, false}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Redirects, LeadOnlyToHttp) {
    const http::Response response{.status = 302, .headers = {{"Location", "file:///etc/passwd"}}, .body = {}};
    EXPECT_EQ(redirect(http::Request{.url = "http://host/"}, response).error().code, ErrorCode::kForbidden);
}

TEST(Redirects, NeedAPlaceAndAStatus) {
    EXPECT_FALSE(is_redirect({.status = 302, .headers = {}, .body = {}}));
    EXPECT_FALSE(is_redirect({.status = 200, .headers = {{"Location", "/b"}}, .body = {}}));
    EXPECT_FALSE(is_redirect({.status = 304, .headers = {{"Location", "/b"}}, .body = {}}));
}

}  // namespace
}  // namespace http_curl
