// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/kubeconfig.hpp"

#include <gtest/gtest.h>

namespace kube {
namespace {

using base::ErrorCode;

// "Q0E=" is "CA", "a2V5" is "key".
constexpr std::string_view kFull = R"(
apiVersion: v1
kind: Config
current-context: work
preferences: {}
clusters:
- name: home
  cluster:
    server: https://home:6443
    certificate-authority: pki/ca.crt
    tls-server-name: kubernetes
    proxy-url: http://proxy:3128
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: x}
- name: far
  cluster: {server: "https://far", certificate-authority-data: Q0E=, insecure-skip-tls-verify: false}
users:
- name: admin
  user:
    client-certificate: /abs/client.crt
    client-key-data: a2V5
    token: tok
    tokenFile: ../token
    as: ann
    as-uid: "7"
    as-groups: [g1, g2]
    as-user-extra: {scopes: [a, b]}
- name: basic
  user: {username: u, password: p}
- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: bin/login
      args: [--now]
      env: [{name: A, value: "1"}]
      provideClusterInfo: true
      interactiveMode: Never
      installHint: install it
- name: old
  user: {auth-provider: {name: gcp}}
contexts:
- name: work
  context: {cluster: home, user: admin, namespace: t}
)";

TEST(ParseKubeconfig, ReadsEveryField) {
    const auto config = parse_kubeconfig(kFull, "/etc/kube/config");
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->current_context, "work");
    const auto& home = config->clusters.at("home");
    EXPECT_EQ(home.server, "https://home:6443");
    EXPECT_EQ(home.ca_path, "/etc/kube/pki/ca.crt");
    EXPECT_EQ(home.tls_server_name, "kubernetes");
    EXPECT_EQ(home.proxy_url, "http://proxy:3128");
    EXPECT_EQ(model::find_string(home.exec_config, {"audience"}), "x");
    EXPECT_EQ(config->clusters.at("far").ca_pem, "CA");
    const auto& admin = config->users.at("admin");
    EXPECT_EQ(admin.certificate_path, "/abs/client.crt");
    EXPECT_EQ(admin.key_pem.reveal(), "key");
    EXPECT_EQ(admin.token.reveal(), "tok");
    EXPECT_EQ(admin.token_path, "/etc/token");
    EXPECT_EQ(admin.impersonate.user, "ann");
    EXPECT_EQ(admin.impersonate.uid, "7");
    EXPECT_EQ(admin.impersonate.groups, (std::vector<std::string>{"g1", "g2"}));
    ASSERT_EQ(admin.impersonate.extra.size(), 2U);
    EXPECT_EQ(admin.impersonate.extra[1].second, "b");
    EXPECT_EQ(config->users.at("basic").username, "u");
    EXPECT_EQ(config->users.at("basic").password.reveal(), "p");
    EXPECT_EQ(config->users.at("old").auth_provider, "gcp");
    EXPECT_EQ(config->contexts.at("work").ns, "t");
}

TEST(ParseKubeconfig, ReadsAnExecPlugin) {
    const auto config = parse_kubeconfig(kFull, "/etc/kube/config");
    ASSERT_TRUE(config);
    const auto& plugin = config->users.at("plugin").exec;
    ASSERT_TRUE(plugin);
    EXPECT_EQ(plugin->api_version, "client.authentication.k8s.io/v1");
    EXPECT_EQ(plugin->command, "/etc/kube/bin/login");
    EXPECT_EQ(plugin->args, std::vector<std::string>{"--now"});
    ASSERT_EQ(plugin->env.size(), 1U);
    EXPECT_EQ(plugin->env[0].first, "A");
    EXPECT_EQ(plugin->env[0].second, "1");
    EXPECT_TRUE(plugin->provide_cluster_info);
    EXPECT_EQ(plugin->interactive_mode, "Never");
    EXPECT_EQ(plugin->install_hint, "install it");
}

TEST(ParseKubeconfig, LooksABareExecCommandUpInPath) {
    const auto config = parse_kubeconfig(
        "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}}]",
        "/x/config");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->users.at("u").exec->command, "aws");
}

TEST(ParseKubeconfig, TakesAnEmptyFileAsAnEmptyConfiguration) {
    const auto config = parse_kubeconfig(" \n", "f");
    ASSERT_TRUE(config);
    EXPECT_TRUE(config->contexts.empty());
}

struct Refusal {
    const char* name;
    const char* text;
    const char* message;
};

class KubeconfigRefusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(KubeconfigRefusals, NameTheFieldAndNotItsContent) {
    const auto config = parse_kubeconfig(GetParam().text, "f");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::kInvalid);
    EXPECT_NE(config.error().text().find(GetParam().message), std::string::npos) << config.error().text();
    EXPECT_EQ(config.error().text().find("s3cret"), std::string::npos) << config.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    All, KubeconfigRefusals,
    ::testing::Values(Refusal{"Syntax", "clusters: [", "f:"},
                      Refusal{"AList", "- a", "the kubeconfig must be a map"},
                      Refusal{"Kind", "kind: Pod", "kind is Pod"},
                      Refusal{"ListOfClusters", "clusters: {}", "clusters must be a list"},
                      Refusal{"Server", "clusters: [{name: a, cluster: {server: 7}}]",
                              "clusters[a].server must be a string"},
                      Refusal{"Flag", "clusters: [{name: a, cluster: {insecure-skip-tls-verify: s3cret}}]",
                              "clusters[a].insecure-skip-tls-verify must be true or false"},
                      Refusal{"Base64", "users: [{name: a, user: {client-key-data: s3cret}}]",
                              "users[a].client-key-data is not base64"},
                      Refusal{"TwoOfOneName", "users: [{name: a, user: {}}, {name: a, user: {}}]",
                              "two entries named \"a\""},
                      Refusal{"NoCommand", "users: [{name: a, user: {exec: {apiVersion: v1}}}]",
                              "users[a].exec.command is missing"},
                      Refusal{"Args", "users: [{name: a, user: {exec: {command: c, args: [1]}}}]",
                              "users[a].exec.args must hold strings"},
                      Refusal{"Extra", "users: [{name: a, user: {as: b, as-user-extra: [x]}}]",
                              "as-user-extra must be a map"},
                      Refusal{"LineBreak", "users: [{name: a, user: {as: \"b\\nX: s3cret\"}}]",
                              "control character"}),
    [](const auto& row) { return std::string(row.param.name); });

Kubeconfig file(std::string_view text, std::string_view path) {
    auto config = parse_kubeconfig(text, path);
    EXPECT_TRUE(config) << config.error().text();
    return std::move(*config);
}

TEST(MergeKubeconfigs, LetsTheFirstFileWinPerEntryAndForTheCurrentContext) {
    std::vector<Kubeconfig> files;
    files.push_back(
        file("clusters: [{name: a, cluster: {server: https://one}}]\nusers: [{name: u, user: {token: t1}}]",
             "/1/c"));
    files.push_back(
        file("current-context: second\n"
             "clusters: [{name: a, cluster: {server: https://two, certificate-authority: ca}},"
             " {name: b, cluster: {server: https://b, certificate-authority: ca}}]\n"
             "users: [{name: u, user: {token: t2, username: x}}]",
             "/2/c"));
    files.push_back(file("current-context: third\ncontexts: [{name: third, context: {cluster: b}}]", "/3/c"));
    const auto merged = merge_kubeconfigs(std::move(files));
    EXPECT_EQ(merged.current_context, "second");
    EXPECT_EQ(merged.clusters.at("a").server, "https://one");
    // Nothing of the second file's entry of the same name is mixed in.
    EXPECT_EQ(merged.clusters.at("a").ca_path, "");
    EXPECT_EQ(merged.users.at("u").token.reveal(), "t1");
    EXPECT_EQ(merged.users.at("u").username, "");
    // Paths stay relative to the file that named them.
    EXPECT_EQ(merged.clusters.at("b").ca_path, "/2/ca");
    EXPECT_TRUE(merged.contexts.contains("third"));
}

struct Contained {
    const char* name;
    const char* cluster;
    const char* user;
    const char* field;  // empty: allowed
};

class SelfContained : public ::testing::TestWithParam<Contained> {};

TEST_P(SelfContained, RefusesWhatNeedsThisMachine) {
    const auto& [name, cluster, user, field] = GetParam();
    const auto config =
        file(fmt::format("current-context: x\ncontexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n"
                         "clusters: [{{name: c, cluster: {}}}]\nusers: [{{name: u, user: {}}}]",
                         cluster, user),
             "value");
    const auto checked = check_self_contained(config, "");
    EXPECT_EQ(checked.has_value(), std::string_view(field).empty());
    if (!checked) {
        EXPECT_EQ(checked.error().code, ErrorCode::kInvalid);
        EXPECT_NE(checked.error().message.find(fmt::format("\"{}\"", field)), std::string::npos);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, SelfContained,
    ::testing::Values(Contained{"Inline", "{server: s, certificate-authority-data: Q0E=}", "{token: t}", ""},
                      Contained{"Proxy", "{server: s, proxy-url: http://p}", "{}", "proxy-url"},
                      Contained{"Ca", "{server: s, certificate-authority: f}", "{}", "certificate-authority"},
                      Contained{"Exec", "{server: s}", "{exec: {command: c}}", "exec"},
                      Contained{"AuthProvider", "{server: s}", "{auth-provider: {}}", "auth-provider"},
                      Contained{"TokenFile", "{server: s}", "{tokenFile: f}", "tokenFile"},
                      Contained{"Certificate", "{server: s}", "{client-certificate: f}",
                                "client-certificate"},
                      Contained{"Key", "{server: s}", "{client-key: f}", "client-key"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace kube
