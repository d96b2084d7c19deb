// SPDX-License-Identifier: 0BSD
#include "io/http/server/router.hpp"

#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "io/http/server/probes.hpp"

namespace http {
namespace {

base::Task<ServerResponse> say(std::string word) { co_return ServerResponse{.body = word}; }

Router example() {
    Router router;
    router.add({"GET"}, "/exact", [](const ServerRequest&) { return say("exact"); });
    router.add({"GET", "HEAD"}, "/tree/", [](const ServerRequest&) { return say("tree"); });
    router.add({}, "/tree/deep/", [](const ServerRequest&) { return say("deep"); });
    return router;
}

base::Result<ServerResponse> ask(const Router& router, const std::string& method, const std::string& path,
                                 const std::string& query = "") {
    boost::asio::io_context loop(1);
    ServerRequest request{.method = method, .path = path, .query = query, .headers = {}, .body = {}};
    return base::testing::run_task<ServerResponse>(loop, router.answer(std::move(request)));
}

struct Case {
    const char* name;
    const char* method;
    const char* path;
    int status;
    const char* body;
};

class Routes : public ::testing::TestWithParam<Case> {};

TEST_P(Routes, AnswerByPathAndMethod) {
    const auto response = ask(example(), GetParam().method, GetParam().path);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, GetParam().status);
    EXPECT_EQ(response->body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Routes,
    ::testing::Values(Case{"Exact", "GET", "/exact", 200, "exact"},
                      Case{"NothingBelowAnExactPath", "GET", "/exact/x", 404, "404 page not found\n"},
                      Case{"Unknown", "GET", "/", 404, "404 page not found\n"},
                      Case{"Below", "GET", "/tree/x/y", 200, "tree"},
                      Case{"LongestWins", "GET", "/tree/deep/y", 200, "deep"},
                      Case{"TreeItself", "HEAD", "/tree/", 200, "tree"},
                      Case{"TreeWithoutSlash", "GET", "/tree", 404, "404 page not found\n"},
                      Case{"WrongMethod", "POST", "/exact", 405, "Method Not Allowed\n"},
                      Case{"AnyMethod", "BREW", "/tree/deep/", 200, "deep"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Router, NamesTheAllowedMethods) {
    const auto response = ask(example(), "PUT", "/tree/x");
    ASSERT_TRUE(response);
    ASSERT_EQ(response->headers.size(), 1U);
    EXPECT_EQ(response->headers[0].name, "Allow");
    EXPECT_EQ(response->headers[0].value, "GET, HEAD");
}

TEST(Router, DecodesEscapes) {
    EXPECT_EQ(percent_decode("/a%2Fb%20c"), "/a/b c");
    EXPECT_EQ(percent_decode("%"), "%");
    EXPECT_EQ(percent_decode("%4"), "%4");
    EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
}

TEST(Router, FindsQueryParameters) {
    const ServerRequest request{
        .method = {}, .path = {}, .query = "verbose&x=1&=&longverbose2=", .headers = {}, .body = {}};
    EXPECT_TRUE(request.has_query("verbose"));
    EXPECT_TRUE(request.has_query("x"));
    EXPECT_FALSE(request.has_query("long"));
    EXPECT_FALSE(request.has_query("1"));
}

Router probes(bool cache_synced) {
    Router router;
    add_probe(router, "/healthz", {});
    add_probe(router, "/readyz",
              {{"readyz", [] { return base::Result<void>{}; }},
               {"cache", [cache_synced]() -> base::Result<void> {
                    if (!cache_synced) {
                        return base::Error{base::ErrorCode::kUnavailable, "StageSets are not listed yet"};
                    }
                    return base::Result<void>{};
                }}});
    return router;
}

struct ProbeCase {
    const char* name;
    bool synced;
    const char* path;
    const char* query;
    int status;
    const char* body;
};

class Probes : public ::testing::TestWithParam<ProbeCase> {};

TEST_P(Probes, AnswerAsKubernetesComponents) {
    const auto response = ask(probes(GetParam().synced), "GET", GetParam().path, GetParam().query);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, GetParam().status);
    EXPECT_EQ(response->body, GetParam().body);
    EXPECT_EQ(response->content_type, "text/plain; charset=utf-8");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Probes,
    ::testing::Values(ProbeCase{"Alive", false, "/healthz", "", 200, "ok"},
                      ProbeCase{"AliveVerbose", false, "/healthz", "verbose=1", 200,
                                "[+]ping ok\nhealthz check passed\n"},
                      ProbeCase{"AliveByName", false, "/healthz/ping", "", 200, "ok"},
                      ProbeCase{"UnknownName", false, "/healthz/pong", "", 404, "404 page not found\n"},
                      ProbeCase{"Ready", true, "/readyz", "", 200, "ok"},
                      ProbeCase{"ReadyWithSlash", true, "/readyz/", "", 200, "ok"},
                      ProbeCase{"ReadyVerbose", true, "/readyz", "verbose", 200,
                                "[+]readyz ok\n[+]cache ok\nreadyz check passed\n"},
                      ProbeCase{"NotReady", false, "/readyz", "", 500,
                                "[+]readyz ok\n[-]cache failed: reason withheld\nreadyz check failed\n"},
                      ProbeCase{"NotReadyExcluded", false, "/readyz", "exclude=cache", 200, "ok"},
                      ProbeCase{"NotReadyExcludedVerbose", false, "/readyz", "verbose=1&exclude=cache", 200,
                                "[+]readyz ok\n[+]cache excluded: ok\nreadyz check passed\n"},
                      ProbeCase{"NotReadyByName", false, "/readyz/cache", "", 500,
                                "internal server error: StageSets are not listed yet\n"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Metrics, AreServedAsPrometheusText) {
    Router router;
    add_metrics(router, [](std::string_view accept) { return Exposition{"accept=" + std::string(accept)}; });
    const auto response = ask(router, "GET", "/metrics");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(response->body, "accept=");
    EXPECT_EQ(ask(router, "POST", "/metrics")->status, 405);
}

}  // namespace
}  // namespace http
