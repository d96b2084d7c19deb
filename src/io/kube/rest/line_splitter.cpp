// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/line_splitter.hpp"

#include <fmt/format.h>

namespace kube {

base::Result<void> LineSplitter::push(std::string_view piece) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    const auto newline = piece.rfind('\n');
    const std::size_t unfinished =
        newline == std::string_view::npos ? buffer_.size() + piece.size() : piece.size() - newline - 1;
    const std::size_t finished = newline == std::string_view::npos ? 0 : buffer_.size() + piece.find('\n');
    if (unfinished > line_bytes_max_ || finished > line_bytes_max_) {
        return base::Error{base::ErrorCode::kLimitExceeded,
                           fmt::format("a line is longer than {} bytes", line_bytes_max_)};
    }
    buffer_ += piece;
    return {};
}

std::optional<std::string_view> LineSplitter::next() {
    const auto newline = buffer_.find('\n', scanned_);
    if (newline == std::string::npos) {
        scanned_ = buffer_.size();
        return std::nullopt;
    }
    const auto line = std::string_view(buffer_).substr(begin_, newline - begin_);
    begin_ = newline + 1;
    scanned_ = begin_;
    return line;
}

}  // namespace kube
