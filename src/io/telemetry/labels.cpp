// SPDX-License-Identifier: 0BSD
#include "io/telemetry/labels.hpp"

#include <algorithm>

namespace telemetry {

const std::string* find_label(const Labels& labels, std::string_view name) {
    const auto found = std::ranges::find(labels, name, &Labels::value_type::first);
    return found == labels.end() ? nullptr : &found->second;
}

bool fits(const Family& family, const Labels& labels) {
    return labels.size() == family.labels.size() &&
           std::ranges::all_of(family.labels,
                               [&](std::string_view name) { return find_label(labels, name) != nullptr; });
}

}  // namespace telemetry
