// SPDX-License-Identifier: 0BSD
#include "rules/cel/quantity_suffix.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace cel {
namespace {

using Notation = Quantity::Notation;

struct Named {
    std::string_view text;
    std::int32_t exponent;
};

constexpr std::array<Named, 10> kDecimal = {{{"n", -9},
                                             {"u", -6},
                                             {"m", -3},
                                             {"", 0},
                                             {"k", 3},
                                             {"M", 6},
                                             {"G", 9},
                                             {"T", 12},
                                             {"P", 15},
                                             {"E", 18}}};
constexpr std::array<Named, 6> kBinary = {
    {{"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}, {"Pi", 50}, {"Ei", 60}}};

}  // namespace

std::optional<QuantitySuffix> read_quantity_suffix(std::string_view text) {
    for (const Named& named : kDecimal) {
        if (named.text == text) {
            return QuantitySuffix{named.exponent, Notation::kDecimal};
        }
    }
    for (const Named& named : kBinary) {
        if (named.text == text) {
            return QuantitySuffix{named.exponent, Notation::kBinary};
        }
    }
    if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) {
        return std::nullopt;
    }
    std::string_view digits = text.substr(1);
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') {
        digits.remove_prefix(1);
    }
    std::int64_t exponent = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (code != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    // The original keeps the lower 32 bits.
    return QuantitySuffix{static_cast<std::int32_t>(exponent), Notation::kExponent};
}

std::string quantity_suffix(QuantitySuffix suffix) {
    if (suffix.notation == Notation::kExponent) {
        return suffix.exponent == 0 ? "" : fmt::format("e{}", suffix.exponent);
    }
    const auto find = [&suffix](const auto& names) {
        for (const Named& named : names) {
            if (named.exponent == suffix.exponent) {
                return std::string(named.text);
            }
        }
        return std::string();
    };
    return suffix.notation == Notation::kBinary ? find(kBinary) : find(kDecimal);
}

}  // namespace cel
