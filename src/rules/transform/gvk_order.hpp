// SPDX-License-Identifier: 0BSD
// The order of kinds that kustomize's legacy sorting and its merged configurations follow.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/value.hpp"

namespace transform {

extern const std::span<const std::string_view> kKindsFirst;
extern const std::span<const std::string_view> kKindsLast;

// Negative for kinds that come first, positive for those that come last, 0 for all others.
class KindRanks {
public:
    KindRanks(std::span<const std::string_view> first, std::span<const std::string_view> last);
    int of(std::string_view kind) const;

private:
    std::unordered_map<std::string, int> ranks_;
};

// "group_version_kind" with a tilde and a letter for what is empty: the text that the original sorts by.
std::string sort_text(std::string_view group, std::string_view version, std::string_view kind);

}  // namespace transform
