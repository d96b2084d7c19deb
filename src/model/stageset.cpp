// SPDX-License-Identifier: 0BSD
#include "model/stageset.hpp"

#include "model/action_fields.hpp"
#include "model/fields.hpp"

namespace model {
namespace {

template <class Enum>
using Word = std::pair<std::string_view, Enum>;

constexpr Word<WindowType> kWindowTypes[] = {{"Allow", WindowType::kAllow}, {"Deny", WindowType::kDeny}};
constexpr Word<WindowScope> kWindowScopes[] = {{"Updates", WindowScope::kUpdates},
                                               {"All", WindowScope::kAll}};
constexpr Word<ConflictAction> kConflictActions[] = {{"Fail", ConflictAction::kFail},
                                                     {"Recreate", ConflictAction::kRecreate},
                                                     {"KeepExisting", ConflictAction::kKeepExisting}};
constexpr Word<SubstituteKind> kSubstituteKinds[] = {{"ConfigMap", SubstituteKind::kConfigMap},
                                                     {"Secret", SubstituteKind::kSecret}};

bool is_set(const std::optional<base::Duration>& duration) {
    return duration && *duration > base::Duration::zero();
}

std::string read_local_name(const Fields& fields) { return fields.required_text("name"); }

DependencyReference read_dependency(const Fields& fields) {
    return {.ns = fields.text("namespace"), .name = fields.required_text("name")};
}

KubeConfigReference read_kube_config(const Fields& fields) {
    return {.secret_ref = fields.child("secretRef", read_secret_key),
            .config_map_name = fields.child("configMapRef", read_local_name)};
}

Decryption read_decryption(const Fields& fields) {
    return {.provider = fields.required_text("provider"),
            .secret_name = fields.child("secretRef", read_local_name)};
}

VersionFromObject read_version_object(const Fields& fields) {
    return {.stage = fields.required_text("stage"),
            .api_version = fields.text("apiVersion"),
            .kind = fields.required_text("kind"),
            .name = fields.required_text("name"),
            .field_path = fields.text("fieldPath")};
}

VersionFromArtifact read_version_artifact(const Fields& fields) {
    return {.stage = fields.required_text("stage"), .path = fields.required_text("path")};
}

VersionSource read_version(const Fields& fields) {
    return {.value = fields.text("value"),
            .from_object = fields.child("fromObject", read_version_object),
            .from_artifact = fields.child("fromArtifact", read_version_artifact)};
}

Migration read_migration(const Fields& fields) {
    return {.name = fields.required_text("name"),
            .from = fields.text("from"),
            .to = fields.required_text("to"),
            .stage = fields.required_text("stage"),
            .actions = fields.list("actions", read_action)};
}

UpdateWindow read_window(const Fields& fields) {
    return {.type = fields.required_word("type", kWindowTypes),
            .schedule = fields.text("schedule"),
            .duration = fields.duration("duration"),
            .time_zone = fields.text("timeZone"),
            .from = fields.time("from"),
            .to = fields.time("to")};
}

ConflictTarget read_conflict_target(const Fields& fields) {
    return {.api_version = fields.text("apiVersion"),
            .kind = fields.text("kind"),
            .ns = fields.text("namespace"),
            .name = fields.text("name")};
}

ConflictRule read_conflict_rule(const Fields& fields) {
    return {.target = fields.required_child("target", read_conflict_target),
            .action = fields.required_word("action", kConflictActions),
            .allow_data_loss = fields.flag("allowDataLoss")};
}

ConflictPolicy read_conflict_policy(const Fields& fields) {
    return {.default_action = fields.word("default", kConflictActions),
            .rules = fields.list("rules", read_conflict_rule)};
}

PatchTarget read_patch_target(const Fields& fields) {
    return {.group = fields.text("group"),
            .version = fields.text("version"),
            .kind = fields.text("kind"),
            .ns = fields.text("namespace"),
            .name = fields.text("name"),
            .annotation_selector = fields.text("annotationSelector"),
            .label_selector = fields.text("labelSelector")};
}

Patch read_patch(const Fields& fields) {
    return {.patch = fields.required_text("patch"), .target = fields.child("target", read_patch_target)};
}

SubstituteReference read_substitute(const Fields& fields) {
    return {.kind = fields.required_word("kind", kSubstituteKinds),
            .name = fields.required_text("name"),
            .optional = fields.flag("optional")};
}

PostBuild read_post_build(const Fields& fields) {
    return {.substitute = fields.text_map("substitute"),
            .substitute_from = fields.list("substituteFrom", read_substitute)};
}

StageActions read_stage_actions(const Fields& fields) {
    return {.pre = fields.list("pre", read_action),
            .post = fields.list("post", read_action),
            .on_failure = fields.list("onFailure", read_action)};
}

ReadyExpression read_expression(const Fields& fields) {
    return {.api_version = fields.required_text("apiVersion"),
            .kind = fields.required_text("kind"),
            .current = fields.text("current"),
            .in_progress = fields.text("inProgress"),
            .failed = fields.text("failed")};
}

ReadyChecks read_ready_checks(const Fields& fields) {
    return {.timeout = fields.duration("timeout"),
            .disable_wait = fields.flag("disableWait"),
            .checks = fields.list("checks", read_object_reference),
            .exprs = fields.list("exprs", read_expression)};
}

Stage read_stage(const Fields& fields) {
    return {.name = fields.required_text("name"),
            .source_ref = fields.required_child("sourceRef", read_source),
            .path = fields.text("path"),
            .prune = fields.optional_flag("prune"),
            .timeout = fields.duration("timeout"),
            .force = fields.flag("force"),
            .conflict_policy = fields.child("conflictPolicy", read_conflict_policy),
            .apply_helm_hook_resources = fields.optional_flag("applyHelmHookResources"),
            .patches = fields.list("patches", read_patch),
            .post_build = fields.child("postBuild", read_post_build),
            .actions = fields.child("actions", read_stage_actions),
            .ready_checks = fields.child("readyChecks", read_ready_checks)};
}

StageSetSpec read_spec(const Fields& fields) {
    return {.interval = fields.duration("interval"),
            .retry_interval = fields.duration("retryInterval"),
            .drift_detection_interval = fields.duration("driftDetectionInterval"),
            .timeout = fields.duration("timeout"),
            .suspend = fields.flag("suspend"),
            .depends_on = fields.list("dependsOn", read_dependency),
            .service_account_name = fields.text("serviceAccountName"),
            .kube_config = fields.child("kubeConfig", read_kube_config),
            .decryption = fields.child("decryption", read_decryption),
            .version = fields.child("version", read_version),
            .migrations = fields.list("migrations", read_migration),
            .rollback_on_failure = fields.flag("rollbackOnFailure"),
            .update_windows = fields.list("updateWindows", read_window),
            .window_scope = fields.word("windowScope", kWindowScopes).value_or(WindowScope::kUpdates),
            .stages = fields.list("stages", read_stage)};
}

}  // namespace

base::Result<StageSetSpec> parse_spec(const Value& object) {
    FirstError error;
    StageSetSpec spec = Fields(object, "", error).required_child("spec", read_spec);
    if (!error && spec.stages.empty()) {
        error.emplace(base::ErrorCode::kInvalid, "spec.stages: needs at least one stage");
    }
    if (error) {
        return *std::move(error);
    }
    return spec;
}

base::Duration effective_interval(const StageSetSpec& spec, base::Duration default_interval) {
    return is_set(spec.interval) ? *spec.interval : default_interval;
}

base::Duration effective_retry_interval(const StageSetSpec& spec, base::Duration default_interval) {
    return is_set(spec.retry_interval) ? *spec.retry_interval : effective_interval(spec, default_interval);
}

base::Duration requeue_interval(const StageSetSpec& spec, base::Duration default_interval) {
    const base::Duration interval = effective_interval(spec, default_interval);
    return is_set(spec.drift_detection_interval) ? std::min(*spec.drift_detection_interval, interval)
                                                 : interval;
}

base::Duration effective_timeout(const Stage& stage, const StageSetSpec& spec) {
    if (is_set(stage.timeout)) {
        return *stage.timeout;
    }
    return is_set(spec.timeout) ? *spec.timeout : kDefaultStageTimeout;
}

base::Duration effective_ready_timeout(const Stage& stage, const StageSetSpec& spec) {
    const bool own = stage.ready_checks && is_set(stage.ready_checks->timeout);
    return own ? *stage.ready_checks->timeout : effective_timeout(stage, spec);
}

bool prune_enabled(const Stage& stage) { return stage.prune.value_or(true); }

bool helm_hooks_applied(const Stage& stage) { return stage.apply_helm_hook_resources.value_or(true); }

ConflictAction default_conflict_action(const Stage& stage) {
    if (stage.conflict_policy && stage.conflict_policy->default_action) {
        return *stage.conflict_policy->default_action;
    }
    return stage.force ? ConflictAction::kRecreate : ConflictAction::kFail;
}

}  // namespace model
