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

GzipReader::GzipReader(ByteSource& compressed, std::size_t inflated_bytes_max)
    : compressed_(compressed), left_(inflated_bytes_max) {
    base::invariant(inflateInit2(&stream_, kGzipOnly) == Z_OK, "zlib starts");
}

GzipReader::~GzipReader() { inflateEnd(&stream_); }

void GzipReader::fail(base::Error error) {
    ended_ = true;
    error_ = std::move(error);
}

// Gets input when there is none; false after a failure.
bool GzipReader::refill() {
    if (stream_.avail_in > 0 || source_ended_) {
        return true;
    }
    const auto piece = compressed_.next();
    if (!piece) {
        fail(piece.error());
        return false;
    }
    base::invariant(piece->size() <= std::numeric_limits<uInt>::max(),
                    "a piece of an archive is below 4 GiB");
    // zlib takes a mutable pointer, but does not write through it.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece->data()));
    stream_.avail_in = static_cast<uInt>(piece->size());
    source_ended_ = piece->empty();
    return true;
}

// One step of zlib into the free part of the buffer; false when nothing more comes.
bool GzipReader::inflate_some() {
    if (!refill()) {
        return false;
    }
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
        // Concatenated members are one stream; anything else behind the last member is damage and fails there.
        if (!refill()) {
            return false;
        }
        if (stream_.avail_in == 0) {
            ended_ = true;
        } else {
            inflateReset(&stream_);
        }
        return !ended_;
    }
    if (status == Z_BUF_ERROR && stream_.avail_in == 0) {
        fail({base::ErrorCode::kInvalid, "the archive is cut off"});
        return false;
    }
    if (status != Z_OK) {
        fail({base::ErrorCode::kInvalid, fmt::format("the archive is no valid gzip: {}",
                                                     stream_.msg == nullptr ? "damaged" : stream_.msg)});
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
        fail({base::ErrorCode::kLimitExceeded, "the archive inflates to more than is allowed"});
        return {};
    }
    left_ -= size;
    return {buffer_.data(), size};
}

}  // namespace artifact
