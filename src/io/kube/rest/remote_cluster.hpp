// SPDX-License-Identifier: 0BSD
// Where a kubeconfig that a tenant wrote leads, without a look at this machine.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "io/kube/rest/cluster_config.hpp"

namespace kube {

struct RemoteKubeconfig {
    base::Secret text;
    std::string where;         // "Secret t/prod, key "value"": names it in errors
    std::string impersonated;  // whom to act as; empty: as its own user, or as whom that one says
};

// The cluster of the kubeconfig's current context. Its answers are bounded more tightly than those of our own, and its failures
// told sooner, for a tenant chose it.
// Errors: kInvalid (no kubeconfig; it needs a program, a file or a proxy; a broken entry), kLimitExceeded; none quotes it.
base::Result<ClusterConfig> remote_cluster(const RemoteKubeconfig& kubeconfig, CredentialRuntime runtime);

}  // namespace kube
