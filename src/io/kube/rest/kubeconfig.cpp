// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/kubeconfig.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "model/yaml.hpp"

namespace kube {

namespace {

using base::Error;
using base::ErrorCode;
using model::Value;

// Kept private to this file: the public function turns it into an Error.
struct ParseFailure {
    std::string message;
};

// Reads the fields of one entry; `where` names the entry in messages ("users[admin]").
class Entry {
public:
    Entry(const Value& value, std::string where, const std::filesystem::path& folder)
        : value_(value), where_(std::move(where)), folder_(folder) {
        if (!value.is_object() && !value.is_null()) {
            throw ParseFailure{fmt::format("{} must be a map", where_)};
        }
    }

    const Value* field(std::string_view key) const {
        const Value* found = model::find(value_, {key});
        return found == nullptr || found->is_null() ? nullptr : found;
    }
    std::string text(std::string_view key) const {
        const Value* found = field(key);
        if (found == nullptr) {
            return {};
        }
        if (!found->is_string()) {
            throw ParseFailure{fmt::format("{}.{} must be a string", where_, key)};
        }
        return std::string(found->get_string());
    }
    bool flag(std::string_view key) const {
        const Value* found = field(key);
        if (found == nullptr) {
            return false;
        }
        if (!found->is_bool()) {
            throw ParseFailure{fmt::format("{}.{} must be true or false", where_, key)};
        }
        return found->get_bool();
    }
    std::string base64(std::string_view key) const {
        auto decoded = base::decode_base64(text(key));
        if (!decoded) {
            throw ParseFailure{fmt::format("{}.{} is not base64", where_, key)};
        }
        return std::move(*decoded);
    }
    // The file named by `key`, below the folder of the kubeconfig itself unless it is absolute.
    std::string path(std::string_view key) const {
        const std::string named = text(key);
        return named.empty() ? named : (folder_ / named).lexically_normal().string();
    }
    const model::Array& list(std::string_view key) const {
        static const model::Array kNone;
        const Value* found = field(key);
        if (found == nullptr) {
            return kNone;
        }
        if (!found->is_array()) {
            throw ParseFailure{fmt::format("{}.{} must be a list", where_, key)};
        }
        return found->get_array();
    }
    std::vector<std::string> texts(std::string_view key) const {
        std::vector<std::string> out;
        for (const Value& item : list(key)) {
            if (!item.is_string()) {
                throw ParseFailure{fmt::format("{}.{} must hold strings", where_, key)};
            }
            out.emplace_back(item.get_string());
        }
        return out;
    }
    Entry child(std::string_view key) const {
        static const Value kNull;
        const Value* found = field(key);
        return {found == nullptr ? kNull : *found, fmt::format("{}.{}", where_, key), folder_};
    }
    const std::string& where() const { return where_; }
    const std::filesystem::path& folder() const { return folder_; }

private:
    const Value& value_;
    std::string where_;
    const std::filesystem::path& folder_;
};

KubeconfigCluster read_cluster(const Entry& entry) {
    KubeconfigCluster cluster;
    cluster.server = entry.text("server");
    cluster.ca_path = entry.path("certificate-authority");
    cluster.ca_pem = entry.base64("certificate-authority-data");
    cluster.insecure_skip_verify = entry.flag("insecure-skip-tls-verify");
    cluster.tls_server_name = entry.text("tls-server-name");
    cluster.proxy_url = entry.text("proxy-url");
    for (const Value& extension : entry.list("extensions")) {
        if (model::find_string(extension, {"name"}) == "client.authentication.k8s.io/exec") {
            const Value* config = model::find(extension, {"extension"});
            cluster.exec_config = config == nullptr ? Value() : *config;
        }
    }
    return cluster;
}

ExecPlugin read_exec(const Entry& entry) {
    ExecPlugin plugin;
    plugin.api_version = entry.text("apiVersion");
    // A bare name is looked up in PATH; anything with a slash is a file beside the kubeconfig.
    const std::string command = entry.text("command");
    plugin.command = command.find('/') == std::string::npos ? command : entry.path("command");
    plugin.args = entry.texts("args");
    for (const Value& variable : entry.list("env")) {
        const Entry named(variable, entry.where() + ".env[]", entry.folder());
        plugin.env.emplace_back(named.text("name"), named.text("value"));
    }
    plugin.provide_cluster_info = entry.flag("provideClusterInfo");
    plugin.interactive_mode = entry.text("interactiveMode");
    plugin.install_hint = entry.text("installHint");
    if (plugin.command.empty()) {
        throw ParseFailure{fmt::format("{}.command is missing", entry.where())};
    }
    return plugin;
}

// These become header values; a line break would begin another header.
void check_header_text(const Entry& entry, std::string_view text) {
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
        throw ParseFailure{fmt::format("{} holds a control character in what to impersonate", entry.where())};
    }
}

Impersonation read_impersonation(const Entry& entry) {
    Impersonation as{entry.text("as"), entry.text("as-uid"), entry.texts("as-groups"), {}};
    check_header_text(entry, as.user);
    check_header_text(entry, as.uid);
    for (const auto& group : as.groups) {
        check_header_text(entry, group);
    }
    const Entry extra = entry.child("as-user-extra");
    if (const Value* map = entry.field("as-user-extra")) {
        for (const auto& [key, unused] : map->get_object()) {
            for (auto& value : extra.texts(key)) {
                check_header_text(extra, value);
                as.extra.emplace_back(key, std::move(value));
            }
        }
    }
    return as;
}

KubeconfigUser read_user(const Entry& entry) {
    KubeconfigUser user;
    user.certificate_path = entry.path("client-certificate");
    user.certificate_pem = entry.base64("client-certificate-data");
    user.key_path = entry.path("client-key");
    user.key_pem = base::Secret(entry.base64("client-key-data"));
    user.token = base::Secret(entry.text("token"));
    user.token_path = entry.path("tokenFile");
    user.username = entry.text("username");
    user.password = base::Secret(entry.text("password"));
    user.impersonate = read_impersonation(entry);
    if (entry.field("exec") != nullptr) {
        user.exec = read_exec(entry.child("exec"));
    }
    if (entry.field("auth-provider") != nullptr) {
        const std::string name = entry.child("auth-provider").text("name");
        user.auth_provider = name.empty() ? "without a name" : name;
    }
    return user;
}

KubeconfigContext read_context(const Entry& entry) {
    return {entry.text("cluster"), entry.text("user"), entry.text("namespace")};
}

// Reads a list of {name, <key>: entry} into a map.
template <class T>
std::map<std::string, T, std::less<>> read_named(const Entry& root, std::string_view list,
                                                 std::string_view key, T (*read)(const Entry&)) {
    std::map<std::string, T, std::less<>> out;
    for (const Value& item : root.list(list)) {
        const Entry named(item, std::string(list), root.folder());
        const std::string name = named.text("name");
        static const Value kNull;
        const Value* found = named.field(key);
        const Entry entry(found == nullptr ? kNull : *found, fmt::format("{}[{}]", list, name),
                          root.folder());
        if (!out.emplace(name, read(entry)).second) {
            throw ParseFailure{fmt::format("{} holds two entries named \"{}\"", list, name)};
        }
    }
    return out;
}

Kubeconfig read_config(const Value& document, const std::filesystem::path& folder) {
    const Entry root(document, "the kubeconfig", folder);
    if (const auto kind = root.text("kind"); !kind.empty() && kind != "Config") {
        throw ParseFailure{fmt::format("kind is {}, expected Config", kind)};
    }
    Kubeconfig config;
    config.clusters = read_named(root, "clusters", "cluster", read_cluster);
    config.users = read_named(root, "users", "user", read_user);
    config.contexts = read_named(root, "contexts", "context", read_context);
    config.current_context = root.text("current-context");
    return config;
}

}  // namespace

