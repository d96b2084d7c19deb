// SPDX-License-Identifier: 0BSD
// The syntax of string.format(): plain text and clauses, read one part at a time.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace cel {

struct FormatPart {
    std::string_view text;  // plain text; where there is a clause: empty
    char verb = 0;          // s d f e b x X o, or 0 for plain text
    std::optional<int> precision = {};
    std::size_t bytes = 0;  // that the part takes
};

// The part at the beginning of `format`, which is not empty; or what is wrong with it.
std::expected<FormatPart, std::string> read_format_part(std::string_view format, int precision_max);

// Whether the format's rest begins with a clause, which needs an argument: "%" unless another follows.
bool begins_clause(std::string_view format);

// What a clause accepts, by the name of the type that it got: the sentence that says so.
std::string clause_error(char verb, std::string_view type_name, bool english);

}  // namespace cel
