// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/rest_client.hpp"

#include <gtest/gtest.h>

#include "io/kube/errors.hpp"
#include "io/kube/rest/testing/rest_fixture.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

using base::ErrorCode;

const GroupVersionKind kConfigMap{"", "v1", "ConfigMap"};
const ObjectRef kApp{kConfigMap, "t", "app"};

Value object(const char* text) {
    auto value = model::parse_json(text, "test");
    EXPECT_TRUE(value);
    return value ? *value : Value();
}

class Rest : public testing::RestFixture {
protected:
    std::unique_ptr<RestClient> client = make_client();
};

TEST_F(Rest, GetsAnObjectOrOnlyItsMetadata) {
    reply(200, R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"app"}})");
    EXPECT_EQ(model::name_of(*run(client->get(kApp))), "app");
    EXPECT_EQ(path_of(sent[0]), "/api/v1/namespaces/t/configmaps/app");
    EXPECT_EQ(testing::header_of(sent[0], "Accept"), "application/json");
    replies.clear();
    reply(200, R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"app"}})");
    const auto partial = run(client->get(kApp, {"status", true}));
    ASSERT_TRUE(partial);
    EXPECT_EQ(model::gvk_of(*partial), kConfigMap);
    EXPECT_EQ(path_of(sent[1]), "/api/v1/namespaces/t/configmaps/app/status");
    EXPECT_NE(testing::header_of(sent[1], "Accept").find("as=PartialObjectMetadata;"), std::string::npos);
}

TEST_F(Rest, NamesVerbKindAndObjectInErrors) {
    reply_status(403, "Forbidden");
    const auto refused = run(client->get(kApp));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().text(), "get ConfigMap t/app: server says Forbidden");
    EXPECT_EQ(status_of(refused.error())->reason, "Forbidden");
}

TEST_F(Rest, ReadsAllPages) {
    reply(200, R"({"kind":"ConfigMapList","metadata":{"resourceVersion":"5","continue":"to ken"},
                   "items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]})");
    reply(200, R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"c"}}]})");
    const auto list = run(client->list({kConfigMap, "t", "x=y", "metadata.name!=z", true, 2}));
    ASSERT_TRUE(list) << list.error().text();
    ASSERT_EQ(list->items.size(), 3U);
    EXPECT_EQ(model::name_of(list->items[2]), "c");
    EXPECT_EQ(model::gvk_of(list->items[0]), kConfigMap);
    EXPECT_EQ(list->resource_version, "5");
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(
        path_of(sent[0]),
        "/api/v1/namespaces/t/configmaps?labelSelector=x%3Dy&fieldSelector=metadata.name%21%3Dz&limit=2");
    EXPECT_TRUE(path_of(sent[1]).ends_with("&limit=2&continue=to%20ken")) << path_of(sent[1]);
    EXPECT_NE(testing::header_of(sent[0], "Accept").find("PartialObjectMetadataList"), std::string::npos);
}

TEST_F(Rest, ReadsNoMorePagesThanAskedFor) {
    reply(200, R"({"metadata":{"resourceVersion":"5","continue":"x"},"items":[{"metadata":{"name":"a"}}]})");
    kube::ListRequest request{kConfigMap, "t", "", "", false, 1};
    request.pages_max = 1;
    const auto list = run(client->list(std::move(request)));
    ASSERT_TRUE(list) << list.error().text();
    EXPECT_EQ(list->items.size(), 1U);
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(Rest, ReadsAListOfNothing) {
    reply(200, R"({"metadata":{"resourceVersion":"5"},"items":null})");
    const auto list = run(client->list({kConfigMap, "", "", "", false, 500}));
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->items.empty());
}

TEST_F(Rest, HandsOverEachPageToWhoeverTakesThem) {
    reply(200, R"({"metadata":{"resourceVersion":"5","continue":"x"},"items":[{"metadata":{"name":"a"}}]})");
    reply(200, R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"b"}}]})");
    std::string taken;
    ListRequest request{kConfigMap, "t", "", "", false, 1};
    request.take_page = [&taken](std::vector<Value> items, const std::string& version) {
        taken += fmt::format("{}@{} ", model::name_of(items.at(0)), version);
    };
    const auto list = run(client->list(std::move(request)));
    ASSERT_TRUE(list);
    EXPECT_EQ(taken, "a@5 b@5 ");
    EXPECT_TRUE(list->items.empty());
    EXPECT_EQ(list->resource_version, "5");
}

