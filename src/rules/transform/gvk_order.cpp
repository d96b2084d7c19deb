// SPDX-License-Identifier: 0BSD
#include "rules/transform/gvk_order.hpp"

#include <array>

#include <fmt/format.h>

namespace transform {
namespace {

constexpr std::array<std::string_view, 22> kFirst = {"Namespace",
                                                     "ResourceQuota",
                                                     "StorageClass",
                                                     "CustomResourceDefinition",
                                                     "ServiceAccount",
                                                     "PodSecurityPolicy",
                                                     "Role",
                                                     "ClusterRole",
                                                     "RoleBinding",
                                                     "ClusterRoleBinding",
                                                     "ConfigMap",
                                                     "Secret",
                                                     "Endpoints",
                                                     "Service",
                                                     "LimitRange",
                                                     "PriorityClass",
                                                     "PersistentVolume",
                                                     "PersistentVolumeClaim",
                                                     "Deployment",
                                                     "StatefulSet",
                                                     "CronJob",
                                                     "PodDisruptionBudget"};
constexpr std::array<std::string_view, 2> kLast = {"MutatingWebhookConfiguration",
                                                   "ValidatingWebhookConfiguration"};

}  // namespace

const std::span<const std::string_view> kKindsFirst = kFirst;
const std::span<const std::string_view> kKindsLast = kLast;

KindRanks::KindRanks(std::span<const std::string_view> first, std::span<const std::string_view> last) {
    int rank = -static_cast<int>(first.size());
    for (const std::string_view kind : first) {
        ranks_[std::string(kind)] = rank++;
    }
    rank = 1;
    for (const std::string_view kind : last) {
        ranks_[std::string(kind)] = rank++;
    }
}

int KindRanks::of(std::string_view kind) const {
    const auto found = ranks_.find(std::string(kind));
    return found == ranks_.end() ? 0 : found->second;
}

std::string sort_text(std::string_view group, std::string_view version, std::string_view kind) {
    return fmt::format("{}_{}_{}", group.empty() ? "~G" : group, version.empty() ? "~V" : version,
                       kind.empty() ? "~K" : kind);
}

}  // namespace transform
