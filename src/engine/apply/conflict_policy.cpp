// SPDX-License-Identifier: 0BSD
#include "engine/apply/conflict_policy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/apply/refusal.hpp"
#include "model/well_known.hpp"

namespace apply {

namespace {

using model::ConflictAction;

bool is_unset_or(const std::string& wanted, std::string_view found) {
    return wanted.empty() || wanted == found;
}

bool names(const model::ConflictTarget& target, const model::Value& object) {
    return is_unset_or(target.api_version, model::find_string(object, {"apiVersion"})) &&
           is_unset_or(target.kind, model::find_string(object, {"kind"})) &&
           is_unset_or(target.name, model::name_of(object)) &&
           is_unset_or(target.ns, model::namespace_of(object));
}

// As the reference compares the mark's value.
bool is_enabled(std::string_view text) {
    return std::ranges::equal(text, std::string_view("enabled"), [](char left, char right) {
        return (left >= 'A' && left <= 'Z' ? static_cast<char>(left - 'A' + 'a') : left) == right;
    });
}

// A manifest that names one certain live object: a new one would be refused.
bool is_pinned(const model::Value& desired) {
    return !model::uid_of(desired).empty() || !model::resource_version_of(desired).empty();
}

std::string why(const base::Error& refused, Refusal refusal) {
    if (refusal == Refusal::kConflict) {
        return "the server refuses the change (" + refused.text() + ")";
    }
    return "it cannot be changed in place, for immutable fields differ (" + immutable_fields(refused) + ")";
}

base::Error failed(const base::Error& refused, std::string message) {
    return {refused.code, std::move(message), nullptr, refused.detail};
}

}  // namespace

ConflictRules conflict_rules_of(const model::Stage& stage) {
    return {model::default_conflict_action(stage),
            stage.conflict_policy ? stage.conflict_policy->rules : std::vector<model::ConflictRule>{}};
}

Treatment treatment_of(const model::Value& desired, const ConflictRules& rules) {
    if (is_enabled(model::annotation_of(desired, model::kForceAnnotation).value_or(""))) {
        return {ConflictAction::kRecreate, true, std::nullopt};
    }
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
        const model::ConflictRule& rule = rules.rules[i];
        if (names(rule.target, desired)) {
            return {rule.action, rule.allow_data_loss, i};
        }
    }
    return {rules.default_action, false, std::nullopt};
}

bool holds_data(const model::ObjectId& id) {
    return id.group.empty() && (id.kind == "PersistentVolumeClaim" || id.kind == "PersistentVolume");
}

std::optional<std::string> find_unguarded(const std::vector<model::Value>& desired,
                                          const ConflictRules& rules) {
    for (const model::Value& object : desired) {
        const model::ObjectId id = model::id_of(object);
        if (!holds_data(id)) {
            continue;
        }
        const Treatment treatment = treatment_of(object, rules);
        if (treatment.action == ConflictAction::kRecreate && treatment.rule && !treatment.allows_data_loss) {
            return fmt::format(
                "conflictPolicy.rules[{}] would recreate {}, and what is stored in it may be lost; set "
                "allowDataLoss: true in that rule, or leave the object out of it",
                *treatment.rule, id.text());
        }
    }
    return std::nullopt;
}

base::Result<void> judge_conflict(const model::Value& desired, const Treatment& treatment,
                                  base::Error refused) {
    const Refusal refusal = refusal_of(refused);
    if (is_pinned(desired)) {
        return failed(
            refused, refused.text() + "; remove metadata.uid and metadata.resourceVersion from the manifest");
    }
    if (refusal != Refusal::kImmutable && refusal != Refusal::kConflict) {
        return refused;
    }
    if (treatment.action != ConflictAction::kRecreate) {
        return failed(refused,
                      why(refused, refusal) +
                          "; take the change back, delete the object, or have it recreated: by a rule "
                          "of conflictPolicy with action Recreate, or its annotation "
                          "stages.metio.wtf/force: enabled");
    }
    const model::ObjectId id = model::id_of(desired);
    if (holds_data(id) && !treatment.allows_data_loss) {
        return failed(
            refused,
            fmt::format(
                "{}; {} must not recreate it, for what is stored in it may be lost: allow that by a rule "
                "of conflictPolicy that names {} with action Recreate and allowDataLoss: true",
                why(refused, refusal),
                treatment.rule ? fmt::format("conflictPolicy.rules[{}]", *treatment.rule)
                               : "the stage's default (conflictPolicy.default or force)",
                id.text()));
    }
    return {};
}

void mark(model::Value& desired, ConflictAction action) {
    switch (action) {
        case ConflictAction::kRecreate:
            model::ensure_object(desired, {"metadata", "annotations"})[model::kForceAnnotation] = "enabled";
            return;
        case ConflictAction::kKeepExisting:
            model::ensure_object(desired, {"metadata", "annotations"})[model::kKeepExistingAnnotation] =
                "true";
            return;
        case ConflictAction::kFail: return;
    }
}

std::vector<std::string> stale_marks(const model::Value& desired, const model::Value& live) {
    std::vector<std::string> stale;
    for (const std::string_view mark : {model::kForceAnnotation, model::kKeepExistingAnnotation}) {
        if (model::annotation_of(live, mark) && !model::annotation_of(desired, mark)) {
            stale.emplace_back(mark);
        }
    }
    return stale;
}

}  // namespace apply
