// SPDX-License-Identifier: 0BSD
// From files to the objects that a stage applies: built as kustomize does, patched, substituted, normalised.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/stageset.hpp"
#include "model/value.hpp"
#include "rules/envsubst/substitute.hpp"
#include "rules/kustomize/files.hpp"

namespace render {

// What of a stage decides what its files render to.
struct RenderRequest {
    std::string path = {};  // inside the artifact; empty, "." and "/" are its root
    std::vector<model::Patch> patches = {};
    envsubst::Variables variables =
        {};                  // empty: the text stays as it is, not even ${a:-default} is evaluated
    bool helm_hooks = true;  // false: objects with the annotation helm.sh/hook are left out
};

struct Rendered {
    std::vector<model::Value> objects;   // in the order of the build
    std::vector<model::ObjectId> hooks;  // those of `objects` with the annotation helm.sh/hook
    bool kustomized =
        false;  // the folder has a kustomization file of its own: if it renders nothing, that is meant
};

// Renders the directory; the same for apply, for previews and for the command line. A namespaced object without a namespace
// is left as it is: its scope is known to the cluster only, and the applier reports it. Objects carry no owner labels yet.
//
// Errors (each names the file and field, or the object):
//   kNotFound       the path is not a directory of the artifact, or it holds no manifest file at all
//   kInvalid        as kustomize::build; a patch without a match; a variable that is not set; the same object twice
//   kUnsupported    remote paths, Helm charts, functions and plugins that are not built in
//   kLimitExceeded  a bound of the YAML reader, of the build or of the substitution
base::Result<Rendered> render_stage(const kustomize::Files& files, const RenderRequest& request);

}  // namespace render