TEST_F(Rest, TellsWhoeverTakesPagesThatTheirPositionExpired) {
    reply(200, R"({"metadata":{"resourceVersion":"5","continue":"x"},"items":[{"metadata":{"name":"a"}}]})");
    reply_status(410, "Expired");
    ListRequest request{kConfigMap, "t", "", "", false, 1};
    request.take_page = [](const std::vector<Value>&, const std::string&) {};
    EXPECT_EQ(run(client->list(std::move(request))).error().code, ErrorCode::kGone);
}

TEST_F(Rest, BeginsAListOnceAgainWhenItsPositionExpired) {
    reply(200, R"({"metadata":{"resourceVersion":"5","continue":"x"},"items":[{"metadata":{"name":"a"}}]})");
    reply_status(410, "Expired");
    reply(200, R"({"metadata":{"resourceVersion":"6"},"items":[{"metadata":{"name":"b"}}]})");
    const auto list = run(client->list({kConfigMap, "t", "", "", false, 1}));
    ASSERT_TRUE(list) << list.error().text();
    ASSERT_EQ(list->items.size(), 1U);
    EXPECT_EQ(model::name_of(list->items[0]), "b");
    EXPECT_EQ(list->resource_version, "6");
    replies.clear();
    reply_status(410, "Expired");
    EXPECT_EQ(run(client->list({kConfigMap, "t", "", "", false, 1})).error().code, ErrorCode::kGone);
    EXPECT_EQ(sent.size(), 5U);
}

TEST_F(Rest, ParsesLargeListsBesideTheLoop) {
    std::string items;
    for (int i = 0; i < 5000; ++i) {
        items += fmt::format(R"({}{{"metadata":{{"name":"object-{}"}}}})", i == 0 ? "" : ",", i);
    }
    reply(200, R"({"metadata":{"resourceVersion":"5"},"items":[)" + items + "]}");
    const auto list = run(client->list({kConfigMap, "t", "", "", false, 0}));
    ASSERT_TRUE(list);
    EXPECT_EQ(list->items.size(), 5000U);
    EXPECT_EQ(path_of(sent[0]), "/api/v1/namespaces/t/configmaps");
}

TEST_F(Rest, AppliesAndTellsWhetherItCreated) {
    reply(201, "{}");
    reply(200, "{}");
    PatchRequest request{kApp, PatchType::kApply, object(R"({"a":1})"), true, {}};
    EXPECT_TRUE(run(client->patch(request))->created);
    request.force = false;
    request.options.dry_run = true;
    EXPECT_FALSE(run(client->patch(request))->created);
    EXPECT_EQ(sent[0].method, "PATCH");
    EXPECT_EQ(path_of(sent[0]),
              "/api/v1/namespaces/t/configmaps/app?fieldManager=stageset-controller&force=true");
    EXPECT_EQ(testing::header_of(sent[0], "Content-Type"), "application/apply-patch+yaml");
    EXPECT_EQ(sent[0].body, R"({"a":1})");
    EXPECT_EQ(path_of(sent[1]),
              "/api/v1/namespaces/t/configmaps/app?fieldManager=stageset-controller&dryRun=All&force=false");
}

TEST_F(Rest, SendsEachPatchAsItsType) {
    reply(200, "{}");
    for (const auto type : {PatchType::kMerge, PatchType::kStrategic, PatchType::kJson}) {
        EXPECT_TRUE(run(client->patch({kApp, type, object("{}"), false, {}})));
    }
    EXPECT_EQ(testing::header_of(sent[0], "Content-Type"), "application/merge-patch+json");
    EXPECT_EQ(testing::header_of(sent[1], "Content-Type"), "application/strategic-merge-patch+json");
    EXPECT_EQ(testing::header_of(sent[2], "Content-Type"), "application/json-patch+json");
    EXPECT_EQ(path_of(sent[2]), "/api/v1/namespaces/t/configmaps/app?fieldManager=stageset-controller");
}

