// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/byte_source.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace artifact {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;

}  // namespace

base::Result<std::string_view> FileSource::next() {
    buffer_.resize(kPieceBytes);
    ssize_t got = -1;
    do {
        got = ::pread(file_->descriptor(), buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return base::Error{base::ErrorCode::kUnavailable,
                           std::string("the downloaded archive cannot be read: ") + std::strerror(errno)};
    }
    offset_ += static_cast<std::size_t>(got);
    return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
}

base::Result<base::Digest> digest_of(ByteSource& bytes) {
    base::Sha256 hash;
    while (true) {
        const auto piece = bytes.next();
        if (!piece) {
            return piece.error();
        }
        if (piece->empty()) {
            return hash.finish();
        }
        hash.update(*piece);
    }
}

}  // namespace artifact
