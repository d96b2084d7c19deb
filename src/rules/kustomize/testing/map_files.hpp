// SPDX-License-Identifier: 0BSD
// MapFiles: a file tree in a map from path to text.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "rules/kustomize/files.hpp"

namespace kustomize {

class MapFiles : public Files {
public:
    using Texts = std::map<std::string, std::string, std::less<>>;
    explicit MapFiles(Texts texts) : texts_(std::move(texts)) {}

    std::optional<std::string_view> read(std::string_view path) const override {
        const auto found = texts_.find(path);
        return found == texts_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    }

    bool is_directory(std::string_view path) const override {
        const std::string prefix = prefix_of(path);
        const auto found = texts_.lower_bound(prefix);
        return found != texts_.end() && found->first.starts_with(prefix);
    }

    std::vector<Child> children(std::string_view directory) const override {
        const std::string prefix = prefix_of(directory);
        std::map<std::string, bool> names;
        for (auto at = texts_.lower_bound(prefix); at != texts_.end() && at->first.starts_with(prefix);
             ++at) {
            const std::string_view rest = std::string_view(at->first).substr(prefix.size());
            const std::size_t slash = rest.find('/');
            names.emplace(rest.substr(0, slash), slash != std::string_view::npos);
        }
        std::vector<Child> result;
        for (const auto& [name, is_directory] : names) {
            result.push_back({name, is_directory});
        }
        return result;
    }

private:
    static std::string prefix_of(std::string_view directory) {
        return directory.empty() ? std::string() : std::string(directory) + "/";
    }

    Texts texts_;
};

}  // namespace kustomize
