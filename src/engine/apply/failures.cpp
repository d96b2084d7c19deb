// SPDX-License-Identifier: 0BSD
#include "engine/apply/failures.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace apply {

base::Error join_failures(const std::vector<ObjectFailure>& failures, std::size_t named_max) {
    base::Error joined{failures.front().error.code, "", nullptr, failures.front().error.detail};
    for (std::size_t i = 0; i < std::min(failures.size(), named_max); ++i) {
        joined.message +=
            fmt::format("{}{}: {}", i == 0 ? "" : "; ", failures[i].id.text(), failures[i].error.text());
    }
    if (failures.size() > named_max) {
        joined.message += fmt::format("; and {} more objects", failures.size() - named_max);
    }
    return joined;
}

}  // namespace apply
