// SPDX-License-Identifier: 0BSD
#include "engine/render/tree_files.hpp"

#include <algorithm>

namespace render {

namespace {

std::string prefix_of(std::string_view directory) {
    return directory.empty() ? std::string() : std::string(directory) + "/";
}

}  // namespace

std::optional<std::string_view> TreeFiles::read(std::string_view path) const {
    const auto found = tree_.files.find(path);
    return found == tree_.files.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

// A tree lists files only: a directory is what has one below it. The root is always there.
bool TreeFiles::is_directory(std::string_view path) const {
    const std::string prefix = prefix_of(path);
    const auto first = tree_.files.lower_bound(prefix);
    return path.empty() || (first != tree_.files.end() && first->first.starts_with(prefix));
}

std::vector<kustomize::Files::Child> TreeFiles::children(std::string_view directory) const {
    const std::string prefix = prefix_of(directory);
    std::vector<Child> result;
    auto file = tree_.files.lower_bound(prefix);
    while (file != tree_.files.end() && file->first.starts_with(prefix)) {
        const std::string_view rest = std::string_view(file->first).substr(prefix.size());
        const std::size_t slash = rest.find('/');
        Child child{.name = std::string(rest.substr(0, slash)), .directory = slash != std::string::npos};
        if (child.directory) {
            // The character behind '/': the first path that is not below this child.
            file = tree_.files.lower_bound(prefix + child.name + static_cast<char>('/' + 1));
        } else {
            ++file;
        }
        result.push_back(std::move(child));
    }
    std::ranges::sort(result, {}, &Child::name);
    return result;
}

}  // namespace render
