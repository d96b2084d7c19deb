// SPDX-License-Identifier: 0BSD
#include "apps/controller/cluster_targets.hpp"

#include <set>

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/task_group.hpp"
#include "base/testing/fake_clock.hpp"
#include "base/testing/run.hpp"
#include "io/kube/rest/testing/discovery_documents.hpp"
#include "io/kube/rest/testing/scripted_http.hpp"

namespace controller {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using kube::testing::header_of;
using kube::testing::json_response;

const std::string kGood =
    "{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: [{name: k, "
    "cluster: {server: "
    "\"https://other:6443\"}}], users: [{name: u, user: {token: remote-tok}}]}";

std::string at(const std::string& server) {
    std::string text = kGood;
    text.replace(text.find("https://other:6443"), std::string("https://other:6443").size(), server);
    return text;
}

// Two clusters by their host: "api" is the controller's own and knows one Secret, t/prod.
class ClusterTargetsTest : public ::testing::Test {
protected:
    ClusterTargetsTest() {
        http->answer = [this](const http::Request& request) { return answer(request); };
    }
    ~ClusterTargetsTest() override {
        tasks.cancel();
        tasks.spawn(targets.close());
        tasks.spawn(objects.stop());
        while (tasks.size() > 0) {
            loop.restart();
            loop.run_one_for(20s);
        }
    }

    base::Result<http::Response> answer(const http::Request& request) {
        const std::string& url = request.url;
        if (url.ends_with("/api")) {
            return url.find("//other") != std::string::npos && remote_refuses ? json_response(401, "{}")
                                                                              : json_response(200, core());
        }
        if (url.ends_with("/apis")) {
            return json_response(200, kube::testing::groups_discovery());
        }
        const std::string user(request.bearer ? request.bearer->reveal() : "");
        log.push_back(url.substr(8, url.find('/', 8) - 8) + " " + user + " " +
                      header_of(request, "Impersonate-User"));
        if (url.find("/token") != std::string::npos) {
            return accounts_exist
                       ? json_response(
                             201, fmt::format(R"({{"status":{{"token":"sa","expirationTimestamp":"{}"}}}})",
                                              base::format_rfc3339(clock.now() + 1h)))
                       : status(404, "NotFound");
        }
        if (url.find("/secrets/prod") != std::string::npos) {
            return secret.empty()
                       ? status(404, "NotFound")
                       : json_response(200,
                                       fmt::format(R"({{"metadata":{{"uid":"u","resourceVersion":"{}"}},)"
                                                   R"("data":{{"{}":"{}"}}}})",
                                                   secret_version, secret_key, base::encode_base64(secret)));
        }
        return json_response(200, "{}");
    }
    // With Secrets.
    static std::string core() {
        std::string text = kube::testing::core_discovery();
        text.insert(text.find("{\"resource\":\"nodes\""),
                    R"({"resource":"secrets","responseKind":{"group":"","version":"v1","kind":"Secret"},)"
                    R"("scope":"Namespaced"},)");
        return text;
    }
    static http::Response status(int code, const std::string& reason) {
        return json_response(
            code,
            fmt::format(R"({{"kind":"Status","apiVersion":"v1","reason":"{}","message":"server says {}",)"
                        R"("code":{}}})",
                        reason, reason, code));
    }

