// SPDX-License-Identifier: 0BSD
#include "engine/source/resolve.hpp"

#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "model/yaml.hpp"

namespace source {
namespace {

using base::ErrorCode;

// Answers one object or one error, and keeps what was asked.
class FakeReader final : public SourceReader {
public:
    base::Task<model::Value> get(model::GroupVersionKind gvk, std::string ns, std::string name) override {
        asked.push_back(gvk.api_version() + " " + gvk.kind + " " + ns + "/" + name);
        co_return answer;
    }
    base::Result<model::Value> answer = base::Error{ErrorCode::kNotFound, "not found"};
    std::vector<std::string> asked;
};

SourceRequest request() { return {"app", "t", "", "", "web", "", true}; }

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

const std::string kReady = "conditions: [{type: Stalled, status: 'False'}, {type: Ready, status: 'True'}]";
const std::string kArtifact =
    "artifact: {url: 'http://s/a.tar.gz', digest: 'sha256:ab', revision: 'main@sha1:1'}";

class ResolveTest : public ::testing::Test {
protected:
    Outcome resolve_now(SourceRequest asked) {
        return base::testing::run_task(loop_, resolve(reader_, std::move(asked))).value();
    }
    void expect_unresolved(const std::string& name, const SourceRequest& asked, Reason reason, Retry retry,
                           const std::string& message) {
        const Outcome outcome = resolve_now(asked);
        const auto* unresolved = std::get_if<Unresolved>(&outcome);
        ASSERT_NE(unresolved, nullptr) << name;
        EXPECT_EQ(to_string(unresolved->reason), to_string(reason)) << name;
        EXPECT_EQ(unresolved->retry, retry) << name;
        EXPECT_EQ(unresolved->message, message) << name;
    }

