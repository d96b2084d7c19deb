// SPDX-License-Identifier: 0BSD
// The kustomization of a directory that has none, as Flux makes it up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rules/kustomize/files.hpp"

namespace kustomize {

// The `resources` of a directory without a kustomization file: below it, in lexical order, each directory that has a
// kustomization (and is not looked into), and each other *.yaml and *.yml.
//
// Errors: kNotFound (there is neither; an empty render is asked for with `resources: []`), kInvalid (a directory has several
// kustomization files)
base::Result<std::vector<std::string>> generate_resources(const Files& files, std::string_view directory);

}  // namespace kustomize