TEST_F(Rest, RepeatsAnApplyButNoCreateOverALostConnection) {
    reply_broken_connection();
    reply(200, "{}");
    EXPECT_TRUE(run(client->patch({kApp, PatchType::kApply, object("{}"), true, {}})));
    EXPECT_EQ(sent.size(), 2U);
    replies.clear();
    sent.clear();
    reply_broken_connection();
    reply(201, "{}");
    const auto created = run(client->create(
        object(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"app","namespace":"t"}})"), {}));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(created.error().text(), "create ConfigMap t/app: api:6443: connection reset");
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(Rest, CreatesAndReplacesObjects) {
    reply(201, "{}");
    const auto config_map =
        object(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"app","namespace":"t"}})");
    EXPECT_TRUE(run(client->create(config_map, {"me", true, ""})));
    EXPECT_EQ(sent[0].method, "POST");
    EXPECT_EQ(path_of(sent[0]), "/api/v1/namespaces/t/configmaps?fieldManager=me&dryRun=All");
    EXPECT_TRUE(run(client->update(config_map, {"me", false, "status"})));
    EXPECT_EQ(sent[1].method, "PUT");
    EXPECT_EQ(path_of(sent[1]), "/api/v1/namespaces/t/configmaps/app/status?fieldManager=me");
}

TEST_F(Rest, PostsATokenRequestToItsServiceAccount) {
    reply(201, R"({"status":{"token":"x"}})");
    const auto token = run(client->create(
        object(
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","metadata":{"name":"sa","namespace":"t"}})"),
        {"me", false, "token"}));
    ASSERT_TRUE(token) << token.error().text();
    EXPECT_EQ(path_of(sent[0]), "/api/v1/namespaces/t/serviceaccounts/sa/token?fieldManager=me");
}

TEST_F(Rest, DeletesWithPreconditions) {
    reply(200, "{}");
    EXPECT_TRUE(run(client->remove({kApp, "Foreground", "u-1", "7", true})));
    EXPECT_EQ(sent[0].method, "DELETE");
    EXPECT_EQ(path_of(sent[0]), "/api/v1/namespaces/t/configmaps/app");
    const auto body = object(sent[0].body.c_str());
    EXPECT_EQ(model::find_string(body, {"propagationPolicy"}), "Foreground");
    EXPECT_EQ(model::find_string(body, {"preconditions", "uid"}), "u-1");
    EXPECT_EQ(model::find_string(body, {"preconditions", "resourceVersion"}), "7");
    EXPECT_EQ(model::find_array(body, {"dryRun"})->size(), 1U);
    EXPECT_TRUE(run(client->remove({kApp, "Background", "", "", false})));
    EXPECT_EQ(model::find(object(sent[1].body.c_str()), {"preconditions"}), nullptr);
}

TEST_F(Rest, NeverTurnsAMissingNameIntoADeletionOfAll) {
    const auto removed = run(client->remove({{kConfigMap, "t", ""}, "Background", "", "", false}));
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(run(client->remove({{kConfigMap, "", "app"}, "Background", "", "", false})).error().code,
              ErrorCode::kInvalid);
    EXPECT_TRUE(sent.empty());
}

TEST_F(Rest, NoticesThatAKindWentAway) {
    ASSERT_TRUE(run(client->resource_for({"apps", "v1", "Deployment"})));
    replies.push_back(testing::json_response(404, "404 page not found\n"));
    const auto before = http->requests.size();
    const auto gone = run(client->get({{"apps", "v1", "Deployment"}, "t", "web"}));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::kUnsupported);
    EXPECT_FALSE(run(client->get({{"apps", "v1", "Deployment"}, "t", "web"})));
    // The second one asks discovery again before it tries.
    EXPECT_EQ(http->requests.size(), before + 4);
    replies.clear();
    reply_status(404, "NotFound");
    EXPECT_EQ(run(client->get({{"apps", "v1", "Deployment"}, "t", "web"})).error().code,
              ErrorCode::kNotFound);
}

TEST_F(Rest, SharesQueueAndDiscoveryBetweenIdentities) {
    reply(200, "{}");
    ASSERT_TRUE(run(client->get(kApp)));
    const auto tenant =
        make_rest_client({cluster().with_identity(fixed_credentials(bearer_credential(base::Secret("sa")))),
                          make_http(),
                          "t/sa",
                          client->shared(),
                          {}},
                         {clock, rng, compute, loop.get_executor()});
    const auto before = http->requests.size();
    ASSERT_TRUE(run(tenant->get(kApp)));
    EXPECT_EQ(http->requests.size(), before + 1);
    EXPECT_EQ(sent.back().bearer->reveal(), "sa");
    EXPECT_EQ(tenant->shared().queue, client->shared().queue);
}

TEST_F(Rest, ReportsAnAnswerThatIsNoJson) {
    reply(200, "<html>");
    EXPECT_EQ(run(client->get(kApp)).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace kube
