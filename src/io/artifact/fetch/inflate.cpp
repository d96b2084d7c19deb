// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/inflate.hpp"

#include <limits>
#include <string>

#include <fmt/format.h>

#include "base/invariant.hpp"

namespace artifact {

namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

}  // namespace

GzipReader::GzipReader(std::string_view compressed, std::size_t inflated_bytes_max)
    : left_(inflated_bytes_max) {
    base::invariant(compressed.size() <= std::numeric_limits<uInt>::max(),
                    "an archive is held in memory below 4 GiB");
    // zlib takes a mutable pointer, but does not write through it.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_.avail_in = static_cast<uInt>(compressed.size());
    base::invariant(inflateInit2(&stream_, kGzipOnly) == Z_OK, "zlib starts");
}

GzipReader::~GzipReader() { inflateEnd(&stream_); }

void GzipReader::fail(base::ErrorCode code, std::string message) {
    ended_ = true;
    error_ = base::Error{code, std::move(message)};
}

// One step of zlib into the free part of the buffer; false when nothing more comes.
bool GzipReader::inflate_some() {
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
        // Concatenated members are one stream; anything else behind the last member is damage and fails there.
        if (stream_.avail_in == 0) {
            ended_ = true;
        } else {
            inflateReset(&stream_);
        }
        return !ended_;
    }
    if (status == Z_BUF_ERROR && stream_.avail_in == 0) {
        fail(base::ErrorCode::kInvalid, "the archive is cut off");
        return false;
    }
    if (status != Z_OK) {
        fail(base::ErrorCode::kInvalid, fmt::format("the archive is no valid gzip: {}",
                                                    stream_.msg == nullptr ? "damaged" : stream_.msg));
        return false;
    }
    return true;
}

std::string_view GzipReader::read() {
    if (ended_) {
        return {};
    }
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    while (stream_.avail_out > 0 && inflate_some()) {
    }
    const std::size_t size = buffer_.size() - stream_.avail_out;
    if (error_) {
        return {};
    }
    if (size > left_) {
        fail(base::ErrorCode::kLimitExceeded, "the archive inflates to more than is allowed");
        return {};
    }
    left_ -= size;
    return {buffer_.data(), size};
}

}  // namespace artifact
