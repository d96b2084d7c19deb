// SPDX-License-Identifier: 0BSD
// Quantity: an amount of a resource, "1.5Gi", "500m", "1e3": exact arithmetic and canonical text as resource.Quantity has them.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "rules/cel/value.hpp"

namespace cel {

class Decimal;

class Quantity final : public Opaque {
public:
    // How the canonical text writes powers: 12e6, 12M, 12Mi.
    enum class Notation { kExponent, kDecimal, kBinary };

    // A number with a suffix. What is finer than a billionth is rounded up; binary amounts are capped at 2^63 - 1.
    // Errors: kInvalid (no such number or suffix), kLimitExceeded (more digits than Decimal keeps).
    static base::Result<Quantity> parse(std::string_view text);
    static Quantity of(std::int64_t value, Notation notation);
    static const Type& opaque_type();  // kubernetes.Quantity

    std::strong_ordering compare(const Quantity& other) const;
    int sign() const;
    // The amount as 64 bits; nothing where it has a fraction, is too large or was written with more than 18 digits.
    std::optional<std::int64_t> integer() const;
    double approximate() const;
    // Errors: kLimitExceeded where the exact sum has more digits than Decimal keeps.
    base::Result<Quantity> plus(const Quantity& other) const;
    base::Result<Quantity> minus(const Quantity& other) const;

    const Type& type() const override { return opaque_type(); }
    bool equals(const Opaque& other) const override;
    std::string text() const override;

private:
    // value * 10^exponent
    struct Small {
        std::int64_t value = 0;
        std::int32_t exponent = 0;
    };

    friend class QuantityParser;
    friend struct QuantityText;

    Decimal exact() const;
    bool add_small(Small right);
    base::Result<Quantity> combined(const Quantity& other, bool negative) const;

    Small small_;
    std::shared_ptr<const Decimal> large_;  // instead of small_, where that does not hold the amount
    Notation notation_ = Notation::kDecimal;
    std::string written_;  // the text it was read from, where that is canonical already
};

}  // namespace cel
