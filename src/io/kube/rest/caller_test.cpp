// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/caller.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "io/kube/errors.hpp"
#include "io/kube/rest/testing/rest_fixture.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using Repeat = Call::Repeat;

class Calls : public testing::RestFixture {
protected:
    std::unique_ptr<Caller> make_caller() {
        return std::make_unique<Caller>(Caller::Options{cluster(), make_http(), "me", queue, observer()},
                                        clock, rng);
    }
    static Call call(Repeat repeat) {
        Call request;
        request.method = "PATCH";
        request.path = "/x?y=z";
        request.content_type = "application/json";
        request.body = "{}";
        request.repeat = repeat;
        return request;
    }
    base::Result<http::Response> send(Repeat repeat) {
        caller = make_caller();
        return run(caller->send(call(repeat)));
    }
    std::shared_ptr<base::FairQueue> queue = std::make_shared<base::FairQueue>(loop.get_executor(), 2);
    std::unique_ptr<Caller> caller;
};

TEST_F(Calls, SendWhatTheyWereGivenWithTheCredential) {
    credentials = impersonating_credentials(credentials, {"ann", "", {}, {}});
    reply(200, "{}");
    ASSERT_TRUE(send(Repeat::kAlways));
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].url, "https://api:6443/x?y=z");
    EXPECT_EQ(sent[0].method, "PATCH");
    EXPECT_EQ(sent[0].body, "{}");
    EXPECT_EQ(testing::header_of(sent[0], "Content-Type"), "application/json");
    EXPECT_EQ(testing::header_of(sent[0], "Accept"), "application/json");
    EXPECT_EQ(testing::header_of(sent[0], "Impersonate-User"), "ann");
    EXPECT_EQ(sent[0].bearer->reveal(), "tok");
    EXPECT_EQ(sent[0].timeout, base::Duration(30s));
    EXPECT_EQ(observed, std::vector<std::string>{"PATCH 200 api:6443"});
}

// What came back, and how often each kind of call is sent then.
struct RetryCase {
    const char* name;
    int status;  // 0: the connection broke
    bool retry_after;
    std::size_t reads, applies, creates;
};

class Retries : public Calls, public ::testing::WithParamInterface<RetryCase> {};

TEST_P(Retries, HappenOnlyWhereTheyAreSafeAndCanHelp) {
    const auto& row = GetParam();
    const auto count = [&](Repeat repeat) {
        replies.clear();
        sent.clear();
        if (row.status == 0) {
            reply_broken_connection();
        } else {
            reply_status(row.status, "Reason",
                         row.retry_after ? std::vector<http::Header>{{"retry-after", "1"}}
                                         : std::vector<http::Header>{});
        }
        EXPECT_FALSE(send(repeat));
        EXPECT_EQ(queue->taken(), 0U);
        return sent.size();
    };
    EXPECT_EQ(count(Repeat::kAlways), row.reads);
    EXPECT_EQ(count(Repeat::kIdempotent), row.applies);
    EXPECT_EQ(count(Repeat::kNever), row.creates);
}

INSTANTIATE_TEST_SUITE_P(
    All, Retries,
    ::testing::Values(
        RetryCase{"BrokenConnection", 0, false, 6, 6, 1}, RetryCase{"TooManyRequests", 429, true, 6, 6, 6},
        RetryCase{"TooManyRequestsWithoutDelay", 429, false, 6, 6, 6},
        RetryCase{"UnavailableWithDelay", 503, true, 6, 6, 6}, RetryCase{"Unavailable", 503, false, 6, 6, 1},
        RetryCase{"BadGateway", 502, false, 6, 6, 1}, RetryCase{"GatewayTimeout", 504, false, 6, 6, 1},
        RetryCase{"InternalError", 500, false, 6, 1, 1}, RetryCase{"NotFound", 404, false, 1, 1, 1},
        RetryCase{"Conflict", 409, false, 1, 1, 1}, RetryCase{"Invalid", 422, false, 1, 1, 1},
        RetryCase{"Forbidden", 403, false, 1, 1, 1}, RetryCase{"Unauthorized", 401, false, 1, 1, 1}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Calls, BackOffLongerEachTimeAndNeverSoonerThanTheServerAsked) {
    reply_broken_connection();
    EXPECT_FALSE(send(Repeat::kAlways));
    ASSERT_EQ(clock.waits.size(), 5U);
    base::Duration nominal = 100ms;
    for (const auto wait : clock.waits) {
        EXPECT_GE(wait, nominal / 2);
        EXPECT_LE(wait, nominal * 3 / 2);
        nominal *= 2;
    }
    clock.waits.clear();
    replies.clear();
    reply_status(429, "TooManyRequests", {{"Retry-After", "7"}});
    reply(200, "{}");
    EXPECT_TRUE(send(Repeat::kNever));
    ASSERT_EQ(clock.waits.size(), 1U);
    EXPECT_GT(clock.waits[0], 7s);
}

TEST_F(Calls, ReportAServerThatWantsToBeLeftAloneForLong) {
    reply_status(503, "ServiceUnavailable", {{"Retry-After", "3600"}});
    const auto response = send(Repeat::kAlways);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(Calls, SucceedWhenARetryDoes) {
    reply_broken_connection();
    reply_status(500, "InternalError");
    reply(200, "fine");
    const auto response = send(Repeat::kAlways);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "fine");
    EXPECT_EQ(observed, (std::vector<std::string>{"PATCH <error> api:6443", "PATCH 500 api:6443",
                                                  "PATCH 200 api:6443"}));
}

// Hands out another token after each refusal.
class RotatingCredentials final : public Credentials {
public:
    base::Task<CredentialPtr> current() override { co_return credential_; }
    void refused(const CredentialPtr&) override {
        ++refused_count;
        credential_ = std::make_shared<const Credential>(bearer_credential(base::Secret("new")));
    }
    int refused_count = 0;

private:
    CredentialPtr credential_ = std::make_shared<const Credential>(bearer_credential(base::Secret("old")));
};

TEST_F(Calls, RenewTheCredentialOnceAfterA401) {
    const auto rotating = std::make_shared<RotatingCredentials>();
    credentials = rotating;
    reply_status(401, "Unauthorized");
    reply(200, "{}");
    ASSERT_TRUE(send(Repeat::kNever));
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].bearer->reveal(), "old");
    EXPECT_EQ(sent[1].bearer->reveal(), "new");

    replies.clear();
    sent.clear();
    reply_status(401, "Unauthorized");
    const auto refused = send(Repeat::kNever);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
    EXPECT_EQ(sent.size(), 2U);
}

