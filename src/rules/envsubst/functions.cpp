// SPDX-License-Identifier: 0BSD
#include "rules/envsubst/functions.hpp"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "model/utf8.hpp"

namespace envsubst {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) {
            return std::nullopt;
        }
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

// Where `old_text` is found at or behind `at`; an empty one is found before each character and at the end.
std::size_t find_next(std::string_view value, std::string_view old_text, std::size_t at) {
    return old_text.empty() ? at : value.find(old_text, at);
}

// Where to look on behind an empty `old_text` that was found at `at`.
std::size_t next_letter(std::string_view value, std::size_t at) {
    return at < value.size() ? at + model::utf8_at(value, at).size : std::string_view::npos;
}

}  // namespace

base::Result<std::string_view> part(std::string_view value, std::string_view offset,
                                    std::optional<std::string_view> length) {
    const auto size = static_cast<std::int64_t>(value.size());
    const auto start = parse_integer(offset);
    if (!start) {
        return value;
    }
    const std::int64_t from = *start < 0 ? std::max<std::int64_t>(size + *start, 0) : *start;
    if (!length) {
        return value.substr(static_cast<std::size_t>(std::min(from, size)));
    }
    const auto count = parse_integer(*length);
    if (!count) {
        return value;
    }
    if (from < size && *count < 0) {
        return base::Error{base::ErrorCode::kInvalid, "its length is below zero"};
    }
    return value.substr(static_cast<std::size_t>(std::min(from, size)),
                        static_cast<std::size_t>(std::max<std::int64_t>(*count, 0)));
}

base::Result<std::string> replace(std::string_view value, const Replacement& replacement,
                                  std::size_t bytes_max) {
    const auto [old_text, new_text, where] = replacement;
    if ((where == Where::kBeginning && !value.starts_with(old_text)) ||
        (where == Where::kEnd && !value.ends_with(old_text))) {
        return std::string(value);
    }
    const std::size_t start = where == Where::kEnd ? value.size() - old_text.size() : 0;
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = find_next(value, old_text, start); at != std::string_view::npos;) {
        out += value.substr(copied, at - copied);
        out += new_text;
        copied = at + old_text.size();
        if (out.size() > bytes_max) {
            return base::Error{base::ErrorCode::kLimitExceeded,
                               fmt::format("its result is larger than {} bytes", bytes_max)};
        }
        if (where != Where::kEverywhere) {
            break;
        }
        at = old_text.empty() ? next_letter(value, at) : find_next(value, old_text, copied);
    }
    out += value.substr(copied);
    return out;
}

}  // namespace envsubst
