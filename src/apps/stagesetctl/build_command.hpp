// SPDX-License-Identifier: 0BSD
// The verb `build`: prints the objects that a StageSet's stages apply.
#pragma once

#include <string>

#include "apps/stagesetctl/command_line.hpp"
#include "apps/stagesetctl/console.hpp"
#include "apps/stagesetctl/outside.hpp"

namespace stagesetctl {

// Writes the stages in the order of the spec, each as soon as it is rendered, as YAML documents with "---" between them.
// `ns`: --namespace, may be empty. `outside` and `console` outlive the run.
//
// Errors (with stage, file and field where they have them): kNotFound (StageSet, stage, directory, artifact), kInvalid, and
// those of the cluster, the fetch and render_stage(). What is wrong in passing is a warning.
base::Task<void> build(BuildFlags flags, std::string ns, Outside& outside, Console& console);

}  // namespace stagesetctl
