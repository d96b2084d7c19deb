// SPDX-License-Identifier: 0BSD
// Two representations as in the original: 64 bits while they last, exact decimals beyond. Which one it is, integer() and
// approximate() tell apart; so this follows the original's choice.
#include "rules/cel/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "rules/cel/decimal.hpp"
#include "rules/cel/quantity_suffix.hpp"

namespace cel {
namespace {

using Notation = Quantity::Notation;

constexpr std::int32_t kFinest = -9;         // billionths
constexpr std::size_t kSmallDigitsMax = 18;  // that 64 bits hold whatever they are

base::Error invalid(std::string_view message) {
    return base::Error{base::ErrorCode::kInvalid, std::string(message)};
}

base::Error too_long() {
    return base::Error{base::ErrorCode::kLimitExceeded,
                       fmt::format("a quantity has more than {} digits", Decimal::kDigitsMax)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Ten to the power, as math.Pow10 rounds it.
double power_of_ten(std::int64_t exponent) {
    constexpr int kStep = 32;
    constexpr double kSmallPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
                                       1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
                                       1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31};
    constexpr double kLargePowers[] = {1e0, 1e32, 1e64, 1e96, 1e128, 1e160, 1e192, 1e224, 1e256, 1e288};
    constexpr double kTinyPowers[] = {1e0,    1e-32,  1e-64,  1e-96,  1e-128, 1e-160,
                                      1e-192, 1e-224, 1e-256, 1e-288, 1e-320};
    if (exponent > 308) {
        return HUGE_VAL;
    }
    if (exponent < -323) {
        return 0;
    }
    return exponent >= 0 ? kLargePowers[exponent / kStep] * kSmallPowers[exponent % kStep]
                         : kTinyPowers[-exponent / kStep] / kSmallPowers[-exponent % kStep];
}

// value * 10^exponent, or nothing where that takes more than 64 bits. exponent >= 0.
std::optional<std::int64_t> scaled_up(std::int64_t value, std::int64_t exponent) {
    if (value == 0) {
        return 0;
    }
    for (; exponent > 0; --exponent) {
        if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) {
            return std::nullopt;
        }
    }
    return value;
}

std::int64_t negated(std::int64_t value) {
    return static_cast<std::int64_t>(-static_cast<std::uint64_t>(value));
}

}  // namespace

class QuantityParser {
public:
    explicit QuantityParser(std::string_view text) : text_(text) {}
    base::Result<Quantity> parse();

private:
    bool split();
    std::string_view digits_from(std::size_t& at) const;
    std::optional<Quantity> small(QuantitySuffix suffix) const;
    base::Result<Quantity> large(QuantitySuffix suffix) const;

