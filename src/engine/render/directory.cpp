// SPDX-License-Identifier: 0BSD
#include "engine/render/directory.hpp"

#include <algorithm>

#include <fmt/ranges.h>

namespace render {

namespace {

void append_segments(std::vector<std::string_view>& segments, std::string_view path, bool& left_tree) {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (segment.empty() || segment == ".") {
            continue;
        }
        if (segment != "..") {
            segments.push_back(segment);
        } else if (segments.empty()) {
            left_tree = true;
        } else {
            segments.pop_back();
        }
    }
}

std::string prefix_of(std::string_view directory) {
    return directory.empty() ? std::string() : std::string(directory) + "/";
}

}  // namespace

std::optional<std::string> join_path(std::string_view from, std::string_view relative) {
    if (relative.starts_with('/')) {
        return std::nullopt;
    }
    std::vector<std::string_view> segments;
    bool left_tree = false;
    append_segments(segments, from, left_tree);
    append_segments(segments, relative, left_tree);
    if (left_tree) {
        return std::nullopt;
    }
    return fmt::format("{}", fmt::join(segments, "/"));
}

bool is_file(const artifact::FileTree& tree, std::string_view path) { return tree.files.contains(path); }

bool is_directory(const artifact::FileTree& tree, std::string_view path) {
    if (path.empty()) {
        return true;
    }
    const std::string prefix = prefix_of(path);
    const auto first = tree.files.lower_bound(prefix);
    return first != tree.files.end() && first->first.starts_with(prefix);
}

std::vector<Child> children(const artifact::FileTree& tree, std::string_view directory) {
    const std::string prefix = prefix_of(directory);
    std::vector<Child> result;
    auto file = tree.files.lower_bound(prefix);
    while (file != tree.files.end() && file->first.starts_with(prefix)) {
        const std::string_view rest = std::string_view(file->first).substr(prefix.size());
        const std::size_t slash = rest.find('/');
        Child child{.path = prefix,
                    .name = std::string(rest.substr(0, slash)),
                    .directory = slash != std::string::npos};
        child.path += child.name;
        if (child.directory) {
            // The character behind '/': the first path that is not below this child.
            file = tree.files.lower_bound(child.path + static_cast<char>('/' + 1));
        } else {
            ++file;
        }
        result.push_back(std::move(child));
    }
    std::ranges::sort(result, {}, &Child::name);
    return result;
}

}  // namespace render
