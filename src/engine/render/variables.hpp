// SPDX-License-Identifier: 0BSD
// The variables of a stage: postBuild.substituteFrom in order, then postBuild.substitute over them.
#pragma once

#include "base/task.hpp"
#include "io/kube/client.hpp"
#include "model/stageset.hpp"
#include "rules/envsubst/substitute.hpp"

namespace render {

// Reads ConfigMaps (`data` only) and Secrets (`data`, decoded) in the namespace `ns` as the identity of `client`; later ones
// override earlier ones. An optional one may be missing, but not be unreadable.
//
// Errors: those of kube::Client::get, naming kind and object; kInvalid (a Secret's value is no base64). No error holds a value.
base::Task<envsubst::Variables> read_variables(kube::Client& client, std::string ns,
                                               model::PostBuild post_build);

}  // namespace render
