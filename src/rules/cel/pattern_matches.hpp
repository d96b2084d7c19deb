// SPDX-License-Identifier: 0BSD
// PatternMatches: all matches of a regular expression in a text, one after the other, as Go's FindAll finds them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rules/cel/function.hpp"

namespace cel {

class PatternMatches {
public:
    // Everything given here outlives this.
    PatternMatches(CallContext& context, const re2::RE2& pattern, std::string_view text);

    // Finds the next match. False: there is none, or the cost limit is reached (limited()). An empty match that follows the one
    // before it without a gap does not count.
    bool next();
    bool limited() const { return limited_; }

    // Of the last match: the whole is group 0. Nothing for a group that took no part.
    std::optional<std::string_view> group(std::size_t index) const { return groups_[index]; }
    std::size_t begin() const { return begin_; }
    std::size_t end() const { return end_; }

private:
    // Each search may look at the whole rest of the text, which the price of a call counts once.
    bool pay_for_search();

    CallContext& context_;
    const re2::RE2& pattern_;
    std::string_view text_;
    std::vector<std::optional<std::string_view>> groups_;
    std::size_t at_ = 0;  // beyond the text when it is exhausted
    std::optional<std::size_t> previous_end_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool limited_ = false;
};

}  // namespace cel
