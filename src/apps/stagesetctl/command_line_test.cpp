// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/command_line.hpp"

#include <gtest/gtest.h>

#include "apps/stagesetctl/verbs.hpp"

namespace stagesetctl {
namespace {

using Words = std::vector<std::string>;

ParseOutcome parse(Words words, const std::string& program = "/usr/local/bin/stagesetctl") {
    words.insert(words.begin(), program);
    return parse_command_line(words);
}

Invocation parsed(const Words& words) {
    const auto outcome = parse(words);
    EXPECT_TRUE(outcome.invocation) << outcome.error << outcome.out;
    return outcome.invocation.value_or(Invocation{});
}

TEST(CommandLine, TakesGlobalFlagsBeforeAndAfterTheVerb) {
    for (const Words& words :
         {Words{"-n", "t", "--context=x", "build", "shop"},
          Words{"build", "-n", "t", "shop", "--context", "x"}, Words{"build", "shop", "-nt", "--context=x"},
          Words{"--context", "x", "build", "-n=t", "shop"}}) {
        const auto invocation = parsed(words);
        EXPECT_EQ(invocation.build.name, "shop");
        EXPECT_EQ(invocation.connection.ns, "t");
        EXPECT_EQ(invocation.connection.context, "x");
    }
}

TEST(CommandLine, ReadsAllConnectionFlags) {
    const auto c = parsed({"build",
                           "shop",
                           "--kubeconfig=k",
                           "--cluster=c",
                           "--user=u",
                           "-s",
                           "https://h",
                           "--token=t",
                           "--certificate-authority=ca",
                           "--client-certificate=crt",
                           "--client-key=key",
                           "--tls-server-name=n",
                           "--insecure-skip-tls-verify",
                           "--as=jane",
                           "--as-group=a,b",
                           "--as-group",
                           "c",
                           "--as-uid=1",
                           "--as-user-extra=k=v",
                           "--request-timeout=5s",
                           "--cache-dir=/x",
                           "--disable-compression"})
                       .connection;
    EXPECT_EQ(c.kubeconfig + c.cluster + c.user + c.server + c.token, "kcuhttps://ht");
    EXPECT_EQ(c.certificate_authority + c.client_certificate + c.client_key + c.tls_server_name, "cacrtkeyn");
    EXPECT_TRUE(c.insecure_skip_tls_verify);
    EXPECT_TRUE(c.disable_compression);
    EXPECT_EQ(c.as, "jane");
    EXPECT_EQ(c.as_groups, (Words{"a,b", "c"})) << "a group's name may hold a comma";
    EXPECT_EQ(c.as_uid, "1");
    EXPECT_EQ(c.as_user_extra, (Words{"k=v"}));
    EXPECT_EQ(c.request_timeout, "5s");
    EXPECT_EQ(c.cache_dir, "/x");
}

TEST(CommandLine, ReadsTheFlagsOfBuild) {
    const auto build = parsed({"build", "--stage", "a,b", "shop", "--stage=c", "--source-dir", "x=1,2",
                               "--source-dir=y", "--show-secrets", "--as-tenant=false", "-f", "-"})
                           .build;
    EXPECT_EQ(build.name, "shop");
    EXPECT_EQ(build.stages, (Words{"a", "b", "c"}));
    EXPECT_EQ(build.source_dirs, (Words{"x=1,2", "y"})) << "paths may hold commas";
    EXPECT_TRUE(build.show_secrets);
    EXPECT_FALSE(build.as_tenant);
    EXPECT_EQ(build.file, "-");
}

TEST(CommandLine, VerbsAndFlagsMayBeNamesToo) {
    EXPECT_EQ(parsed({"build", "build"}).build.name, "build");
    EXPECT_EQ(parsed({"-n", "build", "build", "version"}).build.name, "version");
    EXPECT_EQ(parsed({"build", "--", "--help"}).build.name, "--help");
    EXPECT_EQ(parsed({"build", "x", "--stage", "-v"}).build.stages, Words{"-v"});
    EXPECT_EQ(parsed({"build", "x", "--source-dir", ""}).build.source_dirs, Words{""});
    EXPECT_EQ(parsed({"build", "x", "--source-dir="}).build.source_dirs, Words{""});
}

TEST(CommandLine, RefusesMisuseWithExitCodeTwo) {
    const struct {
        Words words;
        std::string error;
    } rows[] = {
        {{"frobnicate"}, "unknown command \"frobnicate\" for \"stagesetctl\""},
        {{"frobnicate", "--what"}, "unknown command \"frobnicate\""},
        {{"--", "build", "x"}, "unknown command \"build\""},
        {{"--what"}, "unknown flag: --what"},
        {{"build", "x", "--what=1"}, "unknown flag: --what"},
        {{"build", "x", "-q"}, "unknown flag: -q"},
        {{"build", "x", "-v"}, "unknown flag: -v"},
        {{"version", "--stage=x"}, "unknown flag: --stage"},
        {{"build"}, "accepts 1 arg(s), received 0"},
        {{"build", "a", "b"}, "accepts 1 arg(s), received 2"},
        {{"build", "-f", "x", "a", "b"}, "accepts at most 1 arg(s), received 2"},
        {{"version", "x"}, "accepts 0 arg(s), received 1"},
        {{"completion"}, "accepts 1 arg(s), received 0"},
        {{"completion", "tcsh"}, "unknown command \"tcsh\" for \"stagesetctl completion\""},
        {{"help", "frobnicate"}, "unknown command \"frobnicate\""},
        {{"help", "a", "b"}, "accepts at most 1 arg(s), received 2"},
        {{"build", "x", "--stage"}, "flag needs an argument: --stage"},
        {{"build", "x", "--show-secrets=maybe"}, "invalid argument"},
        {{"build", "x", "--request-timeout=soon"}, "invalid argument \"soon\""},
    };
    for (const auto& row : rows) {
        const auto outcome = parse(row.words);
        EXPECT_FALSE(outcome.invocation) << row.error;
        EXPECT_EQ(outcome.exit_code, 2) << row.error;
        EXPECT_EQ(outcome.out, "") << "no usage text beside an error";
        EXPECT_NE(outcome.error.find(row.error), std::string::npos) << outcome.error;
    }
}

TEST(CommandLine, HelpsOnStdoutWithExitCodeZero) {
    for (const Words& words : {Words{}, Words{"--help"}, Words{"-h"}, Words{"help"}, Words{"-n", "t"}}) {
        const auto outcome = parse(words);
        EXPECT_EQ(outcome.exit_code, 0);
        EXPECT_EQ(outcome.error, "");
        EXPECT_NE(outcome.out.find("Usage:\n  stagesetctl VERB [flags]"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find("-s, --server URL"), std::string::npos);
        EXPECT_NE(outcome.out.find("-v, --version"), std::string::npos);
    }
    EXPECT_EQ(parse({"build", "--help"}).out, parse({"help", "build"}).out);
    EXPECT_EQ(parse({"build", "-h", "a", "b", "c"}).exit_code, 0);
}

TEST(CommandLine, HelpOfEachVerbShowsAnExample) {
    for (const Verb& verb : verbs()) {
        const std::string text = parse({std::string(verb.name), "--help"}).out;
        EXPECT_NE(text.find("Examples:\n"), std::string::npos) << verb.name;
        EXPECT_NE(text.find(fmt::format("stagesetctl {}", verb.name), text.find("Examples:")),
                  std::string::npos)
            << text;
        EXPECT_NE(parse({}).out.find(verb.summary), std::string::npos);
    }
}

TEST(CommandLine, PresentsItselfAsTheNameItWasCalledBy) {
    const std::string plugin = "/home/me/.krew/bin/kubectl-stageset";
    EXPECT_TRUE(parse({"--version"}, plugin).out.starts_with("kubectl stageset version "));
    EXPECT_NE(parse({}, plugin).out.find("kubectl stageset VERB"), std::string::npos);
    EXPECT_NE(parse({"help", "build"}, plugin).out.find("kubectl stageset build shop"), std::string::npos);
    EXPECT_NE(parse({"x"}, plugin).error.find("for \"kubectl stageset\""), std::string::npos);
    EXPECT_TRUE(parse({"--version"}, "kubectl-stageset-old").out.starts_with("stagesetctl version "));
}

TEST(CommandLine, TellsTheVersionInThreeWays) {
    const std::string line = parse({"--version"}).out;
    EXPECT_TRUE(line.starts_with("stagesetctl version ")) << line;
    EXPECT_NE(line.find(" (commit "), std::string::npos);
    EXPECT_TRUE(line.ends_with(")\n"));
    EXPECT_EQ(parse({"-v"}).out, line);
    EXPECT_EQ(parse({"version"}).out, line);
}

}  // namespace
}  // namespace stagesetctl
