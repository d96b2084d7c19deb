// SPDX-License-Identifier: 0BSD
// From an artifact's files to the objects that a stage applies.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/compute.hpp"
#include "base/task.hpp"
#include "io/artifact/fetcher.hpp"
#include "model/value.hpp"

namespace render {

struct RenderRequest {
    std::string path;  // the stage's path inside the artifact; empty, "." and "/" are its root
    std::string stageset_name;
    std::string stageset_namespace;
};

// Renders the directory: with a kustomization file what its `resources` name, without one every manifest below it.
// Objects come in the order in which they were found, normalised, with owner labels. A namespaced object without a
// namespace is left as it is: its scope is known to the cluster only, and the applier reports it.
//
// Errors:
//   kNotFound       the path is not a directory of the artifact, or it holds no manifest file at all
//   kInvalid        bad YAML (file:line), an object without apiVersion, kind or name, the same object twice, a resource
//                   outside of the artifact or in a circle
//   kUnsupported    a kustomization field other than `resources`, or a remote resource; the message names file and field
//   kLimitExceeded  a bound of the YAML reader, or on objects
base::Result<std::vector<model::Value>> render_directory(const artifact::FileTree& tree,
                                                         const RenderRequest& request);

// The same on the compute pool. Errors: as above, and kCancelled.
base::Task<std::vector<model::Value>> render(base::Compute& compute,
                                             std::shared_ptr<const artifact::FileTree> tree,
                                             RenderRequest request);

}  // namespace render
