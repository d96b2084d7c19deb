// SPDX-License-Identifier: 0BSD
#include "rules/sops/shamir.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace sops {
namespace {

constexpr unsigned kPolynomial = 0x1b;  // x^8 + x^4 + x^3 + x + 1
constexpr std::size_t kPartsMax = 255;

// No table and no branch on the operands, so that time tells nothing.
std::uint8_t multiply(std::uint8_t left, std::uint8_t right) {
    unsigned product = 0;
    unsigned factor = left;
    for (unsigned bit = 0; bit < 8; ++bit) {
        product ^= factor & (0U - ((right >> bit) & 1U));
        factor = ((factor << 1U) ^ (kPolynomial & (0U - (factor >> 7U)))) & 0xffU;
    }
    return static_cast<std::uint8_t>(product);
}

std::uint8_t inverse(std::uint8_t value) {  // value^254
    std::uint8_t result = 1;
    for (int step = 0; step < 7; ++step) {
        value = multiply(value, value);
        result = multiply(result, value);
    }
    return result;
}

base::Error invalid(std::string message) {
    return {.code = base::ErrorCode::kInvalid, .message = std::move(message)};
}

std::uint8_t byte_at(std::string_view text, std::size_t index) {
    return static_cast<std::uint8_t>(text[index]);
}

}  // namespace

base::Result<base::Secret> combine_shares(const std::vector<base::Secret>& parts) {
    if (parts.size() < 2 || parts.size() > kPartsMax) {
        return std::unexpected(invalid("a data key in shares needs 2 to 255 of them"));
    }
    const std::size_t size = parts.front().reveal().size();
    std::set<std::uint8_t> places;
    for (const base::Secret& part : parts) {
        if (part.reveal().size() != size || size < 2) {
            return std::unexpected(invalid("the shares of a data key differ in length"));
        }
        if (!places.insert(byte_at(part.reveal(), size - 1)).second) {
            return std::unexpected(invalid("two shares of a data key are the same"));
        }
    }
    std::string secret(size - 1, '\0');
    for (std::size_t own = 0; own < parts.size(); ++own) {
        const std::uint8_t x = byte_at(parts[own].reveal(), size - 1);
        std::uint8_t weight = 1;
        for (std::size_t other = 0; other < parts.size(); ++other) {
            if (other == own) {
                continue;
            }
            const std::uint8_t other_x = byte_at(parts[other].reveal(), size - 1);
            weight = multiply(weight, multiply(other_x, inverse(static_cast<std::uint8_t>(other_x ^ x))));
        }
        for (std::size_t index = 0; index + 1 < size; ++index) {
            secret[index] = static_cast<char>(byte_at(secret, index) ^
                                              multiply(weight, byte_at(parts[own].reveal(), index)));
        }
    }
    return base::Secret(std::move(secret));
}

}  // namespace sops
