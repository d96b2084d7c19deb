// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/exec_credentials.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/single_flight.hpp"
#include "io/kube/rest/process.hpp"
#include "model/json.hpp"

namespace kube {

namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;

// Covers the flight time of a request and clocks that differ a little.
constexpr base::Duration kExpiryMargin = 10s;
// Plugins talk to identity providers; one that hangs must not hang us.
constexpr base::Duration kPluginTimeout = 60s;
constexpr std::size_t kComplaintBytesMax = 300;

Error plugin_error(std::string_view command, std::string_view problem) {
    return {ErrorCode::kUnauthorized, fmt::format("the exec plugin {} {}", command, problem)};
}

// The last line that a plugin complained with; where it fails it says why there.
std::string last_line(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) {
        return {};
    }
    text = text.substr(0, end + 1);
    const auto begin = text.find_last_of("\r\n");
    return std::string(
        text.substr(begin == std::string_view::npos ? 0 : begin + 1).substr(0, kComplaintBytesMax));
}

// Nanoseconds since 1970 end in 2262; some plugins write the year 9999 for "never".
bool is_beyond_clocks(std::string_view rfc3339) {
    const auto year = rfc3339.substr(0, 4);
    return std::ranges::all_of(year, [](char c) { return c >= '0' && c <= '9'; }) && year >= "2262";
}

class ExecCredentials final : public Credentials {
public:
    ExecCredentials(ExecPlugin plugin, std::string info, base::Clock& clock, base::Executor executor)
        : plugin_(std::move(plugin)), info_(std::move(info)), clock_(clock), flight_(std::move(executor)) {}

    base::Task<CredentialPtr> current() override {
        if (!is_fresh()) {
            if (auto ran = co_await flight_.run([this] { return run_plugin(); }); !ran) {
                co_return ran.error();
            }
        }
        co_return credential_;
    }

    void refused(const CredentialPtr& credential) override {
        if (credential == credential_) {
            is_refused_ = true;
        }
    }

private:
    bool is_fresh() const {
        return credential_ != nullptr && !is_refused_ &&
               (!expires_ || clock_.now() + kExpiryMargin < *expires_);
    }

    base::Task<void> run_plugin() {
        ProcessRequest request;
        request.command = plugin_.command;
        request.args = plugin_.args;
        for (const auto& [name, value] : plugin_.env) {
            request.environment.push_back(fmt::format("{}={}", name, value));
        }
        request.environment.push_back("KUBERNETES_EXEC_INFO=" + info_);
        request.timeout = kPluginTimeout;
        auto output = co_await run_process(std::move(request), clock_);
        if (!output) {
            co_return refusal(output.error());
        }
        if (output->exit_code != 0) {
            co_return plugin_error(plugin_.command, fmt::format("ended with code {}: {}", output->exit_code,
                                                                last_line(output->err)));
        }
        auto parsed = parse_exec_credential(output->out, plugin_.api_version);
        if (!parsed) {
            co_return plugin_error(plugin_.command, parsed.error().message);
        }
        credential_ = std::make_shared<const Credential>(std::move(parsed->credential));
        expires_ = parsed->expires;
        is_refused_ = false;
        co_return base::Result<void>{};
    }

    Error refusal(const Error& error) const {
        if (error.code == ErrorCode::kCancelled) {
            return error;
        }
        const bool missing = error.code == ErrorCode::kNotFound && !plugin_.install_hint.empty();
        return plugin_error(plugin_.command,
                            fmt::format("failed: {}{}{}", error.message, missing ? ": " : "",
                                        missing ? std::string_view(plugin_.install_hint) : ""));
    }

    ExecPlugin plugin_;
    std::string info_;
    base::Clock& clock_;
    base::SingleFlight flight_;
    CredentialPtr credential_;
    std::optional<base::WallTime> expires_;
    bool is_refused_ = false;
};

}  // namespace

base::Result<void> check_exec_plugin(const ExecPlugin& plugin) {
    if (plugin.api_version != "client.authentication.k8s.io/v1" &&
        plugin.api_version != "client.authentication.k8s.io/v1beta1") {
        return Error{
            ErrorCode::kUnsupported,
            fmt::format("the exec plugin {} has apiVersion \"{}\": only client.authentication.k8s.io/v1 and "
                        "v1beta1 are supported",
                        plugin.command, plugin.api_version)};
    }
    if (plugin.interactive_mode == "Always") {
        return Error{
            ErrorCode::kUnsupported,
            fmt::format(
                "the exec plugin {} asks questions (interactiveMode Always); this program has no terminal",
                plugin.command)};
    }
    return {};
}

std::string exec_info(const ExecPlugin& plugin, const KubeconfigCluster& cluster, std::string_view ca_pem) {
    model::Object spec{{"interactive", false}};
    if (plugin.provide_cluster_info) {
        model::Object told{{"server", cluster.server}};
        if (!cluster.tls_server_name.empty()) {
            told["tls-server-name"] = cluster.tls_server_name;
        }
        if (cluster.insecure_skip_verify) {
            told["insecure-skip-tls-verify"] = true;
        }
        if (!ca_pem.empty()) {
            told["certificate-authority-data"] = base::encode_base64(ca_pem);
        }
        if (!cluster.proxy_url.empty()) {
            told["proxy-url"] = cluster.proxy_url;
        }
        told["config"] = cluster.exec_config;
        spec["cluster"] = std::move(told);
    }
    return model::to_json(model::Object{
        {"apiVersion", plugin.api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}});
}

base::Result<ExecCredential> parse_exec_credential(std::string_view output, std::string_view api_version) {
    const auto parsed = model::parse_json(output, "its output");
    if (!parsed) {
        return Error{ErrorCode::kInvalid, "printed no JSON"};
    }
    if (model::find_string(*parsed, {"kind"}) != "ExecCredential" ||
        model::find_string(*parsed, {"apiVersion"}) != api_version) {
        return Error{ErrorCode::kInvalid, fmt::format("printed no ExecCredential of {}", api_version)};
    }
    const auto token = model::find_string(*parsed, {"status", "token"});
    const auto certificate = model::find_string(*parsed, {"status", "clientCertificateData"});
    const auto key = model::find_string(*parsed, {"status", "clientKeyData"});
    if (certificate.empty() != key.empty()) {
        return Error{ErrorCode::kInvalid,
                     "printed a client certificate without its key, or a key without certificate"};
    }
    if (token.empty() && certificate.empty()) {
        return Error{ErrorCode::kInvalid, "printed neither a token nor a client certificate"};
    }
    ExecCredential result;
    if (!token.empty()) {
        result.credential.bearer = std::make_shared<const base::Secret>(std::string(token));
    }
    if (!certificate.empty()) {
        ClientCertificate pair{std::string(certificate), base::Secret(std::string(key))};
        result.credential.certificate = std::make_shared<const ClientCertificate>(std::move(pair));
    }
    if (const auto expires = model::find_string(*parsed, {"status", "expirationTimestamp"});

        !expires.empty() && !is_beyond_clocks(expires)) {
        const auto time = base::parse_rfc3339(expires);
        if (!time) {
            return Error{ErrorCode::kInvalid, "printed an expirationTimestamp that is no RFC 3339 time"};
        }
        result.expires = *time;
    }
    return result;
}

std::shared_ptr<Credentials> exec_credentials(ExecPlugin plugin, std::string info, base::Clock& clock,
                                              base::Executor executor) {
    return std::make_shared<ExecCredentials>(std::move(plugin), std::move(info), clock, std::move(executor));
}

}  // namespace kube
