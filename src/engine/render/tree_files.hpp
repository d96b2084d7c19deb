// SPDX-License-Identifier: 0BSD
// TreeFiles: the files of an artifact as a build reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/artifact/fetcher.hpp"
#include "rules/kustomize/files.hpp"

namespace render {

class TreeFiles final : public kustomize::Files {
public:
    // `tree` outlives it.
    explicit TreeFiles(const artifact::FileTree& tree) : tree_(tree) {}

    std::optional<std::string_view> read(std::string_view path) const override;
    bool is_directory(std::string_view path) const override;
    std::vector<Child> children(std::string_view directory) const override;

private:
    const artifact::FileTree& tree_;
};

}  // namespace render
