// SPDX-License-Identifier: 0BSD
// Decimal: a whole number of any length times a power of ten, exact; what quantities beyond 64 bits are kept as.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

namespace cel {

class Decimal {
public:
    using Integer = boost::multiprecision::cpp_int;

    // No quantity that means something has more digits; longer ones would make arithmetic costly.
    static constexpr std::int64_t kDigitsMax = 4096;

    Decimal() = default;
    Decimal(Integer unscaled, std::int64_t exponent) : unscaled_(std::move(unscaled)), exponent_(exponent) {}
    // "-12.50": digits with a sign and a point at most. Nothing where there are more than kDigitsMax.
    static std::optional<Decimal> parse(std::string_view text);

    const Integer& unscaled() const { return unscaled_; }
    std::int64_t exponent() const { return exponent_; }
    int sign() const { return unscaled_.sign(); }

    // Rounded away from zero, with that exponent. Nothing where it takes more than kDigitsMax digits.
    std::optional<Decimal> rounded_up(std::int64_t exponent) const;
    // Nothing where the sum takes more than kDigitsMax digits.
    std::optional<Decimal> plus(const Decimal& other) const;
    Decimal negated() const { return Decimal(-unscaled_, exponent_); }
    Decimal times(const Integer& factor) const { return Decimal(unscaled_ * factor, exponent_); }
    std::strong_ordering compare(const Decimal& other) const;

    // Without factors `factor` of its unscaled number, and how many there were.
    struct Stripped {
        Integer number;
        std::int64_t times = 0;
    };
    Stripped stripped(unsigned factor) const;

private:
    Integer unscaled_ = 0;
    std::int64_t exponent_ = 0;
};

}  // namespace cel
