// SPDX-License-Identifier: 0BSD
// SourceDirs: which local directory stands in for a stage's artifact, as --source-dir says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace stagesetctl {

class SourceDirs {
public:
    // Reads the flag's values, each "[STAGE=]PATH", split at the first '='. Errors: kInvalid (an empty path, an empty stage
    // name, a stage or the bare form twice).
    static base::Result<SourceDirs> parse(const std::vector<std::string>& values);

    // The stage's own directory, else the one for all; nullopt: the stage's artifact is fetched.
    std::optional<std::string> directory_of(std::string_view stage) const;
    // The stages that were given a directory, sorted.
    std::vector<std::string> named_stages() const;

private:
    std::optional<std::string> for_all_;
    std::map<std::string, std::string, std::less<>> by_stage_;
};

}  // namespace stagesetctl
