// SPDX-License-Identifier: 0BSD
// Base64 as kubeconfig files and HTTP's basic authentication use it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kube {

// White space is skipped. Errors: kInvalid; the message does not quote the text.
base::Result<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace kube
