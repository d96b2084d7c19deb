// SPDX-License-Identifier: 0BSD
// Names that are facts on the wire: labels, annotations, the finalizer, the field manager (spec of the CRDs, §8).
#pragma once

#include <string_view>

namespace model {

inline constexpr std::string_view kGroup = "stages.metio.wtf";
inline constexpr std::string_view kApiVersion = "stages.metio.wtf/v1";
inline constexpr std::string_view kFieldManager = "stageset-controller";
inline constexpr std::string_view kFinalizer = "stages.metio.wtf/finalizer";

// On StageInventories.
inline constexpr std::string_view kStageSetLabel = "stages.metio.wtf/stage-set";
inline constexpr std::string_view kStageLabel = "stages.metio.wtf/stage";
inline constexpr std::string_view kShardLabel = "stages.metio.wtf/shard";

// "true" while what a shard records was found by labels, and nothing is to be pruned on the strength of that alone.
inline constexpr std::string_view kRebuiltAnnotation = "stages.metio.wtf/rebuilt";

// On every applied object: its owner.
inline constexpr std::string_view kOwnerNameLabel = "stages.metio.wtf/name";
inline constexpr std::string_view kOwnerNamespaceLabel = "stages.metio.wtf/namespace";
inline constexpr std::string_view kApplySetLabel = "applyset.kubernetes.io/part-of";

// On managed objects, by users.
inline constexpr std::string_view kPruneAnnotation = "stages.metio.wtf/prune";                 // "disabled"
inline constexpr std::string_view kForceAnnotation = "stages.metio.wtf/force";                 // "enabled"
inline constexpr std::string_view kKeepExistingAnnotation = "stages.metio.wtf/keep-existing";  // "true"

// On StageSets, by users.
inline constexpr std::string_view kRequestedAtAnnotation = "reconcile.fluxcd.io/requestedAt";
inline constexpr std::string_view kForceAtAnnotation = "reconcile.fluxcd.io/forceAt";
inline constexpr std::string_view kReconcileStageAnnotation = "stages.metio.wtf/reconcile-stage";
inline constexpr std::string_view kUpdateNowAnnotation = "stages.metio.wtf/update-now";

}  // namespace model
