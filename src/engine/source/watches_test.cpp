// SPDX-License-Identifier: 0BSD
#include "engine/source/watches.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "io/kube/testing/fake_api.hpp"
#include "io/telemetry/families.hpp"
#include "io/telemetry/testing/fake_metrics.hpp"
#include "model/yaml.hpp"

namespace source {
namespace {

using kube::testing::on;

struct NoLog final : base::LogSink {
    void write(std::string_view) override {}
};

const model::GroupVersionKind kArtifacts = external_artifacts();
const model::GroupVersionKind kGit{"source.toolkit.fluxcd.io", "v1", "GitRepository"};
const model::GroupVersionKind kSnippets{"jaas.example", "v1", "Snippet"};

model::Value yaml(const std::string& text) { return model::parse_yaml_one(text, "test").value(); }

model::Value stageset(const std::string& reference, const std::string& name = "a") {
    return yaml("{metadata: {name: " + name + ", namespace: t}, spec: {stages: [{name: x, sourceRef: {" +
                reference + "}}]}}");
}

model::Value source_of(const model::GroupVersionKind& gvk, const std::string& name,
                       const std::string& revision, const std::string& spec = "{}") {
    model::Value object = yaml("{metadata: {name: " + name + ", namespace: t}, spec: " + spec +
                               ", status: {artifact: {url: u, digest: d, revision: " + revision +
                               "}, conditions: [{type: Ready, status: 'True'}]}}");
    object.as_object()["apiVersion"] = gvk.api_version();
    object.as_object()["kind"] = gvk.kind;
    return object;
}

class SourceWatchesTest : public ::testing::Test {
protected:
    SourceWatchesTest() {
        api_.serve(kArtifacts, "externalartifacts", true);
        api_.serve(kSnippets, "snippets", true);
        make({});
    }
    ~SourceWatchesTest() override { close(); }

    void make(std::vector<std::string> namespaces) {
        close();
        watches_ = std::make_unique<SourceWatches>(
            api_, metrics_, base::Logger(base::LogLevel::kError, base::LogFormat::kText, sink_, clock_),
            SourceWatches::Runtime{clock_, rng_, loop_.get_executor()}, std::move(namespaces));
        watches_->on_change([this](const std::string& key, SourceEvent event) {
            told_.push_back((event == SourceEvent::kReplaced ? "replaced " : "told ") + key);
        });
    }
    void close() {
        if (watches_) {
            base::TaskGroup group(loop_.get_executor());
            group.spawn(watches_->close());
            settle();
            watches_.reset();
        }
    }
    void settle() { base::testing::settle(loop_); }
    void engage(const std::string& reference) {
        watches_->engage(stageset(reference));
        settle();
    }
    void pass(base::Duration time) {
        clock_.advance(time);
        settle();
    }
    std::vector<std::string> take_told() { return std::exchange(told_, {}); }

    // What a task answers while the watches go on.
    template <class T>
    base::Result<T> ask(base::Task<T> task) {
        std::optional<base::Result<T>> result;
        boost::asio::co_spawn(loop_, base::testing::store_result<T>(std::move(task), result),
                              [](const std::exception_ptr& exception) { EXPECT_FALSE(exception); });
        settle();
        return result ? *result : base::Error{base::ErrorCode::kInternal, "no answer"};
    }

