// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/loader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/kustomize/path.hpp"

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Error remote(std::string_view path) {
    return {ErrorCode::kUnsupported, fmt::format("\"{}\" is remote; only files of the tree are used", path)};
}

// Why `directory` cannot be built while `place` and those that led to it are.
Result<void> check_cycle(const Place& place, const std::string& directory) {
    std::vector<std::string> chain = {shown(directory)};
    for (const Place* at = &place; at != nullptr; at = at->from) {
        chain.push_back(shown(at->directory));
        if (at->directory == directory) {
            std::ranges::reverse(chain);
            return Error{ErrorCode::kInvalid,
                         fmt::format("{} is part of a cycle: {}", shown(directory), fmt::join(chain, " → "))};
        }
        if (is_below(at->directory, directory)) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("{} holds {}, which is being built from it: that is a cycle",
                                     shown(directory), shown(at->directory))};
        }
    }
    return {};
}

}  // namespace

Result<Located> Loader::locate(const Place& place, std::string_view path) const {
    if (is_remote(path)) {
        return remote(path);
    }
    auto joined = join_path(place.directory, path);
    if (!joined) {
        return joined.error();
    }
    if (files_->read(*joined)) {
        if (restriction_ == LoadRestriction::kRootOnly && !is_below(*joined, place.directory)) {
            return Error{ErrorCode::kInvalid,
                         fmt::format("the file {} is not in or below {}", *joined, shown(place.directory))};
        }
        return Located{.path = *std::move(joined)};
    }
    if (files_->is_directory(*joined)) {
        return Located{.path = *std::move(joined), .directory = true};
    }
    if (looks_remote(path)) {
        return remote(path);
    }
    return Error{ErrorCode::kInvalid, fmt::format("{} does not exist", *joined)};
}

Result<std::string_view> Loader::read(const Place& place, std::string_view path) {
    const auto located = locate(place, path);
    if (!located) {
        return located.error();
    }
    const auto bytes = files_->read(located->path);
    if (!bytes) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("{} is a directory where a file is needed", shown(located->path))};
    }
    if (auto charged = budget_.charge_bytes(bytes->size()); !charged) {
        return charged.error();
    }
    return *bytes;
}

Result<Place> Loader::enter(const Place& place, std::string_view path) {
    auto located = locate(place, path);
    if (!located) {
        return located.error();
    }
    if (!located->directory) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("{} is a file where a directory is needed", located->path)};
    }
    if (auto checked = check_cycle(place, located->path); !checked) {
        return checked.error();
    }
    if (auto charged = budget_.charge_directory(place.depth + 1); !charged) {
        return charged.error();
    }
    return Place{.directory = std::move(located->path),
                 .origin = join_origin(place.origin, path),
                 .from = &place,
                 .depth = place.depth + 1};
}

std::string join_origin(std::string_view origin, std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::string_view rest : {origin, path}) {
        while (!rest.empty()) {
            const std::size_t slash = rest.find('/');
            const std::string_view part = rest.substr(0, slash);
            rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
            if (part.empty() || part == ".") {
                continue;
            }
            if (part == ".." && !parts.empty() && parts.back() != "..") {
                parts.pop_back();
            } else {
                parts.push_back(part);
            }
        }
    }
    return fmt::format("{}", fmt::join(parts, "/"));
}

}  // namespace kustomize
