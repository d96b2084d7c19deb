// SPDX-License-Identifier: 0BSD
#include "rules/cel/source.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cel {
namespace {

// Of a line on either side of the caret: a condition's message shows it.
constexpr std::size_t kShownLetters = 80;

bool continues(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }

std::size_t letters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

}  // namespace

base::Error describe(std::string_view source, const Problem& problem) {
    const std::size_t offset = std::min<std::size_t>(problem.offset, source.size());
    const std::string_view before = source.substr(0, offset);
    const std::size_t newline = before.rfind('\n');
    const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    const std::size_t end = std::min(source.find('\n', offset), source.size());
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t column = letters(before.substr(start)) + 1;

    std::size_t shown = offset - start > kShownLetters ? offset - kShownLetters : start;
    while (shown < offset && continues(source[shown])) {
        ++shown;
    }
    std::size_t beyond = std::min(end, offset + kShownLetters);
    while (beyond < end && continues(source[beyond])) {
        ++beyond;
    }
    const std::string caret(letters(source.substr(shown, offset - shown)), '.');
    return {.code = problem.code,
            .message = fmt::format("{}:{}: {}\n | {}\n | {}^", line, column, problem.what,
                                   source.substr(shown, beyond - shown), caret)};
}

}  // namespace cel
