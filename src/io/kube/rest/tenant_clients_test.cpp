// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/tenant_clients.hpp"

#include <set>

#include <gtest/gtest.h>

#include "io/kube/rest/testing/rest_fixture.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

class Tenants : public testing::RestFixture {
protected:
    Tenants() {
        // Tokens are minted as "<account>-1", "<account>-2", …; who sends a refused one gets 401.
        http->answer = [this](const http::Request& request) { return serve(request); };
    }
    base::Result<http::Response> serve(const http::Request& request) {
        if (request.url == "https://api:6443/api" || request.url == "https://api:6443/apis") {
            return answer(request);
        }
        const std::string token(request.bearer ? request.bearer->reveal() : "");
        const auto path = path_of(request);
        if (path.find("/token") != std::string::npos) {
            if (!account_exists) {
                return testing::json_response(
                    404, R"({"kind":"Status","apiVersion":"v1","reason":"NotFound","code":404})");
            }
            minters.push_back(token);
            const auto account = path.substr(std::string("/api/v1/namespaces/t/serviceaccounts/").size(), 1);
            return testing::json_response(
                201, fmt::format(R"({{"status":{{"token":"{}-{}","expirationTimestamp":"{}"}}}})", account,
                                 minters.size(), base::format_rfc3339(clock.now() + 1h)));
        }
        seen.push_back(token);
        headers.push_back(testing::header_of(request, "Impersonate-User"));
        if (refused.contains(token)) {
            return testing::json_response(
                401, R"({"kind":"Status","apiVersion":"v1","reason":"Unauthorized","code":401})");
        }
        return testing::json_response(200, "{}");
    }
    base::Result<Value> get(TenantClient& tenant) {
        return run(tenant.client().get({{"", "v1", "ConfigMap"}, "t", "x"}));
    }

    std::unique_ptr<RestClient> own = make_client();
    TenantClients tenants{
        cluster(), *own, make_http(), observer(), {clock, rng, compute, loop.get_executor()}};
    std::vector<std::string> minters;
    std::vector<std::string> seen;
    std::vector<std::string> headers;
    std::set<std::string> refused;
    bool account_exists = true;
};

TEST_F(Tenants, SendTheirOwnTokenWhichTheControllerAskedFor) {
    const auto a = tenants.client("t", "a");
    ASSERT_TRUE(get(*a));
    EXPECT_EQ(minters, std::vector<std::string>{"tok"});
    EXPECT_EQ(seen, std::vector<std::string>{"a-1"});
    EXPECT_EQ(headers, std::vector<std::string>{""}) << "nobody is impersonated on the own cluster";
}

TEST_F(Tenants, AreAskedForOnceAndShareOneToken) {
    const auto a = tenants.client("t", "a");
    EXPECT_EQ(tenants.client("t", "a"), a);
    ASSERT_TRUE(get(*a));
    ASSERT_TRUE(get(*a));
    EXPECT_EQ(minters.size(), 1U);
    ASSERT_TRUE(run(a->authenticate()));
    EXPECT_EQ(minters.size(), 1U);
}

TEST_F(Tenants, MintAgainAndRetryOnceWhenTheAccountWasMadeAnew) {
    const auto a = tenants.client("t", "a");
    ASSERT_TRUE(get(*a));
    refused = {"a-1"};
    ASSERT_TRUE(get(*a));
    EXPECT_EQ(seen, (std::vector<std::string>{"a-1", "a-1", "a-2"}));
    refused = {"a-2", "a-3"};
    const auto failed = get(*a);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kUnauthorized);
    EXPECT_EQ(seen.size(), 5U) << "once, not again and again";
    refused.clear();
    ASSERT_TRUE(get(*a));
}

TEST_F(Tenants, NeverTakeTheLackOfTheirAccountForTheLackOfAnObject) {
    const auto a = tenants.client("t", "a");
    ASSERT_TRUE(get(*a));
    refused = {"a-1"};
    account_exists = false;
    const auto failed = get(*a);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kUnauthorized);
    EXPECT_EQ(status_of(failed.error()), nullptr);
    EXPECT_EQ(run(a->authenticate()).error().code, ErrorCode::kNotFound)
        << "who asks for the account learns it";
    account_exists = true;
    EXPECT_TRUE(get(*a));
}

TEST_F(Tenants, ShareConnectionsAmongEachOtherButNotWithTheController) {
    const auto a = tenants.client("t", "a");
    const auto b = tenants.client("t", "b");
    ASSERT_TRUE(get(*a));
    ASSERT_TRUE(get(*b));
    EXPECT_EQ(http_options.size(), 2U) << "one client for the controller, one for all tenants";
    EXPECT_EQ(seen, (std::vector<std::string>{"a-1", "b-2"}));
}

TEST_F(Tenants, SendNothingThatTheControllerAuthenticatesWith) {
    ClusterConfig config = cluster();
    config.tls = {.ca_pem = "CA",
                  .client_certificate_pem = "CERT",
                  .client_key_pem = base::Secret("KEY"),
                  .server_name = "kubernetes",
                  .insecure_skip_verify = true};
    TenantClients strict{config, *own, make_http(), observer(), {clock, rng, compute, loop.get_executor()}};
    ASSERT_TRUE(get(*strict.client("t", "a")));
    const http::TlsOptions& tls = http_options.back().tls;
    EXPECT_EQ(tls.ca_pem, "CA");
    EXPECT_EQ(tls.server_name, "kubernetes");
    EXPECT_TRUE(tls.client_certificate_pem.empty());
    EXPECT_TRUE(tls.client_key_pem.empty());
    EXPECT_FALSE(tls.insecure_skip_verify);
}

TEST_F(Tenants, AreForgottenWhenNobodyHoldsThem) {
    for (int i = 0; i < 1000; ++i) {
        (void)tenants.client("t", fmt::format("a{}", i));
    }
    EXPECT_LT(tenants.size(), 200U);
    const auto kept = tenants.client("t", "kept");
    for (int i = 0; i < 1000; ++i) {
        (void)tenants.client("t", fmt::format("b{}", i));
    }
    EXPECT_EQ(tenants.client("t", "kept"), kept);
}

}  // namespace
}  // namespace kube
