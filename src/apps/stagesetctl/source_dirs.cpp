// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/source_dirs.hpp"

#include <fmt/format.h>

namespace stagesetctl {

namespace {

base::Error invalid(std::string_view value, std::string_view why) {
    return {base::ErrorCode::kInvalid, fmt::format("invalid --source-dir \"{}\": {}", value, why)};
}

}  // namespace

base::Result<SourceDirs> SourceDirs::parse(const std::vector<std::string>& values) {
    SourceDirs dirs;
    for (const std::string& value : values) {
        const auto equals = value.find('=');
        const bool bare = equals == std::string::npos;
        std::string path = bare ? value : value.substr(equals + 1);
        if (path.empty()) {
            return invalid(value, "the path is empty; write [STAGE=]PATH");
        }
        if (bare) {
            if (dirs.for_all_) {
                return invalid(value, "a directory for all stages is given already");
            }
            dirs.for_all_ = std::move(path);
            continue;
        }
        const std::string stage = value.substr(0, equals);
        if (stage.empty()) {
            return invalid(value, "no stage stands before the '='; write [STAGE=]PATH");
        }
        if (!dirs.by_stage_.emplace(stage, std::move(path)).second) {
            return invalid(value, fmt::format("stage \"{}\" has a directory already", stage));
        }
    }
    return dirs;
}

std::optional<std::string> SourceDirs::directory_of(std::string_view stage) const {
    const auto own = by_stage_.find(stage);
    return own == by_stage_.end() ? for_all_ : own->second;
}

std::vector<std::string> SourceDirs::named_stages() const {
    std::vector<std::string> names;
    for (const auto& [stage, path] : by_stage_) {
        names.push_back(stage);
    }
    return names;
}

}  // namespace stagesetctl