    std::string_view text_;
    bool negative_ = false;
    std::string_view number_;    // with sign and point
    std::string_view whole_;     // digits before the point, without leading zeros; "0" where there are none
    std::string_view fraction_;  // digits behind it
    std::string_view suffix_;
};

std::string_view QuantityParser::digits_from(std::size_t& at) const {
    const std::size_t begin = at;
    while (at < text_.size() && is_digit(text_[at])) {
        ++at;
    }
    return text_.substr(begin, at - begin);
}

// False where the text is more than a number and a suffix.
bool QuantityParser::split() {
    std::size_t at = text_.starts_with('-') || text_.starts_with('+') ? 1 : 0;
    negative_ = text_.starts_with('-');
    at = std::min(text_.find_first_not_of('0', at), text_.size());
    whole_ = digits_from(at);
    if (whole_.empty()) {
        whole_ = "0";
    }
    if (at < text_.size() && text_[at] == '.') {
        fraction_ = digits_from(++at);
    }
    number_ = text_.substr(0, at);
    const std::size_t begin = at;
    at = std::min(text_.find_first_not_of("eEinumkKMGTP", at), text_.size());
    if (at < text_.size() && (text_[at] == '-' || text_[at] == '+')) {
        ++at;
    }
    digits_from(at);
    suffix_ = text_.substr(begin);
    return at == text_.size();
}

base::Result<Quantity> QuantityParser::parse() {
    constexpr std::string_view kShape =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    if (text_.empty() || !split()) {
        return invalid(kShape);
    }
    const std::optional<QuantitySuffix> suffix = read_quantity_suffix(suffix_);
    if (!suffix) {
        return invalid("unable to parse quantity's suffix");
    }
    if (std::optional<Quantity> quantity = small(*suffix)) {
        return *std::move(quantity);
    }
    return large(*suffix);
}

// The amount where its digits surely fit into 64 bits and none is finer than a billionth.
std::optional<Quantity> QuantityParser::small(QuantitySuffix suffix) const {
    const bool binary = suffix.notation == Notation::kBinary;
    if (binary && !fraction_.empty()) {
        return std::nullopt;
    }
    if (whole_.size() + fraction_.size() > kSmallDigitsMax) {
        return std::nullopt;
    }
    std::int64_t multiplier = 1;
    if (binary) {
        const auto spare = 15 - static_cast<std::int64_t>(whole_.size()) -
                           static_cast<std::int64_t>(static_cast<float>(suffix.exponent) * 3 / 10) - 1;
        if (spare < 0) {
            return std::nullopt;
        }
        multiplier <<= suffix.exponent;
    }
    const std::int64_t exponent =
        binary ? 0 : std::int64_t{suffix.exponent} - static_cast<std::int64_t>(fraction_.size());
    if (exponent < kFinest) {
        return std::nullopt;
    }
    const std::string digits = std::string(whole_) + std::string(fraction_);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    Quantity quantity;
    if (__builtin_mul_overflow(value, multiplier, &quantity.small_.value)) {
        return std::nullopt;
    }
    quantity.small_.value = negative_ ? -quantity.small_.value : quantity.small_.value;
    quantity.small_.exponent = static_cast<std::int32_t>(exponent);
    quantity.notation_ = suffix.notation;
    const bool canonical = binary ? suffix.exponent % 10 == 0 && value % 8 != 0
                                  : exponent % 3 == 0 && !digits.ends_with("000") && digits[0] != '0';
    if (canonical) {
        quantity.written_ = text_;
    }
    return quantity;
}

base::Result<Quantity> QuantityParser::large(QuantitySuffix suffix) const {
    if (std::ranges::none_of(number_, is_digit)) {
        return invalid("unable to parse numeric part of quantity");
    }
    std::optional<Decimal> amount = Decimal::parse(number_);
    if (!amount) {
        return too_long();
    }
    Notation notation = suffix.notation;
    const bool binary = notation == Notation::kBinary;
    if (binary) {
        amount = amount->times(Decimal::Integer(1) << static_cast<unsigned>(suffix.exponent));
    } else {
        amount = Decimal(amount->unscaled(), amount->exponent() + suffix.exponent);
    }
    if (amount->sign() != 0) {
        amount = amount->rounded_up(kFinest);
    }
    if (!amount) {
        return too_long();
    }
    if (binary) {
        const Decimal magnitude = amount->sign() < 0 ? amount->negated() : *amount;
        const Decimal most(std::numeric_limits<std::int64_t>::max(), 0);
        if (magnitude.compare(most) > 0) {
            amount = amount->sign() < 0 ? most.negated() : most;
        }
        if (magnitude.sign() > 0 && magnitude.compare(Decimal(1, 0)) < 0) {
            notation = Notation::kDecimal;
        }
    }
    Quantity quantity;
    quantity.large_ = std::make_shared<const Decimal>(*std::move(amount));
    quantity.notation_ = notation;
    return quantity;
}

base::Result<Quantity> Quantity::parse(std::string_view text) { return QuantityParser(text).parse(); }

Quantity Quantity::of(std::int64_t value, Notation notation) {
    Quantity quantity;
    quantity.small_.value = value;
    quantity.notation_ = notation;
    return quantity;
}

const Type& Quantity::opaque_type() {
    static const Type type = Type::opaque("kubernetes.Quantity");
    return type;
}

Decimal Quantity::exact() const { return large_ ? *large_ : Decimal(small_.value, small_.exponent); }

std::strong_ordering Quantity::compare(const Quantity& other) const { return exact().compare(other.exact()); }

int Quantity::sign() const {
    if (large_) {
        return large_->sign();
    }
    return small_.value > 0 ? 1 : small_.value < 0 ? -1 : 0;
}

std::optional<std::int64_t> Quantity::integer() const {
    if (large_ || small_.exponent < 0) {
        return std::nullopt;
    }
    return scaled_up(small_.value, small_.exponent);
}

double Quantity::approximate() const {
    if (!large_) {
        const auto base = static_cast<double>(small_.value);
        return small_.exponent == 0 ? base : base * power_of_ten(small_.exponent);
    }
    const std::string digits = large_->unscaled().str();
    double base = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), base).ec != std::errc{}) {
        base = large_->sign() < 0 ? -HUGE_VAL : HUGE_VAL;
    }
    return large_->exponent() == 0 ? base : base * power_of_ten(large_->exponent());
}

