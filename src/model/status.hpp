// SPDX-License-Identifier: 0BSD
// StageSet.status as a type: read tolerantly, written without losing what this version does not know.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/value.hpp"

namespace model {

// The schema's bound on a condition's message.
inline constexpr std::size_t kMessageBytesMax = 32768;

// In each of these, `raw` is the object as it was read: fields that have no member here are written back from it.

struct Condition {
    std::string type;
    std::string status;  // "True", "False", "Unknown"
    std::string reason;
    std::string message;
    std::string last_transition_time;  // RFC 3339
    std::int64_t observed_generation = 0;
    Object raw;

    bool operator==(const Condition&) const = default;
};

// kUnknown is a phase of another version, or none; it is written back as it was read.
enum class StagePhase { kUnknown, kPending, kApplying, kPruning, kVerifying, kReady, kFailed };
std::string_view to_string(StagePhase phase);

struct StageStatus {
    std::string name;
    StagePhase phase = StagePhase::kUnknown;
    std::string applied_revision;
    std::int64_t entries_count = 0;
    std::int32_t shards = 0;
    std::string message;
    std::vector<std::string> executed_actions;
    std::string ledger_revision;
    std::string last_handled_reconcile_at;
    Object raw;

    bool operator==(const StageStatus&) const = default;
};

// What a successful run applied for one stage, for rolling back to it.
struct StageSnapshot {
    std::string stage;
    std::string url;
    std::string digest;
    std::string revision;
    std::string substitution_digest;
    Object raw;

    bool operator==(const StageSnapshot&) const = default;
};

// An update that a window holds back.
struct PendingUpdate {
    std::map<std::string, std::string> revisions;
    std::optional<base::WallTime> next_window_opens;
    Object raw;

    bool operator==(const PendingUpdate&) const = default;
};

// Maps of revisions go from "<namespace>/<name>" of the artifact object to its revision.
struct StageSetStatus {
    std::vector<Condition> conditions;
    std::int64_t observed_generation = 0;
    std::string last_handled_reconcile_at;
    std::map<std::string, std::string> last_attempted_revisions;
    std::map<std::string, std::string> last_applied_revisions;
    std::string version;
    std::vector<std::string> pending_migrations;
    std::vector<std::string> executed_migrations;
    std::string inventory_mode;
    std::vector<StageStatus> stages;
    std::vector<StageSnapshot> last_applied_snapshot;
    std::optional<PendingUpdate> pending_update;
    std::string last_handled_update_override;
    Object raw;

    bool operator==(const StageSetStatus&) const = default;
};

// Reads `status` of an object. Never fails: what is missing or of another type counts as absent, because another controller's
// garbage must not keep ours from working.
StageSetStatus parse_status(const Value& object);
// The map to write as `status`; empty texts, numbers, lists and maps are left out.
Value to_value(const StageSetStatus& status);

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);
// Adds the condition or replaces the one of its type. lastTransitionTime moves to `now` only when the condition's status
// changes; the message is cut to kMessageBytesMax between two characters.
void set_condition(std::vector<Condition>& conditions, Condition condition, base::WallTime now);

}  // namespace model
