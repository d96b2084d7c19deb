// SPDX-License-Identifier: 0BSD
// Loader: how one directory of a build names other files and directories, and what it may not name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "rules/kustomize/files.hpp"
#include "rules/kustomize/limits.hpp"

namespace kustomize {

// Which files a kustomization may read. Directories may lie anywhere in the tree.
enum class LoadRestriction : std::uint8_t {
    kRootOnly,  // those in or below its own directory, as the command line has it
    kNone,      // any file of the tree
};

// A directory that is being built, and the one that named it.
struct Place {
    std::string directory = {};   // in the tree
    std::string origin = {};      // as seen from where the build began: "../base"; empty there
    const Place* from = nullptr;  // outlives this; nullptr where the build began
    std::size_t depth = 0;        // how many led here
};

struct Located {
    std::string path;  // in the tree
    bool directory = false;
};

class Loader {
public:
    // `files` outlives this.
    Loader(const Files& files, LoadRestriction restriction, const BuildLimits& limits)
        : files_(&files), restriction_(restriction), budget_(limits) {}

    const Files& files() const { return *files_; }
    Budget& budget() { return budget_; }

    // What `path` is, seen from `place`.
    //
    // Errors:
    //   kInvalid      absolute, outside of the tree, not there, or a file that the restriction forbids
    //   kUnsupported  the path is remote
    base::Result<Located> locate(const Place& place, std::string_view path) const;
    // The bytes of the file `path`. Errors: as above, kInvalid for a directory, kLimitExceeded.
    base::Result<std::string_view> read(const Place& place, std::string_view path);
    // The place of the directory `path`. Errors: as above, and kInvalid for a file, and for a directory that is being built, or
    // holds one that is.
    base::Result<Place> enter(const Place& place, std::string_view path);

private:
    const Files* files_;
    LoadRestriction restriction_;
    Budget budget_;
};

// `path` below `origin`, cleaned; unlike a path in the tree it may begin with "..".
std::string join_origin(std::string_view origin, std::string_view path);

}  // namespace kustomize
