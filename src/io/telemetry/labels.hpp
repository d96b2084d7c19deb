// SPDX-License-Identifier: 0BSD
// Whether the labels of a call fit their family; shared by each implementation of Metrics.
#pragma once

#include "io/telemetry/metrics.hpp"

namespace telemetry {

// The value of a label, or nullptr.
const std::string* find_label(const Labels& labels, std::string_view name);

// Whether `labels` names each label of the family exactly once and nothing else.
bool fits(const Family& family, const Labels& labels);

}  // namespace telemetry
