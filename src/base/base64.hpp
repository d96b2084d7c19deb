// SPDX-License-Identifier: 0BSD
// Base64 with padding (RFC 4648 §4), as Secrets, kubeconfig files and HTTP's basic authentication carry bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace base {

// White space is skipped. Errors: kInvalid; the message does not quote the text.
Result<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace base
