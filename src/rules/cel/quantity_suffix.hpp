// SPDX-License-Identifier: 0BSD
// The suffixes of quantities and the powers that they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/cel/quantity.hpp"

namespace cel {

struct QuantitySuffix {
    std::int32_t exponent = 0;  // of ten; of two where the notation is binary
    Quantity::Notation notation = Quantity::Notation::kDecimal;
};

// "", "n" … "E", "Ki" … "Ei", "e3", "E-3".
std::optional<QuantitySuffix> read_quantity_suffix(std::string_view text);
// The suffix of an exponent that is a multiple of three (ten when binary); empty where there is none for it.
std::string quantity_suffix(QuantitySuffix suffix);

}  // namespace cel
