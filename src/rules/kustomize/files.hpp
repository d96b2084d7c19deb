// SPDX-License-Identifier: 0BSD
// Port: the files that a build may read. Nothing outside of them has a name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustomize {

// Paths are relative to the tree's root, cleaned and separated by '/'; the root itself is the empty path.
class Files {
public:
    struct Child {
        std::string name;
        bool directory = false;
    };

    virtual ~Files() = default;
    // The file's bytes, which live as long as the tree; nullopt for what is no file.
    virtual std::optional<std::string_view> read(std::string_view path) const = 0;
    virtual bool is_directory(std::string_view path) const = 0;
    // What is directly in a directory, sorted bytewise by name.
    virtual std::vector<Child> children(std::string_view directory) const = 0;
};

}  // namespace kustomize
