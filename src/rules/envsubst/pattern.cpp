// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/pattern.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "model/utf8.hpp"
#include "rules/envsubst/letters.hpp"

namespace envsubst {
namespace {

struct CodeRange {
    char32_t low = 0;
    char32_t high = 0;
};

struct Token {
    enum class Kind { kByte, kAnyLetter, kClass, kStar };
    Kind kind = Kind::kByte;
    char byte = 0;
    bool negated = false;
    std::vector<CodeRange> ranges = {};
};
using Pattern = std::vector<Token>;

// One end of a range within a class; nullopt when malformed.
std::optional<char32_t> read_class_letter(std::string_view text, std::size_t& at) {
    if (at >= text.size() || text[at] == '-' || text[at] == ']') {
        return std::nullopt;
    }
    if (text[at] == '\\' && ++at == text.size()) {
        return std::nullopt;
    }
    const model::Utf8Letter letter = model::utf8_at(text, at);
    at += letter.size;
    if (!letter.valid || at == text.size()) {
        return std::nullopt;
    }
    return letter.code;
}

// `at` is behind the opening bracket, and afterwards behind the closing one.
std::optional<Token> read_class(std::string_view text, std::size_t& at) {
    Token token{.kind = Token::Kind::kClass};
    if (at < text.size() && text[at] == '^') {
        token.negated = true;
        ++at;
    }
    while (at >= text.size() || text[at] != ']' || token.ranges.empty()) {
        const auto low = read_class_letter(text, at);
        if (!low) {
            return std::nullopt;
        }
        CodeRange range{*low, *low};
        if (text[at] == '-') {
            const auto high = read_class_letter(text, ++at);
            if (!high) {
                return std::nullopt;
            }
            range.high = *high;
        }
        token.ranges.push_back(range);
    }
    ++at;
    return token;
}

std::optional<Pattern> parse(std::string_view text) {
    Pattern pattern;
    for (std::size_t at = 0; at < text.size();) {
        const char byte = text[at++];
        if (byte == '*') {
            if (pattern.empty() || pattern.back().kind != Token::Kind::kStar) {
                pattern.push_back({.kind = Token::Kind::kStar});
            }
        } else if (byte == '?') {
            pattern.push_back({.kind = Token::Kind::kAnyLetter});
        } else if (byte == '[') {
            auto token = read_class(text, at);
            if (!token) {
                return std::nullopt;
            }
            pattern.push_back(*std::move(token));
        } else if (byte == '\\') {
            if (at == text.size()) {
                return std::nullopt;
            }
            pattern.push_back({.byte = text[at++]});
        } else {
            pattern.push_back({.byte = byte});
        }
    }
    return pattern;
}

// How many bytes of `text` the token takes at `at`, or 0.
std::size_t match_token(const Token& token, std::string_view text, std::size_t at) {
    if (at >= text.size()) {
        return 0;
    }
    if (token.kind == Token::Kind::kByte) {
        return text[at] == token.byte ? 1 : 0;
    }
    const model::Utf8Letter letter = model::utf8_at(text, at);
    if (token.kind == Token::Kind::kAnyLetter) {
        return letter.size;
    }
    const bool within = std::ranges::any_of(token.ranges, [&letter](const CodeRange& range) {
        return range.low <= letter.code && letter.code <= range.high;
    });
    return within != token.negated ? letter.size : 0;
}

// Whether the pattern is all of `text`. Only the last star is tried again: what earlier ones took can stay.
bool matches(const Pattern& pattern, std::string_view text, MatchBudget& budget) {
    constexpr auto kNone = static_cast<std::size_t>(-1);
    std::size_t token = 0;
    std::size_t at = 0;
    std::size_t star = kNone;
    std::size_t star_end = 0;
    while (at < text.size() || token < pattern.size()) {
        if (budget.steps == 0) {
            budget.exhausted = true;
            return false;
        }
        --budget.steps;
        if (token < pattern.size() && pattern[token].kind == Token::Kind::kStar) {
            star = token++;
            star_end = at;
            if (token == pattern.size()) {
                return true;
            }
            continue;
        }
        const std::size_t taken = token < pattern.size() ? match_token(pattern[token], text, at) : 0;
        if (taken > 0) {
            at += taken;
            ++token;
        } else if (star == kNone || star_end >= text.size()) {
            return false;
        } else {
            token = star + 1;
            at = ++star_end;
        }
    }
    return true;
}

// What remains of `value` without its matching beginning.
std::string_view trim_prefix(std::string_view value, const Pattern& pattern, bool longest,
                             MatchBudget& budget) {
    for (std::size_t count = 1; count <= value.size() && !budget.exhausted; ++count) {
        const std::size_t size = longest ? value.size() + 1 - count : count;
        if (matches(pattern, value.substr(0, size), budget)) {
            return value.substr(size);
        }
    }
    return value;
}

std::string reverse(std::string_view text) {
    std::vector<char32_t> letters;
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        letters.push_back(letter.code);
        at += letter.size;
    }
    std::string out;
    out.reserve(text.size());
    for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
        model::append_utf8(out, *letter);
    }
    return out;
}

}  // namespace

std::string trim(std::string_view value, std::string_view pattern, Trim how, MatchBudget& budget) {
    // The original turns both around for an end, the pattern with its brackets: "[a-d]" is malformed there.
    const std::string turned = how.suffix ? reverse(value) : std::string();
    const auto parsed = parse(how.suffix ? reverse(pattern) : std::string(pattern));
    std::string_view rest = how.suffix ? std::string_view(turned) : value;
    if (parsed) {
        rest = trim_prefix(rest, *parsed, how.longest, budget);
    }
    return how.suffix ? reverse(rest) : std::string(rest);
}

}  // namespace envsubst