base::Result<Kubeconfig> parse_kubeconfig(std::string_view text, std::string_view file) {
    const auto blank = text.find_first_not_of(" \t\r\n");
    if (blank == std::string_view::npos) {
        return Kubeconfig{};
    }
    const auto document = model::parse_yaml_one(text, file);
    if (!document) {
        return document.error();
    }
    try {
        return read_config(*document, std::filesystem::path(file).parent_path());
    } catch (const ParseFailure& failure) {
        return Error{ErrorCode::kInvalid, fmt::format("{}: {}", file, failure.message)};
    }
}

Kubeconfig merge_kubeconfigs(std::vector<Kubeconfig> files) {
    Kubeconfig merged;
    for (Kubeconfig& file : files) {
        merged.clusters.merge(file.clusters);
        merged.users.merge(file.users);
        merged.contexts.merge(file.contexts);
        if (merged.current_context.empty()) {
            merged.current_context = std::move(file.current_context);
        }
    }
    return merged;
}

base::Result<void> check_self_contained(const Kubeconfig& config, std::string_view context) {
    const auto selected =
        config.contexts.find(context.empty() ? std::string_view(config.current_context) : context);
    if (selected == config.contexts.end()) {
        return {};  // resolving the context reports it
    }
    std::string_view field;
    if (const auto cluster = config.clusters.find(selected->second.cluster);
        cluster != config.clusters.end()) {
        field = !cluster->second.proxy_url.empty() ? "proxy-url"
                : !cluster->second.ca_path.empty() ? "certificate-authority"
                                                   : "";
    }
    if (const auto found = config.users.find(selected->second.user);
        field.empty() && found != config.users.end()) {
        const KubeconfigUser& user = found->second;
        field = user.exec                        ? "exec"
                : !user.auth_provider.empty()    ? "auth-provider"
                : !user.token_path.empty()       ? "tokenFile"
                : !user.certificate_path.empty() ? "client-certificate"
                : !user.key_path.empty()         ? "client-key"
                                                 : "";
    }
    if (!field.empty()) {
        return Error{
            ErrorCode::kInvalid,
            fmt::format("the kubeconfig uses \"{}\", which is not allowed here: it must be self-contained",
                        field)};
    }
    return {};
}

}  // namespace kube
