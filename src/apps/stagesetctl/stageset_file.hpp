// SPDX-License-Identifier: 0BSD
// A StageSet from a file or standard input instead of the cluster.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace stagesetctl {

// Far above any StageSet: etcd takes 1.5 MiB an object.
inline constexpr std::size_t kStageSetFileBytesMax = std::size_t{16} << 20U;

// The StageSet in `text` (YAML or JSON, other objects are passed over), the one called `name` unless that is empty; `file`
// names the text in errors. Errors: kInvalid (syntax, several and no name), kNotFound.
base::Result<model::Value> pick_stageset(std::string_view text, std::string_view file, std::string_view name);

}  // namespace stagesetctl
