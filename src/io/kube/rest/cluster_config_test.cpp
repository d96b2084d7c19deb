// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/cluster_config.hpp"

#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "io/kube/rest/testing/scripted_http.hpp"
#include "io/kube/rest/testing/temp_folder.hpp"

namespace kube {
namespace {

using base::ErrorCode;

class ClusterConfigs : public ::testing::Test {
protected:
    CredentialRuntime runtime() { return {clock, loop.get_executor()}; }
    base::Result<ClusterConfig> resolve(const std::string& text, std::string_view context = "") {
        const auto config = parse_kubeconfig(text, folder.path("config"));
        EXPECT_TRUE(config) << config.error().text();
        return resolve_context(*config, context, runtime());
    }
    // One context of that cluster and user.
    base::Result<ClusterConfig> resolve_pair(std::string_view cluster, std::string_view user) {
        return resolve(
            fmt::format("current-context: x\ncontexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n"
                        "clusters: [{{name: c, cluster: {}}}]\nusers: [{{name: u, user: {}}}]",
                        cluster, user));
    }
    CredentialPtr credential_of(const ClusterConfig& config) {
        auto credential = base::testing::run_task(loop, config.credentials->current());
        EXPECT_TRUE(credential) << credential.error().text();
        return *credential;
    }

    boost::asio::io_context loop;
    testing::InstantClock clock;
    testing::TempFolder folder;
};

TEST_F(ClusterConfigs, ReadFilesAndPreferInlineText) {
    folder.write("ca.crt", "CA FILE");
    folder.write("key", "KEY FILE");
    const auto config =
        resolve_pair("{server: 'https://h:1/prefix/', certificate-authority: ca.crt, tls-server-name: name}",
                     "{client-certificate: missing, client-certificate-data: Q0E=, client-key: key}");
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->server, "https://h:1/prefix");
    EXPECT_EQ(config->tls.ca_pem, "CA FILE");
    EXPECT_EQ(config->tls.client_certificate_pem, "CA");
    EXPECT_EQ(config->tls.client_key_pem.reveal(), "KEY FILE");
    EXPECT_EQ(config->tls.server_name, "name");
    EXPECT_EQ(config->default_namespace, "default");
    EXPECT_EQ(config->context, "x");
}

TEST_F(ClusterConfigs, ChooseTheNamedContextOverTheCurrentOne) {
    const std::string text =
        "current-context: one\ncontexts: [{name: one, context: {cluster: a}},"
        " {name: two, context: {cluster: b, namespace: t}}]\n"
        "clusters: [{name: a, cluster: {server: https://a}}, {name: b, cluster: {server: https://b, "
        "proxy-url: http://p}}]";
    EXPECT_EQ(resolve(text)->server, "https://a");
    const auto two = resolve(text, "two");
    ASSERT_TRUE(two);
    EXPECT_EQ(two->server, "https://b");
    EXPECT_EQ(two->default_namespace, "t");
    EXPECT_EQ(two->proxy, "http://p");
}

TEST_F(ClusterConfigs, AddTheSchemeThatFitsTheTlsSettings) {
    EXPECT_EQ(resolve_pair("{server: 'h:1'}", "{}")->server, "http://h:1");
    EXPECT_EQ(resolve_pair("{server: 'h:1', insecure-skip-tls-verify: true}", "{}")->server, "https://h:1");
}

TEST_F(ClusterConfigs, SendTokenBasicAndImpersonation) {
    const auto token = credential_of(
        *resolve_pair("{server: h}", "{token: tok, as: ann, as-groups: [g], as-user-extra: {a/b: [c]}}"));
    EXPECT_EQ(token->bearer->reveal(), "tok");
    ASSERT_EQ(token->headers.size(), 3U);
    EXPECT_EQ(token->headers[0].name, "Impersonate-User");
    EXPECT_EQ(token->headers[0].value, "ann");
    EXPECT_EQ(token->headers[1].name, "Impersonate-Group");
    EXPECT_EQ(token->headers[2].name, "Impersonate-Extra-a%2Fb");
    const auto basic = credential_of(*resolve_pair("{server: h}", "{username: u, password: p}"));
    EXPECT_EQ(basic->bearer, nullptr);
    ASSERT_EQ(basic->headers.size(), 1U);
    EXPECT_EQ(basic->headers[0].value, "Basic dTpw");
}

struct Refused {
    const char* name;
    const char* cluster;
    const char* user;
    ErrorCode code;
    const char* message;
};

class RefusedConfigs : public ClusterConfigs, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedConfigs, SayWhatIsWrong) {
    const auto config = resolve_pair(GetParam().cluster, GetParam().user);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, GetParam().code);
    EXPECT_NE(config.error().text().find(GetParam().message), std::string::npos) << config.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedConfigs,
    ::testing::Values(
        Refused{"NoServer", "{}", "{}", ErrorCode::kInvalid,
                "cluster \"c\" of the kubeconfig names no server"},
        Refused{"Scheme", "{server: 'ftp://h'}", "{}", ErrorCode::kInvalid, "neither http nor https"},
        Refused{"CaAndInsecure",
                "{server: h, certificate-authority-data: Q0E=, insecure-skip-tls-verify: true}", "{}",
                ErrorCode::kInvalid, "only one of them is allowed"},
        Refused{"MissingCa", "{server: h, certificate-authority: nowhere}", "{}", ErrorCode::kNotFound,
                "certificate-authority of cluster \"c\""},
        Refused{"CertificateWithoutKey", "{server: h}", "{client-certificate-data: Q0E=}",
                ErrorCode::kInvalid, "needs both client-certificate and client-key"},
        Refused{"TokenAndBasic", "{server: h}", "{token: t, username: u}", ErrorCode::kInvalid,
                "only one of them"},
        Refused{"AuthProvider", "{server: h}", "{auth-provider: {name: oidc}}", ErrorCode::kUnsupported,
                "uses the auth provider oidc"},
        Refused{"ExecVersion", "{server: h}",
                "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c}}",
                ErrorCode::kUnsupported, "v1alpha1"},
        Refused{"ExecTerminal", "{server: h}",
                "{exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Always}}",
                ErrorCode::kUnsupported, "no terminal"},
        Refused{"GroupsWithoutUser", "{server: h}", "{as-groups: [g]}", ErrorCode::kInvalid,
                "without a user"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ClusterConfigs, NameWhatAContextLacks) {
    EXPECT_NE(resolve("kind: Config").error().message.find("no current-context"), std::string::npos);
    EXPECT_NE(resolve("kind: Config", "x").error().message.find("no context \"x\""), std::string::npos);
    EXPECT_NE(
        resolve("contexts: [{name: x, context: {cluster: c}}]", "x").error().message.find("cluster \"c\""),
        std::string::npos);
    EXPECT_NE(resolve("contexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: "
                      "{server: h}}]",
                      "x")
                  .error()
                  .message.find("user \"u\""),
              std::string::npos);
}

TEST_F(ClusterConfigs, MergeTheFilesOfKubeconfigAndSkipMissingOnes) {
    const auto one =
        folder.write("1/config", "current-context: x\nclusters: [{name: c, cluster: {server: https://one}}]");
    const auto two = folder.write(
        "2/config",
        "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: https://two}}]\nusers: [{name: u, user: {tokenFile: t}}]");
    folder.write("2/t", "from-two\n");
    ConfigSources sources;
    sources.kubeconfig = folder.path("missing") + "::" + one + ":" + two + ":";
    const auto config = load_cluster_config(sources, runtime());
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->server, "https://one");
    EXPECT_EQ(credential_of(*config)->bearer->reveal(), "from-two");
}

