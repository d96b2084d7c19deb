// SPDX-License-Identifier: 0BSD
// Judging and writing the small texts of the services' protocols: words, path segments, forms, base64url.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace kms_ambient {

// ASCII only.
bool is_letter_or_digit(char c);
std::string to_lower(std::string_view text);

// One to 128 characters of a path that mean themselves everywhere (letters, digits, "-", "_", ".", "~"), and not "." or "..".
bool is_plain_segment(std::string_view text);
// Segments as above, one or more, joined by "/".
bool is_plain_path(std::string_view text);

// The text when it looks like a service's word for an error ("AccessDeniedException", "invalid_grant"), else "". What is printed
// came from outside.
std::string_view error_word(std::string_view text);

// RFC 3986: all but letters, digits and "-._~" is escaped.
std::string percent_encode(std::string_view text);

// application/x-www-form-urlencoded, in the order given.
using Form = std::vector<std::pair<std::string_view, std::string_view>>;
std::string encode_form(const Form& fields);

// RFC 4648 §5, without padding. Errors: kInvalid; the message does not quote the text.
std::string encode_base64url(std::string_view bytes);
base::Result<std::string> decode_base64url(std::string_view text);

// The bytes that `base64` holds: a data key or a share of it. Errors: kInvalid (no base64, or empty).
base::Result<base::Secret> decode_key_bytes(std::string_view base64, std::string_view service);

}  // namespace kms_ambient
