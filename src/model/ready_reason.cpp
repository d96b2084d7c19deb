// SPDX-License-Identifier: 0BSD
#include "model/ready_reason.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace model {

std::string_view to_string(ReadyReason reason) {
    switch (reason) {
        case ReadyReason::kSucceeded: return "Succeeded";
        case ReadyReason::kSuspended: return "Suspended";
        case ReadyReason::kInvalidSpec: return "InvalidSpec";
        case ReadyReason::kDependencyNotReady: return "DependencyNotReady";
        case ReadyReason::kStalled: return "Stalled";
        case ReadyReason::kSourceNotReady: return "SourceNotReady";
        case ReadyReason::kArtifactNotFound: return "ArtifactNotFound";
        case ReadyReason::kResolveFailed: return "ResolveFailed";
        case ReadyReason::kUpdateDeferred: return "UpdateDeferred";
        case ReadyReason::kInvalidVersion: return "InvalidVersion";
        case ReadyReason::kDowngradeRequiresMigration: return "DowngradeRequiresMigration";
        case ReadyReason::kStageFailed: return "StageFailed";
        case ReadyReason::kPreviousRevisionUnavailable: return "PreviousRevisionUnavailable";
        case ReadyReason::kTerminating: return "Terminating";
    }
    return "Unknown";
}

std::string runbook_suffix(ReadyReason reason) {
    if (reason == ReadyReason::kSucceeded || reason == ReadyReason::kSuspended) {
        return {};
    }
    std::string slug(to_string(reason));
    std::ranges::transform(slug, slug.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return fmt::format(" (runbook: {}{}/)", kRunbookBaseUrl, slug);
}

}  // namespace model
