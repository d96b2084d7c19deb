// SPDX-License-Identifier: 0BSD
// What becomes of an archive entry by its path: taken, left out on purpose, or a reason to refuse the whole archive.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace artifact {

// A longer path is no manifest's.
inline constexpr std::size_t kEntryPathBytesMax = 4096;

struct EntryPath {
    bool taken = false;
    std::string path;  // cleaned: "base/web.yaml"; when not taken: for the log
};

// Cleans a regular file's path ("./a//b/../c" becomes "a/c") and judges it. Left out: VCS folders and ignore files (".git/",
// ".sourceignore", …), and names with a backslash, control characters or bytes that are no UTF-8.
// Errors: kInvalid for an absolute path, one that leaves the archive, an empty one, or one that is too long.
base::Result<EntryPath> judge_entry_path(std::string_view raw);

}  // namespace artifact
