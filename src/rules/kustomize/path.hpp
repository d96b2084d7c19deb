// SPDX-License-Identifier: 0BSD
// How a kustomization names files: relative paths that stay inside the tree, and what is no path but an address.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kustomize {

// `relative` as seen from the directory `from`, cleaned: ("apps/web", "../base/./x.yaml") gives "apps/base/x.yaml".
//
// Errors: kInvalid (empty, absolute, or leads out of the tree)
base::Result<std::string> join_path(std::string_view from, std::string_view relative);

// Whether kustomize would fetch this from elsewhere whatever the tree holds: a URL, or a git address.
bool is_remote(std::string_view path);
// Whether it would try to once the tree holds no such path: "github.com/org/repo", "x//y?ref=main".
bool looks_remote(std::string_view path);

// Whether the entry of a list of files is the text itself: several lines, or a map in one line.
bool is_inline(std::string_view entry);

// Whether `path` is `directory` or below it.
bool is_below(std::string_view path, std::string_view directory);
// What follows the last slash.
std::string_view base_name(std::string_view path);
// The path as messages show it: "." for the root.
std::string shown(std::string_view path);

}  // namespace kustomize
