// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/service_account_credentials.hpp"

#include <gtest/gtest.h>

#include "io/kube/rest/testing/rest_fixture.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

class ServiceAccounts : public testing::RestFixture {
protected:
    void reply_token(const std::string& token) {
        const auto expires = base::format_rfc3339(clock.now() + 1h);
        reply(201,
              fmt::format(R"({{"status":{{"token":"{}","expirationTimestamp":"{}"}}}})", token, expires));
    }
    std::string token() {
        const auto credential = run(account->current());
        return credential ? std::string((*credential)->bearer->reveal()) : credential.error().text();
    }
    std::unique_ptr<RestClient> client = make_client();
    std::shared_ptr<Credentials> account =
        service_account_credentials(*client, "t", "robot", clock, loop.get_executor());
};

TEST_F(ServiceAccounts, AskForATokenOfOneHour) {
    reply_token("one");
    EXPECT_EQ(token(), "one");
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_TRUE(path_of(sent[0]).starts_with("/api/v1/namespaces/t/serviceaccounts/robot/token?"));
    const auto body = model::parse_json(sent[0].body, "test");
    EXPECT_EQ(model::find_integer(*body, {"spec", "expirationSeconds"}), 3600);
}

TEST_F(ServiceAccounts, KeepATokenUntilFiveMinutesAreLeft) {
    reply_token("one");
    EXPECT_EQ(token(), "one");
    clock.advance(54min);
    EXPECT_EQ(token(), "one");
    EXPECT_EQ(sent.size(), 1U);
    replies.clear();
    clock.advance(1min);
    reply_token("two");
    EXPECT_EQ(token(), "two");
}

TEST_F(ServiceAccounts, MintAnotherTokenAfterARefusal) {
    reply_token("one");
    const auto first = run(account->current());
    ASSERT_TRUE(first);
    replies.clear();
    reply_token("two");
    account->refused(*first);
    EXPECT_EQ(token(), "two");
    account->refused(*first);
    EXPECT_EQ(token(), "two");
    EXPECT_EQ(sent.size(), 2U);
}

TEST_F(ServiceAccounts, KeepNoFailure) {
    reply_status(404, "NotFound");
    const auto missing = run(account->current());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(missing.error().text().starts_with("mint a token for service account t/robot: "));
    replies.clear();
    reply_token("one");
    EXPECT_EQ(token(), "one");
}

TEST_F(ServiceAccounts, RefuseAnAnswerWithoutToken) {
    reply(201, R"({"status":{"token":"","expirationTimestamp":"2030-01-01T00:00:00Z"}})");
    EXPECT_EQ(run(account->current()).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace kube
