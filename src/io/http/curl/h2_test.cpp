// SPDX-License-Identifier: 0BSD
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "io/http/curl/testing/rig.hpp"

namespace http_curl::testing {
namespace {

using base::ErrorCode;

TEST(Http2, SpeaksHttp2WhereTheServerOffersIt) {
    Rig rig;
    http::Request request{.method = "PATCH", .url = peer().url("h2", "/info?a=1")};
    request.headers = {{"Content-Type", "application/apply-patch+yaml"}, {"X-Empty", ""}};
    request.body = "kind: ConfigMap";
    request.bearer = std::make_shared<base::Secret>("token-1");
    const auto response = rig.send(std::move(request));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->header("content-type"), "text/plain; charset=utf-8");
    const auto info = boost::json::parse(response->body);
    EXPECT_EQ(info.at("protocol"), "HTTP/2.0");
    EXPECT_EQ(info.at("method"), "PATCH");
    EXPECT_EQ(info.at("body"), "kind: ConfigMap");
    EXPECT_EQ(info.at("headers").at("Authorization").at(0), "Bearer token-1");
    EXPECT_EQ(info.at("headers").at("User-Agent").at(0), "stageset");
    EXPECT_EQ(info.at("headers").at("Content-Type").at(0), "application/apply-patch+yaml");
    EXPECT_EQ(info.at("headers").at("X-Empty").at(0), "");
}

TEST(Http2, FallsBackToHttp1) {
    Rig rig;
    const auto response = rig.get(peer().url("h1", "/info"));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(boost::json::parse(response->body).at("protocol"), "HTTP/1.1");
}

TEST(Http2, UsesAnHttp1ConnectionAgain) {
    Rig rig;
    const auto connection = [&rig] {
        const auto response = rig.get(peer().url("h1", "/info"));
        return response ? std::string(boost::json::parse(response->body).at("connection").as_string())
                        : "none";
    };
    const std::string first = connection();
    EXPECT_NE(first, "none");
    EXPECT_EQ(connection(), first);
    EXPECT_EQ(connection(), first);
}

// A handle that served one method must serve the next with nothing left over.
TEST(Http2, SendsEachMethodOnReusedHandles) {
    Rig rig;
    for (const char* listener : {"h2", "h1"}) {
        for (const std::string method : {"PATCH", "GET", "DELETE", "POST", "HEAD", "PUT", "OPTIONS", "GET"}) {
            for (const bool with_body : {true, false}) {
                if (with_body && (method == "GET" || method == "HEAD")) {
                    continue;
                }
                http::Request request{.method = method, .url = peer().url(listener, "/info")};
                request.body = with_body ? "some body" : "";
                const auto response = rig.send(std::move(request));
                ASSERT_TRUE(response) << method << ": " << response.error().text();
                if (method == "HEAD") {
                    EXPECT_EQ(response->body, "");
                    continue;
                }
                const auto info = boost::json::parse(response->body);
                EXPECT_EQ(info.at("method").as_string(), method);
                EXPECT_EQ(info.at("body").as_string(), with_body ? "some body" : "");
                EXPECT_FALSE(info.at("headers").as_object().contains("Authorization"));
                EXPECT_FALSE(info.at("headers").as_object().contains("Content-Type")) << method;
            }
        }
    }
}

base::Task<void> apply_some(http::Client& client, std::string url, int& left) {
    while (left > 0) {
        --left;
        http::Request request{.method = "PATCH", .url = url, .timeout = 20s};
        request.body = std::string(700, 'y');
        auto response = co_await client.send(std::move(request));
        if (!response) {
            co_return response.error();
        }
        if (response->status != 200 || response->body.size() != 700) {
            co_return base::Error{ErrorCode::kInternal, "wrong answer"};
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> apply_many(http::Client& client, std::string url, int total, int in_flight) {
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    int left = total;
    for (int i = 0; i < in_flight; ++i) {
        group.spawn(apply_some(client, url, left));
    }
    co_return co_await group.join();
}

TEST(Http2, CarriesManyRequestsOverOneConnection) {
    Rig rig;
    const auto before = rig.run(counts(rig.client()));
    const auto applied = rig.run(apply_many(rig.client(), peer().url("h2", "/apply"), 500, 64));
    ASSERT_TRUE(applied) << applied.error().text();
    const auto after = rig.run(counts(rig.client()));
    ASSERT_TRUE(before && after);
    EXPECT_EQ(after->first - before->first, 1);
}

TEST(Http2, ServesMoreRequestsThanAConnectionHasStreams) {
    Rig rig;
    const auto applied = rig.run(apply_many(rig.client(), peer().url("few", "/apply"), 500, 100));
    ASSERT_TRUE(applied) << applied.error().text();
}

TEST(Http2, HandlesLargeBodiesBothWays) {
    Rig rig;
    http::Request request{.method = "POST", .url = peer().url("h2", "/apply")};
    for (int i = 0; i < 400'000; ++i) {
        request.body += std::to_string(i);
    }
    const std::string sent = request.body;
    const auto response = rig.send(std::move(request));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_TRUE(response->body == sent);
}

TEST(Http2, PresentsTheClientCertificate) {
    http::ClientOptions options;
    options.tls.client_certificate_pem = peer().certificate_pem();
    options.tls.client_key_pem = base::Secret(peer().key_pem());
    Rig rig(std::move(options));
    const auto response = rig.get(peer().url("mutual", "/info"));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(boost::json::parse(response->body).at("client"), "tester");
}

TEST(Http2, FailsWithoutTheClientCertificateThatTheServerWants) {
    Rig rig;
    const auto response = rig.get(peer().url("mutual", "/info"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(response.error().text().find("127.0.0.1:"), std::string::npos) << response.error().text();
}

TEST(Http2, VerifiesAgainstTheGivenServerName) {
    http::ClientOptions options;
    options.tls.server_name = "named.test";
    Rig rig(std::move(options));
    const auto response = rig.get(peer().url("h2", "/info"));
    ASSERT_TRUE(response) << response.error().text();
    const auto info = boost::json::parse(response->body);
    EXPECT_EQ(info.at("server_name"), "named.test");
    EXPECT_EQ("https://" + std::string(info.at("host").as_string()) + "/info", peer().url("h2", "/info"));
}

TEST(Http2, RefusesACertificateForAnotherName) {
    http::ClientOptions options;
    options.tls.server_name = "other.test";
    Rig rig(std::move(options));
    const auto response = rig.get(peer().url("h2", "/info"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(response.error().message.find("is not trusted"), std::string::npos) << response.error().message;
}

// The peer's own leaf stands in for "some other CA".
TEST(Http2, RefusesACertificateOfAnotherAuthority) {
    http::ClientOptions options;
    options.tls.ca_pem = peer().certificate_pem();
    Rig rig(std::move(options));
    const auto response = rig.get(peer().url("h2", "/info"));
    ASSERT_FALSE(response);
    EXPECT_NE(response.error().message.find("is not trusted"), std::string::npos) << response.error().message;
}

TEST(Http2, SkipsVerificationWhenAsked) {
    http::ClientOptions options;
    options.tls.ca_pem = peer().certificate_pem();
    options.tls.insecure_skip_verify = true;
    Rig rig(std::move(options));
    EXPECT_TRUE(rig.get(peer().url("h2", "/info")));
}

TEST(Http2, NamesTheFaultOfAnUnreadableCertificate) {
    http::ClientOptions options;
    options.tls.client_certificate_pem = "no certificate";
    options.tls.client_key_pem = base::Secret("no key");
    Rig rig(std::move(options));
    const auto response = rig.get(peer().url("h2", "/info"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(response.error().message.find("client certificate"), std::string::npos)
        << response.error().message;
}

TEST(Http2, EndsAnExchangeOnTheServerWhenItsConnectionIsNextUsed) {
    Rig rig;
    const auto held = rig.send(http::Request{.url = peer().url("h2", "/hold"), .timeout = 100ms});
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::kDeadlineExceeded);
    ASSERT_TRUE(rig.get(peer().url("h2", "/info")));
    EXPECT_TRUE(rig.run(await_active(rig.client(), 0)));
}

TEST(Http2, ReportsAResponseThatEndsEarly) {
    Rig rig;
    const auto response = rig.get(peer().url("h2", "/half"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
}

TEST(Http2, ReportsALostConnectionAndRecovers) {
    Rig rig;
    for (const char* path : {"/cut", "/cut?after=header"}) {
        ASSERT_TRUE(rig.get(peer().url("h2", "/info")));
        http::Request request{.method = "POST", .url = peer().url("h2", path), .timeout = 5s};
        const auto response = rig.send(std::move(request));
        ASSERT_FALSE(response) << path;
        EXPECT_EQ(response.error().code, ErrorCode::kUnavailable) << response.error().text();
        EXPECT_TRUE(rig.get(peer().url("h2", "/info")));
    }
}

TEST(Http2, ContinuesOnANewConnectionAfterGoaway) {
    Rig rig;
    for (int i = 0; i < 3; ++i) {
        const auto response = rig.get(peer().url("h2", "/goaway"));
        ASSERT_TRUE(response) << response.error().text();
        EXPECT_EQ(response->body, "bye\n");
        EXPECT_TRUE(rig.run(apply_many(rig.client(), peer().url("h2", "/apply"), 20, 8)));
    }
}

}  // namespace
}  // namespace http_curl::testing
