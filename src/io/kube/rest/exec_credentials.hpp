// SPDX-License-Identifier: 0BSD
// Credentials from an exec plugin (client.authentication.k8s.io/v1 and v1beta1).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "io/kube/rest/credentials.hpp"
#include "io/kube/rest/kubeconfig.hpp"

namespace kube {

// Ok when this program can run the plugin. Errors: kUnsupported (API version, or a plugin that needs a terminal).
base::Result<void> check_exec_plugin(const ExecPlugin& plugin);

// What the plugin is told about the cluster: the value of KUBERNETES_EXEC_INFO. `ca_pem` is sent with provideClusterInfo.
std::string exec_info(const ExecPlugin& plugin, const KubeconfigCluster& cluster, std::string_view ca_pem);

// What a plugin printed.
struct ExecCredential {
    Credential credential;
    std::optional<base::WallTime> expires;
};
// Errors: kInvalid; the message never quotes the output.
base::Result<ExecCredential> parse_exec_credential(std::string_view output, std::string_view api_version);

// Runs the plugin when a credential is needed and none is left: at first, near its expiry, and after a 401. One run serves
// all who ask meanwhile. A client certificate that it prints replaces the cluster's own.
std::shared_ptr<Credentials> exec_credentials(ExecPlugin plugin, std::string info, base::Clock& clock,
                                              base::Executor executor);

}  // namespace kube
