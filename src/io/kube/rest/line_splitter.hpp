// SPDX-License-Identifier: 0BSD
// LineSplitter: lines of a stream that arrives in pieces of any size.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kube {

class LineSplitter {
public:
    explicit LineSplitter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

    // Errors: kLimitExceeded when the unfinished line outgrows the bound.
    base::Result<void> push(std::string_view piece);
    // The next whole line without its newline, or nullopt when more must be pushed. Valid until the next push().
    std::optional<std::string_view> next();
    // Bytes of an unfinished line are left.
    bool has_rest() const { return begin_ < buffer_.size(); }

private:
    std::size_t line_bytes_max_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the first line that next() has not answered
    std::size_t scanned_ = 0;  // before this there is no newline after begin_
};

}  // namespace kube
