// SPDX-License-Identifier: 0BSD
// SecretMask: hides the values of Secrets so that equal ones can still be told.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "model/value.hpp"

namespace stagesetctl {

// One mask serves a whole invocation: a value seen twice gets the same number wherever it stands.
class SecretMask {
public:
    // Replaces each value under data and stringData of a core/v1 Secret by "<-- value not shown (#N)". N counts from 1 in the
    // order of sight, keys in byte order; the raw stored text is compared. Other objects stay as they are.
    void apply(model::Value& object);

private:
    void mask_values(model::Value& object, std::string_view field);

    std::map<std::string, std::size_t, std::less<>> numbers_;
};

}  // namespace stagesetctl
