// SPDX-License-Identifier: 0BSD
#include "rules/cel/number_parse.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace cel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool same_letters(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char left, char right) { return (left | 0x20) == right; });
}

// Reads a number letter by letter and writes it without underscores. An underscore stands between digits, or behind "0x".
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool whole(std::string& out) {
        const bool hex = text_.size() > 2 && text_[0] == '0' && (text_[1] | 0x20) == 'x';
        if (hex) {
            out += "0x";
            text_.remove_prefix(2);
            before_ = true;
        }
        std::size_t count = digits(hex, out);
        if (take('.', out)) {
            count += digits(hex, out);
        }
        if (count == 0 || gap_) {
            return false;
        }
        const bool exponent = !text_.empty() && (text_[0] | 0x20) == (hex ? 'p' : 'e');
        if (!exponent) {
            return !hex && text_.empty();
        }
        take(text_[0], out);
        if (!take('+', out)) {
            take('-', out);
        }
        return digits(false, out) > 0 && !gap_ && text_.empty();
    }

private:
    bool take(char c, std::string& out) {
        if (text_.empty() || text_[0] != c) {
            return false;
        }
        out += c;
        text_.remove_prefix(1);
        gap_ = gap_ || open_;
        before_ = false;
        return true;
    }
    std::size_t digits(bool hex, std::string& out) {
        std::size_t count = 0;
        for (; !text_.empty() && (text_[0] == '_' || (hex ? is_hex(text_[0]) : is_digit(text_[0])));
             text_.remove_prefix(1)) {
            if (text_[0] == '_') {
                gap_ = gap_ || !before_;
                before_ = false;
                open_ = true;
                continue;
            }
            out += text_[0];
            before_ = true;
            open_ = false;
            ++count;
        }
        gap_ = gap_ || open_;
        return count;
    }

    std::string_view text_;
    bool before_ = false;  // a digit stands before
    bool open_ = false;    // an underscore stands before
    bool gap_ = false;     // an underscore stood where none may
};

}  // namespace

std::optional<double> parse_double(std::string_view text) {
    if (same_letters(text, "nan")) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (same_letters(text, "inf") || same_letters(text, "infinity")) {
        return negative ? -HUGE_VAL : HUGE_VAL;
    }
    std::string plain;
    if (!Reader(text).whole(plain)) {
        return std::nullopt;
    }
    const double number = std::strtod(plain.c_str(), nullptr);
    if (!std::isfinite(number)) {
        return std::nullopt;
    }
    return negative ? -number : number;
}

}  // namespace cel
