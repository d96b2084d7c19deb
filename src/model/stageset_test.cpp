// SPDX-License-Identifier: 0BSD
#include "model/stageset.hpp"

#include <gtest/gtest.h>

#include "model/field_path.hpp"
#include "model/yaml.hpp"

namespace model {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Every field that the schema knows.
constexpr const char* kEverything = R"(
apiVersion: stages.metio.wtf/v1
kind: StageSet
metadata: {name: web, namespace: t}
spec:
  interval: 1h30m
  retryInterval: 30s
  driftDetectionInterval: 1.5m
  timeout: 300ms
  suspend: true
  dependsOn: [{name: base}, {name: db, namespace: data}]
  serviceAccountName: deployer
  kubeConfig: {secretRef: {name: cluster, key: config}, configMapRef: {name: other}}
  decryption: {provider: sops, secretRef: {name: keys}}
  version:
    value: 1.2.3
    fromObject: {stage: app, kind: Deployment, name: web, apiVersion: apps/v1, fieldPath: '{.spec}'}
    fromArtifact: {stage: app, path: VERSION}
  migrations:
  - {name: up, to: 2.0.0, stage: app, from: '>=1', actions: [{name: m, delete: {target: {kind: Job, name: j}}}]}
  rollbackOnFailure: true
  updateWindows:
  - {type: Allow, schedule: '0 2 * * *', duration: 2h, timeZone: Europe/Berlin}
  - {type: Deny, from: '2026-12-24T00:00:00Z', to: '2026-12-27T00:00:00+01:00'}
  windowScope: All
  stages:
  - name: app
    sourceRef: {name: a, kind: GitRepository, apiVersion: source.toolkit.fluxcd.io/v1, namespace: flux}
    path: ./deploy
    prune: false
    timeout: 2m
    force: true
    conflictPolicy:
      default: KeepExisting
      rules: [{target: {apiVersion: v1, kind: Service, name: s, namespace: ns}, action: Recreate, allowDataLoss: true}]
    applyHelmHookResources: false
    patches:
    - patch: "[]"
      target: {group: g, version: v, kind: k, namespace: ns, name: m, annotationSelector: a=b, labelSelector: c=d}
    - patch: "{}"
    postBuild:
      substitute: {one: "1", two: ""}
      substituteFrom: [{kind: ConfigMap, name: c}, {kind: Secret, name: s, optional: true}]
    actions:
      pre:
      - name: p
        timeout: 5s
        retries: 3
        patch: {target: {kind: ConfigMap, name: c, apiVersion: v1, namespace: ns}, patch: "{}", type: json6902}
      - name: h
        http:
          url: https://x
          method: PUT
          body: b
          bodyFrom: {name: s, key: k}
          headersFrom: [{name: t}]
          expectedStatus: [200, 204]
      post:
      - {name: w, wait: {duration: 1s, target: {kind: Pod, name: p}, expr: "true", timeout: 1m}}
      - {name: j, job: {sourceRef: {name: jobs}, path: ./job}}
      onFailure:
      - {name: a, apply: {sourceRef: {name: fallback}, path: ./x, wait: true}}
      - {name: d, retries: -1, delete: {target: {kind: Job, name: j}}}
    readyChecks:
      timeout: 90s
      disableWait: true
      checks: [{kind: Deployment, name: web, apiVersion: apps/v1, namespace: ns}]
      exprs: [{apiVersion: x/v1, kind: X, current: c, inProgress: i, failed: f}]
)";

Value everything() { return *parse_yaml_one(kEverything, "everything"); }

Value minimal() {
    return *parse_yaml_one(
        "{metadata: {name: x}, spec: {stages: [{name: a, sourceRef: {name: s}}, {name: b, sourceRef: {name: "
        "s}}]}}",
        "minimal");
}

StageSetSpec parsed(const Value& object) {
    auto spec = parse_spec(object);
    EXPECT_TRUE(spec) << spec.error().message;
    return spec ? *std::move(spec) : StageSetSpec();
}

