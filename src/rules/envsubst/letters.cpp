// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/letters.hpp"

#include <algorithm>
#include <span>

#include "model/utf8.hpp"
#include "rules/envsubst/letter_tables.hpp"

namespace envsubst {
namespace {

// The range that may hold `code`, or nullptr.
template <class Range>
const Range* find_range(std::span<const Range> table, char32_t code) {
    const auto after = std::ranges::upper_bound(table, code, {}, &Range::first);
    if (after == table.begin()) {
        return nullptr;
    }
    const Range& range = *std::prev(after);
    return code <= range.last ? &range : nullptr;
}

char32_t change(char32_t code, Case to) {
    if (code < 0x80) {
        const bool upper = code >= 'A' && code <= 'Z';
        const bool lower = code >= 'a' && code <= 'z';
        return (to == Case::kUpper ? lower : upper) ? code ^ 0x20U : code;
    }
    const CaseRange* range = to == Case::kUpper ? find_range(std::span<const CaseRange>(kUpper), code)
                                                : find_range(std::span<const CaseRange>(kLower), code);
    if (range == nullptr || (code - range->first) % range->step != 0) {
        return code;
    }
    return static_cast<char32_t>(static_cast<std::int32_t>(code) + range->delta);
}

}  // namespace

std::size_t name_letter_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) {
        return 0;
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
        const bool accepted = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9') || byte == '_';
        return accepted ? 1 : 0;
    }
    const model::Utf8Letter letter = model::utf8_at(text, at);
    const bool accepted =
        letter.valid && find_range(std::span<const LetterRange>(kLetters), letter.code) != nullptr;
    return accepted ? letter.size : 0;
}

std::string change_case(std::string_view text, Case to) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const model::Utf8Letter letter = model::utf8_at(text, at);
        model::append_utf8(out, change(letter.code, to));
        at += letter.size;
    }
    return out;
}

std::string change_first(std::string_view text, Case to) {
    if (text.empty()) {
        return {};
    }
    const model::Utf8Letter letter = model::utf8_at(text, 0);
    std::string out;
    out.reserve(text.size() + 2);
    model::append_utf8(out, change(letter.code, to));
    out += text.substr(letter.size);
    return out;
}

}  // namespace envsubst