    kube::ClusterConfig cluster() {
        kube::ClusterConfig config;
        config.server = "https://api:6443";
        config.credentials = kube::fixed_credentials(kube::bearer_credential(base::Secret("own")));
        return config;
    }
    kube::MakeHttpClient make_http() {
        return [this](http::ClientOptions) { return http; };
    }
    reconcile::TargetRequest request(const std::string& account, bool remote, const std::string& name = "s") {
        reconcile::TargetRequest request;
        request.owner = {"t", name};
        request.service_account = account;
        if (remote) {
            request.kube_config = model::SecretKeyReference{"prod", ""};
            request.impersonated = account.empty() ? "" : kube::service_account_user("t", account);
        }
        return request;
    }
    template <class T>
    base::Result<T> run(base::Task<T> task) {
        return base::testing::run_task(loop, std::move(task));
    }
    base::Result<reconcile::Target> connect(const reconcile::TargetRequest& wanted) {
        return run(targets.connect(wanted));
    }
    // Reads an object of the target, so that `log` tells where and as whom.
    std::string read(kube::Client& client) {
        log.clear();
        EXPECT_TRUE(run(client.get({{"", "v1", "ConfigMap"}, "t", "x"})));
        return log.empty() ? "" : log.back();
    }
    void pass_time() {
        base::TaskHandle sweeper = tasks.spawn(targets.run());
        base::testing::settle(loop);
        clock.advance(31s);
        base::testing::settle(loop);
        sweeper.cancel();
        base::testing::settle(loop);
    }