TEST(ParseSpec, ReadsTheTopLevel) {
    const StageSetSpec spec = parsed(everything());
    EXPECT_EQ(spec.interval, minutes(90));
    EXPECT_EQ(spec.retry_interval, seconds(30));
    EXPECT_EQ(spec.drift_detection_interval, seconds(90));
    EXPECT_EQ(spec.timeout, milliseconds(300));
    EXPECT_TRUE(spec.suspend);
    ASSERT_EQ(spec.depends_on.size(), 2U);
    EXPECT_EQ(spec.depends_on[0].name, "base");
    EXPECT_EQ(spec.depends_on[0].ns, "");
    EXPECT_EQ(spec.depends_on[1].ns, "data");
    EXPECT_EQ(spec.service_account_name, "deployer");
    EXPECT_EQ(spec.kube_config->secret_ref, (SecretKeyReference{"cluster", "config"}));
    EXPECT_EQ(spec.kube_config->config_map_name, "other");
    EXPECT_EQ(spec.decryption->provider, "sops");
    EXPECT_EQ(spec.decryption->secret_name, "keys");
    EXPECT_TRUE(spec.rollback_on_failure);
    EXPECT_EQ(spec.window_scope, WindowScope::kAll);
    EXPECT_EQ(spec.stages.size(), 1U);
}

TEST(ParseSpec, ReadsVersionMigrationsAndWindows) {
    const StageSetSpec spec = parsed(everything());
    EXPECT_EQ(spec.version->value, "1.2.3");
    EXPECT_EQ(spec.version->from_object->stage, "app");
    EXPECT_EQ(spec.version->from_object->api_version, "apps/v1");
    EXPECT_EQ(spec.version->from_object->kind, "Deployment");
    EXPECT_EQ(spec.version->from_object->name, "web");
    EXPECT_EQ(spec.version->from_object->field_path, "{.spec}");
    EXPECT_EQ(spec.version->from_artifact->stage, "app");
    EXPECT_EQ(spec.version->from_artifact->path, "VERSION");
    ASSERT_EQ(spec.migrations.size(), 1U);
    EXPECT_EQ(spec.migrations[0].name, "up");
    EXPECT_EQ(spec.migrations[0].from, ">=1");
    EXPECT_EQ(spec.migrations[0].to, "2.0.0");
    EXPECT_EQ(spec.migrations[0].stage, "app");
    EXPECT_EQ(spec.migrations[0].actions.at(0).remove->target.name, "j");
    ASSERT_EQ(spec.update_windows.size(), 2U);
    EXPECT_EQ(spec.update_windows[0].type, WindowType::kAllow);
    EXPECT_EQ(spec.update_windows[0].schedule, "0 2 * * *");
    EXPECT_EQ(spec.update_windows[0].duration, hours(2));
    EXPECT_EQ(spec.update_windows[0].time_zone, "Europe/Berlin");
    EXPECT_EQ(spec.update_windows[1].type, WindowType::kDeny);
    EXPECT_EQ(spec.update_windows[1].from, *base::parse_rfc3339("2026-12-24T00:00:00Z"));
    EXPECT_EQ(spec.update_windows[1].to, *base::parse_rfc3339("2026-12-26T23:00:00Z"));
}

