// SPDX-License-Identifier: 0BSD
// Port: fetches an artifact (a gzip'd tar published by Flux), verifies its digest and unpacks it into memory.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"

namespace artifact {

// Where an artifact is and what it must hash to, as a source's status.artifact says.
struct ArtifactRef {
    std::string url;
    std::string digest;  // "sha256:<hex>" over the compressed bytes
};

// Bounds of spec "unpacking"; the archive comes from strangers.
struct FetchLimits {
    std::size_t compressed_bytes_max = std::size_t{64} << 20U;
    std::size_t inflated_bytes_max = std::size_t{512} << 20U;
    std::size_t entry_bytes_max = std::size_t{16} << 20U;
    std::size_t content_bytes_max = std::size_t{64} << 20U;
    std::size_t entry_count_max = 50'000;
};

// The artifact's regular files by cleaned relative path ("base/web.yaml"), contents as bytes.
struct FileTree {
    std::map<std::string, std::string, std::less<>> files;
    std::vector<std::string>
        skipped;  // the first entries left out on purpose (VCS metadata, odd names), for the log
    std::size_t skipped_count = 0;  // of all that were left out
};

// Whether an error of fetch() is one that asking again, without a change, cannot mend.
bool is_terminal(base::ErrorCode code);

class Fetcher {
public:
    virtual ~Fetcher() = default;
    // Downloads `ref`, checks its digest before unpacking, and returns its files (shared: the same digest may be served
    // from a cache).
    //
    // Errors:
    // What may pass by itself:
    //   kUnavailable       the server cannot be reached, answered 429 or 5xx, or serves something of another digest
    //   kNotFound          404 or 410
    //   kDeadlineExceeded  the download took longer than its limit
    // What stays until the source, the spec or a setting changes (see is_terminal):
    //   kForbidden         the address rules refuse the host; 401 or 403
    //   kInvalid           malformed digest, not a gzip'd tar, an unsafe path, duplicate names
    //   kUnsupported       a digest algorithm other than sha256
    //   kLimitExceeded     a bound of the limits
    //   kCancelled
    virtual base::Task<std::shared_ptr<const FileTree>> fetch(ArtifactRef ref) = 0;
};

}  // namespace artifact
