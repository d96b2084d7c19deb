// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/cluster_config.hpp"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/read_file.hpp"
#include "io/kube/rest/exec_credentials.hpp"

namespace kube {

namespace {

using base::Error;
using base::ErrorCode;

// Far above any kubeconfig or certificate bundle that people use.
constexpr std::size_t kFileBytesMax = std::size_t{16} << 20U;

std::string environment_variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT: nothing in this program changes the environment
    return value == nullptr ? std::string() : std::string(value);
}

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

// Inline text wins over the file.
base::Result<std::string> inline_or_file(std::string_view text, const std::string& path) {
    if (!text.empty() || path.empty()) {
        return std::string(text);
    }
    return base::read_file(path, kFileBytesMax);
}

base::Result<std::string> server_url(const KubeconfigCluster& cluster, std::string_view name, bool has_tls) {
    std::string url = cluster.server;
    if (url.empty()) {
        return invalid(fmt::format("cluster \"{}\" of the kubeconfig names no server", name));
    }
    if (url.find("://") == std::string::npos) {
        url = (has_tls ? "https://" : "http://") + url;
    }
    if (!url.starts_with("https://") && !url.starts_with("http://")) {
        return invalid(fmt::format("the server of cluster \"{}\" is neither http nor https: {}", name, url));
    }
    while (url.ends_with('/')) {
        url.pop_back();
    }
    return url;
}

base::Result<void> resolve_cluster(const KubeconfigCluster& cluster, std::string_view name,
                                   ClusterConfig& config) {
    auto ca = inline_or_file(cluster.ca_pem, cluster.ca_path);
    if (!ca) {
        return base::wrap(fmt::format("certificate-authority of cluster \"{}\"", name), ca.error());
    }
    if (cluster.insecure_skip_verify && !ca->empty()) {
        return invalid(
            fmt::format("cluster \"{}\" has a certificate authority and insecure-skip-tls-verify: "
                        "only one of them is allowed",
                        name));
    }
    config.tls.ca_pem = std::move(*ca);
    config.tls.insecure_skip_verify = cluster.insecure_skip_verify;
    config.tls.server_name = cluster.tls_server_name;
    config.proxy = cluster.proxy_url;
    return {};
}

base::Result<void> resolve_certificate(const KubeconfigUser& user, std::string_view name,
                                       http::TlsOptions& tls) {
    auto certificate = inline_or_file(user.certificate_pem, user.certificate_path);
    auto key = inline_or_file(user.key_pem.reveal(), user.key_path);
    if (!certificate || !key) {
        return base::wrap(fmt::format("client certificate of user \"{}\"", name),
                          certificate ? key.error() : certificate.error());
    }
    if (certificate->empty() != key->empty()) {
        return invalid(fmt::format("user \"{}\" needs both client-certificate and client-key", name));
    }
    tls.client_certificate_pem = std::move(*certificate);
    tls.client_key_pem = base::Secret(std::move(*key));
    return {};
}

base::Result<std::shared_ptr<Credentials>> base_credentials(const KubeconfigUser& user, std::string_view name,
                                                            const KubeconfigCluster& cluster,
                                                            const ClusterConfig& config,
                                                            const CredentialRuntime& runtime) {
    const bool has_token = !user.token.empty() || !user.token_path.empty();
    if (!user.auth_provider.empty()) {
        return Error{
            ErrorCode::kUnsupported,
            fmt::format("user \"{}\" of the kubeconfig uses the auth provider {}, which Kubernetes removed: "
                        "use its exec plugin",
                        name, user.auth_provider)};
    }
    if (has_token && !user.username.empty()) {
        return invalid(
            fmt::format("user \"{}\" has a token and a username: only one of them is allowed", name));
    }
    if (!user.token_path.empty()) {
        return token_file_credentials(user.token_path, user.token.clone(), runtime.clock);
    }
    if (!user.token.empty()) {
        return fixed_credentials(bearer_credential(user.token.clone()));
    }
    if (!user.username.empty()) {
        return fixed_credentials(basic_credential(user.username, user.password.reveal()));
    }
    if (user.exec) {
        if (auto ok = check_exec_plugin(*user.exec); !ok) {
            return ok.error();
        }
        return exec_credentials(*user.exec, exec_info(*user.exec, cluster, config.tls.ca_pem), runtime.clock,
                                runtime.executor);
    }
    return fixed_credentials({});
}

base::Result<void> resolve_user(const KubeconfigUser& user, std::string_view name,
                                const KubeconfigCluster& cluster, const CredentialRuntime& runtime,
                                ClusterConfig& config) {
    if (auto ok = resolve_certificate(user, name, config.tls); !ok) {
        return ok;
    }
    auto credentials = base_credentials(user, name, cluster, config, runtime);
    if (!credentials) {
        return credentials.error();
    }
    if (const auto& as = user.impersonate;
        as.user.empty() && (!as.groups.empty() || !as.uid.empty() || !as.extra.empty())) {
        return invalid(
            fmt::format("user \"{}\" impersonates groups, uid or extra without a user (\"as\")", name));
    }
    config.credentials = impersonating_credentials(std::move(*credentials), user.impersonate);
    return {};
}

base::Result<ClusterConfig> in_cluster_config(const ConfigSources& sources,
                                              const CredentialRuntime& runtime) {
    const std::string& folder = sources.service_account_folder;
    auto ca = base::read_file(folder + "/ca.crt", kFileBytesMax);
    if (!ca) {
        return base::wrap("the pod's service account", ca.error());
    }
    ClusterConfig config;
    const bool is_ipv6 = sources.service_host.find(':') != std::string::npos;
    config.server = fmt::format("https://{}{}{}:{}", is_ipv6 ? "[" : "", sources.service_host,
                                is_ipv6 ? "]" : "", sources.service_port);
    config.tls.ca_pem = std::move(*ca);
    const ConfigOverrides& over = sources.overrides;
    config.credentials = over.token.empty() ? token_file_credentials(folder + "/token", {}, runtime.clock)
                                            : fixed_credentials(bearer_credential(base::Secret(over.token)));
    if (over.impersonate) {
        config.credentials = impersonating_credentials(std::move(config.credentials), *over.impersonate);
    }
    if (const auto ns = base::read_file(folder + "/namespace", kFileBytesMax); ns && !ns->empty()) {
        config.default_namespace = ns->substr(0, ns->find_first_of("\r\n"));
    }
    return config;
}

void override_cluster(KubeconfigCluster& cluster, const ConfigOverrides& over) {
    if (!over.server.empty()) {
        cluster.server = over.server;
        // Said of another server.
        cluster.tls_server_name.clear();
    }
    if (!over.tls_server_name.empty()) {
        cluster.tls_server_name = over.tls_server_name;
    }
    if (!over.ca_path.empty() || over.insecure_skip_verify) {
        cluster.ca_pem.clear();
        cluster.ca_path = over.ca_path;
        cluster.insecure_skip_verify = over.insecure_skip_verify;
    }
}

void override_user(KubeconfigUser& user, const ConfigOverrides& over) {
    if (!over.token.empty()) {
        user.token = base::Secret(over.token);
        user.token_path.clear();
        user.username.clear();
        user.auth_provider.clear();
        user.exec.reset();
    }
    if (!over.certificate_path.empty()) {
        user.certificate_pem.clear();
        user.certificate_path = over.certificate_path;
    }
    if (!over.key_path.empty()) {
        user.key_pem = {};
        user.key_path = over.key_path;
    }
    if (over.impersonate) {
        user.impersonate = *over.impersonate;
    }
}

// Changes what `name` selects. An entry that is named must exist; without a context one is made from the overrides.
base::Result<void> override_context(Kubeconfig& config, const std::string& name,
                                    const ConfigOverrides& over) {
    auto& context = config.contexts[name];
    if (!over.cluster.empty() && !config.clusters.contains(over.cluster)) {
        return invalid(fmt::format("the kubeconfig has no cluster \"{}\"", over.cluster));
    }
    if (!over.user.empty() && !config.users.contains(over.user)) {
        return invalid(fmt::format("the kubeconfig has no user \"{}\"", over.user));
    }
    context.cluster = over.cluster.empty() ? context.cluster : over.cluster;
    context.user = over.user.empty() ? context.user : over.user;
    if (config.clusters.contains(context.cluster) || !over.server.empty()) {
        override_cluster(config.clusters[context.cluster], over);
    }
    if (config.users.contains(context.user) || context.user.empty()) {
        override_user(config.users[context.user], over);
    }
    return {};
}

base::Result<ClusterConfig> load_files(std::string_view list, const ConfigSources& sources,
                                       const CredentialRuntime& runtime) {
    const ConfigOverrides& over = sources.overrides;
    auto config = load_kubeconfig(list);
    if (!config && config.error().code == ErrorCode::kNotFound && !over.server.empty()) {
        config = Kubeconfig{};
    }
    if (!config) {
        return config.error();
    }
    std::string name = sources.context.empty() ? config->current_context : sources.context;
    if (name.empty() && (!over.server.empty() || !over.cluster.empty())) {
        name = "(none)";
        config->contexts[name];
    }
    if (config->contexts.contains(name)) {
        if (auto ok = override_context(*config, name, over); !ok) {
            return ok.error();
        }
    }
    return resolve_context(*config, name, runtime);
}

}  // namespace

