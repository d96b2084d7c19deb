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
using Values = std::vector<model::Value>;

// Answers one object or one error, and keeps what was asked.
class FakeReader final : public SourceReader {
public:
    base::Task<model::Value> get(model::GroupVersionKind gvk, std::string ns, std::string name) override {
        asked.push_back(gvk.api_version() + " " + gvk.kind + " " + ns + "/" + name);
        co_return answer;
    }
    base::Task<std::vector<model::Value>> artifacts_of(SourceId producer) override {
        asked.push_back("artifacts of " + producer.key());
        co_return artifacts;
    }
    base::Result<std::vector<model::Value>> artifacts = std::vector<model::Value>{};
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

TEST_F(ResolveTest, KindsOfFluxCarryTheirArtifact) {
    for (const char* kind : {"GitRepository", "OCIRepository", "Bucket"}) {
        reader_.asked.clear();
        reader_.answer = yaml("status: {" + kReady + ", " + kArtifact + "}");
        SourceRequest asked = request();
        asked.kind = kind;
        const Outcome outcome = resolve_now(asked);
        const auto* resolved = std::get_if<ResolvedSource>(&outcome);
        ASSERT_NE(resolved, nullptr) << kind;
        EXPECT_EQ(resolved->kind, kind);
        EXPECT_EQ(resolved->key(), "t/web");
        EXPECT_EQ(reader_.asked,
                  std::vector<std::string>{std::string("source.toolkit.fluxcd.io/v1 ") + kind + " t/web"});
    }
}

SourceRequest of_producer() { return {"app", "t", "jaas.example/v1", "Snippet", "web", "", true}; }

model::Value published(const std::string& name, const std::string& pointer, const std::string& status) {
    return yaml("{metadata: {name: " + name + ", namespace: t}, spec: {sourceRef: {" + pointer +
                "}}, status: {" + status + "}}");
}

const std::string kPointer = "apiVersion: jaas.example/v3, kind: Snippet, name: web";

TEST_F(ResolveTest, AProducerIsFoundByTheArtifactThatPointsBack) {
    reader_.artifacts =
        Values{published("other", "apiVersion: jaas.example/v1, kind: Snippet, name: api", kReady),
               published("group", "apiVersion: other.example/v1, kind: Snippet, name: web", kReady),
               published("kind", "apiVersion: jaas.example/v1, kind: Library, name: web", kReady),
               published("built", kPointer, kReady + ", " + kArtifact)};
    const Outcome outcome = resolve_now(of_producer());
    const auto* resolved = std::get_if<ResolvedSource>(&outcome);
    ASSERT_NE(resolved, nullptr);
    EXPECT_EQ(resolved->key(), "t/built") << "the key is the artifact's, not the producer's";
    EXPECT_EQ(resolved->kind, "ExternalArtifact");
    EXPECT_EQ(resolved->digest, "sha256:ab");
    EXPECT_EQ(reader_.asked, std::vector<std::string>{"artifacts of t|jaas.example|Snippet|web"});
}

TEST_F(ResolveTest, AProducerWithoutOneReadyArtifactIsToldApart) {
    expect_unresolved("None", of_producer(), Reason::kArtifactNotFound, Retry::kWait,
                      "stage \"app\": no ExternalArtifact names Snippet t/web in its spec.sourceRef yet");
    reader_.artifacts = Values{published("b", kPointer, kReady), published("a", kPointer, kReady)};
    expect_unresolved(
        "Two", of_producer(), Reason::kResolveFailed, Retry::kTerminal,
        "stage \"app\": 2 ExternalArtifacts name Snippet t/web in their spec.sourceRef (a, b); name "
        "the one that is meant in the stage's sourceRef");
    reader_.artifacts =
        Values{published("a", kPointer, "conditions: [{type: Ready, status: 'False', message: broken}]")};
    expect_unresolved("NotReady", of_producer(), Reason::kSourceNotReady, Retry::kWait,
                      "stage \"app\": ExternalArtifact t/a (of Snippet t/web) is not ready: broken");
    reader_.artifacts = base::Error{ErrorCode::kForbidden, "who are you"};
    expect_unresolved("Refused", of_producer(), Reason::kResolveFailed, Retry::kBackoff,
                      "stage \"app\": the ExternalArtifacts of Snippet t/web cannot be read: who are you");
}

TEST_F(ResolveTest, AProducerInAnotherNamespaceTellsNothingOfIt) {
    SourceRequest foreign = of_producer();
    foreign.stageset_namespace = "mine";
    foreign.ns = "t";
    const std::string scrubbed = "stage \"app\": cross-namespace Snippet \"web\" is not reachable";
    reader_.artifacts =
        Values{published("secret-b", kPointer, kReady), published("secret-a", kPointer, kReady)};
    expect_unresolved("Two", foreign, Reason::kResolveFailed, Retry::kTerminal, scrubbed);
    reader_.artifacts = Values{published("secret", kPointer, kReady)};
    expect_unresolved("NoArtifact", foreign, Reason::kArtifactNotFound, Retry::kWait, scrubbed);
    reader_.asked.clear();
    foreign.cross_namespace_allowed = false;
    expect_unresolved("NotAllowed", foreign, Reason::kResolveFailed, Retry::kTerminal, scrubbed);
    EXPECT_TRUE(reader_.asked.empty());
}

TEST(Collision, TwoKindsOfOneNameAreReported) {
    const ResolvedSource git{"t", "web", "GitRepository", "u", "d", "r1"};
    const ResolvedSource artifact{"t", "web", "ExternalArtifact", "u", "d", "r2"};
    const ResolvedSource elsewhere{"o", "web", "GitRepository", "u", "d", "r2"};
    EXPECT_FALSE(find_collision(git, {}, "app"));
    EXPECT_FALSE(find_collision(git, {git}, "app")) << "two stages may share an artifact";
    EXPECT_FALSE(find_collision(artifact, {elsewhere}, "app"));
    const auto collision = find_collision(artifact, {elsewhere, git}, "app");
    ASSERT_TRUE(collision);
    EXPECT_EQ(collision->retry, Retry::kTerminal);
    EXPECT_EQ(collision->message,
              "stage \"app\": ExternalArtifact and GitRepository are both named t/web, so their revisions "
              "cannot be "
              "told apart in the status; rename one of them");
}

TEST_F(ResolveTest, CancellationPassesThrough) {
    reader_.answer = base::cancelled_error();
    const auto outcome = base::testing::run_task(loop_, resolve(reader_, request()));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
    reader_.artifacts = base::cancelled_error();
    const auto produced = base::testing::run_task(loop_, resolve(reader_, of_producer()));
    ASSERT_FALSE(produced);
    EXPECT_EQ(produced.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace source
