// SPDX-License-Identifier: 0BSD
#include "io/http/client.hpp"

#include <algorithm>

namespace http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view Response::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [name](const Header& header) {
        return std::ranges::equal(header.name, name, {}, lower, lower);
    });
    return found == headers.end() ? std::string_view{} : std::string_view(found->value);
}

}  // namespace http
