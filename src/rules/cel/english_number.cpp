// SPDX-License-Identifier: 0BSD
// What golang.org/x/text prints for en; other locales cannot be asked for.
#include "rules/cel/english_number.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include "rules/cel/code_points.hpp"
#include "rules/cel/number_text.hpp"

namespace cel {
namespace {

constexpr int kScientificDigits = 6;
constexpr int kScientificWidth = 6;  // that a clause without a precision asks for
constexpr std::array<std::string_view, 10> kSuperscript = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

std::string padded(std::string text, int width) {
    const std::size_t length = code_point_count(text);
    const auto wanted = static_cast<std::size_t>(width < 0 ? kScientificWidth : width);
    return length < wanted ? std::string(wanted - length, ' ') + text : text;
}

std::string infinity_text(double value) { return value < 0 ? "-∞" : "∞"; }

// Zero has no sign here.
double without_negative_zero(double value) { return value == 0 ? 0.0 : value; }

}  // namespace

std::string english_fixed(double value, int digits) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return infinity_text(value);
    }
    const std::string plain = fixed_text(without_negative_zero(value), digits);
    const std::size_t begin = plain.starts_with('-') ? 1 : 0;
    const std::size_t end = std::min(plain.find('.'), plain.size());
    std::string text = plain.substr(0, begin);
    for (std::size_t i = begin; i < end; ++i) {
        if (i > begin && (end - i) % 3 == 0) {
            text += ',';
        }
        text += plain[i];
    }
    return text + plain.substr(end);
}

std::string english_scientific(double value, int width) {
    if (std::isnan(value)) {
        return padded("NaN", width);
    }
    if (std::isinf(value)) {
        return padded(infinity_text(value), width);
    }
    const std::string plain = scientific_text(without_negative_zero(value), kScientificDigits);
    const std::size_t mark = plain.find('e');
    std::string text = plain.substr(0, mark) + "×10";
    for (const char c : std::string_view(plain).substr(mark + 1)) {
        if (c == '-') {
            text += "⁻";
        } else if (c != '+') {
            text += kSuperscript[static_cast<std::size_t>(c - '0')];
        }
    }
    return padded(std::move(text), width);
}

}  // namespace cel