// The sum in 64 bits of the finer power of ten; false where they do not hold it.
bool Quantity::add_small(Small right) {
    if (right.value == 0) {
        return true;
    }
    if (small_.value == 0) {
        small_ = right;
        return true;
    }
    const std::int32_t exponent = std::min(small_.exponent, right.exponent);
    const auto one = scaled_up(small_.value, std::int64_t{small_.exponent} - exponent);
    const auto other = scaled_up(right.value, std::int64_t{right.exponent} - exponent);
    std::int64_t sum = 0;
    if (!one || !other || __builtin_add_overflow(*one, *other, &sum)) {
        return false;
    }
    small_ = {sum, exponent};
    return true;
}

base::Result<Quantity> Quantity::combined(const Quantity& other, bool negative) const {
    Quantity sum = *this;
    sum.written_.clear();
    if (sign() == 0) {
        sum.notation_ = other.notation_;
    }
    // The least integer is its own opposite there: what is taken away is added.
    const Small small{negative ? negated(other.small_.value) : other.small_.value, other.small_.exponent};
    if (!large_ && !other.large_ && sum.add_small(small)) {
        return sum;
    }
    std::optional<Decimal> amount = exact().plus(negative ? other.exact().negated() : other.exact());
    if (!amount) {
        return too_long();
    }
    sum.small_ = {};
    sum.large_ = std::make_shared<const Decimal>(*std::move(amount));
    return sum;
}

base::Result<Quantity> Quantity::plus(const Quantity& other) const { return combined(other, false); }
base::Result<Quantity> Quantity::minus(const Quantity& other) const { return combined(other, true); }

bool Quantity::equals(const Opaque& other) const {
    const auto* quantity = dynamic_cast<const Quantity*>(&other);
    return quantity != nullptr && compare(*quantity) == 0;
}

// The canonical text of an amount: no fraction, the largest suffix that allows that.
struct QuantityText {
    static std::string decimal(const Decimal& amount, Notation notation) {
        auto [number, times] = amount.stripped(10);
        std::int64_t exponent = amount.exponent() + times;
        for (; exponent % 3 != 0; --exponent) {
            number *= 10;
        }
        return number.str() + quantity_suffix({static_cast<std::int32_t>(exponent), notation});
    }

    // Nothing where the amount has a fraction.
    static std::optional<std::string> binary(const Decimal& amount) {
        const std::optional<Decimal> whole = amount.rounded_up(0);
        if (!whole || whole->compare(amount) != 0) {
            return std::nullopt;
        }
        const auto [number, times] = whole->stripped(1024);
        return number.str() + quantity_suffix({static_cast<std::int32_t>(times * 10), Notation::kBinary});
    }
};

std::string Quantity::text() const {
    if (!written_.empty()) {
        return written_;
    }
    if (sign() == 0) {
        return "0";
    }
    const Decimal amount = exact();
    if (notation_ == Notation::kBinary) {
        const bool tiny = amount.compare(Decimal(-1024, 0)) > 0 && amount.compare(Decimal(1024, 0)) < 0;
        if (std::optional<std::string> text = tiny ? std::nullopt : QuantityText::binary(amount)) {
            return *std::move(text);
        }
        return QuantityText::decimal(amount, Notation::kDecimal);
    }
    return QuantityText::decimal(amount, notation_);
}

}  // namespace cel