    boost::asio::io_context loop_;
    FakeReader reader_;
};

TEST_F(ResolveTest, AReadySourceGivesItsArtifact) {
    reader_.answer = yaml("status: {" + kReady + ", " + kArtifact + "}");
    const Outcome outcome = resolve_now(request());
    const auto* resolved = std::get_if<ResolvedSource>(&outcome);
    ASSERT_NE(resolved, nullptr);
    EXPECT_EQ(resolved->key(), "t/web");
    EXPECT_EQ(resolved->kind, "ExternalArtifact");
    EXPECT_EQ(resolved->url, "http://s/a.tar.gz");
    EXPECT_EQ(resolved->digest, "sha256:ab");
    EXPECT_EQ(resolved->revision, "main@sha1:1");
    EXPECT_EQ(reader_.asked, std::vector<std::string>{"source.toolkit.fluxcd.io/v1 ExternalArtifact t/web"});
}

TEST_F(ResolveTest, TheReferencesOwnVersionKindAndNamespaceAreUsed) {
    reader_.answer = yaml("status: {" + kReady + ", artifact: {url: u, digest: d}}");
    const Outcome outcome = resolve_now(
        {"app", "t", "source.toolkit.fluxcd.io/v1beta2", "ExternalArtifact", "web", "shared", true});
    const auto* resolved = std::get_if<ResolvedSource>(&outcome);
    ASSERT_NE(resolved, nullptr);
    EXPECT_EQ(resolved->key(), "shared/web");
    EXPECT_EQ(resolved->revision, "") << "a revision may be empty";
    EXPECT_EQ(reader_.asked,
              std::vector<std::string>{"source.toolkit.fluxcd.io/v1beta2 ExternalArtifact shared/web"});
}

TEST_F(ResolveTest, WhatTheSourceLacksIsWaitedFor) {
    struct Case {
        std::string name;
        std::string status;
        Reason reason;
        std::string message;
    };
    for (const Case& row : std::vector<Case>{
             {"NoStatus", "", Reason::kSourceNotReady, "has no Ready condition yet"},
             {"NoConditions", kArtifact, Reason::kSourceNotReady, "has no Ready condition yet"},
             {"OtherConditions", kArtifact + ", conditions: [{type: Stored, status: 'True'}]",
              Reason::kSourceNotReady, "has no Ready condition yet"},
             {"NotReady", kArtifact + ", conditions: [{type: Ready, status: 'False', message: auth failed}]",
              Reason::kSourceNotReady, "is not ready: auth failed"},
             {"Unknown", kArtifact + ", conditions: [{type: Ready, status: Unknown}]",
              Reason::kSourceNotReady, "is not ready"},
             {"NoArtifact", kReady, Reason::kArtifactNotFound,
              "is ready, but its status names no artifact URL"},
             {"NoUrl", kReady + ", artifact: {digest: d}", Reason::kArtifactNotFound,
              "is ready, but its status names no artifact URL"},
             {"NoDigest", kReady + ", artifact: {url: u}", Reason::kArtifactNotFound,
              "is ready, but its status names no artifact digest"},
         }) {
        reader_.answer = yaml("status: {" + row.status + "}");
        expect_unresolved(row.name, request(), row.reason, Retry::kWait,
                          "stage \"app\": ExternalArtifact t/web " + row.message);
    }
}

TEST_F(ResolveTest, WhatCannotBeReadIsToldApart) {
    reader_.answer = base::Error{ErrorCode::kNotFound, "gone"};
    expect_unresolved("Missing", request(), Reason::kArtifactNotFound, Retry::kWait,
                      "stage \"app\": ExternalArtifact t/web does not exist");
    for (const ErrorCode code : {ErrorCode::kForbidden, ErrorCode::kUnavailable, ErrorCode::kUnsupported}) {
        reader_.answer = base::Error{code, "the server said no"};
        expect_unresolved("Refused", request(), Reason::kResolveFailed, Retry::kBackoff,
                          "stage \"app\": ExternalArtifact t/web cannot be read: the server said no");
    }
}

TEST_F(ResolveTest, WhatCannotWorkIsNotAsked) {
    SourceRequest other = request();
    other.kind = "GitRepository";
    expect_unresolved("OtherKind", other, Reason::kResolveFailed, Retry::kTerminal,
                      "stage \"app\": a source of kind GitRepository is not supported yet");
    SourceRequest nameless = request();
    nameless.name = "";
    expect_unresolved("NoName", nameless, Reason::kResolveFailed, Retry::kTerminal,
                      "stage \"app\": its sourceRef has no name");
    SourceRequest foreign = request();
    foreign.ns = "secret";
    foreign.cross_namespace_allowed = false;
    expect_unresolved("CrossNamespace", foreign, Reason::kResolveFailed, Retry::kTerminal,
                      "stage \"app\": cross-namespace ExternalArtifact \"web\" is not reachable");
    EXPECT_TRUE(reader_.asked.empty());
}

TEST_F(ResolveTest, TheOwnNamespaceWrittenOutIsNoOther) {
    SourceRequest own = request();
    own.ns = "t";
    own.cross_namespace_allowed = false;
    reader_.answer = yaml("status: {" + kReady + ", " + kArtifact + "}");
    EXPECT_TRUE(std::holds_alternative<ResolvedSource>(resolve_now(own)));
}

TEST_F(ResolveTest, FailuresBehindAnotherNamespaceTellNothingOfIt) {
    SourceRequest foreign = request();
    foreign.ns = "other";
    const std::string scrubbed = "stage \"app\": cross-namespace ExternalArtifact \"web\" is not reachable";
    expect_unresolved("Missing", foreign, Reason::kArtifactNotFound, Retry::kWait, scrubbed);
    reader_.answer = base::Error{ErrorCode::kForbidden, "who are you"};
    expect_unresolved("Forbidden", foreign, Reason::kResolveFailed, Retry::kBackoff, scrubbed);
    reader_.answer = yaml("status: {conditions: [{type: Ready, status: 'False', message: token expired}]}");
    expect_unresolved("NotReady", foreign, Reason::kSourceNotReady, Retry::kWait, scrubbed);
}

TEST_F(ResolveTest, CancellationPassesThrough) {
    reader_.answer = base::cancelled_error();
    const auto outcome = base::testing::run_task(loop_, resolve(reader_, request()));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace source
