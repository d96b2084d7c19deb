// SPDX-License-Identifier: 0BSD
// The rules behind the named formats: each answers what is wrong with a text, and nothing when it is right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cel::format_check {

using Complaints = std::vector<std::string>;

// Names of objects (RFC 1123, RFC 1035). The prefix forms allow the "-" after which a generated name goes on.
Complaints dns1123_label(std::string_view text);
Complaints dns1123_label_prefix(std::string_view text);
Complaints dns1123_subdomain(std::string_view text);
Complaints dns1123_subdomain_prefix(std::string_view text);
Complaints dns1035_label(std::string_view text);
Complaints dns1035_label_prefix(std::string_view text);
// Keys of labels, "example.com/name", and their values.
Complaints qualified_name(std::string_view text);
Complaints label_value(std::string_view text);

Complaints uri(std::string_view text);
Complaints uuid(std::string_view text);
Complaints byte(std::string_view text);
Complaints date(std::string_view text);
Complaints datetime(std::string_view text);

}  // namespace cel::format_check
