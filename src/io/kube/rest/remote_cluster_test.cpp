// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/remote_cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "io/kube/rest/testing/scripted_http.hpp"

namespace kube {
namespace {

using base::ErrorCode;

std::string kubeconfig(const std::string& cluster, const std::string& user) {
    return fmt::format(
        "{{apiVersion: v1, kind: Config, current-context: c, contexts: [{{name: c, context: {{cluster: k, "
        "user: u}}}}], "
        "clusters: [{{name: k, cluster: {{{}}}}}], users: [{{name: u, user: {{{}}}}}]}}",
        cluster, user);
}
const std::string kServer = "server: \"https://other:6443\", certificate-authority-data: Q0E=";

class RemoteCluster : public ::testing::Test {
protected:
    base::Result<ClusterConfig> load(const std::string& text, const std::string& impersonated = "") {
        return remote_cluster({base::Secret(text), "Secret t/prod, key \"value\"", impersonated},
                              {clock, loop.get_executor()});
    }
    CredentialPtr credential(const ClusterConfig& config) {
        return *base::testing::run_task(loop, config.credentials->current());
    }
    boost::asio::io_context loop;
    testing::InstantClock clock;
};

TEST_F(RemoteCluster, IsThatOfTheCurrentContext) {
    const auto config = load(kubeconfig(kServer, "token: s3cret"));
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->server, "https://other:6443");
    EXPECT_EQ(config->tls.ca_pem, "CA");
    EXPECT_EQ(credential(*config)->bearer->reveal(), "s3cret");
    EXPECT_TRUE(credential(*config)->headers.empty());
    EXPECT_LT(config->answer_bytes_max, ClusterConfig{}.answer_bytes_max);
}

TEST_F(RemoteCluster, ActsAsTheServiceAccountAndNobodyElse) {
    const auto config = load(kubeconfig(kServer, "token: s3cret, as: admin, as-groups: [\"system:masters\"]"),
                             "system:serviceaccount:t:deployer");
    ASSERT_TRUE(config) << config.error().text();
    const auto headers = credential(*config)->headers;
    ASSERT_EQ(headers.size(), 1U);
    EXPECT_EQ(headers[0].name, "Impersonate-User");
    EXPECT_EQ(headers[0].value, "system:serviceaccount:t:deployer");
}

TEST_F(RemoteCluster, ActsAsTheServiceAccountWhereTheKubeconfigKnowsNoUser) {
    const auto config = load(
        "{current-context: c, contexts: [{name: c, context: {cluster: k}}], clusters: [{name: k, cluster: "
        "{server: \"https://other\"}}]}",
        "system:serviceaccount:t:deployer");
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(credential(*config)->headers.size(), 1U);
}

struct Refused {
    const char* name;
    std::string text;
    const char* says;
};

class RemoteClusterRefuses : public RemoteCluster, public ::testing::WithParamInterface<Refused> {};

TEST_P(RemoteClusterRefuses, WhatIsNotSelfContained) {
    const auto config = load(GetParam().text);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(config.error().text().starts_with("Secret t/prod, key \"value\"")) << config.error().text();
    EXPECT_NE(config.error().text().find(GetParam().says), std::string::npos) << config.error().text();
    EXPECT_EQ(config.error().text().find("s3cret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RemoteClusterRefuses,
    ::testing::Values(
        Refused{"Exec",
                kubeconfig(kServer, "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}"),
                "\"exec\""},
        Refused{"AuthProvider", kubeconfig(kServer, "auth-provider: {name: gcp}"), "\"auth-provider\""},
        Refused{"TokenFile", kubeconfig(kServer, "tokenFile: /etc/passwd"), "\"tokenFile\""},
        Refused{"CertificateFile", kubeconfig(kServer, "client-certificate: /a, client-key-data: Q0E="),
                "\"client-certificate\""},
        Refused{"KeyFile", kubeconfig(kServer, "client-certificate-data: Q0E=, client-key: /a"),
                "\"client-key\""},
        Refused{"CaFile", kubeconfig("server: \"https://other\", certificate-authority: /a", "token: a"),
                "\"certificate-authority\""},
        Refused{"Proxy", kubeconfig(kServer + ", proxy-url: \"http://p:1\"", "token: a"), "\"proxy-url\""},
        Refused{"NoYaml", "s3cret: [", "holds no kubeconfig"},
        Refused{"Text", "s3cret", "holds no kubeconfig"},
        Refused{"UnknownAnchor", "a: *s3cret", "holds no kubeconfig"},
        Refused{"NoContext", "{clusters: []}", "no current-context"},
        Refused{"NoCluster", "{current-context: c, contexts: [{name: c, context: {cluster: k}}]}",
                "names cluster \"k\""},
        Refused{"NoServer", kubeconfig("", "token: a"), "names no server"},
        Refused{"Scheme", kubeconfig("server: \"file:///etc\"", "token: a"), "neither http nor https"}),
    [](const auto& info) { return info.param.name; });

TEST_F(RemoteCluster, HasABoundOnItsKubeconfig) {
    const auto config = load(std::string((1U << 20U) + 1, '#'));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace kube
