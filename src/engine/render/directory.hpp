// SPDX-License-Identifier: 0BSD
// Directories of a file tree, which lists files only. The root's path is empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/artifact/fetcher.hpp"

namespace render {

// `relative` as seen from the directory `from`, cleaned: ("apps/web", "../base/./x.yaml") gives "apps/base/x.yaml"; nullopt
// when it leads out of the tree. A leading slash is no way to the root: that is out of the tree, too.
std::optional<std::string> join_path(std::string_view from, std::string_view relative);

bool is_file(const artifact::FileTree& tree, std::string_view path);
bool is_directory(const artifact::FileTree& tree, std::string_view path);

struct Child {
    std::string path;  // from the tree's root
    std::string name;
    bool directory = false;
};
// What is directly in a directory, sorted bytewise by name.
std::vector<Child> children(const artifact::FileTree& tree, std::string_view directory);

}  // namespace render
