// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/entry_path.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace artifact {

namespace {

// Belong to the repository that the artifact came from, not to what is delivered.
constexpr std::array<std::string_view, 11> kMetadata = {
    ".git", ".gitattributes", ".gitignore", ".gitmodules", ".hg",           ".hgignore",
    ".svn", ".bzr",           ".bzrignore", "CVS",         ".sourceignore",
};

// The length of the UTF-8 sequence at the start of `text`, or 0 where there is none.
std::size_t sequence_size(std::string_view text) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    if (size == 0 || text.size() < size) {
        return 0;
    }
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) {
            return 0;
        }
    }
    const bool is_overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool is_surrogate = lead == 0xED && byte(1) >= 0xA0;
    const bool is_beyond = lead == 0xF4 && byte(1) >= 0x90;
    return is_overlong || is_surrogate || is_beyond ? 0 : size;
}

// UTF-8 without control characters and backslashes.
bool is_plain_name(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = sequence_size(text);
        const auto lead = static_cast<unsigned char>(text[0]);
        if (size == 0 || lead < 0x20 || lead == 0x7F || lead == '\\') {
            return false;
        }
        text.remove_prefix(size);
    }
    return true;
}

// For messages and logs: everything that is not printable ASCII becomes '?'.
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
