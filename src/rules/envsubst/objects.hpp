// SPDX-License-Identifier: 0BSD
// substitute_objects(): variables inserted into rendered objects, with the outcome that the whole stream's text would have.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/envsubst/substitute.hpp"

namespace envsubst {

// A label or an annotation of this name and value keeps an object as it is.
inline constexpr std::string_view kSubstituteKey = "kustomize.toolkit.fluxcd.io/substitute";
inline constexpr std::string_view kSubstituteDisabled = "disabled";

// Substitutes in the YAML text of each object and reads the result again as kubectl would: `replicas: ${n}` becomes a number.
// A value that holds whole documents makes one object several. Without variables nothing changes, not even a ${a:-default}.
//
// Errors: those of substitute(), and kInvalid when a result is no YAML; both begin with the object's "Kind/namespace/name". The
// text never quotes a value. The objects are unspecified then.
base::Result<void> substitute_objects(std::vector<model::Value>& objects, const Variables& variables,
                                      Options options);

}  // namespace envsubst
