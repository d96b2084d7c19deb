// SPDX-License-Identifier: 0BSD
#include "model/validate.hpp"

#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace model {
namespace {

struct Case {
    const char* name;
    const char* spec;  // without its stages when it names none
    std::vector<std::string> errors;
};

constexpr const char* kStages = "stages: [{name: a, sourceRef: {name: s}}, {name: b, sourceRef: {name: s}}]";

std::vector<std::string> validate(const std::string& text) {
    const bool has_stages = text.find("stages:") != std::string::npos;
    const std::string spec = has_stages ? text : text + (text.empty() ? "" : ", ") + kStages;
    const auto object = parse_yaml_one("spec: {" + spec + "}", "case");
    EXPECT_TRUE(object) << object.error().message;
    const auto parsed = parse_spec(*object);
    if (!parsed) {
        return {"does not parse: " + parsed.error().message};
    }
    std::vector<std::string> errors;
    for (const FieldError& error : validate_spec(*parsed)) {
        errors.push_back(error.text());
    }
    return errors;
}

std::string with_pre(const std::string& actions) {
    return "stages: [{name: a, sourceRef: {name: s}, actions: {pre: [" + actions + "]}}]";
}

class Rule : public testing::TestWithParam<Case> {};

TEST_P(Rule, IsChecked) { EXPECT_EQ(validate(GetParam().spec), GetParam().errors); }

INSTANTIATE_TEST_SUITE_P(
    Spec, Rule,
    testing::Values(
        Case{"Minimal", "", {}},
        Case{"StageNamesAreUnique",
             "stages: [{name: a, sourceRef: {name: s}}, {name: a, sourceRef: {name: s}}]",
             {"spec.stages[1].name: another stage is named \"a\" too"}},
        Case{"MigrationsNeedAVersion",
             "migrations: [{name: m, to: 1.0.0, stage: a}]",
             {"spec.version: is required with spec.migrations"}},
        Case{"MigrationStageExists",
             "version: {value: '1'}, migrations: [{name: m, to: 1.0.0, stage: x}]",
             {"spec.migrations[0].stage: migration \"m\" names the stage \"x\", which does not exist"}},
        Case{"MigrationActionsHaveOneOperation",
             "version: {value: '1'}, migrations: [{name: m, to: 1.0.0, stage: a, actions: [{name: x}]}]",
             {"spec.migrations[0].actions[0]: action \"x\" of migration \"m\" must set exactly one of patch, "
              "http, wait, job, delete, "
              "apply; it sets 0"}},
        Case{"VersionInline", "version: {value: '1'}", {}},
        Case{"VersionFromObject", "version: {fromObject: {stage: a, kind: K, name: obj}}", {}},
        Case{"VersionNothing",
             "version: {value: ''}",
             {"spec.version: must set exactly one of value, fromObject, fromArtifact; it sets 0"}},
        Case{"VersionTwice",
             "version: {value: '1', fromArtifact: {stage: a, path: p}}",
             {"spec.version: must set exactly one of value, fromObject, fromArtifact; it sets 2"}},
        Case{"Sops", "decryption: {provider: sops, secretRef: {name: k}}", {}},
        Case{"DecryptionProvider",
             "decryption: {provider: vault}",
             {"spec.decryption.provider: \"vault\" is not supported; the only provider is sops"}},
        Case{"DecryptionSecretName",
             "decryption: {provider: sops, secretRef: {name: ''}}",
             {"spec.decryption.secretRef.name: must not be empty"}},
        Case{"KubeConfigSecret", "kubeConfig: {secretRef: {name: k}}", {}},
        Case{"KubeConfigMap",
             "kubeConfig: {configMapRef: {name: k}}",
             {"spec.kubeConfig.configMapRef: is not supported; use secretRef"}},
        Case{"KubeConfigEmpty", "kubeConfig: {}", {"spec.kubeConfig.secretRef: is required"}},
        Case{"ErrorsComeInOrder",
             "decryption: {provider: x}, migrations: [{name: m, to: 1.0.0, stage: x}]",
             {"spec.version: is required with spec.migrations",
              "spec.migrations[0].stage: migration \"m\" names the stage \"x\", which does not exist",
              "spec.decryption.provider: \"x\" is not supported; the only provider is sops"}}),
    [](const auto& param) { return std::string(param.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Windows, Rule,
    testing::Values(
        Case{"Recurring", "updateWindows: [{type: Allow, schedule: '0 0 * * *', duration: 1h}]", {}},
        Case{"Absolute",
             "updateWindows: [{type: Deny, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z'}]",
             {}},
        Case{"Neither",
             "updateWindows: [{type: Allow}]",
             {"spec.updateWindows[0]: must set either schedule and duration, or from and to"}},
        Case{"Both",
             "updateWindows: [{type: Allow, duration: 1h, to: '2026-01-02T00:00:00Z'}]",
             {"spec.updateWindows[0]: must not set both schedule and duration, and from and to"}},
        Case{"OnlyFrom",
             "updateWindows: [{type: Allow, from: '2026-01-02T00:00:00Z'}]",
             {"spec.updateWindows[0].to: is required: from and to belong together"}},
        Case{"OnlyTo",
             "updateWindows: [{type: Allow, to: '2026-01-02T00:00:00Z'}]",
             {"spec.updateWindows[0].from: is required: from and to belong together"}},
        Case{"EndIsTheStart",
             "updateWindows: [{type: Allow, from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00+01:00'}]",
             {"spec.updateWindows[0].to: must be later than from"}},
        Case{"OnlySchedule",
             "updateWindows: [{type: Allow, schedule: '0 0 * * *'}]",
             {"spec.updateWindows[0].duration: is required: schedule and duration belong together"}},
        Case{"OnlyDuration",
             "updateWindows: [{type: Allow, duration: 1h}]",
             {"spec.updateWindows[0].schedule: is required: schedule and duration belong together"}},
        Case{"NoDuration",
             "updateWindows: [{type: Allow, schedule: '0 0 * * *', duration: 0s}]",
             {"spec.updateWindows[0].duration: must be above zero"}}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(ProducerSource, NeedsAnApiVersion) {
    const std::pair<const char*, bool> cases[] = {
        {"{name: s}", true},
        {"{name: s, kind: ''}", true},
        {"{name: s, kind: ExternalArtifact}", true},
        {"{name: s, kind: GitRepository}", true},
        {"{name: s, kind: OCIRepository, apiVersion: source.toolkit.fluxcd.io/v1}", true},
        {"{name: s, kind: Bucket, apiVersion: other.io/v1}", true},
        {"{name: s, kind: JsonnetSnippet, apiVersion: jaas.metio.wtf/v1}", true},
        {"{name: s, kind: JsonnetSnippet}", false},
        {"{name: s, kind: HelmChart, apiVersion: ''}", false},
    };
    for (const auto& [source, valid] : cases) {
        const auto errors = validate(std::string("stages: [{name: a, sourceRef: ") + source + "}]");
        EXPECT_EQ(errors.empty(), valid) << source;
        if (!valid) {
            EXPECT_TRUE(
                errors.at(0).starts_with("spec.stages[0].sourceRef.apiVersion: is required for the kind "));
        }
    }
    EXPECT_EQ(validate(with_pre("{name: j, job: {sourceRef: {name: s, kind: X}}}")),
              std::vector<std::string>{
                  "spec.stages[0].actions.pre[0].job.sourceRef.apiVersion: is required for the kind X"});
    EXPECT_EQ(validate(with_pre("{name: j, apply: {sourceRef: {name: s, kind: X}}}")),
              std::vector<std::string>{
                  "spec.stages[0].actions.pre[0].apply.sourceRef.apiVersion: is required for the kind X"});
}

TEST(StageActions, SetExactlyOneOperation) {
    const char* one_each[] = {
        "{name: x, patch: {target: {kind: K, name: obj}, patch: '{}'}}",
        "{name: x, http: {url: u}}",
        "{name: x, wait: {duration: 1s}}",
        "{name: x, job: {sourceRef: {name: s}}}",
        "{name: x, delete: {target: {kind: K, name: obj}}}",
        "{name: x, apply: {sourceRef: {name: s}}}",
    };
    for (const char* action : one_each) {
        EXPECT_TRUE(validate(with_pre(action)).empty()) << action;
    }
    for (const char* hook : {"pre", "post", "onFailure"}) {
        const std::string at =
            std::string("stages: [{name: a, sourceRef: {name: s}, actions: {") + hook + ": [";
        const std::string tail = std::string(" of stage \"a\" (") + hook +
                                 ") must set exactly one of patch, http, wait, job, delete, apply; it sets ";
        EXPECT_EQ(validate(at + "{name: x}]}}]"),
                  std::vector<std::string>{std::string("spec.stages[0].actions.") + hook +
                                           "[0]: action \"x\"" + tail + "0"});
        EXPECT_EQ(validate(at + "{name: x, http: {url: u}, wait: {duration: 1s}}]}}]"),
                  std::vector<std::string>{std::string("spec.stages[0].actions.") + hook +
                                           "[0]: action \"x\"" + tail + "2"});
    }
}

TEST(StageActions, HaveNamesOfTheirOwnInAllHooksTogether) {
    EXPECT_EQ(validate("stages: [{name: a, sourceRef: {name: s}, actions: {pre: [{name: x, http: {url: u}}], "
                       "onFailure: [{name: x, http: {url: u}}, {name: '', http: {url: u}}]}}]"),
              (std::vector<std::string>{"spec.stages[0].actions.onFailure[0].name: another action of stage "
                                        "\"a\" (onFailure) is named \"x\" too",
                                        "spec.stages[0].actions.onFailure[1].name: must not be empty: the "
                                        "name tells which actions were done"}));
    EXPECT_TRUE(
        validate("stages: [{name: a, sourceRef: {name: s}, actions: {pre: [{name: x, http: {url: u}}]}}, "
                 "{name: b, sourceRef: {name: s}, actions: {pre: [{name: x, http: {url: u}}]}}]")
            .empty());
}

TEST(WaitAction, NeedsSomethingToWaitFor) {
    EXPECT_EQ(validate(with_pre("{name: w, wait: {}}")),
              std::vector<std::string>{"spec.stages[0].actions.pre[0].wait: needs a duration or an expr"});
    EXPECT_EQ(validate(with_pre("{name: w, wait: {expr: 'true'}}")),
              std::vector<std::string>{"spec.stages[0].actions.pre[0].wait.target: is required with expr"});
    EXPECT_TRUE(validate(with_pre("{name: w, wait: {expr: 'true', target: {kind: K, name: obj}}}")).empty());
}

}  // namespace
}  // namespace model