TEST(ParseSpec, ReadsAStage) {
    const Stage stage = parsed(everything()).stages.at(0);
    EXPECT_EQ(stage.name, "app");
    EXPECT_EQ(stage.source_ref,
              (SourceReference{"source.toolkit.fluxcd.io/v1", "GitRepository", "flux", "a"}));
    EXPECT_EQ(stage.path, "./deploy");
    EXPECT_EQ(stage.prune, false);
    EXPECT_EQ(stage.timeout, minutes(2));
    EXPECT_TRUE(stage.force);
    EXPECT_EQ(stage.conflict_policy->default_action, ConflictAction::kKeepExisting);
    const ConflictRule& rule = stage.conflict_policy->rules.at(0);
    EXPECT_EQ(rule.target.api_version + rule.target.kind + rule.target.name + rule.target.ns, "v1Servicesns");
    EXPECT_EQ(rule.action, ConflictAction::kRecreate);
    EXPECT_TRUE(rule.allow_data_loss);
    EXPECT_EQ(stage.apply_helm_hook_resources, false);
    ASSERT_EQ(stage.patches.size(), 2U);
    const PatchTarget& target = *stage.patches[0].target;
    EXPECT_EQ(target.group + target.version + target.kind + target.ns + target.name, "gvknsm");
    EXPECT_EQ(target.annotation_selector + target.label_selector, "a=bc=d");
    EXPECT_EQ(stage.patches[1].patch, "{}");
    EXPECT_FALSE(stage.patches[1].target);
    EXPECT_EQ(stage.post_build->substitute, (std::map<std::string, std::string>{{"one", "1"}, {"two", ""}}));
    EXPECT_EQ(stage.post_build->substitute_from.at(0).kind, SubstituteKind::kConfigMap);
    EXPECT_FALSE(stage.post_build->substitute_from[0].optional);
    EXPECT_EQ(stage.post_build->substitute_from.at(1).kind, SubstituteKind::kSecret);
    EXPECT_TRUE(stage.post_build->substitute_from[1].optional);
    EXPECT_EQ(stage.ready_checks->timeout, seconds(90));
    EXPECT_TRUE(stage.ready_checks->disable_wait);
    EXPECT_EQ(stage.ready_checks->checks.at(0), (ObjectReference{"apps/v1", "Deployment", "ns", "web"}));
    const ReadyExpression& expr = stage.ready_checks->exprs.at(0);
    EXPECT_EQ(expr.api_version + expr.kind + expr.current + expr.in_progress + expr.failed, "x/v1Xcif");
}

TEST(ParseSpec, ReadsEveryAction) {
    const StageActions actions = *parsed(everything()).stages.at(0).actions;
    const Action& patch = actions.pre.at(0);
    EXPECT_EQ(patch.name, "p");
    EXPECT_EQ(patch.timeout, seconds(5));
    EXPECT_EQ(patch.retries, 3);
    EXPECT_EQ(patch.patch->type, PatchType::kJson6902);
    EXPECT_EQ(patch.patch->target, (ObjectReference{"v1", "ConfigMap", "ns", "c"}));
    EXPECT_EQ(patch.operation_count(), 1);
    const HttpAction& http = *actions.pre.at(1).http;
    EXPECT_EQ(http.url + http.method + http.body, "https://xPUTb");
    EXPECT_EQ(http.body_from, (SecretKeyReference{"s", "k"}));
    EXPECT_EQ(http.headers_from.at(0).name, "t");
    EXPECT_EQ(http.expected_status, (std::vector<std::int32_t>{200, 204}));
    const WaitAction& wait = *actions.post.at(0).wait;
    EXPECT_EQ(wait.duration, seconds(1));
    EXPECT_EQ(wait.target->name, "p");
    EXPECT_EQ(wait.expr, "true");
    EXPECT_EQ(wait.timeout, minutes(1));
    EXPECT_EQ(actions.post.at(1).job->source_ref.name, "jobs");
    EXPECT_EQ(actions.post.at(1).job->path, "./job");
    EXPECT_TRUE(actions.on_failure.at(0).apply->wait);
    EXPECT_EQ(actions.on_failure.at(0).apply->source_ref.name, "fallback");
    EXPECT_EQ(actions.on_failure.at(1).remove->target.kind, "Job");
    EXPECT_EQ(actions.on_failure.at(1).retries, -1);
}

TEST(ParseSpec, PassesOverUnknownFieldsAndNulls) {
    Value object = minimal();
    ensure_object(object, {"spec", "future"})["x"] = 1;
    ensure_object(object, {"spec"})["interval"] = nullptr;
    ensure_object(object, {"spec"})["dependsOn"] = nullptr;
    const StageSetSpec spec = parsed(object);
    EXPECT_FALSE(spec.interval);
    EXPECT_EQ(spec.stages.size(), 2U);
}

struct Malformed {
    const char* path;
    Value value;
    const char* reason;
};

constexpr const char* kNoDuration = "is not a duration such as 90s or 1h30m";

