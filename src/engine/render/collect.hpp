// SPDX-License-Identifier: 0BSD
// Which files of an artifact make up a stage, in which order: what kustomization files name, or all manifests below a folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/artifact/fetcher.hpp"

namespace render {

// The manifest files of the directory `path` (as a stage writes it), each once, in the order in which kustomize takes them in.
// Empty only when a kustomization file lists nothing.
//
// Errors:
//   kNotFound     `path` is no directory of the artifact, or holds no manifest file
//   kInvalid      `path` or a resource leads out of the artifact; a resource that does not exist, comes twice or contains
//                 itself; more than one kustomization file in a directory; a kustomization file that cannot be read
//   kUnsupported  a field other than `resources`, another kind of kustomization, or a remote resource
base::Result<std::vector<std::string>> collect_manifests(const artifact::FileTree& tree,
                                                         std::string_view path);

}  // namespace render