TEST_F(ClusterConfigs, AreLookedForInKubeconfigThenThePodThenHome) {
    const std::string text =
        "current-context: x\ncontexts: [{{name: x, context: {{cluster: c}}}}]\nclusters: [{{name: c, "
        "cluster: {{server: {}}}}}]";
    ConfigSources sources;
    sources.home = folder.path("home");
    folder.write("home/.kube/config", fmt::format(fmt::runtime(text), "https://home"));
    EXPECT_EQ(load_cluster_config(sources, runtime())->server, "https://home");

    sources.service_account_folder = folder.path("sa");
    sources.service_host = "10.0.0.1";
    sources.service_port = "443";
    folder.write("sa/ca.crt", "POD CA");
    folder.write("sa/token", "pod-token");
    folder.write("sa/namespace", "stageset-system");
    const auto pod = load_cluster_config(sources, runtime());
    ASSERT_TRUE(pod) << pod.error().text();
    EXPECT_EQ(pod->server, "https://10.0.0.1:443");
    EXPECT_EQ(pod->tls.ca_pem, "POD CA");
    EXPECT_EQ(pod->default_namespace, "stageset-system");
    EXPECT_EQ(credential_of(*pod)->bearer->reveal(), "pod-token");

    sources.kubeconfig = folder.write("explicit", fmt::format(fmt::runtime(text), "https://explicit"));
    EXPECT_EQ(load_cluster_config(sources, runtime())->server, "https://explicit");

    // A list that names no existing file is a mistake, not a wish for another configuration.
    sources.kubeconfig = folder.path("gone");
    EXPECT_EQ(load_cluster_config(sources, runtime()).error().code, ErrorCode::kNotFound);
}

TEST_F(ClusterConfigs, WriteAnIpv6ServiceAddressInBrackets) {
    ConfigSources sources;
    sources.service_account_folder = folder.path("sa");
    sources.service_host = "fd00::1";
    sources.service_port = "6443";
    folder.write("sa/ca.crt", "CA");
    EXPECT_EQ(load_cluster_config(sources, runtime())->server, "https://[fd00::1]:6443");
}

