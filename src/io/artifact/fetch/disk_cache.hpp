// SPDX-License-Identifier: 0BSD
// DiskCache: archives by digest in a private directory, bounded in bytes; what was used last stays longest.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "io/artifact/fetch/byte_source.hpp"

namespace artifact {

// May be used from several threads. Only archives as they were downloaded belong here, never what was made of them: an
// archive may hold secrets, but encrypted ones. Nothing is believed: contents are hashed again when they are read, so that
// a process that was killed while it wrote, and whoever else writes there, can make an entry useless but not wrong.
class DiskCache {
public:
    // Makes the directory (mode 0700, parents too) or takes an existing one, forgets unfinished writes and shrinks to
    // `bytes_max`.
    //
    // Errors:
    //   kForbidden    the directory is another user's, or others may enter it
    //   kUnavailable  it cannot be made, read or written
    static base::Result<std::unique_ptr<DiskCache>> open(std::string directory, std::size_t bytes_max);

    // The archive with this digest; nullptr when there is none. A damaged one is removed. Counts as use.
    std::unique_ptr<ByteSource> load(const base::Digest& digest, std::size_t archive_bytes_max);

    // Keeps `archive`, of that size, whose digest was checked; drops others to make room. Larger than the cache: not kept.
    // Errors: kUnavailable (the disk is full, or the directory went away); the cache is as it was.
    base::Result<void> store(const base::Digest& digest, ByteSource& archive, std::size_t archive_bytes);

    std::size_t bytes() const;

private:
    struct Entry {
        std::size_t bytes = 0;
        std::uint64_t used = 0;  // a running number
    };

    DiskCache(std::string directory, std::size_t bytes_max)
        : directory_(std::move(directory)), bytes_max_(bytes_max) {}

    base::Result<void> read_directory();
    std::string path_of(const std::string& name) const { return directory_ + "/" + name; }
    base::Result<void> write(const std::string& part, ByteSource& archive);
    void forget(const std::string& name);
    void shrink_to(std::size_t bytes_max);

    const std::string directory_;
    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> entries_;  // by file name: the digest's hex digits
    std::size_t bytes_ = 0;
    std::uint64_t uses_ = 0;
    std::uint64_t writes_ = 0;
};

}  // namespace artifact
