// SPDX-License-Identifier: 0BSD
// Unpacks a gzip'd tar that a stranger made into memory, within bounds.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "io/artifact/fetch/byte_source.hpp"
#include "io/artifact/fetcher.hpp"

namespace artifact {

// At most so many names are kept of entries that were left out.
inline constexpr std::size_t kSkippedNamesMax = 100;

// Takes regular files only; links and devices are left out, directories follow from the files' paths.
//
// Errors:
//   kInvalid        not a gzip'd tar, cut off or damaged; an unsafe path (see entry_path.hpp); the same path twice, or once
//                   as a file and once as a directory
//   kLimitExceeded  a bound of `limits`
//   kUnavailable    the source of the bytes failed
base::Result<FileTree> unpack(ByteSource& compressed, const FetchLimits& limits);
// The same for bytes in memory.
base::Result<FileTree> unpack(std::string_view compressed, const FetchLimits& limits);

}  // namespace artifact
