// SPDX-License-Identifier: 0BSD
// ConnectionFlags: kubectl's flags that say which cluster, as whom, in which namespace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "io/kube/rest/cluster_config.hpp"

namespace CLI {
class App;
}

namespace stagesetctl {

struct ConnectionFlags {
    std::string kubeconfig;
    std::string context;
    std::string cluster;
    std::string user;
    std::string ns;
    std::string server;
    std::string token;
    std::string certificate_authority;
    std::string client_certificate;
    std::string client_key;
    std::string tls_server_name;
    bool insecure_skip_tls_verify = false;
    std::string as;
    std::vector<std::string> as_groups;
    std::string as_uid;
    std::vector<std::string> as_user_extra;  // "key=value"
    std::string request_timeout = "0";
    std::string cache_dir;             // accepted: nothing is cached
    bool disable_compression = false;  // accepted: nothing is compressed
};

// Adds the flags to `app`, as its group "Global flags". `flags` outlives the app's parsing.
void define_connection_flags(CLI::App& app, ConnectionFlags& flags);

// --request-timeout: a duration, or whole seconds; nullopt for 0, which is no limit. Errors: kInvalid.
base::Result<std::optional<base::Duration>> parse_request_timeout(const std::string& text);

// Where to look for the cluster: --kubeconfig, $KUBECONFIG, ~/.kube/config, the pod; with what the flags override.
// Errors: kInvalid (an --as-user-extra without '=').
base::Result<kube::ConfigSources> config_sources(const ConnectionFlags& flags, kube::ConfigSources process);

}  // namespace stagesetctl
