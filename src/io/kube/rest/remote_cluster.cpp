// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/remote_cluster.hpp"

#include <utility>

#include <fmt/format.h>

#include "model/yaml.hpp"

namespace kube {

namespace {

using base::Error;
using base::ErrorCode;

// What a Secret holds at most.
constexpr std::size_t kKubeconfigBytesMax = std::size_t{1} << 20U;
// A page of 500 objects of 64 KiB each is more than our own watches and lists ask for there.
constexpr std::size_t kAnswerBytesMax = std::size_t{32} << 20U;
// About half a second: a cluster far away is down more often than ours, and the stage is tried again.
constexpr int kRetriesMax = 2;

void impersonate(Kubeconfig& config, const std::string& user) {
    const auto context = config.contexts.find(config.current_context);
    if (context == config.contexts.end()) {
        return;  // resolving the context reports it
    }
    const std::string& name = context->second.user;
    if (name.empty() || config.users.contains(name)) {
        config.users[name].impersonate = Impersonation{user, {}, {}, {}};
    }
}

}  // namespace

base::Result<ClusterConfig> remote_cluster(const RemoteKubeconfig& kubeconfig, CredentialRuntime runtime) {
    const std::string_view text = kubeconfig.text.reveal();
    if (text.size() > kKubeconfigBytesMax) {
        return Error{ErrorCode::kLimitExceeded,
                     fmt::format("{} is longer than {} bytes", kubeconfig.where, kKubeconfigBytesMax)};
    }
    // What the YAML parser says may quote a secret.
    const auto document = model::parse_yaml_one(text, "kubeconfig");
    if (!document || !document->is_object()) {
        return Error{
            ErrorCode::kInvalid,
            fmt::format("{} holds no kubeconfig: it is no YAML map; store what `kubectl config view --raw "
                        "--flatten --minify` prints",
                        kubeconfig.where)};
    }
    auto config = parse_kubeconfig(text, "kubeconfig");
    if (!config) {
        return base::wrap(kubeconfig.where, config.error());
    }
    if (auto own = check_self_contained(*config, ""); !own) {
        return base::wrap(kubeconfig.where, own.error());
    }
    if (!kubeconfig.impersonated.empty()) {
        impersonate(*config, kubeconfig.impersonated);
    }
    auto cluster = resolve_context(*config, "", runtime);
    if (!cluster) {
        return base::wrap(kubeconfig.where, cluster.error());
    }
    cluster->retries_max = kRetriesMax;
    cluster->answer_bytes_max = kAnswerBytesMax;
    return cluster;
}

}  // namespace kube
