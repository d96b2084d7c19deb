// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "apps/stagesetctl/testing/fake_outside.hpp"
#include "io/kube/rest/testing/temp_folder.hpp"

namespace stagesetctl {
namespace {

using testing::RecordingConsole;
using testing::World;
using Words = std::vector<std::string>;

std::string config_map(const std::string& name, const std::string& value) {
    return "apiVersion: v1\ndata:\n  a: " + value + "\nkind: ConfigMap\nmetadata:\n  name: " + name +
           "\n  namespace: t\n";
}

std::string external_artifact(const std::string& name, const std::string& ready = "True") {
    return "{apiVersion: source.toolkit.fluxcd.io/v1, kind: ExternalArtifact, metadata: {name: " + name +
           ", namespace: t}, status: {artifact: {url: 'http://s/" + name +
           "', digest: 'sha256:" + std::string(64, 'a') +
           "', revision: r1}, conditions: [{type: Ready, status: '" + ready + "'}]}}";
}

class BuildCommand : public ::testing::Test {
protected:
    BuildCommand() {
        set("stages: [{name: one, sourceRef: {name: one}}, {name: two, sourceRef: {name: two}}]");
    }

    void set(const std::string& spec) {
        stageset =
            "{apiVersion: stages.metio.wtf/v1, kind: StageSet, metadata: {name: shop, namespace: t}, "
            "spec: {" +
            spec + "}}";
        world.objects = {stageset};
    }
    int run(Words words) { return testing::run(std::move(words), console, world); }
    // The only error of a run that failed.
    std::string failure(Words words) {
        EXPECT_EQ(run(std::move(words)), 3);
        EXPECT_EQ(console.errors.size(), 1U);
        return console.errors.empty() ? "" : console.errors.front();
    }
    // A directory with one ConfigMap.
    std::string directory(const std::string& name, const std::string& value) {
        folder.write(name + "/" + name + ".yaml", config_map(name, value));
        return folder.path(name);
    }

