// SPDX-License-Identifier: 0BSD
// The reasons of a StageSet's Ready condition, and the page that each links to.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace model {

enum class ReadyReason {
    kSucceeded,
    kSuspended,
    kInvalidSpec,
    kDependencyNotReady,
    kStalled,
    kSourceNotReady,
    kArtifactNotFound,
    kResolveFailed,
    kUpdateDeferred,
    kInvalidVersion,
    kDowngradeRequiresMigration,
    kStageFailed,
    kPreviousRevisionUnavailable,
    kTerminating,
};

inline constexpr std::array kReadyReasons = {
    ReadyReason::kSucceeded,
    ReadyReason::kSuspended,
    ReadyReason::kInvalidSpec,
    ReadyReason::kDependencyNotReady,
    ReadyReason::kStalled,
    ReadyReason::kSourceNotReady,
    ReadyReason::kArtifactNotFound,
    ReadyReason::kResolveFailed,
    ReadyReason::kUpdateDeferred,
    ReadyReason::kInvalidVersion,
    ReadyReason::kDowngradeRequiresMigration,
    ReadyReason::kStageFailed,
    ReadyReason::kPreviousRevisionUnavailable,
    ReadyReason::kTerminating,
};

inline constexpr std::string_view kRunbookBaseUrl = "https://stageset.projects.metio.wtf/runbooks/";

// The reason as the condition carries it: "StageFailed".
std::string_view to_string(ReadyReason reason);
// What a message ends with: " (runbook: https://…/stagefailed/)"; empty for the healthy reasons Succeeded and Suspended.
std::string runbook_suffix(ReadyReason reason);

}  // namespace model
