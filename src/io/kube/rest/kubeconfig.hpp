// SPDX-License-Identifier: 0BSD
// Kubeconfig files as values: parsed and merged as kubectl does; nothing that they point to is read here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/value.hpp"

namespace kube {

// A program that prints credentials (client.authentication.k8s.io).
struct ExecPlugin {
    std::string api_version;
    std::string command;  // a path, or a name to be looked up in PATH
    std::vector<std::string> args;
    std::vector<std::pair<std::string, std::string>> env;
    bool provide_cluster_info = false;
    std::string interactive_mode;
    std::string install_hint;
};

// Whom to act as; the API server checks that the authenticated user may.
struct Impersonation {
    std::string user;  // empty: nobody else
    std::string uid;
    std::vector<std::string> groups;
    std::vector<std::pair<std::string, std::string>> extra;
};

// Paths are absolute, or relative to the working directory when the file's own path was.
struct KubeconfigCluster {
    std::string server;
    std::string ca_path;
    std::string ca_pem;  // wins over ca_path
    bool insecure_skip_verify = false;
    std::string tls_server_name;
    std::string proxy_url;
    model::Value exec_config;  // the extension client.authentication.k8s.io/exec; null when absent
};

struct KubeconfigUser {
    std::string certificate_path;
    std::string certificate_pem;  // wins over certificate_path
    std::string key_path;
    base::Secret key_pem;  // wins over key_path
    base::Secret token;
    std::string token_path;
    std::string username;
    base::Secret password;
    Impersonation impersonate;
    std::optional<ExecPlugin> exec;
    std::string auth_provider;  // its name; empty: none
};

struct KubeconfigContext {
    std::string cluster;
    std::string user;
    std::string ns;
};

struct Kubeconfig {
    std::map<std::string, KubeconfigCluster, std::less<>> clusters;
    std::map<std::string, KubeconfigUser, std::less<>> users;
    std::map<std::string, KubeconfigContext, std::less<>> contexts;
    std::string current_context;
};

// Reads one file's text. `file` names it in errors; relative paths inside are resolved against its folder.
// Errors: kInvalid (syntax, a wrong type, not base64, two entries of one name), kLimitExceeded.
base::Result<Kubeconfig> parse_kubeconfig(std::string_view text, std::string_view file);

// Merges files in the order of KUBECONFIG: the first that names an entry, or the current context, wins as a whole.
Kubeconfig merge_kubeconfigs(std::vector<Kubeconfig> files);

// Ok when what `context` (empty: the current one) selects needs nothing of this machine: no exec plugin, no auth provider,
// no file and no proxy. For kubeconfigs that tenants wrote. Errors: kInvalid, naming the field.
base::Result<void> check_self_contained(const Kubeconfig& config, std::string_view context);

}  // namespace kube
