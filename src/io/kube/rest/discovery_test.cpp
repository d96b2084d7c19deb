// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/discovery.hpp"

#include <gtest/gtest.h>

#include "base/task_group.hpp"
#include "io/kube/rest/testing/rest_fixture.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

const GroupVersionKind kConfigMap{"", "v1", "ConfigMap"};
const GroupVersionKind kWidget{"example.com", "v1", "Widget"};

class DiscoveryAnswers : public testing::RestFixture {
protected:
    std::size_t asked() const { return http->requests.size(); }
    std::unique_ptr<RestClient> client = make_client();
};

TEST_F(DiscoveryAnswers, AreAskedForOnceForAllKinds) {
    EXPECT_EQ(run(client->resource_for(kConfigMap))->plural, "configmaps");
    EXPECT_EQ(run(client->resource_for({"apps", "v1", "Deployment"}))->plural, "deployments");
    EXPECT_EQ(run(client->preferred_resource("autoscaling", "HorizontalPodAutoscaler"))->gvk.version, "v2");
    EXPECT_EQ(asked(), 2U);
    EXPECT_NE(testing::header_of(http->requests[0], "Accept").find("as=APIGroupDiscoveryList"),
              std::string::npos);
}

TEST_F(DiscoveryAnswers, NameAKindThatIsNotServedAndAskNotTooOften) {
    const auto unknown = run(client->resource_for(kWidget));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(unknown.error().message, "the server does not serve kind Widget of example.com/v1");
    EXPECT_EQ(run(client->preferred_resource("", "Gadget")).error().message,
              "the server does not serve kind Gadget in the core group");
    EXPECT_EQ(asked(), 2U);
    clock.advance(2s);
    EXPECT_FALSE(run(client->resource_for(kWidget)));
    EXPECT_FALSE(run(client->resource_for(kWidget)));
    EXPECT_EQ(asked(), 4U);
}

TEST_F(DiscoveryAnswers, FindAKindThatAppearedLater) {
    EXPECT_FALSE(run(client->resource_for(kWidget)));
    groups = testing::groups_discovery(testing::widget_group());
    clock.advance(3s);
    const auto found = run(client->resource_for(kWidget));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->plural, "widgets");
    EXPECT_FALSE(found->namespaced);
}

TEST_F(DiscoveryAnswers, AreAskedForAgainAtOnceAfterAnInvalidation) {
    EXPECT_FALSE(run(client->resource_for(kWidget)));
    groups = testing::groups_discovery(testing::widget_group());
    client->invalidate_discovery();
    EXPECT_TRUE(run(client->resource_for(kWidget)));
    EXPECT_EQ(asked(), 4U);
}

TEST_F(DiscoveryAnswers, KeepWhatTheServerSaysDidNotChange) {
    http->answer = [this](const http::Request& request) -> base::Result<http::Response> {
        if (testing::header_of(request, "If-None-Match") == "\"tag\"") {
            return testing::json_response(304, "");
        }
        auto response = answer(request);
        response->headers.push_back({"Etag", "\"tag\""});
        return response;
    };
    EXPECT_TRUE(run(client->resource_for(kConfigMap)));
    client->invalidate_discovery();
    EXPECT_TRUE(run(client->resource_for(kConfigMap)));
    EXPECT_EQ(asked(), 4U);
    EXPECT_EQ(testing::header_of(http->requests[3], "If-None-Match"), "\"tag\"");
}

TEST_F(DiscoveryAnswers, DistinguishADownExtensionServerFromAMissingKind) {
    const auto metrics = run(client->resource_for({"metrics.k8s.io", "v1beta1", "NodeMetrics"}));
    ASSERT_FALSE(metrics);
    EXPECT_EQ(metrics.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(run(client->preferred_resource("metrics.k8s.io", "NodeMetrics")).error().code,
              ErrorCode::kUnavailable);
}

base::Task<void> look_up(Client& client, int& found, int& failed) {
    const auto resource = co_await client.resource_for(kConfigMap);
    ++(resource ? found : failed);
    co_return base::Result<void>{};
}

TEST_F(DiscoveryAnswers, AreSharedByAllWhoWaitForThem) {
    base::Event gate(loop.get_executor());
    http->gate = &gate;
    base::TaskGroup group(loop.get_executor());
    int found = 0;
    int failed = 0;
    std::vector<base::TaskHandle> handles;
    for (int i = 0; i < 20; ++i) {
        handles.push_back(group.spawn(look_up(*client, found, failed)));
    }
    base::testing::settle(loop);
    EXPECT_EQ(asked(), 1U);
    // The one who asks goes away; another takes over.
    handles[0].cancel();
    base::testing::settle(loop);
    EXPECT_EQ(failed, 1);
    gate.set();
    base::testing::settle(loop);
    EXPECT_EQ(found, 19);
    EXPECT_EQ(asked(), 3U);
}

TEST_F(DiscoveryAnswers, PassTheServersRefusalOnAndRecover) {
    bool is_refused = true;
    http->answer = [&](const http::Request& request) -> base::Result<http::Response> {
        if (is_refused) {
            return testing::json_response(403, "");
        }
        return answer(request);
    };
    const auto refused = run(client->resource_for(kConfigMap));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_NE(refused.error().text().find("discover the kinds"), std::string::npos);
    is_refused = false;
    EXPECT_TRUE(run(client->resource_for(kConfigMap)));
}

TEST_F(DiscoveryAnswers, ComeGroupByGroupFromAnOldServer) {
    const std::map<std::string, std::string> documents{
        {"/api", R"({"kind":"APIVersions","versions":["v1"]})"},
        {"/api/v1",
         R"({"kind":"APIResourceList","resources":[{"name":"configmaps","kind":"ConfigMap","namespaced":true}]})"},
        {"/apis", R"({"kind":"APIGroupList","groups":[
            {"name":"apps","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}},
            {"name":"down","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}]})"},
        {"/apis/apps/v1",
         R"({"kind":"APIResourceList","resources":[{"name":"deployments","kind":"Deployment","namespaced":true}]})"}};
    http->answer = [&](const http::Request& request) -> base::Result<http::Response> {
        const auto found = documents.find(path_of(request));
        return found == documents.end() ? testing::json_response(503, "no backend")
                                        : testing::json_response(200, found->second);
    };
    EXPECT_EQ(run(client->resource_for({"apps", "v1", "Deployment"}))->plural, "deployments");
    EXPECT_EQ(run(client->resource_for(kConfigMap))->plural, "configmaps");
    EXPECT_EQ(run(client->resource_for({"down", "v1", "Thing"})).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(run(client->resource_for({"apps", "v1", "Thing"})).error().code, ErrorCode::kUnsupported);
}

TEST_F(DiscoveryAnswers, ThatAreNoJsonAreTheServersFault) {
    core = "<html>";
    EXPECT_EQ(run(client->resource_for(kConfigMap)).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace kube