http::TlsOptions clone_tls(const http::TlsOptions& tls) {
    return {tls.ca_pem, tls.client_certificate_pem, tls.client_key_pem.clone(), tls.server_name,
            tls.insecure_skip_verify};
}

ClusterConfig ClusterConfig::with_identity(std::shared_ptr<Credentials> other) const {
    ClusterConfig config;
    config.server = server;
    config.tls.ca_pem = tls.ca_pem;
    config.tls.server_name = tls.server_name;
    config.proxy = proxy;
    config.credentials = std::move(other);
    config.default_namespace = default_namespace;
    config.context = context;
    config.user_agent = user_agent;
    config.retries_max = retries_max;
    config.request_timeout = request_timeout;
    config.answer_bytes_max = answer_bytes_max;
    return config;
}

ClusterConfig ClusterConfig::with_own_identity() const {
    ClusterConfig config = with_identity(credentials);
    config.tls = clone_tls(tls);
    return config;
}

ConfigSources ConfigSources::of_process() {
    ConfigSources sources;
    sources.kubeconfig = environment_variable("KUBECONFIG");
    sources.home = environment_variable("HOME");
    sources.service_host = environment_variable("KUBERNETES_SERVICE_HOST");
    sources.service_port = environment_variable("KUBERNETES_SERVICE_PORT");
    return sources;
}

