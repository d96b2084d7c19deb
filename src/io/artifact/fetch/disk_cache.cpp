// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/disk_cache.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace artifact {

namespace {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

// Before the name of a file that is being written.
constexpr std::string_view kUnfinished = ".part-";
constexpr std::size_t kHexDigits = 64;

Error failed(std::string_view what, const std::string& path) {
    return {ErrorCode::kUnavailable, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno))};
}

bool is_entry_name(std::string_view name) {
    return name.size() == kHexDigits && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "sha256:ab…" is stored as "ab…".
std::string name_of(const base::Digest& digest) {
    const std::string text = digest.text();
    return text.substr(text.find(':') + 1);
}

// nullptr unless it is a regular file of at most that size.
std::shared_ptr<const File> open_archive(const std::string& path, std::size_t bytes_max) {
    auto file = std::make_shared<const File>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    const bool usable = file->is_open() && ::fstat(file->descriptor(), &status) == 0 &&
                        S_ISREG(status.st_mode) && std::cmp_less_equal(status.st_size, bytes_max);
    return usable ? file : nullptr;
}

base::Result<void> check_private(const std::string& directory) {
    struct stat status = {};
    if (::lstat(directory.c_str(), &status) != 0) {
        return failed("look at", directory);
    }
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0077U) != 0) {
        return Error{ErrorCode::kForbidden,
                     fmt::format("{} is no directory that only this user may enter (chmod 700)", directory)};
    }
    return {};
}

}  // namespace

base::Result<std::unique_ptr<DiskCache>> DiskCache::open(std::string directory, std::size_t bytes_max) {
    std::error_code error;
    const fs::path path(directory);
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path(), error);
    }
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return failed("make", directory);
    }
    if (auto is_private = check_private(directory); !is_private) {
        return is_private.error();
    }
    std::unique_ptr<DiskCache> cache(new DiskCache(std::move(directory), bytes_max));
    if (auto read = cache->read_directory(); !read) {
        return read.error();
    }
    cache->shrink_to(bytes_max);
    return cache;
}

base::Result<void> DiskCache::read_directory() {
    struct Found {
        fs::file_time_type used;
        std::string name;
        std::size_t bytes;
    };
    std::vector<Found> found;
    std::error_code error;
    for (fs::directory_iterator at(directory_, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        std::error_code ignored;
        if (name.starts_with(kUnfinished)) {
            fs::remove(at->path(), ignored);
        } else if (is_entry_name(name) && at->symlink_status(ignored).type() == fs::file_type::regular) {
            found.push_back({at->last_write_time(ignored), name, at->file_size(ignored)});
        }
    }
    if (error) {
        return Error{ErrorCode::kUnavailable, fmt::format("cannot read {}: {}", directory_, error.message())};
    }
    std::ranges::sort(found, {}, &Found::used);
    for (const Found& file : found) {
        entries_[file.name] = {file.bytes, ++uses_};
        bytes_ += file.bytes;
    }
    return {};
}

std::unique_ptr<ByteSource> DiskCache::load(const base::Digest& digest, std::size_t archive_bytes_max) {
    const std::string name = name_of(digest);
    {
        const std::lock_guard lock(mutex_);
        const auto known = entries_.find(name);
        if (known == entries_.end()) {
            return nullptr;
        }
        known->second.used = ++uses_;
    }
    const auto file = open_archive(path_of(name), archive_bytes_max);
    if (file != nullptr) {
        FileSource contents(file);
        if (const auto actual = artifact::digest_of(contents); actual && *actual == digest) {
            // The time of the last use outlives this process as the file's own.
            ::futimens(file->descriptor(), nullptr);
            return std::make_unique<FileSource>(file);
        }
    }
    const std::lock_guard lock(mutex_);
    forget(name);
    return nullptr;
}

base::Result<void> DiskCache::store(const base::Digest& digest, ByteSource& archive,
                                    std::size_t archive_bytes) {
    const std::string name = name_of(digest);
    std::string part;
    {
        const std::lock_guard lock(mutex_);
        if (archive_bytes > bytes_max_ || entries_.contains(name)) {
            return {};
        }
        shrink_to(bytes_max_ - archive_bytes);
        part = path_of(fmt::format("{}{}-{}", kUnfinished, ::getpid(), ++writes_));
    }
    auto written = write(part, archive);
    if (written && ::rename(part.c_str(), path_of(name).c_str()) != 0) {
        written = failed("write", part);
    }
    if (!written) {
        ::unlink(part.c_str());
        return written;
    }
    const std::lock_guard lock(mutex_);
    if (const auto [known, is_new] = entries_.try_emplace(name); is_new) {
        known->second = {archive_bytes, ++uses_};
        bytes_ += archive_bytes;
    }
    shrink_to(bytes_max_);
    return {};
}

base::Result<void> DiskCache::write(const std::string& part, ByteSource& archive) {
    const File file(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) {
        return failed("write", part);
    }
    while (true) {
        const auto piece = archive.next();
        if (!piece) {
            return piece.error();
        }
        if (piece->empty()) {
            return {};
        }
        if (!file.write(*piece)) {
            return failed("write", part);
        }
    }
}

std::size_t DiskCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

void DiskCache::forget(const std::string& name) {
    const auto known = entries_.find(name);
    if (known != entries_.end()) {
        bytes_ -= known->second.bytes;
        entries_.erase(known);
        ::unlink(path_of(name).c_str());
    }
}

void DiskCache::shrink_to(std::size_t bytes_max) {
    while (bytes_ > bytes_max) {
        const auto oldest =
            std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.used; });
        forget(std::string(oldest->first));
    }
}

}  // namespace artifact
