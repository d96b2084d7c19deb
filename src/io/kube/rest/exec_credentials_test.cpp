// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/exec_credentials.hpp"

#include <gtest/gtest.h>

#include "base/read_file.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"
#include "io/kube/rest/testing/temp_folder.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

using base::ErrorCode;

constexpr std::string_view kV1 = "client.authentication.k8s.io/v1";

class ExecPlugins : public ::testing::Test {
protected:
    std::shared_ptr<Credentials> credentials(const std::string& commands) {
        ExecPlugin plugin;
        plugin.api_version = kV1;
        plugin.command = folder.script("plugin", "echo run >> " + folder.path("runs") + "\n" + commands);
        plugin.args = {"first"};
        plugin.env = {{"EXTRA", "e"}};
        plugin.install_hint = "get it from the shop";
        return exec_credentials(std::move(plugin), "{\"info\":1}", clock, loop.get_executor());
    }
    base::Result<CredentialPtr> current(Credentials& from) {
        return base::testing::run_task(loop, from.current());
    }
    std::size_t run_count() {
        const auto runs = base::read_file(folder.path("runs"), 10'000);
        return runs ? runs->size() / 4 : 0;
    }
    static std::string print(const std::string& status) {
        return "echo '{\"apiVersion\":\"" + std::string(kV1) +
               "\",\"kind\":\"ExecCredential\",\"status\":" + status + "}'\n";
    }

    boost::asio::io_context loop;
    base::SystemClock clock;
    testing::TempFolder folder;
};

TEST_F(ExecPlugins, AreToldTheClusterAndTheirVariables) {
    const auto plugin = credentials(
        "T=\"$1-$EXTRA-$(echo $KUBERNETES_EXEC_INFO | tr -d '\"{}')\"\n"
        "echo \"{\\\"apiVersion\\\":\\\"client.authentication.k8s.io/v1\\\","
        "\\\"kind\\\":\\\"ExecCredential\\\",\\\"status\\\":{\\\"token\\\":\\\"$T\\\"}}\"\n");
    const auto credential = current(*plugin);
    ASSERT_TRUE(credential) << credential.error().text();
    EXPECT_EQ((*credential)->bearer->reveal(), "first-e-info:1");
}

TEST_F(ExecPlugins, RunOnceForAllUntilTheirCredentialExpires) {
    const auto lasting = credentials(print(R"({"token":"t","expirationTimestamp":"2199-01-01T00:00:00Z"})"));
    const auto first = current(*lasting);
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(*current(*lasting), *first);
    EXPECT_EQ(run_count(), 1U);
    const auto expired = credentials(print(R"({"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"})"));
    EXPECT_TRUE(current(*expired));
    EXPECT_TRUE(current(*expired));
    EXPECT_EQ(run_count(), 3U);
}

base::Task<void> ask(Credentials& from, int& count) {
    const auto credential = co_await from.current();
    count += credential ? 1 : 0;
    co_return base::Result<void>{};
}

base::Task<void> ask_five_times_at_once(Credentials& from, int& count) {
    base::TaskGroup group(co_await boost::asio::this_coro::executor);
    for (int i = 0; i < 5; ++i) {
        group.spawn(ask(from, count));
    }
    co_return co_await group.join();
}

TEST_F(ExecPlugins, RunOnceForAllWhoAskMeanwhile) {
    const auto plugin = credentials("sleep 0.05\n" + print(R"({"token":"t"})"));
    int count = 0;
    EXPECT_TRUE(base::testing::run_task(loop, ask_five_times_at_once(*plugin, count)));
    EXPECT_EQ(count, 5);
    EXPECT_EQ(run_count(), 1U);
}

TEST_F(ExecPlugins, RunAgainAfterARefusal) {
    const auto plugin = credentials(print(R"({"token":"t"})"));
    const auto first = current(*plugin);
    ASSERT_TRUE(first);
    plugin->refused(*first);
    EXPECT_NE(*current(*plugin), *first);
    EXPECT_EQ(run_count(), 2U);
}

TEST_F(ExecPlugins, MayGiveAClientCertificate) {
    const auto plugin = credentials(print(R"({"clientCertificateData":"PEM","clientKeyData":"KEY"})"));
    const auto credential = current(*plugin);
    ASSERT_TRUE(credential) << credential.error().text();
    EXPECT_EQ((*credential)->bearer, nullptr);
    EXPECT_EQ((*credential)->certificate->certificate_pem, "PEM");
    EXPECT_EQ((*credential)->certificate->key_pem.reveal(), "KEY");
}

TEST_F(ExecPlugins, AreQuotedByTheirLastComplaintWhenTheyFail) {
    const auto plugin = credentials("echo start >&2; echo 'not logged in' >&2; exit 3");
    const auto failed = current(*plugin);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kUnauthorized);
    EXPECT_NE(failed.error().message.find("ended with code 3: not logged in"), std::string::npos)
        << failed.error().message;
    EXPECT_FALSE(current(*plugin));
    EXPECT_EQ(run_count(), 2U);
}

