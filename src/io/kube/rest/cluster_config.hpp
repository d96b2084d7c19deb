// SPDX-License-Identifier: 0BSD
// ClusterConfig: where an API server is and who we are there, found as kubectl finds it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "io/http/client.hpp"
#include "io/kube/rest/credentials.hpp"
#include "io/kube/rest/kubeconfig.hpp"

namespace kube {

struct ClusterConfig {
    std::string server;  // "https://10.0.0.1:6443", perhaps with a path; no slash at the end
    http::TlsOptions tls;
    std::string proxy;  // empty: the environment's
    std::shared_ptr<Credentials> credentials;
    std::string default_namespace = "default";
    std::string context;  // empty in a cluster
    std::string user_agent = "stageset-controller";
    // Of a request that failed in a way that may pass. Together about three seconds: outlives a lost connection or a server's
    // hiccup; a longer outage is the caller's affair.
    int retries_max = 5;
    std::optional<base::Duration> request_timeout{};  // of each attempt; nullopt: what each call finds fit
    // Objects are bounded by etcd at 1.5 MiB each; a page of 500 large ones fits.
    std::size_t answer_bytes_max = std::size_t{512} << 20U;

    // The same server with the same CA, as whoever `credentials` are: no client certificate, TLS always verified.
    ClusterConfig with_identity(std::shared_ptr<Credentials> other) const;
    // A copy, sharing the credentials.
    ClusterConfig with_own_identity() const;
};

// A copy with its own copy of the key.
http::TlsOptions clone_tls(const http::TlsOptions& tls);

// What credentials live on. The clock must outlive them.
struct CredentialRuntime {
    base::Clock& clock;
    base::Executor executor;
};

// What a command line says over the files; empty members leave theirs.
struct ConfigOverrides {
    std::string cluster;  // an entry of the kubeconfig, instead of the context's
    std::string user;     // likewise
    std::string server;   // enough for a configuration without any file
    std::string ca_path;
    bool insecure_skip_verify = false;
    std::string tls_server_name;
    std::string certificate_path;
    std::string key_path;
    std::string token;
    std::optional<Impersonation> impersonate{};  // replaces the user's own as a whole
};

// Where to look for a configuration.
struct ConfigSources {
    std::string kubeconfig;  // $KUBECONFIG: files separated by ':'; empty: not set
    std::string home;        // $HOME
    std::string service_host;
    std::string service_port;
    std::string service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";
    std::string context;  // empty: the file's current-context
    ConfigOverrides overrides{};

    static ConfigSources of_process();
};

// KUBECONFIG if set, else the pod's service account, else ~/.kube/config; then the overrides.
// Errors: kNotFound (no configuration anywhere), kInvalid, kUnsupported (auth provider, exec plugin of an unknown kind).
base::Result<ClusterConfig> load_cluster_config(const ConfigSources& sources, CredentialRuntime runtime);

// Reads and merges the files of a KUBECONFIG list; missing files are skipped.
// Errors: kNotFound (none exists), kInvalid, kLimitExceeded.
base::Result<Kubeconfig> load_kubeconfig(std::string_view list);

// What `context` (empty: the current one) of a kubeconfig selects; reads the certificate files it names.
base::Result<ClusterConfig> resolve_context(const Kubeconfig& config, std::string_view context,
                                            CredentialRuntime runtime);

}  // namespace kube
