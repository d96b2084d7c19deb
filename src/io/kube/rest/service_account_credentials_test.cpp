// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/service_account_credentials.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "io/kube/rest/testing/rest_fixture.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

base::Task<void> take(Credentials& account, std::vector<std::string>& tokens) {
    const auto credential = co_await account.current();
    tokens.push_back(credential ? std::string((*credential)->bearer->reveal()) : credential.error().text());
    co_return base::Result<void>{};
}

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

TEST_F(ServiceAccounts, ShareOneRequestWithAllWhoAskMeanwhile) {
    reply_token("one");
    base::Event gate(loop.get_executor());
    base::TaskGroup tasks(loop.get_executor());
    ASSERT_TRUE(run(client->resource_for({"", "v1", "ConfigMap"}))) << "what is served is known from here on";
    http->gate = &gate;
    std::vector<std::string> tokens;
    for (int i = 0; i < 3; ++i) {
        tasks.spawn(take(*account, tokens));
    }
    base::testing::settle(loop);
    EXPECT_TRUE(tokens.empty());
    gate.set();
    (void)run(tasks.join());
    EXPECT_EQ(tokens, (std::vector<std::string>{"one", "one", "one"}));
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(ServiceAccounts, DoNotKeepATokenThatWasAskedForBeforeTheLastRefusal) {
    reply_token("one");
    const auto first = run(account->current());
    ASSERT_TRUE(first);
    clock.advance(56min);
    replies.clear();
    reply_token("two");
    reply_token("three");
    // While the next one is on its way, the server says that the account is not who it was.
    base::Event gate(loop.get_executor());
    base::TaskGroup tasks(loop.get_executor());
    http->gate = &gate;
    std::vector<std::string> tokens;
    tasks.spawn(take(*account, tokens));
    base::testing::settle(loop);
    account->refused(*first);
    gate.set();
    (void)run(tasks.join());
    EXPECT_EQ(tokens, std::vector<std::string>{"two"}) << "who waited gets it";
    EXPECT_EQ(token(), "three") << "but nobody else";
    EXPECT_EQ(token(), "three");
}

TEST_F(ServiceAccounts, GiveUpAfterHalfAMinute) {
    reply(503, "{}", {{"Retry-After", "12"}});
    const auto start = clock.now();
    const auto failed = run(account->current());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
    EXPECT_LE(clock.now() - start, 30s);
    EXPECT_EQ(sent.size(), 3U);
    EXPECT_LE(*sent.back().timeout, 6s) << "what is left of the time";
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