    boost::asio::io_context loop_;
    base::testing::FakeClock clock_{loop_.get_executor()};
    base::Rng rng_{7};
    std::shared_ptr<NoLog> sink_ = std::make_shared<NoLog>();
    kube::testing::FakeApi api_{loop_.get_executor(), clock_};
    telemetry::testing::FakeMetrics metrics_;
    std::vector<std::string> told_;
    std::unique_ptr<SourceWatches> watches_;
};

const std::string kWebKey = "t|source.toolkit.fluxcd.io|ExternalArtifact|web";

TEST_F(SourceWatchesTest, AKindIsFollowedFromItsFirstMention) {
    api_.put(source_of(kArtifacts, "web", "r1"));
    settle();
    EXPECT_EQ(api_.requests().size(), 0U) << "nothing named a source yet";
    engage("name: web");
    engage("name: other");
    EXPECT_EQ(api_.requests_matching(on("watch", "ExternalArtifact")), 1U);
    EXPECT_TRUE(take_told().empty()) << "what the first list tells is no news";

    api_.put(source_of(kArtifacts, "web", "r2"));
    settle();
    EXPECT_EQ(take_told(), std::vector<std::string>{"replaced " + kWebKey});
    api_.put(source_of(kArtifacts, "web", "r2", "{other: field}"));
    settle();
    EXPECT_TRUE(take_told().empty());
    api_.put(source_of(kArtifacts, "new", "r1"));
    settle();
    EXPECT_EQ(take_told(), std::vector<std::string>{"told t|source.toolkit.fluxcd.io|ExternalArtifact|new"});
    api_.erase({kArtifacts, "t", "web"});
    settle();
    EXPECT_EQ(take_told(), std::vector<std::string>{"replaced " + kWebKey});
}

// The writes of Flux's source-controller: Ready is Unknown while it makes an artifact, and the one at hand stays right.
TEST_F(SourceWatchesTest, WorkOnTheNextArtifactInterruptsNothing) {
    struct Case {
        const char* revision;
        const char* ready;
        std::vector<std::string> told;
    };
    const std::vector<std::string> none;
    const std::vector<std::string> look{"told " + kWebKey};
    const std::vector<std::string> replaced{"replaced " + kWebKey};
    const auto put = [&](const char* revision, const char* ready) {
        model::Value object = source_of(kArtifacts, "web", revision);
        object.at("status").at("conditions").at(0).as_object()["status"] = ready;
        api_.put(object);
        settle();
    };
    put("r1", "True");
    engage("name: web");
    for (const Case& step :
         {Case{"r1", "Unknown", none}, Case{"r1", "True", look}, Case{"r2", "True", replaced},
          Case{"r2", "Unknown", none}, Case{"r3", "True", replaced}, Case{"r3", "Unknown", none},
          Case{"r3", "False", replaced}, Case{"r3", "Unknown", replaced}, Case{"r4", "Unknown", replaced},
          Case{"r4", "True", look}, Case{"r4", "False", replaced}}) {
        put(step.revision, step.ready);
        EXPECT_EQ(take_told(), step.told) << step.revision << " " << step.ready;
    }
}

TEST_F(SourceWatchesTest, ReadsAreAnsweredFromTheCacheOnceItIsFilled) {
    api_.put(source_of(kArtifacts, "web", "r1"));
    engage("name: web");
    const auto found = ask(watches_->get(kArtifacts, "t", "web"));
    ASSERT_TRUE(found);
    EXPECT_EQ(model::find_string(*found, {"status", "artifact", "revision"}), "r1");
    EXPECT_EQ(ask(watches_->get(kArtifacts, "t", "none")).error().code, base::ErrorCode::kNotFound);
    EXPECT_EQ(api_.requests_matching(on("get")), 0U);
}

TEST_F(SourceWatchesTest, NamespacesThatAreNotWatchedAreReadFromTheApi) {
    make({"mine"});
    api_.put(source_of(kArtifacts, "web", "r1",
                       "{sourceRef: {apiVersion: jaas.example/v1, kind: Snippet, name: s}}"));
    ASSERT_TRUE(ask(watches_->get(kArtifacts, "t", "web")));
    EXPECT_EQ(api_.requests_matching(on("get", "ExternalArtifact", "web")), 1U);
    const auto artifacts = ask(watches_->artifacts_of({"jaas.example", "Snippet", "t", "s"}));
    ASSERT_TRUE(artifacts);
    EXPECT_EQ(artifacts->size(), 1U);
}

TEST_F(SourceWatchesTest, AProducerAndItsArtifactBothWake) {
    const std::string key = "t|jaas.example|Snippet|s";
    const std::string pointer = "{sourceRef: {apiVersion: jaas.example/v9, kind: Snippet, name: s}}";
    engage("apiVersion: jaas.example/v1, kind: Snippet, name: s");
    api_.put(yaml("{apiVersion: jaas.example/v1, kind: Snippet, metadata: {name: s, namespace: t}}"));
    settle();
    EXPECT_EQ(take_told(), std::vector<std::string>{"told " + key});
    api_.put(source_of(kArtifacts, "built", "r1", pointer));
    settle();
    EXPECT_EQ(take_told(), (std::vector<std::string>{
                               "told " + key, "told t|source.toolkit.fluxcd.io|ExternalArtifact|built"}));
    api_.put(source_of(kArtifacts, "built", "r2", pointer));
    settle();
    EXPECT_EQ(take_told().front(), "replaced " + key);

    const auto artifacts = ask(watches_->artifacts_of({"jaas.example", "Snippet", "t", "s"}));
    ASSERT_TRUE(artifacts);
    ASSERT_EQ(artifacts->size(), 1U);
    EXPECT_EQ(api_.requests_matching([](const kube::testing::Request& request) {
        return request.gvk.kind == "Snippet" && !request.metadata_only;
    }),
              0U)
        << "the contents of producers are never read";
}

TEST_F(SourceWatchesTest, AKindThatIsServedLaterIsFollowedSoon) {
    api_.unserve(kGit.group, kGit.kind);
    engage("kind: GitRepository, name: web");
    EXPECT_FALSE(ask(watches_->get(kGit, "t", "web")));
    EXPECT_EQ(api_.requests_matching(on("watch", "CustomResourceDefinition")), 1U);
    EXPECT_TRUE(metrics_.calls().empty()) << "a kind that is not there is no failure";

    api_.put(
        yaml("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: "
             "gitrepositories.source.toolkit.fluxcd.io}}"));
    settle();
    api_.serve(kGit, "gitrepositories", true);
    api_.put(source_of(kGit, "web", "r1"));
    pass(std::chrono::seconds(1));
    pass(std::chrono::seconds(1));
    EXPECT_GT(api_.discovery_invalidations, 0);
    EXPECT_EQ(api_.requests_matching(on("watch", "GitRepository")), 1U);
    EXPECT_EQ(take_told(), std::vector<std::string>{"told t|source.toolkit.fluxcd.io|GitRepository|web"});
    EXPECT_TRUE(ask(watches_->get(kGit, "t", "web")));
}

TEST_F(SourceWatchesTest, AKindThatMayNotBeFollowedCountsAndIsRead) {
    api_.fail_always(on("list", "Snippet"),
                     kube::testing::server_error(base::ErrorCode::kForbidden, 403, "Forbidden", "no"));
    engage("apiVersion: jaas.example/v1, kind: Snippet, name: s");
    EXPECT_EQ(
        metrics_.value(telemetry::kWatchEngagementFailuresTotal, {{"gvk", "jaas.example/v1, Kind=Snippet"}}),
        1.0);
    api_.put(source_of(kArtifacts, "built", "r1",
                       "{sourceRef: {apiVersion: jaas.example/v1, kind: Snippet, name: s}}"));
    settle();
    EXPECT_EQ(take_told().front(), "told t|jaas.example|Snippet|s") << "its artifacts wake all the same";
}

TEST_F(SourceWatchesTest, TheNumberOfKindsIsBounded) {
    for (int i = 0; i < 100; ++i) {
        watches_->engage(stageset(fmt::format("apiVersion: a.example/v1, kind: Kind{}, name: s", i),
                                  fmt::format("s{}", i)));
    }
    EXPECT_LE(watches_->kind_count(), 66U);
    watches_->engage(stageset("kind: GitRepository, name: s"));
    settle();
    EXPECT_EQ(api_.requests_matching(on("list", "GitRepository")), 1U)
        << "the usual kinds always have a place";
}

TEST_F(SourceWatchesTest, AKindIsLetGoAfterItsLastMention) {
    api_.serve(kGit, "gitrepositories", true);
    api_.put(source_of(kGit, "web", "r1"));
    const std::string git = "kind: GitRepository, name: web";
    watches_->engage(stageset(git, "one"));
    watches_->engage(stageset(git, "two"));
    watches_->engage(stageset(git, "two"));
    settle();
    EXPECT_EQ(api_.open_watches(), 1U);
    watches_->disengage(stageset(git, "one"));
    watches_->disengage(stageset(git, "one"));
    settle();
    EXPECT_EQ(api_.open_watches(), 1U) << "two still names it";

    watches_->engage(stageset("name: web", "two"));
    settle();
    EXPECT_EQ(watches_->kind_count(), 1U) << "two names another kind now";
    EXPECT_EQ(api_.open_watches(), 1U);
    api_.put(source_of(kGit, "web", "r2"));
    settle();
    EXPECT_TRUE(take_told().empty());
    EXPECT_TRUE(ask(watches_->get(kGit, "t", "web"))) << "whoever asks all the same is answered by the API";

    watches_->engage(stageset("apiVersion: jaas.example/v1, kind: Snippet, name: s", "two"));
    settle();
    EXPECT_EQ(api_.open_watches(), 2U) << "the producer and its artifacts";
    watches_->disengage(stageset("", "two"));
    settle();
    EXPECT_EQ(watches_->kind_count(), 0U);
    EXPECT_EQ(api_.open_watches(), 0U);

    watches_->engage(stageset(git, "one"));
    settle();
    EXPECT_EQ(api_.open_watches(), 1U) << "and followed again";
    EXPECT_EQ(model::find_string(*ask(watches_->get(kGit, "t", "web")), {"status", "artifact", "revision"}),
              "r2");
}

TEST_F(SourceWatchesTest, APlaceThatWasLetGoIsFree) {
    const auto kind = [](int i) { return fmt::format("apiVersion: a.example/v1, kind: Kind{}, name: s", i); };
    for (int i = 0; i < 200; ++i) {
        watches_->engage(stageset(kind(i), "one"));
        settle();
    }
    EXPECT_EQ(watches_->kind_count(), 2U) << "the last kind, and ExternalArtifact";
}

}  // namespace
}  // namespace source