TEST_F(Calls, GetAnotherConnectionForAnotherClientCertificate) {
    Credential credential;
    ClientCertificate certificate{"PEM", base::Secret("KEY")};
    credential.certificate = std::make_shared<const ClientCertificate>(std::move(certificate));
    credentials = fixed_credentials(credential);
    reply(200, "{}");
    ASSERT_TRUE(send(Repeat::kAlways));
    ASSERT_TRUE(run(caller->send(call(Repeat::kAlways))));
    ASSERT_EQ(http_options.size(), 1U);
    EXPECT_EQ(http_options[0].tls.client_certificate_pem, "PEM");
    EXPECT_EQ(http_options[0].tls.client_key_pem.reveal(), "KEY");
}

// Hands out another client certificate each time.
class RotatingCertificates final : public Credentials {
public:
    base::Task<CredentialPtr> current() override {
        Credential credential;
        credential.certificate = std::make_shared<const ClientCertificate>();
        co_return std::make_shared<const Credential>(std::move(credential));
    }
    void refused(const CredentialPtr&) override {}
};

TEST_F(Calls, KeepAStreamsConnectionWhenTheCertificateWasReplaced) {
    reply(200, "abc");
    std::vector<std::weak_ptr<http::Client>> made;
    const auto make_new = [&](http::ClientOptions) -> std::shared_ptr<http::Client> {
        auto client = std::make_shared<testing::ScriptedHttp>();
        client->answer = http->answer;
        made.push_back(client);
        return client;
    };
    credentials = std::make_shared<RotatingCertificates>();
    Caller rotating({cluster(), make_new, "me", queue, {}}, clock, rng);
    auto stream = run(rotating.open({}, 150s));
    ASSERT_TRUE(stream);
    ASSERT_TRUE(run(rotating.send(call(Repeat::kNever))));
    ASSERT_EQ(made.size(), 2U);
    EXPECT_FALSE(made[0].expired());
    EXPECT_EQ(*run((*stream)->read()), "abc");
    stream->reset();
    EXPECT_TRUE(made[0].expired());
}

base::Task<void> send_and_count(Caller& caller, Call call, int& ok, int& cancelled) {
    const auto response = co_await caller.send(std::move(call));
    ok += response ? 1 : 0;
    cancelled += !response && response.error().code == ErrorCode::kCancelled ? 1 : 0;
    co_return base::Result<void>{};
}

TEST_F(Calls, KeepTheQueuesLimitAndLeaveItWhenCancelled) {
    base::Event gate(loop.get_executor());
    http->gate = &gate;
    reply(200, "{}");
    caller = make_caller();
    base::TaskGroup group(loop.get_executor());
    int ok = 0;
    int cancelled = 0;
    std::vector<base::TaskHandle> handles;
    for (int i = 0; i < 5; ++i) {
        handles.push_back(group.spawn(send_and_count(*caller, call(Repeat::kNever), ok, cancelled)));
    }
    base::testing::settle(loop);
    EXPECT_EQ(http->requests.size(), 2U);
    handles[0].cancel();  // on the wire
    handles[4].cancel();  // in the queue
    base::testing::settle(loop);
    EXPECT_EQ(cancelled, 2);
    EXPECT_EQ(http->requests.size(), 3U);
    gate.set();
    base::testing::settle(loop);
    EXPECT_EQ(ok, 3);
    EXPECT_EQ(queue->taken(), 0U);
}

TEST_F(Calls, OpenAStreamWithoutAPlaceInTheQueue) {
    reply(200, "abcdef");
    http->piece_bytes = 4;
    caller = make_caller();
    Call watch;
    watch.path = "/w";
    auto stream = run(caller->open(watch, 150s));
    ASSERT_TRUE(stream);
    EXPECT_EQ(queue->taken(), 0U);
    EXPECT_EQ(sent[0].idle_timeout, base::Duration(150s));
    EXPECT_EQ(*run((*stream)->read()), "abcd");
    EXPECT_EQ(*run((*stream)->read()), "ef");
    EXPECT_EQ(*run((*stream)->read()), "");
}

TEST_F(Calls, ReadTheStatusOfARefusedStream) {
    reply_status(410, "Expired");
    http->piece_bytes = 3;
    caller = make_caller();
    const auto stream = run(caller->open({}, 150s));
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().code, ErrorCode::kGone);
    EXPECT_EQ(stream.error().message, "server says Expired");
}

}  // namespace
}  // namespace kube
