// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/entry_path.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/utf8.hpp"

namespace artifact {

namespace {

// Belong to the repository that the artifact came from, not to what is delivered.
constexpr std::array<std::string_view, 11> kMetadata = {
    ".git", ".gitattributes", ".gitignore", ".gitmodules", ".hg",           ".hgignore",
    ".svn", ".bzr",           ".bzrignore", "CVS",         ".sourceignore",
};

// UTF-8 without control characters and backslashes.
bool is_plain_name(std::string_view text) {
    return model::is_utf8(text) &&
           std::ranges::none_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F || c == '\\'; });
}

// For messages and logs: what is not printable ASCII becomes '?'.
std::string printable(std::string_view text) {
    constexpr std::size_t kShownMax = 200;
    std::string shown(text.substr(0, kShownMax));
    std::ranges::replace_if(shown, [](char c) { return c < 0x20 || c == 0x7F; }, '?');
    return shown;
}

base::Error refuse(std::string_view why, std::string_view raw) {
    return {base::ErrorCode::kInvalid, fmt::format("the archive holds {}: \"{}\"", why, printable(raw))};
}

}  // namespace

base::Result<EntryPath> judge_entry_path(std::string_view raw) {
    if (raw.size() > kEntryPathBytesMax) {
        return refuse("a path that is too long", raw);
    }
    if (raw.starts_with('/')) {
        return refuse("an absolute path", raw);
    }
    std::vector<std::string_view> segments;
    std::string_view rest = raw;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (segment.empty() || segment == ".") {
            continue;
        }
        if (segment != "..") {
            segments.push_back(segment);
        } else if (segments.empty()) {
            return refuse("a path that leads out of it", raw);
        } else {
            segments.pop_back();
        }
    }
    if (segments.empty()) {
        return refuse("a file without a name", raw);
    }
    if (!is_plain_name(raw)) {
        return EntryPath{false, printable(raw)};
    }
    const bool is_metadata = std::ranges::any_of(segments, [](std::string_view segment) {
        return std::ranges::find(kMetadata, segment) != kMetadata.end();
    });
    return EntryPath{!is_metadata, fmt::format("{}", fmt::join(segments, "/"))};
}

}  // namespace artifact
