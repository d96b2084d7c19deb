// SPDX-License-Identifier: 0BSD
// RE2 finds one match from a place on; the rules of going on are here.
#include "rules/cel/pattern_matches.hpp"

#include <re2/re2.h>

#include "rules/cel/code_points.hpp"

namespace cel {
namespace {

constexpr std::size_t kBytesPerUnit =
    256;  // RE2 looks at that many in the time in which an element is copied

}  // namespace

PatternMatches::PatternMatches(CallContext& context, const re2::RE2& pattern, std::string_view text)
    : context_(context),
      pattern_(pattern),
      text_(text),
      groups_(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1) {}

bool PatternMatches::pay_for_search() {
    if (!context_.work((text_.size() - at_) / kBytesPerUnit)) {
        limited_ = true;
    }
    return !limited_;
}

bool PatternMatches::next() {
    std::vector<re2::StringPiece> found(groups_.size());
    const re2::StringPiece text(text_.data(), text_.size());
    while (at_ <= text_.size()) {
        if (!pay_for_search() || !pattern_.Match(text, at_, text_.size(), re2::RE2::UNANCHORED, found.data(),
                                                 static_cast<int>(found.size()))) {
            return false;
        }
        begin_ = static_cast<std::size_t>(found[0].data() - text.data());
        end_ = begin_ + found[0].size();
        const bool counts = end_ != at_ || begin_ != previous_end_;
        at_ = end_ != at_ ? end_ : at_ + (at_ < text_.size() ? code_point_bytes(text_, at_) : 1);
        previous_end_ = end_;
        if (!counts) {
            continue;
        }
        for (std::size_t i = 0; i < found.size(); ++i) {
            groups_[i].reset();
            if (found[i].data() != nullptr) {
                groups_[i] = std::string_view(found[i].data(), found[i].size());
            }
        }
        return true;
    }
    return false;
}

}  // namespace cel