// Each row is a change of kEverything that breaks one field. A text that ends with a space goes on as kNoDuration.
const Malformed kMalformed[] = {
    {"spec", nullptr, "spec: is required"},
    {"spec", "text", "spec: must be a map, not a string"},
    {"spec.interval", "5x", "spec.interval: \"5x\" is not a duration such as 90s or 1h30m"},
    {"spec.interval", "", "spec.interval: \"\" is not a duration such as 90s or 1h30m"},
    {"spec.interval", 5, "spec.interval: must be a string, not a number"},
    {"spec.retryInterval", "1d", "spec.retryInterval: \"1d\" "},
    {"spec.driftDetectionInterval", "x", "spec.driftDetectionInterval: \"x\" "},
    {"spec.timeout", "9999999h", "spec.timeout: \"9999999h\" "},
    {"spec.suspend", "true", "spec.suspend: must be a boolean, not a string"},
    {"spec.dependsOn", Object(), "spec.dependsOn: must be a list, not a map"},
    {"spec.dependsOn[1]", "x", "spec.dependsOn[1]: must be a map, not a string"},
    {"spec.dependsOn[1].name", nullptr, "spec.dependsOn[1].name: is required"},
    {"spec.dependsOn[1].namespace", true, "spec.dependsOn[1].namespace: must be a string, not a boolean"},
    {"spec.serviceAccountName", Array(), "spec.serviceAccountName: must be a string, not a list"},
    {"spec.kubeConfig.secretRef.name", nullptr, "spec.kubeConfig.secretRef.name: is required"},
    {"spec.kubeConfig.configMapRef.name", nullptr, "spec.kubeConfig.configMapRef.name: is required"},
    {"spec.decryption.provider", nullptr, "spec.decryption.provider: is required"},
    {"spec.decryption.secretRef.name", nullptr, "spec.decryption.secretRef.name: is required"},
    {"spec.version.fromObject.stage", nullptr, "spec.version.fromObject.stage: is required"},
    {"spec.version.fromObject.kind", nullptr, "spec.version.fromObject.kind: is required"},
    {"spec.version.fromObject.name", nullptr, "spec.version.fromObject.name: is required"},
    {"spec.version.fromArtifact.stage", nullptr, "spec.version.fromArtifact.stage: is required"},
    {"spec.version.fromArtifact.path", nullptr, "spec.version.fromArtifact.path: is required"},
    {"spec.version.value", 1.2, "spec.version.value: must be a string, not a number"},
    {"spec.migrations[0].name", nullptr, "spec.migrations[0].name: is required"},
    {"spec.migrations[0].to", nullptr, "spec.migrations[0].to: is required"},
    {"spec.migrations[0].stage", nullptr, "spec.migrations[0].stage: is required"},
    {"spec.migrations[0].actions[0].delete.target.kind", nullptr,
     "spec.migrations[0].actions[0].delete.target.kind: is required"},
    {"spec.rollbackOnFailure", 1, "spec.rollbackOnFailure: must be a boolean, not a number"},
    {"spec.updateWindows[0].type", "Maybe",
     "spec.updateWindows[0].type: \"Maybe\" is not one of Allow, Deny"},
    {"spec.updateWindows[0].type", nullptr, "spec.updateWindows[0].type: is required"},
    {"spec.updateWindows[0].duration", "2", "spec.updateWindows[0].duration: \"2\" "},
    {"spec.updateWindows[1].from", "tomorrow",
     "spec.updateWindows[1].from: \"tomorrow\" is not a time such as 2026-06-15T09:00:00Z"},
    {"spec.updateWindows[1].to", 1, "spec.updateWindows[1].to: must be a string, not a number"},
    {"spec.windowScope", "Some", "spec.windowScope: \"Some\" is not one of Updates, All"},
    {"spec.windowScope", "", "spec.windowScope: \"\" is not one of Updates, All"},
    {"spec.stages", nullptr, "spec.stages: needs at least one stage"},
    {"spec.stages", Array(), "spec.stages: needs at least one stage"},
    {"spec.stages[0].name", nullptr, "spec.stages[0].name: is required"},
    {"spec.stages[0].sourceRef", nullptr, "spec.stages[0].sourceRef: is required"},
    {"spec.stages[0].sourceRef.name", nullptr, "spec.stages[0].sourceRef.name: is required"},
    {"spec.stages[0].path", 1, "spec.stages[0].path: must be a string, not a number"},
    {"spec.stages[0].prune", "no", "spec.stages[0].prune: must be a boolean, not a string"},
    {"spec.stages[0].timeout", "5x", "spec.stages[0].timeout: \"5x\" "},
    {"spec.stages[0].conflictPolicy.default", "Never",
     "spec.stages[0].conflictPolicy.default: \"Never\" is not one of Fail, Recreate, KeepExisting"},
    {"spec.stages[0].conflictPolicy.rules[0].target", nullptr,
     "spec.stages[0].conflictPolicy.rules[0].target: is required"},
    {"spec.stages[0].conflictPolicy.rules[0].action", nullptr,
     "spec.stages[0].conflictPolicy.rules[0].action: is required"},
    {"spec.stages[0].patches[1].patch", nullptr, "spec.stages[0].patches[1].patch: is required"},
    {"spec.stages[0].postBuild.substitute.one", 1,
     "spec.stages[0].postBuild.substitute.one: must be a string, not a number"},
    {"spec.stages[0].postBuild.substituteFrom[0].kind", "Pod",
     "spec.stages[0].postBuild.substituteFrom[0].kind: \"Pod\" is not one of ConfigMap, Secret"},
    {"spec.stages[0].postBuild.substituteFrom[0].name", nullptr,
     "spec.stages[0].postBuild.substituteFrom[0].name: is required"},
    {"spec.stages[0].actions.pre[0].name", nullptr, "spec.stages[0].actions.pre[0].name: is required"},
    {"spec.stages[0].actions.pre[0].timeout", "x", "spec.stages[0].actions.pre[0].timeout: \"x\" "},
    {"spec.stages[0].actions.pre[0].retries", 3e9,
     "spec.stages[0].actions.pre[0].retries: must be an integer of 32 bits"},
    {"spec.stages[0].actions.pre[0].retries", "3",
     "spec.stages[0].actions.pre[0].retries: must be an integer of 32 bits, not a string"},
    {"spec.stages[0].actions.pre[0].patch.type", "strategic",
     "spec.stages[0].actions.pre[0].patch.type: \"strategic\" is not one of merge, json6902"},
    {"spec.stages[0].actions.pre[0].patch.target", nullptr,
     "spec.stages[0].actions.pre[0].patch.target: is required"},
    {"spec.stages[0].actions.pre[0].patch.patch", nullptr,
     "spec.stages[0].actions.pre[0].patch.patch: is required"},
    {"spec.stages[0].actions.pre[1].http.url", nullptr,
     "spec.stages[0].actions.pre[1].http.url: is required"},
    {"spec.stages[0].actions.pre[1].http.expectedStatus[1]", "204",
     "spec.stages[0].actions.pre[1].http.expectedStatus[1]: must be an integer of 32 bits"},
    {"spec.stages[0].actions.post[0].wait.duration", "x",
     "spec.stages[0].actions.post[0].wait.duration: \"x\" "},
    {"spec.stages[0].actions.post[0].wait.timeout", "x",
     "spec.stages[0].actions.post[0].wait.timeout: \"x\" "},
    {"spec.stages[0].actions.post[1].job.sourceRef", nullptr,
     "spec.stages[0].actions.post[1].job.sourceRef: is required"},
    {"spec.stages[0].actions.onFailure[0].apply.sourceRef", nullptr,
     "spec.stages[0].actions.onFailure[0].apply.sourceRef: is required"},
    {"spec.stages[0].actions.onFailure[1].delete.target", nullptr,
     "spec.stages[0].actions.onFailure[1].delete.target: is required"},
    {"spec.stages[0].readyChecks.timeout", "x", "spec.stages[0].readyChecks.timeout: \"x\" "},
    {"spec.stages[0].readyChecks.checks[0].kind", nullptr,
     "spec.stages[0].readyChecks.checks[0].kind: is required"},
    {"spec.stages[0].readyChecks.exprs[0].apiVersion", nullptr,
     "spec.stages[0].readyChecks.exprs[0].apiVersion: is required"},
    {"spec.stages[0].readyChecks.exprs[0].kind", nullptr,
     "spec.stages[0].readyChecks.exprs[0].kind: is required"},
};