TEST_F(ClusterConfigs, ReportThatThereIsNone) {
    EXPECT_EQ(load_cluster_config({}, runtime()).error().code, ErrorCode::kNotFound);
    ConfigSources pod;
    pod.service_host = "h";
    pod.service_port = "1";
    pod.service_account_folder = folder.path("nothing");
    EXPECT_NE(load_cluster_config(pod, runtime()).error().text().find("service account"), std::string::npos);
}

TEST_F(ClusterConfigs, LeaveAllIdentityBehindForATenant) {
    const auto own = resolve_pair(
        "{server: h, insecure-skip-tls-verify: true, tls-server-name: name, proxy-url: http://p}",
        "{client-certificate-data: Q0E=, client-key-data: a2V5, as: root}");
    ASSERT_TRUE(own);
    const auto tenant = own->with_identity(fixed_credentials(bearer_credential(base::Secret("sa-token"))));
    EXPECT_EQ(tenant.server, own->server);
    EXPECT_EQ(tenant.tls.server_name, "name");
    EXPECT_EQ(tenant.tls.client_certificate_pem, "");
    EXPECT_TRUE(tenant.tls.client_key_pem.empty());
    EXPECT_FALSE(tenant.tls.insecure_skip_verify);
    const auto credential = credential_of(tenant);
    EXPECT_EQ(credential->bearer->reveal(), "sa-token");
    EXPECT_TRUE(credential->headers.empty());
}

const std::string kTwoClusters =
    "current-context: one\ncontexts: [{name: one, context: {cluster: a, user: u, namespace: t}}]\n"
    "clusters: [{name: a, cluster: {server: 'https://a', tls-server-name: host, certificate-authority-data: "
    "Q0E=}},"
    " {name: b, cluster: {server: 'https://b'}}]\n"
    "users: [{name: u, user: {username: joe, password: p, as: somebody, as-groups: [g]}}, {name: v, user: "
    "{token: v}}]";

TEST_F(ClusterConfigs, AreOverriddenByTheCommandLine) {
    ConfigSources sources;
    sources.kubeconfig = folder.write("config", kTwoClusters);
    sources.overrides.server = "https://other/";
    sources.overrides.token = "t";
    sources.overrides.insecure_skip_verify = true;
    auto config = load_cluster_config(sources, runtime());
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->server, "https://other");
    EXPECT_EQ(config->tls.server_name, "") << "it was said of another server";
    EXPECT_EQ(config->tls.ca_pem, "");
    EXPECT_TRUE(config->tls.insecure_skip_verify);
    EXPECT_EQ(config->default_namespace, "t");
    const auto credential = credential_of(*config);
    EXPECT_EQ(credential->bearer->reveal(), "t") << "not the password";
    EXPECT_EQ(credential->headers.size(), 2U) << "the user's own impersonation stays";

    sources.overrides = {};
    sources.overrides.cluster = "b";
    sources.overrides.user = "v";
    config = load_cluster_config(sources, runtime());
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->server, "https://b");
    EXPECT_EQ(credential_of(*config)->bearer->reveal(), "v");
}

TEST_F(ClusterConfigs, ReplaceImpersonationAsAWhole) {
    ConfigSources sources;
    sources.kubeconfig = folder.write("config", kTwoClusters);
    sources.overrides.impersonate = Impersonation{"jane", "", {}, {}};
    const auto config = load_cluster_config(sources, runtime());
    ASSERT_TRUE(config) << config.error().text();
    std::string names;
    for (const auto& header : credential_of(*config)->headers) {
        names += header.name == "Authorization" ? "" : header.name + "=" + header.value + " ";
    }
    EXPECT_EQ(names, "Impersonate-User=jane ");
}

TEST_F(ClusterConfigs, NeedNoFileWhenTheServerIsGiven) {
    ConfigSources sources;
    sources.home = folder.path("home");
    EXPECT_EQ(load_cluster_config(sources, runtime()).error().code, ErrorCode::kNotFound);
    sources.overrides.server = "http://h:8080";
    const auto config = load_cluster_config(sources, runtime());
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->server, "http://h:8080");
    EXPECT_EQ(config->default_namespace, "default");
}

TEST_F(ClusterConfigs, RefuseOverridesThatNameNothing) {
    ConfigSources sources;
    sources.kubeconfig = folder.write("config", kTwoClusters);
    const auto error_with = [&] { return load_cluster_config(sources, runtime()).error().text(); };
    sources.overrides.cluster = "none";
    EXPECT_EQ(error_with(), "the kubeconfig has no cluster \"none\"");
    sources.overrides = {};
    sources.overrides.user = "none";
    EXPECT_EQ(error_with(), "the kubeconfig has no user \"none\"");
    sources.overrides = {};
    sources.context = "none";
    EXPECT_EQ(error_with(), "the kubeconfig has no context \"none\"");
}

}  // namespace
}  // namespace kube