    std::string stageset;
    World world;
    RecordingConsole console;
    kube::testing::TempFolder folder;
};

TEST_F(BuildCommand, PrintsTheArtifactsOfAllStagesInTheOrderOfTheSpec) {
    world.objects = {stageset, external_artifact("one"), external_artifact("two")};
    world.artifacts["http://s/one"] = {{"b.yaml", config_map("b", "x")}, {"a.yaml", config_map("a", "x")}};
    world.artifacts["http://s/two"] = {{"c.yaml", config_map("c", "x")}};
    ASSERT_EQ(run({"build", "shop"}), 0) << console.errors.front();
    EXPECT_EQ(console.printed,
              config_map("a", "x") + "---\n" + config_map("b", "x") + "---\n" + config_map("c", "x"))
        << "no leading and no trailing separator, no owner labels";
    EXPECT_EQ(console.warnings, Words{});
}

TEST_F(BuildCommand, LocalDirectoriesNeedNeitherSourceNorArtifact) {
    ASSERT_EQ(run({"build", "shop", "--source-dir", directory("all", "x1"), "--source-dir",
                   "two=" + directory("own", "x2")}),
              0);
    EXPECT_EQ(console.printed, config_map("all", "x1") + "---\n" + config_map("own", "x2"));
    EXPECT_EQ(world.requests, Words{"get StageSet t/shop"});
}

TEST_F(BuildCommand, AFileAndDirectoriesNeedNoCluster) {
    const std::string file = folder.write("stageset.yaml", stageset);
    ASSERT_EQ(run({"build", "-f", file, "--source-dir", directory("all", "x")}), 0);
    EXPECT_EQ(console.printed, config_map("all", "x") + "---\n" + config_map("all", "x"));
    EXPECT_FALSE(world.asked_cluster);
}

TEST_F(BuildCommand, SelectsStagesInTheOrderOfTheSpec) {
    const Words words{"build",        "shop",
                      "--source-dir", "one=" + directory("a", "x"),
                      "--source-dir", "two=" + directory("b", "x"),
                      "--stage"};
    const auto printed_with = [&](const std::string& stages) {
        console = {};
        Words all = words;
        all.push_back(stages);
        EXPECT_EQ(run(all), 0);
        return console.printed;
    };
    EXPECT_EQ(printed_with("two,one"), config_map("a", "x") + "---\n" + config_map("b", "x"));
    EXPECT_EQ(printed_with("two"), config_map("b", "x"));
    console = {};
    Words unknown = words;
    unknown.emplace_back("one,three");
    EXPECT_EQ(failure(unknown), "stage \"three\" not found in StageSet \"shop\"");
    EXPECT_EQ(console.printed, "");
}

TEST_F(BuildCommand, WarnsOfDirectoriesForStagesThatDoNotExist) {
    ASSERT_EQ(run({"build", "shop", "--source-dir", directory("a", "x"), "--source-dir", "three=/nowhere"}),
              0);
    EXPECT_EQ(console.warnings,
              Words{"--source-dir names stage \"three\", which StageSet \"shop\" does not have"});
}

TEST_F(BuildCommand, RefusesMalformedDirectoriesBeforeAnyConnection) {
    EXPECT_NE(failure({"build", "shop", "--source-dir", "one="}).find("invalid --source-dir \"one=\""),
              std::string::npos);
    EXPECT_FALSE(world.asked_cluster);
}

TEST_F(BuildCommand, NamesTheStageWhoseDirectoryCannotBeUsed) {
    EXPECT_EQ(failure({"build", "shop", "--source-dir", "one=" + folder.path("none")}),
              "stage \"one\": directory " + folder.path("none") + ": No such file or directory");
}

TEST_F(BuildCommand, SaysThatTheStageSetDoesNotExistAsKubectlDoes) {
    EXPECT_EQ(failure({"build", "nope"}), "stagesets.stages.metio.wtf \"nope\" not found");
    console = {};
    EXPECT_EQ(failure({"build", "shop", "-n", "other"}), "stagesets.stages.metio.wtf \"shop\" not found");
    EXPECT_EQ(world.requests, Words{"get StageSet other/shop"});
}

TEST_F(BuildCommand, ReportsRefusedReads) {
    world.prepare = [](kube::testing::FakeApi& api) {
        api.fail_always(kube::testing::on("get", "StageSet"),
                        kube::testing::server_error(base::ErrorCode::kForbidden, 403, "Forbidden",
                                                    "User \"jane\" cannot get stagesets"));
    };
    EXPECT_NE(failure({"build", "shop"}).find("User \"jane\" cannot get stagesets"), std::string::npos);
}

TEST_F(BuildCommand, SaysWhyASourceHasNoArtifact) {
    EXPECT_EQ(failure({"build", "shop"}), "stage \"one\": ExternalArtifact t/one does not exist");
    console = {};
    world.objects = {stageset, external_artifact("one", "False")};
    EXPECT_EQ(failure({"build", "shop"}), "stage \"one\": ExternalArtifact t/one is not ready");
    console = {};
    world.objects = {stageset, external_artifact("one")};
    EXPECT_EQ(failure({"build", "shop"}), "stage \"one\": fetch: the server of http://s/one answered 404");
}

TEST_F(BuildCommand, KeepsWhatWasPrintedBeforeALaterStageFailed) {
    world.objects = {stageset, external_artifact("one")};
    world.artifacts["http://s/one"] = {{"a.yaml", config_map("a", "x")}};
    EXPECT_NE(failure({"build", "shop"}).find("stage \"two\""), std::string::npos);
    EXPECT_EQ(console.printed, config_map("a", "x"));
}

TEST_F(BuildCommand, MasksSecretsWithOneNumberingForAllStages) {
    set("stages: [{name: one, sourceRef: {name: x}}, {name: two, sourceRef: {name: x}}]");
    folder.write(
        "s/s.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: t}\nstringData: {b: two, a: one}\n");
    ASSERT_EQ(run({"build", "shop", "--source-dir", folder.path("s")}), 0);
    const std::string masked =
        "apiVersion: v1\ndata:\n  a: <-- value not shown (#1)\n  b: <-- value not shown (#2)\n"
        "kind: Secret\nmetadata:\n  name: s\n  namespace: t\n";
    EXPECT_EQ(console.printed, masked + "---\n" + masked);
    console = {};
    ASSERT_EQ(run({"build", "shop", "--stage=one", "--show-secrets", "--source-dir", folder.path("s")}), 0);
    EXPECT_NE(console.printed.find("  a: b25l\n  b: dHdv\n"), std::string::npos) << console.printed;
}

TEST_F(BuildCommand, SubstitutesVariablesOfTheCluster) {
    set("stages: [{name: one, sourceRef: {name: x}, postBuild: {substitute: {C: inline}, substituteFrom: "
        "[{kind: ConfigMap, name: vars}, {kind: Secret, name: gone, optional: true}]}}]");
    world.objects.emplace_back(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: vars, namespace: t}, data: {B: cluster, C: "
        "over}}");
    ASSERT_EQ(run({"build", "shop", "--source-dir", directory("a", "${B}-${C}-${D:=none}")}), 0)
        << console.errors.front();
    EXPECT_EQ(console.printed, config_map("a", "cluster-inline-none"));
    console = {};
    EXPECT_NE(failure({"build", "shop", "--source-dir", directory("a", "${D}")}).find("stage \"one\""),
              std::string::npos);
}

TEST_F(BuildCommand, WithoutVariablesTextsStayAsTheyAre) {
    ASSERT_EQ(run({"build", "shop", "--stage=one", "--source-dir", directory("a", "${D:=none}")}), 0);
    EXPECT_EQ(console.printed, config_map("a", "${D:=none}"));
}

TEST_F(BuildCommand, InlineVariablesNeedNoCluster) {
    set("stages: [{name: one, sourceRef: {name: x}, postBuild: {substitute: {B: b}}}]");
    const std::string file = folder.write("stageset.yaml", stageset);
    ASSERT_EQ(run({"build", "-f", file, "--source-dir", directory("a", "${B}")}), 0)
        << console.errors.front();
    EXPECT_EQ(console.printed, config_map("a", "b"));
    EXPECT_FALSE(world.asked_cluster);
}

TEST_F(BuildCommand, BuildsThePathWithThePatchesOfTheStage) {
    set("stages: [{name: one, sourceRef: {name: x}, path: ./overlay, patches: [{target: {kind: ConfigMap}, "
        "patch: "
        "'- {op: replace, path: /data/a, value: patched}'}]}]");
    folder.write("src/base/a.yaml", config_map("a", "x"));
    folder.write("src/base/kustomization.yaml", "resources: [a.yaml]\n");
    folder.write("src/overlay/kustomization.yaml", "resources: [../base]\nnamePrefix: pre-\n");
    ASSERT_EQ(run({"build", "shop", "--source-dir", folder.path("src")}), 0) << console.errors.front();
    EXPECT_EQ(console.printed, config_map("pre-a", "patched"));
}

TEST_F(BuildCommand, ActsAsTheServiceAccountOnlyWhenThereIsOne) {
    ASSERT_EQ(run({"build", "shop", "--as-tenant", "--source-dir", directory("a", "x")}), 0);
    EXPECT_EQ(world.service_accounts, Words{});
    set("serviceAccountName: deployer, stages: [{name: one, sourceRef: {name: one}}]");
    world.objects.push_back(external_artifact("one"));
    world.artifacts["http://s/one"] = {{"a.yaml", config_map("a", "x")}};
    ASSERT_EQ(run({"build", "shop", "--as-tenant"}), 0) << console.errors.front();
    EXPECT_EQ(world.service_accounts, Words{"t/deployer"});
    world.service_accounts.clear();
    ASSERT_EQ(run({"build", "shop"}), 0);
    EXPECT_EQ(world.service_accounts, Words{});
}

TEST_F(BuildCommand, WarnsOfWhatItDoesNotDo) {
    set("kubeConfig: {secretRef: {name: k}}, stages: [{name: one, sourceRef: {name: x}}]");
    ASSERT_EQ(run({"build", "shop", "--decryption-key", "k", "--source-dir", directory("a", "x")}), 0);
    ASSERT_EQ(console.warnings.size(), 2U);
    EXPECT_TRUE(console.warnings[0].starts_with("spec.kubeConfig is not used here"));
    EXPECT_TRUE(console.warnings[1].starts_with("--decryption-key is not used"));
}

TEST_F(BuildCommand, WarnsOfAStageSetThatTheControllerRefuses) {
    set("stages: [{name: one, sourceRef: {name: x}}, {name: one, sourceRef: {name: x}}]");
    ASSERT_EQ(run({"build", "shop", "--source-dir", directory("a", "x")}), 0);
    ASSERT_FALSE(console.warnings.empty());
    EXPECT_TRUE(console.warnings[0].starts_with("the controller refuses this StageSet: spec.stages["));
}

TEST_F(BuildCommand, AFilesNamespaceMustNotContradictTheFlag) {
    const std::string file = folder.write("stageset.yaml", stageset);
    EXPECT_EQ(failure({"build", "-f", file, "-n", "u", "--source-dir", directory("a", "x")}),
              "StageSet \"shop\" is of namespace \"t\", but --namespace says \"u\"");
}

TEST_F(BuildCommand, NamesTheFieldOfAMalformedFile) {
    const std::string file = folder.write(
        "f.yaml",
        "{apiVersion: stages.metio.wtf/v1, kind: StageSet, metadata: {name: s}, spec: {stages: 7}}");
    const std::string error = failure({"build", "-f", file});
    EXPECT_NE(error.find(file), std::string::npos) << error;
    EXPECT_NE(error.find("spec.stages"), std::string::npos) << error;
}

TEST_F(BuildCommand, FailsWhenNobodyTakesTheOutput) {
    console.is_closed = true;
    EXPECT_EQ(failure({"build", "shop", "--source-dir", directory("a", "x")}),
              "standard output cannot be written");
    console.errors.clear();
    EXPECT_EQ(failure({"--help"}), "standard output cannot be written");
}

TEST_F(BuildCommand, UsageErrorsEndBeforeAnythingIsAsked) {
    EXPECT_EQ(run({"build"}), 2);
    EXPECT_EQ(console.errors, Words{"accepts 1 arg(s), received 0"});
    EXPECT_EQ(console.printed, "");
    EXPECT_FALSE(world.asked_cluster);
}

}  // namespace
}  // namespace stagesetctl