TEST(ParseSpec, NamesTheMalformedField) {
    for (const Malformed& row : kMalformed) {
        Value object = everything();
        ASSERT_TRUE(FieldPath::parse(row.path)->set(object, row.value)) << row.path;
        const auto spec = parse_spec(object);
        ASSERT_FALSE(spec) << row.path;
        EXPECT_EQ(spec.error().code, base::ErrorCode::kInvalid);
        const std::string expected = row.reason;
        EXPECT_EQ(spec.error().message, expected.ends_with(' ') ? expected + kNoDuration : expected);
    }
}

TEST(ParseSpec, ReportsTheFirstMistakeOnly) {
    Value object = everything();
    (void)FieldPath::parse("spec.stages[0].timeout")->set(object, "5x");
    (void)FieldPath::parse("spec.retryInterval")->set(object, "6x");
    EXPECT_TRUE(parse_spec(object).error().message.starts_with("spec.retryInterval: "));
    EXPECT_EQ(parse_spec(Value("text")).error().message, ": must be a map, not a string");
}

TEST(Defaults, HoldWhereAFieldIsAbsentZeroOrNegative) {
    StageSetSpec spec = parsed(minimal());
    Stage& stage = spec.stages[0];
    for (const auto& unset : {std::optional<base::Duration>(), std::optional<base::Duration>(seconds(0)),
                              std::optional<base::Duration>(seconds(-1))}) {
        spec.interval = spec.retry_interval = spec.drift_detection_interval = spec.timeout = stage.timeout =
            unset;
        stage.ready_checks = ReadyChecks{.timeout = unset, .checks = {}, .exprs = {}};
        EXPECT_EQ(effective_interval(spec, minutes(10)), minutes(10));
        EXPECT_EQ(effective_retry_interval(spec, minutes(10)), minutes(10));
        EXPECT_EQ(requeue_interval(spec, minutes(10)), minutes(10));
        EXPECT_EQ(effective_timeout(stage, spec), minutes(5));
        EXPECT_EQ(effective_ready_timeout(stage, spec), minutes(5));
    }
    EXPECT_TRUE(prune_enabled(stage));
    EXPECT_TRUE(helm_hooks_applied(stage));
    EXPECT_EQ(default_conflict_action(stage), ConflictAction::kFail);
    EXPECT_EQ(spec.window_scope, WindowScope::kUpdates);
}

