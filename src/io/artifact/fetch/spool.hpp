// SPDX-License-Identifier: 0BSD
// Spool: an archive while it arrives: a short one in memory, a longer one in a file without a name, hashed on the way.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "io/artifact/fetch/byte_source.hpp"

namespace artifact {

// Servers decide how long a download takes and how much of it comes: many at once must not fill the memory.
class Spool {
public:
    // Most artifacts are shorter, and never touch the disk.
    static constexpr std::size_t kMemoryBytesMax = std::size_t{1} << 20U;

    // `directory` is for the file. Where none can be made, as in a read-only container without /tmp, the kernel's memory
    // takes its place.
    explicit Spool(std::string directory) : directory_(std::move(directory)) {}

    // Errors: kUnavailable (the disk is full); then it is of no more use.
    base::Result<void> append(std::string_view piece);
    std::size_t size() const { return size_; }
    // Of all that was appended. Ends the spool: afterwards it may only be read.
    base::Digest finish() { return hash_.finish(); }
    // From the beginning; the spool outlives it, and does not change meanwhile.
    std::unique_ptr<ByteSource> read() const;

private:
    base::Result<void> move_to_file();

    std::string directory_;
    std::string memory_;  // all, while there is no file
    std::shared_ptr<const File> file_;
    std::size_t size_ = 0;
    base::Sha256 hash_;
};

}  // namespace artifact
