// SPDX-License-Identifier: 0BSD
// Numbers as Go writes them: the text that hashes, bodies and files of other tools hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace model {

// What Go's encoding/json writes, but for a zero's sign: shortest round trip, an exponent only below 1e-6 and from 1e21 on.
void append_json_number(std::string& out, double number);
// What Go's strconv.FormatFloat(number, 'g', -1, 64) writes, the form of YAML: an exponent below 1e-4 and from 1e6 on.
void append_short_number(std::string& out, double number);
// The same for a number rounded to 32 bits: how map keys that are floats become text.
void append_short_number(std::string& out, float number);

// The integer that a reader of the number's JSON text sees, or nullopt when that text has a fraction, an exponent or too many
// digits. Beyond 2^53 it is not the double's exact value but its shortest digits and zeros.
std::optional<std::int64_t> integer_in_json(double number);

// Reads a decimal floating point text exactly (no hex, no infinity). False for bad syntax or a number beyond double.
bool parse_decimal(std::string_view text, double& number);

}  // namespace model
