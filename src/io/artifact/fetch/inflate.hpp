// SPDX-License-Identifier: 0BSD
// A gzip stream, inflated piece by piece up to a bound.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <zlib.h>

#include "base/error.hpp"
#include "io/artifact/fetch/byte_source.hpp"

namespace artifact {

// Reads one or more gzip members; checks their checksums. After a failure error() says which, and read() stays empty.
class GzipReader {
public:
    // `compressed` must outlive the reader.
    GzipReader(ByteSource& compressed, std::size_t inflated_bytes_max);
    ~GzipReader();
    GzipReader(const GzipReader&) = delete;
    GzipReader& operator=(const GzipReader&) = delete;

    // The next piece, valid until the next call; empty at the end or after a failure.
    std::string_view read();
    // kInvalid (not gzip, damaged, cut off), kLimitExceeded, or what the source below says.
    const std::optional<base::Error>& error() const { return error_; }

private:
    bool refill();
    bool inflate_some();
    void fail(base::Error error);

    ByteSource& compressed_;
    bool source_ended_ = false;
    z_stream stream_{};
    std::array<char, std::size_t{64} << 10U> buffer_;
    std::size_t left_;  // inflated bytes that may still come
    bool ended_ = false;
    std::optional<base::Error> error_;
};

}  // namespace artifact
