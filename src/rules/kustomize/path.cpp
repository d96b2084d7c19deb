// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/path.hpp"

#include <fmt/format.h>

namespace kustomize {

base::Result<std::string> join_path(std::string_view from, std::string_view relative) {
    if (relative.empty()) {
        return base::Error{base::ErrorCode::kInvalid, "a path is empty"};
    }
    if (relative.starts_with('/')) {
        return base::Error{
            base::ErrorCode::kInvalid,
            fmt::format("\"{}\" is an absolute path; only files of the tree can be named", relative)};
    }
    std::string path(from);
    for (std::string_view rest = relative; !rest.empty();) {
        const std::size_t slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
        if (part.empty() || part == ".") {
            continue;
        }
        if (part != "..") {
            path += path.empty() ? "" : "/";
            path += part;
            continue;
        }
        if (path.empty()) {
            return base::Error{
                base::ErrorCode::kInvalid,
                fmt::format("\"{}\" leads out of the tree (seen from {})", relative, shown(from))};
        }
        const std::size_t last = path.rfind('/');
        path.resize(last == std::string::npos ? 0 : last);
    }
    return path;
}

bool is_remote(std::string_view path) {
    if (path.find("://") != std::string_view::npos || path.starts_with("git::")) {
        return true;
    }
    // user@host:path, as scp writes it.
    const std::size_t at = path.find('@');
    const std::size_t colon = path.find(':');
    return at != std::string_view::npos && colon != std::string_view::npos && at < colon &&
           path.substr(0, colon).find('/') == std::string_view::npos;
}

bool looks_remote(std::string_view path) {
    return is_remote(path) || path.starts_with("github.com/") || path.starts_with("gh:") ||
           path.find("?ref=") != std::string_view::npos || path.find(".git/") != std::string_view::npos ||
           path.ends_with(".git") || path.find("//") != std::string_view::npos;
}

bool is_inline(std::string_view entry) {
    return entry.find('\n') != std::string_view::npos || entry.starts_with('{');
}

bool is_below(std::string_view path, std::string_view directory) {
    return directory.empty() || path == directory ||
           (path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/');
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string shown(std::string_view path) { return path.empty() ? "." : std::string(path); }

}  // namespace kustomize
