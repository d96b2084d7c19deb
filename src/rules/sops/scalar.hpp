// SPDX-License-Identifier: 0BSD
// Scalar: one value of an encrypted file as sops knows it, in the bytes over which its MAC is computed.
#pragma once

#include "base/secret.hpp"

namespace sops {

enum class ScalarKind { kText, kInteger, kFloat, kBool, kTime, kBytes, kComment };

// `text` is the canonical writing: decimal integers, floats without exponent, "True" and "False", RFC 3339 times.
struct Scalar {
    ScalarKind kind = ScalarKind::kText;
    base::Secret text;
};

}  // namespace sops
