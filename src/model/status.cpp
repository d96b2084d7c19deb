// SPDX-License-Identifier: 0BSD
#include "model/status.hpp"

#include <algorithm>

#include "model/utf8.hpp"

namespace model {
namespace {

constexpr std::pair<std::string_view, StagePhase> kPhases[] = {
    {"Pending", StagePhase::kPending}, {"Applying", StagePhase::kApplying},
    {"Pruning", StagePhase::kPruning}, {"Verifying", StagePhase::kVerifying},
    {"Ready", StagePhase::kReady},     {"Failed", StagePhase::kFailed},
};

StagePhase phase_of(std::string_view text) {
    const auto found = std::ranges::find(kPhases, text, [](const auto& entry) { return entry.first; });
    return found == std::end(kPhases) ? StagePhase::kUnknown : found->second;
}

std::string text_at(const Value& value, std::string_view key) {
    return std::string(find_string(value, {key}));
}

template <class Integer>
Integer integer_at(const Value& value, std::string_view key) {
    const std::int64_t number = find_integer(value, {key}).value_or(0);
    return std::in_range<Integer>(number) ? static_cast<Integer>(number) : Integer{0};
}

std::vector<std::string> texts_at(const Value& value, std::string_view key) {
    std::vector<std::string> result;
    const Array* array = find_array(value, {key});
    for (std::size_t index = 0; array != nullptr && index < array->size(); ++index) {
        if ((*array)[index].is_string()) {
            result.emplace_back(find_string((*array)[index], {}));
        }
    }
    return result;
}

std::map<std::string, std::string> text_map_at(const Value& value, std::string_view key) {
    std::map<std::string, std::string> result;
    if (const Object* object = find_object(value, {key})) {
        for (const auto& entry : *object) {
            if (entry.value().is_string()) {
                result.emplace(entry.key(), find_string(entry.value(), {}));
            }
        }
    }
    return result;
}

template <class Read>
auto list_at(const Value& value, std::string_view key, Read read) {
    std::vector<decltype(read(value))> result;
    const Array* array = find_array(value, {key});
    for (std::size_t index = 0; array != nullptr && index < array->size(); ++index) {
        if ((*array)[index].is_object()) {
            result.push_back(read((*array)[index]));
        }
    }
    return result;
}

Condition read_condition(const Value& value) {
    return {.type = text_at(value, "type"),
            .status = text_at(value, "status"),
            .reason = text_at(value, "reason"),
            .message = text_at(value, "message"),
            .last_transition_time = text_at(value, "lastTransitionTime"),
            .observed_generation = integer_at<std::int64_t>(value, "observedGeneration"),
            .raw = value.get_object()};
}

StageStatus read_stage(const Value& value) {
    return {.name = text_at(value, "name"),
            .phase = phase_of(text_at(value, "phase")),
            .applied_revision = text_at(value, "appliedRevision"),
            .entries_count = integer_at<std::int64_t>(value, "entriesCount"),
            .shards = integer_at<std::int32_t>(value, "shards"),
            .message = text_at(value, "message"),
            .executed_actions = texts_at(value, "executedActions"),
            .ledger_revision = text_at(value, "ledgerRevision"),
            .last_handled_reconcile_at = text_at(value, "lastHandledReconcileAt"),
            .raw = value.get_object()};
}

StageSnapshot read_snapshot(const Value& value) {
    return {.stage = text_at(value, "stage"),
            .url = text_at(value, "url"),
            .digest = text_at(value, "digest"),
            .revision = text_at(value, "revision"),
            .substitution_digest = text_at(value, "substitutionDigest"),
            .raw = value.get_object()};
}

std::optional<PendingUpdate> read_pending_update(const Value& status) {
    const Value* value = find(status, {"pendingUpdate"});
    if (value == nullptr || !value->is_object()) {
        return std::nullopt;
    }
    PendingUpdate result{
        .revisions = text_map_at(*value, "revisions"), .next_window_opens = {}, .raw = value->get_object()};
    if (auto time = base::parse_rfc3339(text_at(*value, "nextWindowOpens"))) {
        result.next_window_opens = *time;
    }
    return result;
}

// Writes known fields over a copy of what was read: empty ones go away, unknown ones stay.
class Overlay {
public:
    explicit Overlay(const Object& raw) : object_(raw) {}