TEST(Defaults, GiveWayToWhatIsWritten) {
    StageSetSpec spec = parsed(minimal());
    Stage& stage = spec.stages[0];
    spec.interval = minutes(4);
    EXPECT_EQ(effective_interval(spec, minutes(10)), minutes(4));
    EXPECT_EQ(effective_retry_interval(spec, minutes(10)), minutes(4));
    spec.retry_interval = minutes(1);
    EXPECT_EQ(effective_retry_interval(spec, minutes(10)), minutes(1));
    spec.drift_detection_interval = minutes(3);
    EXPECT_EQ(requeue_interval(spec, minutes(10)), minutes(3));
    spec.drift_detection_interval = minutes(5);
    EXPECT_EQ(requeue_interval(spec, minutes(10)), minutes(4));
    spec.timeout = minutes(7);
    EXPECT_EQ(effective_timeout(stage, spec), minutes(7));
    stage.timeout = minutes(6);
    EXPECT_EQ(effective_timeout(stage, spec), minutes(6));
    EXPECT_EQ(effective_ready_timeout(stage, spec), minutes(6));
    stage.ready_checks = ReadyChecks{.timeout = minutes(8), .checks = {}, .exprs = {}};
    EXPECT_EQ(effective_ready_timeout(stage, spec), minutes(8));
    stage.prune = false;
    stage.apply_helm_hook_resources = false;
    stage.force = true;
    EXPECT_FALSE(prune_enabled(stage));
    EXPECT_FALSE(helm_hooks_applied(stage));
    EXPECT_EQ(default_conflict_action(stage), ConflictAction::kRecreate);
    stage.conflict_policy = ConflictPolicy{.default_action = ConflictAction::kKeepExisting, .rules = {}};
    EXPECT_EQ(default_conflict_action(stage), ConflictAction::kKeepExisting);
}

}  // namespace
}  // namespace model
