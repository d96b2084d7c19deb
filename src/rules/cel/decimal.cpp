// SPDX-License-Identifier: 0BSD
// Powers of ten are built only as far as kDigitsMax allows; exponents themselves may be anything.
#include "rules/cel/decimal.hpp"

#include <algorithm>
#include <utility>

namespace cel {
namespace {

using Integer = Decimal::Integer;

Integer power_of_ten(std::int64_t exponent) {
    return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

// Never fewer than there are, and at most one more.
std::int64_t digits_at_most(const Integer& number) {
    if (number == 0) {
        return 1;
    }
    const auto bits =
        static_cast<std::int64_t>(boost::multiprecision::msb(boost::multiprecision::abs(number))) + 1;
    return bits * 30103 / 100000 + 1;  // log10(2)
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits(text.substr(0, point));
    std::int64_t exponent = 0;
    if (point < text.size()) {
        digits += text.substr(point + 1);
        exponent = -static_cast<std::int64_t>(text.size() - point - 1);
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > static_cast<std::size_t>(kDigitsMax)) {
        return std::nullopt;
    }
    const Integer number(digits.empty() ? "0" : digits);
    return Decimal(negative ? Integer(-number) : number, exponent);
}

std::optional<Decimal> Decimal::rounded_up(std::int64_t exponent) const {
    if (exponent_ >= exponent) {
        const std::int64_t more = exponent_ - exponent;
        if (unscaled_ == 0) {
            return Decimal(0, exponent);
        }
        if (digits_at_most(unscaled_) + more > kDigitsMax) {
            return std::nullopt;
        }
        return Decimal(unscaled_ * power_of_ten(more), exponent);
    }
    const std::int64_t less = exponent - exponent_;
    if (less > digits_at_most(unscaled_)) {
        return Decimal(sign(), exponent);
    }
    Integer quotient;
    Integer remainder;
    boost::multiprecision::divide_qr(unscaled_, power_of_ten(less), quotient, remainder);
    if (remainder != 0) {
        quotient += sign();
    }
    return Decimal(quotient, exponent);
}

std::optional<Decimal> Decimal::plus(const Decimal& other) const {
    const std::int64_t exponent = std::min(exponent_, other.exponent_);
    const std::optional<Decimal> left = rounded_up(exponent);
    const std::optional<Decimal> right = other.rounded_up(exponent);
    if (!left || !right) {
        return std::nullopt;
    }
    return Decimal(left->unscaled_ + right->unscaled_, exponent);
}

std::strong_ordering Decimal::compare(const Decimal& other) const {
    if (sign() != other.sign() || sign() == 0) {
        return sign() <=> other.sign();
    }
    // Where the first digits stand apart, the larger exponent is the larger number; else the difference is small.
    const std::int64_t left = digits_at_most(unscaled_) + exponent_;
    const std::int64_t right = digits_at_most(other.unscaled_) + other.exponent_;
    if (left > right + 1 || right > left + 1) {
        return sign() > 0 ? left <=> right : right <=> left;
    }
    const std::int64_t exponent = std::min(exponent_, other.exponent_);
    const Integer scaled_left = unscaled_ * power_of_ten(exponent_ - exponent);
    const Integer scaled_right = other.unscaled_ * power_of_ten(other.exponent_ - exponent);
    return scaled_left.compare(scaled_right) <=> 0;
}

Decimal::Stripped Decimal::stripped(unsigned factor) const {
    Stripped result{unscaled_, 0};
    while (result.number != 0) {
        Integer quotient;
        Integer remainder;
        boost::multiprecision::divide_qr(result.number, Integer(factor), quotient, remainder);
        if (remainder != 0) {
            break;
        }
        result.number = std::move(quotient);
        ++result.times;
    }
    return result;
}

}  // namespace cel
