// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/unpack.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "base/invariant.hpp"
#include "io/artifact/fetch/entry_path.hpp"
#include "io/artifact/fetch/inflate.hpp"

namespace artifact {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

struct FreeArchive {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, FreeArchive>;

la_ssize_t read_piece(archive* handle, void* reader, const void** piece) {
    auto& gzip = *static_cast<GzipReader*>(reader);
    const std::string_view bytes = gzip.read();
    if (gzip.error()) {
        archive_set_error(handle, EINVAL, "the stream below failed");
        return -1;
    }
    *piece = bytes.data();
    return static_cast<la_ssize_t>(bytes.size());
}

class Unpacker {
public:
    Unpacker(ByteSource& compressed, const FetchLimits& limits)
        : limits_(limits), gzip_(compressed, limits.inflated_bytes_max), archive_(archive_read_new()) {
        base::invariant(archive_ != nullptr, "libarchive starts");
        archive_read_support_format_tar(archive_.get());
    }

    Result<FileTree> run() {
        if (archive_read_open(archive_.get(), &gzip_, nullptr, read_piece, nullptr) != ARCHIVE_OK) {
            return failure();
        }
        archive_entry* entry = nullptr;
        int status = ARCHIVE_OK;
        while ((status = archive_read_next_header(archive_.get(), &entry)) != ARCHIVE_EOF) {
            // A warning is about a name's character set; names are judged as bytes.
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
                return failure();
            }
            if (auto taken = take(entry); !taken) {
                return taken.error();
            }
        }
        // What stands behind the tar's end is not used, but damage there is damage.
        while (!gzip_.read().empty()) {
        }
        if (gzip_.error()) {
            return *gzip_.error();
        }
        return finish();
    }

private:
    // The gzip reader's own words are the better ones, libarchive only saw its stream end.
    Error failure() const {
        if (gzip_.error()) {
            return *gzip_.error();
        }
        const char* text = archive_error_string(archive_.get());
        return {ErrorCode::kInvalid,
                fmt::format("the archive is no valid tar: {}", text == nullptr ? "damaged" : text)};
    }

    Result<void> take(archive_entry* entry) {
        if (++entry_count_ > limits_.entry_count_max) {
            return Error{ErrorCode::kLimitExceeded,
                         fmt::format("the archive has more than {} entries", limits_.entry_count_max)};
        }
        if (archive_entry_filetype(entry) == AE_IFDIR) {
            return {};
        }
        const char* name = archive_entry_pathname(entry);
        if (name == nullptr) {
            name = archive_entry_pathname_utf8(entry);
        }
        auto judged = judge_entry_path(name == nullptr ? "" : name);
        const bool is_link =
            archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_utf8(entry) != nullptr;
        if (archive_entry_filetype(entry) != AE_IFREG || is_link) {
            leave_out(judged ? judged->path : "(unnamed)", " (not a regular file)");
            return {};
        }
        if (!judged) {
            return judged.error();
        }
        if (!judged->taken) {
            leave_out(judged->path, "");
            return {};
        }
        return read_file(std::move(judged->path), archive_entry_size(entry));
    }

    void leave_out(std::string_view path, std::string_view why) {
        ++tree_.skipped_count;
        if (tree_.skipped.size() < kSkippedNamesMax) {
            tree_.skipped.push_back(fmt::format("{}{}", path, why));
        }
    }

    Error too_large(std::string_view path) const {
        return {ErrorCode::kLimitExceeded,
                fmt::format("the archive's file {} has more than {} bytes", path, limits_.entry_bytes_max)};
    }

    Result<void> read_file(std::string path, la_int64_t declared_size) {
        const auto size = static_cast<std::size_t>(std::max<la_int64_t>(declared_size, 0));
        if (size > limits_.entry_bytes_max) {
            return too_large(path);
        }
        const auto [file, is_new] = tree_.files.try_emplace(path);
        if (!is_new) {
            return Error{ErrorCode::kInvalid, fmt::format("the archive holds the file {} twice", path)};
        }
        // Paths count as well: they are kept, too.
        if (auto counted = count(path.size()); !counted) {
            return counted;
        }
        std::string& content = file->second;
        // Not more than what is left: a header may claim much and deliver nothing.
        content.reserve(std::min(size, limits_.content_bytes_max - content_bytes_));
        std::array<char, std::size_t{16} << 10U> piece;
        while (true) {
            const la_ssize_t got = archive_read_data(archive_.get(), piece.data(), piece.size());
            if (got < 0) {
                return failure();
            }
            if (got == 0) {
                return {};
            }
            content.append(piece.data(), static_cast<std::size_t>(got));
            if (content.size() > limits_.entry_bytes_max) {
                return too_large(path);
            }
            if (auto counted = count(static_cast<std::size_t>(got)); !counted) {
                return counted;
            }
        }
    }

    Result<void> count(std::size_t bytes) {
        content_bytes_ += bytes;
        if (content_bytes_ > limits_.content_bytes_max) {
            return Error{ErrorCode::kLimitExceeded,
                         fmt::format("the archive's files have more than {} bytes together",
                                     limits_.content_bytes_max)};
        }
        return {};
    }

    // Refuses paths that are a file and a directory at once: no file system could hold them.
    Result<FileTree> finish() {
        for (const auto& [path, content] : tree_.files) {
            const std::string folder = path + "/";
            const auto below = tree_.files.lower_bound(folder);
            if (below != tree_.files.end() && below->first.starts_with(folder)) {
                return Error{ErrorCode::kInvalid,
                             fmt::format("the archive holds {} as a file and as a directory", path)};
            }
        }
        return std::move(tree_);
    }

    const FetchLimits& limits_;
    GzipReader gzip_;
    ArchiveHandle archive_;
    FileTree tree_;
    std::size_t entry_count_ = 0;
    std::size_t content_bytes_ = 0;
};

}  // namespace

Result<FileTree> unpack(ByteSource& compressed, const FetchLimits& limits) {
    return Unpacker(compressed, limits).run();
}

Result<FileTree> unpack(std::string_view compressed, const FetchLimits& limits) {
    TextSource source(compressed);
    return unpack(source, limits);
}

}  // namespace artifact
