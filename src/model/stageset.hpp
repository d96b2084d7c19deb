// SPDX-License-Identifier: 0BSD
// StageSet.spec as a type, and the defaults that hold where a field is absent.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/action.hpp"
#include "model/status.hpp"
#include "model/value.hpp"

namespace model {

// How long a stage may take when nobody says otherwise.
inline constexpr base::Duration kDefaultStageTimeout = std::chrono::minutes(5);

struct DependencyReference {
    std::string ns;  // empty is the StageSet's namespace
    std::string name;
};

struct KubeConfigReference {
    std::optional<SecretKeyReference> secret_ref;
    std::optional<std::string> config_map_name;  // the schema admits it, validate_spec() refuses it
};

struct Decryption {
    std::string provider;
    std::optional<std::string> secret_name;
};

struct VersionFromObject {
    std::string stage;
    std::string api_version;
    std::string kind;
    std::string name;
    std::string field_path;
};

struct VersionFromArtifact {
    std::string stage;
    std::string path;
};

struct VersionSource {
    std::string value;
    std::optional<VersionFromObject> from_object;
    std::optional<VersionFromArtifact> from_artifact;
};

struct Migration {
    std::string name;
    std::string from;  // a constraint; empty is absent
    std::string to;
    std::string stage;
    std::vector<Action> actions;
};

enum class WindowType { kAllow, kDeny };
enum class WindowScope { kUpdates, kAll };

struct UpdateWindow {
    WindowType type = WindowType::kAllow;
    std::string schedule;
    std::optional<base::Duration> duration;
    std::string time_zone;
    std::optional<base::WallTime> from;
    std::optional<base::WallTime> to;
};

enum class ConflictAction { kFail, kRecreate, kKeepExisting };

// Empty members match everything.
struct ConflictTarget {
    std::string api_version;
    std::string kind;
    std::string ns;
    std::string name;
};

struct ConflictRule {
    ConflictTarget target;
    ConflictAction action = ConflictAction::kFail;
    bool allow_data_loss = false;
};

struct ConflictPolicy {
    std::optional<ConflictAction> default_action;
    std::vector<ConflictRule> rules;
};

// Empty members match everything.
struct PatchTarget {
    std::string group;
    std::string version;
    std::string kind;
    std::string ns;
    std::string name;
    std::string annotation_selector;
    std::string label_selector;
};

struct Patch {
    std::string patch;
    std::optional<PatchTarget> target;
};

enum class SubstituteKind { kConfigMap, kSecret };

struct SubstituteReference {
    SubstituteKind kind = SubstituteKind::kConfigMap;
    std::string name;
    bool optional = false;
};

struct PostBuild {
    std::map<std::string, std::string> substitute;
    std::vector<SubstituteReference> substitute_from;
};

struct StageActions {
    std::vector<Action> pre;
    std::vector<Action> post;
    std::vector<Action> on_failure;
};

// Expressions in CEL that decide readiness of the applied objects of one kind.
struct ReadyExpression {
    std::string api_version;
    std::string kind;
    std::string current;
    std::string in_progress;
    std::string failed;
};

struct ReadyChecks {
    std::optional<base::Duration> timeout;
    bool disable_wait = false;
    std::vector<ObjectReference> checks;
    std::vector<ReadyExpression> exprs;
};

struct Stage {
    std::string name;
    SourceReference source_ref;
    std::string path;
    std::optional<bool> prune;
    std::optional<base::Duration> timeout;
    bool force = false;
    std::optional<ConflictPolicy> conflict_policy;
    std::optional<bool> apply_helm_hook_resources;
    std::vector<Patch> patches;
    std::optional<PostBuild> post_build;
    std::optional<StageActions> actions;
    std::optional<ReadyChecks> ready_checks;
};

// Fields as they are written; absent ones are empty. What an absent field means, the functions below say.
struct StageSetSpec {
    std::optional<base::Duration> interval;
    std::optional<base::Duration> retry_interval;
    std::optional<base::Duration> drift_detection_interval;
    std::optional<base::Duration> timeout;
    bool suspend = false;
    std::vector<DependencyReference> depends_on;
    std::string service_account_name;
    std::optional<KubeConfigReference> kube_config;
    std::optional<Decryption> decryption;
    std::optional<VersionSource> version;
    std::vector<Migration> migrations;
    bool rollback_on_failure = false;
    std::vector<UpdateWindow> update_windows;
    WindowScope window_scope = WindowScope::kUpdates;
    std::vector<Stage> stages;
};

// Reads `spec` of a StageSet. Name, generation and status of an object whose spec is malformed stay readable: see value.hpp
// and parse_status(). Fields unknown to this version are passed over; they stay in the object.
//
// Errors:
//   kInvalid  a field is missing or malformed; text "spec.stages[1].timeout: why"
base::Result<StageSetSpec> parse_spec(const Value& object);

// Durations that are absent, zero or negative count as not set in all of these.
base::Duration effective_interval(const StageSetSpec& spec, base::Duration default_interval);
base::Duration effective_retry_interval(const StageSetSpec& spec, base::Duration default_interval);
// When a Ready StageSet runs again: the drift detection interval where it is shorter than the interval.
base::Duration requeue_interval(const StageSetSpec& spec, base::Duration default_interval);
// How long a stage may take.
base::Duration effective_timeout(const Stage& stage, const StageSetSpec& spec);
// How long a stage's objects may take to become ready: its readyChecks' own timeout, else the stage's.
base::Duration effective_ready_timeout(const Stage& stage, const StageSetSpec& spec);
bool prune_enabled(const Stage& stage);
bool helm_hooks_applied(const Stage& stage);
// What happens to an object that cannot be updated in place where no rule names it.
ConflictAction default_conflict_action(const Stage& stage);

}  // namespace model