    boost::asio::io_context loop;
    base::testing::FakeClock clock{loop.get_executor()};
    base::Rng rng{1};
    base::Compute compute{1};
    std::shared_ptr<kube::testing::ScriptedHttp> http = std::make_shared<kube::testing::ScriptedHttp>();
    std::vector<std::string> log;
    bool accounts_exist = true;
    bool remote_refuses = false;
    std::string secret = kGood;
    std::string secret_key = "value";
    int secret_version = 1;
    kube::RestRuntime runtime{clock, rng, compute, loop.get_executor()};
    std::unique_ptr<kube::RestClient> own =
        kube::make_rest_client({cluster(), make_http(), "", {}, {}}, runtime);
    apply::ManagedObjects objects{*own, clock, rng, {}, loop.get_executor(), compute, {}};
    kube::TenantClients tenants{cluster(), *own, make_http(), {}, runtime};
    ClusterTargets targets{{*own, objects, tenants}, {make_http(), {}, false}, runtime, {}};
    base::TaskGroup tasks{loop.get_executor()};
};

TEST_F(ClusterTargetsTest, IsTheControllersOwnClusterForWhoNamesNothing) {
    const auto target = connect(request("", false));
    ASSERT_TRUE(target);
    EXPECT_EQ(target->cluster, own.get());
    EXPECT_EQ(target->tenant, own.get());
    EXPECT_EQ(target->live, &objects);
}

TEST_F(ClusterTargetsTest, ActsAsTheServiceAccount) {
    const auto target = connect(request("deployer", false));
    ASSERT_TRUE(target) << target.error().text();
    EXPECT_EQ(log, std::vector<std::string>{"api:6443 own "}) << "only the token was asked for";
    EXPECT_EQ(read(*target->cluster), "api:6443 sa ");
    EXPECT_EQ(target->cluster, target->tenant);
    EXPECT_NE(target->live, &objects);
    const auto again = connect(request("deployer", false, "other"));
    EXPECT_EQ(again->cluster, target->cluster) << "one client for all StageSets of the account";
}

TEST_F(ClusterTargetsTest, NamesAServiceAccountThatDoesNotExist) {
    accounts_exist = false;
    const auto target = connect(request("deployer", false));
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(target.error().text().starts_with("ServiceAccount t/deployer does not exist; create it"));
    accounts_exist = true;
    EXPECT_TRUE(connect(request("deployer", false)));
}

TEST_F(ClusterTargetsTest, GoesWhereTheKubeconfigLeads) {
    const auto target = connect(request("", true));
    ASSERT_TRUE(target) << target.error().text();
    EXPECT_EQ(log, std::vector<std::string>{"api:6443 own "}) << "the Secret is read as the controller";
    EXPECT_EQ(read(*target->cluster), "other:6443 remote-tok ");
    EXPECT_EQ(read(*target->tenant), "api:6443 own ");
}

TEST_F(ClusterTargetsTest, ReadsTheKubeconfigAndActsThereAsTheServiceAccount) {
    const auto target = connect(request("deployer", true));
    ASSERT_TRUE(target) << target.error().text();
    EXPECT_EQ(log, (std::vector<std::string>{"api:6443 own ", "api:6443 sa "}));
    EXPECT_EQ(read(*target->cluster), "other:6443 remote-tok system:serviceaccount:t:deployer");
    EXPECT_EQ(read(*target->tenant), "api:6443 sa ");
}

TEST_F(ClusterTargetsTest, KeepsAConnectionWhileAStageSetOrARunUsesIt) {
    auto first = connect(request("", true));
    ASSERT_TRUE(first);
    EXPECT_EQ(connect(request("", true, "other"))->cluster, first->cluster);
    pass_time();
    EXPECT_EQ(targets.remote_count(), 1U);
    secret_version = 2;
    const auto second = connect(request("", true));
    ASSERT_TRUE(second);
    EXPECT_NE(second->cluster, first->cluster);
    ASSERT_TRUE(connect(request("", true, "other")));
    pass_time();
    EXPECT_EQ(targets.remote_count(), 2U) << "a run still holds the old one";
    first = base::Error{};
    pass_time();
    EXPECT_EQ(targets.remote_count(), 1U);
    targets.forget({"t", "s"});
    targets.forget({"t", "other"});
    pass_time();
    EXPECT_EQ(targets.remote_count(), 1U) << "a run still holds it";
}

TEST_F(ClusterTargetsTest, LetsIdleTenantsGo) {
    {
        const auto target = connect(request("deployer", true));
        ASSERT_TRUE(target);
    }
    EXPECT_EQ(targets.tenant_count(), 1U);
    targets.forget({"t", "s"});
    EXPECT_EQ(targets.tenant_count(), 0U);
    pass_time();
    EXPECT_EQ(targets.remote_count(), 0U);
}

TEST_F(ClusterTargetsTest, TakesAnotherKeyOfTheSecret) {
    secret_key = "config";
    auto wanted = request("", true);
    EXPECT_EQ(connect(wanted).error().code, ErrorCode::kInvalid);
    wanted.kube_config->key = "config";
    EXPECT_TRUE(connect(wanted));
}

TEST_F(ClusterTargetsTest, NamesWhatIsWrongWithTheSecret) {
    secret.clear();
    const auto missing = connect(request("", true));
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(missing.error().text().starts_with(
        "Secret t/prod, named by spec.kubeConfig.secretRef, does not exist"));
    secret = "s3cret: [";
    const auto garbage = connect(request("", true));
    EXPECT_EQ(garbage.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(garbage.error().text().find("s3cret"), std::string::npos) << garbage.error().text();
}

TEST_F(ClusterTargetsTest, RefusesAddressesOfThisMachineAndOfItsCloud) {
    for (const char* server : {"https://127.0.0.1:6443", "https://localhost:6443", "https://169.254.169.254",
                               "https://[::1]:6443", "http://user:s3cret@other"}) {
        secret = at(server);
        ++secret_version;
        const auto target = connect(request("", true));
        ASSERT_FALSE(target) << server;
        EXPECT_NE(target.error().text().find("the server in Secret t/prod is not allowed"),
                  std::string::npos);
        EXPECT_EQ(target.error().text().find("s3cret"), std::string::npos) << target.error().text();
    }
    secret = at("https://10.0.0.7:6443");
    ++secret_version;
    EXPECT_TRUE(connect(request("", true)));
}

TEST_F(ClusterTargetsTest, SaysSoWhenTheOtherClusterRefusesTheCredentialsAndTriesAgain) {
    remote_refuses = true;
    const auto target = connect(request("", true));
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, ErrorCode::kUnauthorized);
    EXPECT_TRUE(target.error().text().starts_with(
        "the cluster of Secret t/prod, named by spec.kubeConfig.secretRef, cannot be used"));
    remote_refuses = false;
    EXPECT_TRUE(connect(request("", true)));
}

}  // namespace
}  // namespace controller
