// SPDX-License-Identifier: 0BSD
// What a Secret holds.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/value.hpp"

namespace kube {

// The decoded `data` of a Secret by key; entries that are no text are left out.
// Errors: kInvalid, naming the key that is no base64, never what it holds.
base::Result<std::map<std::string, base::Secret>> secret_data(const model::Value& secret);

}  // namespace kube