base::Result<Kubeconfig> load_kubeconfig(std::string_view list) {
    std::vector<Kubeconfig> files;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(':', at), list.size());
        const std::string path(list.substr(at, end - at));
        at = end + 1;
        if (path.empty()) {
            continue;
        }
        const auto text = base::read_file(path, kFileBytesMax);
        if (!text && text.error().code == ErrorCode::kNotFound) {
            continue;
        }
        if (!text) {
            return text.error();
        }
        auto file = parse_kubeconfig(*text, path);
        if (!file) {
            return file.error();
        }
        files.push_back(std::move(*file));
    }
    if (files.empty()) {
        return Error{ErrorCode::kNotFound, fmt::format("no kubeconfig file exists at {}", list)};
    }
    return merge_kubeconfigs(std::move(files));
}

base::Result<ClusterConfig> resolve_context(const Kubeconfig& config, std::string_view context,
                                            CredentialRuntime runtime) {
    const std::string name(context.empty() ? std::string_view(config.current_context) : context);
    if (name.empty()) {
        return invalid("the kubeconfig has no current-context, and no context was chosen");
    }
    const auto selected = config.contexts.find(name);
    if (selected == config.contexts.end()) {
        return invalid(fmt::format("the kubeconfig has no context \"{}\"", name));
    }
    const auto& [cluster_name, user_name, ns] = selected->second;
    const auto cluster = config.clusters.find(cluster_name);
    if (cluster == config.clusters.end()) {
        return invalid(fmt::format("context \"{}\" names cluster \"{}\", which the kubeconfig lacks", name,
                                   cluster_name));
    }
    static const KubeconfigUser kNobody;
    const auto user = config.users.find(user_name);
    if (user == config.users.end() && !user_name.empty()) {
        return invalid(
            fmt::format("context \"{}\" names user \"{}\", which the kubeconfig lacks", name, user_name));
    }
    ClusterConfig result;
    result.context = name;
    if (!ns.empty()) {
        result.default_namespace = ns;
    }
    if (auto ok = resolve_cluster(cluster->second, cluster_name, result); !ok) {
        return ok.error();
    }
    if (auto ok = resolve_user(user == config.users.end() ? kNobody : user->second, user_name,
                               cluster->second, runtime, result);
        !ok) {
        return ok.error();
    }
    const bool has_tls = !result.tls.ca_pem.empty() || !result.tls.client_certificate_pem.empty() ||
                         result.tls.insecure_skip_verify;
    auto server = server_url(cluster->second, cluster_name, has_tls);
    if (!server) {
        return server.error();
    }
    result.server = std::move(*server);
    return result;
}

base::Result<ClusterConfig> load_cluster_config(const ConfigSources& sources, CredentialRuntime runtime) {
    if (!sources.kubeconfig.empty()) {
        return load_files(sources.kubeconfig, sources, runtime);
    }
    const bool elsewhere = !sources.overrides.server.empty() || !sources.overrides.cluster.empty();
    if (!elsewhere && !sources.service_host.empty() && !sources.service_port.empty()) {
        return in_cluster_config(sources, runtime);
    }
    if (sources.home.empty() && !elsewhere) {
        return Error{ErrorCode::kNotFound,
                     "no cluster configuration: KUBECONFIG is not set, this is no pod, and HOME is unknown"};
    }
    return load_files(sources.home + "/.kube/config", sources, runtime);
}

}  // namespace kube