TEST_F(ExecPlugins, ThatAreMissingComeWithTheirInstallHint) {
    ExecPlugin plugin{std::string(kV1), folder.path("nowhere"), {}, {}, false, "", "get it from the shop"};
    const auto failed = current(*exec_credentials(plugin, "{}", clock, loop.get_executor()));
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("get it from the shop"), std::string::npos)
        << failed.error().message;
}

struct Output {
    const char* name;
    const char* text;
    const char* message;
};

class RefusedExecOutputs : public ::testing::TestWithParam<Output> {};

TEST_P(RefusedExecOutputs, AreRefusedWithoutQuotingThem) {
    const auto parsed = parse_exec_credential(GetParam().text, kV1);
    ASSERT_FALSE(parsed);
    EXPECT_NE(parsed.error().message.find(GetParam().message), std::string::npos) << parsed.error().message;
    EXPECT_EQ(parsed.error().text().find("s3cret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedExecOutputs,
    ::testing::Values(
        Output{"NoJson", "s3cret", "no JSON"},
        Output{"OtherKind", R"({"kind":"s3cret"})", "no ExecCredential"},
        Output{
            "OtherVersion",
            R"({"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"s3cret"}})",
            "no ExecCredential"},
        Output{"Nothing",
               R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}})",
               "neither a token"},
        Output{"NoKey",
               R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
                   "status":{"clientCertificateData":"s3cret"}})",
               "without its key"},
        Output{"Time",
               R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",
                   "status":{"token":"s3cret","expirationTimestamp":"soon"}})",
               "expirationTimestamp"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ExecOutputs, MayLastForEver) {
    for (const auto* time : {"9999-12-31T23:59:59Z", "2262-06-01T00:00:00Z"}) {
        const auto parsed = parse_exec_credential(
            fmt::format(
                R"({{"apiVersion":"{}","kind":"ExecCredential","status":{{"token":"t","expirationTimestamp":"{}"}}}})",
                kV1, time),
            kV1);
        ASSERT_TRUE(parsed) << parsed.error().message;
        EXPECT_FALSE(parsed->expires);
    }
}

TEST(ExecInfo, DescribesTheClusterWhenAskedTo) {
    ExecPlugin plugin;
    plugin.api_version = kV1;
    KubeconfigCluster cluster;
    cluster.server = "https://h";
    cluster.exec_config = model::Object{{"audience", "x"}};
    const auto silent = model::parse_json(exec_info(plugin, cluster, "CA"), "test");
    EXPECT_EQ(model::find(*silent, {"spec", "cluster"}), nullptr);
    EXPECT_EQ(model::find_bool(*silent, {"spec", "interactive"}), false);
    plugin.provide_cluster_info = true;
    const auto told = model::parse_json(exec_info(plugin, cluster, "CA"), "test");
    EXPECT_EQ(model::find_string(*told, {"apiVersion"}), kV1);
    EXPECT_EQ(model::find_string(*told, {"spec", "cluster", "server"}), "https://h");
    EXPECT_EQ(model::find_string(*told, {"spec", "cluster", "certificate-authority-data"}), "Q0E=");
    EXPECT_EQ(model::find_string(*told, {"spec", "cluster", "config", "audience"}), "x");
}

}  // namespace
}  // namespace kube
