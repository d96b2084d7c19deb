// SPDX-License-Identifier: 0BSD
// CEL values and types as the recorded cases write them: {"type":"int","value":"-1"}, "map(string, int)".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/value.hpp"
#include "rules/cel/type.hpp"
#include "rules/cel/value.hpp"

namespace conformance {

// The value as self-describing JSON: entries of maps sorted, doubles in their shortest form, what is no UTF-8 as U+FFFD.
model::Value describe(const cel::Value& value);
// Recorded self-describing JSON in the form that describe() gives, so that equal values are equal texts.
model::Value normalize(const model::Value& described);

// The value that self-describing JSON stands for; nullopt for types that only libraries can make and for messages.
std::optional<cel::Value> read_value(const model::Value& described);

// "list(int)", "optional_type(dyn)", "<T>", "google.protobuf.Duration", "tuple(int, string)".
cel::Type read_type(std::string_view text);

}  // namespace conformance
