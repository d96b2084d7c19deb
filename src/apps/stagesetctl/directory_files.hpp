// SPDX-License-Identifier: 0BSD
// DirectoryFiles: a directory of this machine as the files of a build, read when the build asks for them.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/artifact/fetcher.hpp"
#include "rules/kustomize/files.hpp"

namespace stagesetctl {

// Hidden files count; symbolic links are followed while they lead to something inside the directory. The bounds are those of
// artifacts, on what is read.
class DirectoryFiles final : public kustomize::Files {
public:
    // Errors: kNotFound (no such directory, or no regular file anywhere in it), kInvalid (not readable).
    static base::Result<std::unique_ptr<DirectoryFiles>> open(const std::string& path,
                                                              artifact::FetchLimits limits);

    std::optional<std::string_view> read(std::string_view path) const override;
    bool is_directory(std::string_view path) const override;
    std::vector<Child> children(std::string_view directory) const override;

    // What a build could not read although it is there, or a bound that was reached: the build's result is worth nothing then.
    const std::optional<base::Error>& failure() const { return failure_; }

private:
    DirectoryFiles(std::string root, std::string shown, artifact::FetchLimits limits)
        : root_(std::move(root)), shown_(std::move(shown)), limits_(limits) {}
    // The real path of what is at `path`; nullopt when nothing is there, or (a failure) outside.
    std::optional<std::string> locate(std::string_view path) const;
    void fail(base::ErrorCode code, std::string_view path, std::string_view why) const;

    std::string root_;   // real path
    std::string shown_;  // as the user wrote it
    artifact::FetchLimits limits_;
    mutable std::map<std::string, std::string, std::less<>> contents_;
    mutable std::size_t content_bytes_ = 0;
    mutable std::size_t entry_count_ = 0;
    mutable std::optional<base::Error> failure_;
};

}  // namespace stagesetctl
