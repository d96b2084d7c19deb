// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/connection_flags.hpp"

#include <charconv>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/duration.hpp"

namespace stagesetctl {

namespace {

using base::Error;
using base::ErrorCode;

base::Result<kube::Impersonation> impersonation(const ConnectionFlags& flags) {
    kube::Impersonation as;
    as.user = flags.as;
    as.uid = flags.as_uid;
    as.groups = flags.as_groups;
    for (const std::string& pair : flags.as_user_extra) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("invalid --as-user-extra \"{}\": write KEY=VALUE", pair)};
        }
        as.extra.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return as;
}

}  // namespace

void define_connection_flags(CLI::App& app, ConnectionFlags& flags) {
    constexpr const char* kGroup = "Global flags";
    const auto text = [&](const char* name, std::string& into, const char* value, const char* description) {
        app.add_option(name, into, description)->type_name(value)->group(kGroup);
    };
    const auto texts = [&](const char* name, std::vector<std::string>& into, const char* value,
                           const char* description) {
        app.add_option(name, into, description)->allow_extra_args(false)->type_name(value)->group(kGroup);
    };
    text("--as", flags.as, "USER", "act as this user");
    texts("--as-group", flags.as_groups, "GROUP", "act as a member of this group; may be repeated");
    text("--as-uid", flags.as_uid, "UID", "act with this uid");
    texts("--as-user-extra", flags.as_user_extra, "KEY=VALUE",
          "act with this extra attribute; may be repeated");
    text("--cache-dir", flags.cache_dir, "DIR", "accepted as kubectl does; nothing is cached");
    text("--certificate-authority", flags.certificate_authority, "FILE",
         "the CA to verify the server against");
    text("--client-certificate", flags.client_certificate, "FILE", "the certificate to present");
    text("--client-key", flags.client_key, "FILE", "the key of --client-certificate");
    text("--cluster", flags.cluster, "NAME", "the kubeconfig's cluster to use");
    text("--context", flags.context, "NAME", "the kubeconfig's context to use");
    app.add_flag("--disable-compression{true}", flags.disable_compression,
                 "accepted as kubectl does; nothing is compressed")
        ->group(kGroup);
    app.add_flag("--insecure-skip-tls-verify{true}", flags.insecure_skip_tls_verify,
                 "do not verify the server's certificate: insecure")
        ->group(kGroup);
    text("--kubeconfig", flags.kubeconfig, "FILE", "default: $KUBECONFIG, else ~/.kube/config, else the pod");
    text("-n,--namespace", flags.ns, "NAME", "default: the context's, else \"default\"");
    text("--request-timeout", flags.request_timeout, "DURATION", "of each request (\"5s\"); 0: no limit");
    text("-s,--server", flags.server, "URL", "address of the API server");
    text("--tls-server-name", flags.tls_server_name, "NAME", "the name in the server's certificate");
    text("--token", flags.token, "TOKEN", "bearer token to authenticate with");
    text("--user", flags.user, "NAME", "the kubeconfig's user to use");
}

base::Result<std::optional<base::Duration>> parse_request_timeout(const std::string& text) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size() && seconds >= 0) {
        return seconds == 0 ? std::nullopt : std::optional<base::Duration>(std::chrono::seconds(seconds));
    }
    const auto duration = base::parse_duration(text);
    if (!duration || *duration < std::chrono::nanoseconds::zero()) {
        return Error{
            ErrorCode::kInvalid,
            fmt::format("invalid argument \"{}\" for --request-timeout: not a duration like 5s or 2m", text)};
    }
    return *duration == std::chrono::nanoseconds::zero()
               ? std::nullopt
               : std::optional<base::Duration>(std::chrono::duration_cast<base::Duration>(*duration));
}

base::Result<kube::ConfigSources> config_sources(const ConnectionFlags& flags, kube::ConfigSources process) {
    auto as = impersonation(flags);
    if (!as) {
        return as.error();
    }
    kube::ConfigSources sources = std::move(process);
    const std::string home_file = sources.home + "/.kube/config";
    if (!flags.kubeconfig.empty()) {
        sources.kubeconfig = flags.kubeconfig;
    } else if (sources.kubeconfig.empty() && ::access(home_file.c_str(), F_OK) == 0) {
        sources.kubeconfig =
            home_file;  // somebody's terminal in a pod: their own file counts more than the pod
    }
    sources.context = flags.context;
    sources.overrides.cluster = flags.cluster;
    sources.overrides.user = flags.user;
    sources.overrides.server = flags.server;
    sources.overrides.ca_path = flags.certificate_authority;
    sources.overrides.insecure_skip_verify = flags.insecure_skip_tls_verify;
    sources.overrides.tls_server_name = flags.tls_server_name;
    sources.overrides.certificate_path = flags.client_certificate;
    sources.overrides.key_path = flags.client_key;
    sources.overrides.token = flags.token;
    if (!as->user.empty() || !as->uid.empty() || !as->groups.empty() || !as->extra.empty()) {
        sources.overrides.impersonate = std::move(*as);
    }
    return sources;
}

}  // namespace stagesetctl
