// SPDX-License-Identifier: 0BSD
// Port: what a command may ask of the cluster and of artifact servers; nothing is set up before it is asked for.
#pragma once

#include <string>

#include "base/task.hpp"
#include "io/artifact/fetcher.hpp"
#include "io/kms/key_service.hpp"
#include "io/kube/client.hpp"

namespace stagesetctl {

// Answers stay valid as long as this. Errors of the first three: those of kube::load_cluster_config.
class Outside {
public:
    virtual ~Outside() = default;
    // --namespace, else that of the context, else "default".
    virtual base::Result<std::string> current_namespace() = 0;
    // The cluster as the user of the kubeconfig (and of --as).
    virtual base::Result<kube::Client*> cluster() = 0;
    // The cluster as a ServiceAccount, impersonated by the user of the kubeconfig; --as does not count then.
    virtual base::Result<kube::Client*> cluster_as(std::string ns, std::string service_account) = 0;
    virtual artifact::Fetcher& fetcher() = 0;
    // With the credentials that the user's environment holds; nullptr where none is asked.
    virtual kms::KeyService* key_services() = 0;
    // Ends what is under way; await it last.
    virtual base::Task<void> close() = 0;
};

}  // namespace stagesetctl
