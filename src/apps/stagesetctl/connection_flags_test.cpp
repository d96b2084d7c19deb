// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/connection_flags.hpp"

#include <gtest/gtest.h>

#include "io/kube/rest/testing/temp_folder.hpp"

namespace stagesetctl {
namespace {

using namespace std::chrono_literals;

TEST(ConnectionFlags, LookForFilesAsKubectlDoes) {
    const kube::testing::TempFolder home;
    kube::ConfigSources process;
    process.home = home.path("");
    const auto file_of = [&](const ConnectionFlags& flags) {
        return config_sources(flags, process).value().kubeconfig;
    };
    EXPECT_EQ(file_of({}), "") << "no file anywhere: perhaps a pod";
    home.write(".kube/config", "");
    EXPECT_EQ(file_of({}), home.path("") + "/.kube/config");
    process.kubeconfig = "/a:/b";
    EXPECT_EQ(file_of({}), "/a:/b");
    ConnectionFlags flags;
    flags.kubeconfig = "/c";
    EXPECT_EQ(file_of(flags), "/c");
}

TEST(ConnectionFlags, OverrideWhatTheFilesSay) {
    ConnectionFlags flags;
    flags.context = "x";
    flags.cluster = "c";
    flags.user = "u";
    flags.server = "https://h";
    flags.token = "t";
    flags.certificate_authority = "ca";
    flags.client_certificate = "crt";
    flags.client_key = "key";
    flags.tls_server_name = "name";
    flags.insecure_skip_tls_verify = true;
    const auto sources = config_sources(flags, {});
    ASSERT_TRUE(sources);
    const auto& over = sources->overrides;
    EXPECT_EQ(sources->context, "x");
    EXPECT_EQ(over.cluster, "c");
    EXPECT_EQ(over.user, "u");
    EXPECT_EQ(over.server, "https://h");
    EXPECT_EQ(over.token, "t");
    EXPECT_EQ(over.ca_path, "ca");
    EXPECT_EQ(over.certificate_path, "crt");
    EXPECT_EQ(over.key_path, "key");
    EXPECT_EQ(over.tls_server_name, "name");
    EXPECT_TRUE(over.insecure_skip_verify);
    EXPECT_FALSE(over.impersonate) << "nobody asked for it: the kubeconfig's own stays";
}

TEST(ConnectionFlags, ImpersonateAsAWhole) {
    ConnectionFlags flags;
    flags.as = "jane";
    flags.as_groups = {"a", "b,c"};
    flags.as_uid = "7";
    flags.as_user_extra = {"k=v=w"};
    const auto sources = config_sources(flags, {});
    ASSERT_TRUE(sources && sources->overrides.impersonate);
    const auto& as = *sources->overrides.impersonate;
    EXPECT_EQ(as.user, "jane");
    EXPECT_EQ(as.groups, (std::vector<std::string>{"a", "b,c"}));
    EXPECT_EQ(as.uid, "7");
    EXPECT_EQ(as.extra, (std::vector<std::pair<std::string, std::string>>{{"k", "v=w"}}));
    flags.as_user_extra = {"kv"};
    EXPECT_EQ(config_sources(flags, {}).error().message, "invalid --as-user-extra \"kv\": write KEY=VALUE");
}

TEST(ConnectionFlags, TakeTimeoutsAsDurationsOrSeconds) {
    EXPECT_EQ(parse_request_timeout("0").value(), std::nullopt);
    EXPECT_EQ(parse_request_timeout("0s").value(), std::nullopt);
    EXPECT_EQ(parse_request_timeout("7").value(), std::optional<base::Duration>(7s));
    EXPECT_EQ(parse_request_timeout("1m30s").value(), std::optional<base::Duration>(90s));
    for (const char* wrong : {"", "-1", "-5s", "5x", "soon"}) {
        const auto timeout = parse_request_timeout(wrong);
        ASSERT_FALSE(timeout) << wrong;
        EXPECT_NE(timeout.error().message.find("--request-timeout"), std::string::npos);
    }
}

}  // namespace
}  // namespace stagesetctl