    Overlay& text(std::string_view key, std::string_view value) {
        return put(key, value.empty(), Value(value));
    }
    Overlay& integer(std::string_view key, std::int64_t value) { return put(key, value == 0, Value(value)); }
    Overlay& texts(std::string_view key, const std::vector<std::string>& values) {
        return put(key, values.empty(), Array(values.begin(), values.end()));
    }
    Overlay& text_map(std::string_view key, const std::map<std::string, std::string>& values) {
        Object map;
        for (const auto& [name, value] : values) {
            map.emplace(name, value);
        }
        return put(key, values.empty(), std::move(map));
    }
    template <class T>
    Overlay& list(std::string_view key, const std::vector<T>& values, Value (*write)(const T&)) {
        Array array;
        for (const T& value : values) {
            array.push_back(write(value));
        }
        return put(key, values.empty(), std::move(array));
    }
    Overlay& put(std::string_view key, bool empty, Value value) {
        if (empty) {
            object_.erase(key);
        } else {
            object_.insert_or_assign(key, std::move(value));
        }
        return *this;
    }
    // For a field that the schema requires even when it is empty.
    Overlay& required(std::string_view key, std::string_view value) { return put(key, false, Value(value)); }
    Value take() { return std::move(object_); }

private:
    Object object_;
};

Value write_condition(const Condition& condition) {
    return Overlay(condition.raw)
        .required("type", condition.type)
        .required("status", condition.status)
        .required("reason", condition.reason)
        .required("message", condition.message)
        .required("lastTransitionTime", condition.last_transition_time)
        .integer("observedGeneration", condition.observed_generation)
        .take();
}

Value write_stage(const StageStatus& stage) {
    Overlay overlay(stage.raw);
    if (stage.phase != StagePhase::kUnknown) {
        overlay.text("phase", to_string(stage.phase));
    }
    return overlay.required("name", stage.name)
        .text("appliedRevision", stage.applied_revision)
        .integer("entriesCount", stage.entries_count)
        .integer("shards", stage.shards)
        .text("message", stage.message)
        .texts("executedActions", stage.executed_actions)
        .text("ledgerRevision", stage.ledger_revision)
        .text("lastHandledReconcileAt", stage.last_handled_reconcile_at)
        .take();
}

Value write_snapshot(const StageSnapshot& snapshot) {
    return Overlay(snapshot.raw)
        .required("stage", snapshot.stage)
        .required("url", snapshot.url)
        .required("digest", snapshot.digest)
        .text("revision", snapshot.revision)
        .text("substitutionDigest", snapshot.substitution_digest)
        .take();
}

Value write_pending_update(const PendingUpdate& pending) {
    const std::string opens =
        pending.next_window_opens ? base::format_rfc3339(*pending.next_window_opens) : std::string();
    return Overlay(pending.raw)
        .text_map("revisions", pending.revisions)
        .text("nextWindowOpens", opens)
        .take();
}

}  // namespace

std::string_view to_string(StagePhase phase) {
    const auto found = std::ranges::find(kPhases, phase, [](const auto& entry) { return entry.second; });
    return found == std::end(kPhases) ? std::string_view() : found->first;
}

StageSetStatus parse_status(const Value& object) {
    const Value* value = find(object, {"status"});
    if (value == nullptr || !value->is_object()) {
        return {};
    }
    return {.conditions = list_at(*value, "conditions", read_condition),
            .observed_generation = integer_at<std::int64_t>(*value, "observedGeneration"),
            .last_handled_reconcile_at = text_at(*value, "lastHandledReconcileAt"),
            .last_attempted_revisions = text_map_at(*value, "lastAttemptedRevisions"),
            .last_applied_revisions = text_map_at(*value, "lastAppliedRevisions"),
            .version = text_at(*value, "version"),
            .pending_migrations = texts_at(*value, "pendingMigrations"),
            .executed_migrations = texts_at(*value, "executedMigrations"),
            .inventory_mode = text_at(*value, "inventoryMode"),
            .stages = list_at(*value, "stages", read_stage),
            .last_applied_snapshot = list_at(*value, "lastAppliedSnapshot", read_snapshot),
            .pending_update = read_pending_update(*value),
            .last_handled_update_override = text_at(*value, "lastHandledUpdateOverride"),
            .raw = value->get_object()};
}

Value to_value(const StageSetStatus& status) {
    const Value pending = status.pending_update ? write_pending_update(*status.pending_update) : Value();
    return Overlay(status.raw)
        .list("conditions", status.conditions, write_condition)
        .integer("observedGeneration", status.observed_generation)
        .text("lastHandledReconcileAt", status.last_handled_reconcile_at)
        .text_map("lastAttemptedRevisions", status.last_attempted_revisions)
        .text_map("lastAppliedRevisions", status.last_applied_revisions)
        .text("version", status.version)
        .texts("pendingMigrations", status.pending_migrations)
        .texts("executedMigrations", status.executed_migrations)
        .text("inventoryMode", status.inventory_mode)
        .list("stages", status.stages, write_stage)
        .list("lastAppliedSnapshot", status.last_applied_snapshot, write_snapshot)
        .put("pendingUpdate", !status.pending_update, pending)
        .text("lastHandledUpdateOverride", status.last_handled_update_override)
        .take();
}

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
    const auto found = std::ranges::find(conditions, type, &Condition::type);
    return found == conditions.end() ? nullptr : &*found;
}

void set_condition(std::vector<Condition>& conditions, Condition condition, base::WallTime now) {
    condition.message = utf8_prefix(condition.message, kMessageBytesMax);
    condition.last_transition_time = base::format_rfc3339(now);
    const auto found = std::ranges::find(conditions, condition.type, &Condition::type);
    if (found == conditions.end()) {
        conditions.push_back(std::move(condition));
        return;
    }
    if (found->status == condition.status && base::parse_rfc3339(found->last_transition_time)) {
        condition.last_transition_time = found->last_transition_time;
    }
    condition.raw = std::move(found->raw);
    *found = std::move(condition);
}

}  // namespace model
