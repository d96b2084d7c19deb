// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/resource_path.hpp"

#include <fmt/format.h>

namespace kube {

namespace {

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

// HTTP clients resolve these as steps of a path, escaped or not.
bool is_dots(std::string_view segment) { return segment == "." || segment == ".."; }

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 0xfU];
    }
    return out;
}

base::Result<std::string> collection_path(const Resource& resource, std::string_view ns) {
    const auto& gvk = resource.gvk;
    std::string path = gvk.group.empty() ? "/api/" : "/apis/" + gvk.group + "/";
    path += gvk.version;
    if (resource.namespaced && !ns.empty()) {
        if (is_dots(ns)) {
            return invalid(fmt::format("\"{}\" is no namespace", ns));
        }
        path += "/namespaces/" + percent_encode(ns);
    }
    return path + "/" + resource.plural;
}

base::Result<std::string> object_path(const Resource& resource, std::string_view ns, std::string_view name,
                                      std::string_view subresource) {
    if (name.empty()) {
        return invalid(fmt::format("the {} has no name", resource.gvk.kind));
    }
    if (is_dots(name)) {
        return invalid(fmt::format("\"{}\" is no name", name));
    }
    if (resource.namespaced && ns.empty()) {
        return invalid(
            fmt::format("{} \"{}\" has no namespace, but its kind needs one", resource.gvk.kind, name));
    }
    auto path = collection_path(resource, ns);
    if (!path) {
        return path;
    }
    *path += "/" + percent_encode(name);
    if (!subresource.empty()) {
        *path += "/" + percent_encode(subresource);
    }
    return path;
}

Query& Query::add(std::string_view key, std::string_view value) {
    if (!value.empty()) {
        text_ += text_.empty() ? '?' : '&';
        text_ += key;
        text_ += '=';
        text_ += percent_encode(value);
    }
    return *this;
}

}  // namespace kube
