// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/directory_files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace stagesetctl {

namespace fs = std::filesystem;

using base::Error;
using base::ErrorCode;

namespace {

// Whether a regular file is somewhere below `root`; stops at the first.
bool has_file(const std::string& root, std::size_t entry_count_max) {
    std::error_code error;
    const fs::recursive_directory_iterator end;
    std::size_t seen = 0;
    for (fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
         !error && at != end && seen < entry_count_max; at.increment(error), ++seen) {
        std::error_code ignored;
        if (at->is_regular_file(ignored)) {
            return true;
        }
    }
    return false;
}

bool is_inside(const std::string& root, std::string_view real) {
    return real == root || (real.starts_with(root) && (root == "/" || real[root.size()] == '/'));
}

// Errors: kLimitExceeded, kInvalid with the system's reason.
base::Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return Error{ErrorCode::kInvalid, std::generic_category().message(errno)};
    }
    std::string text;
    for (bool more = true; more && text.size() <= bytes_max;) {
        constexpr std::size_t kPiece = std::size_t{64} << 10U;
        const std::size_t size = text.size();
        text.resize(size + kPiece);
        ssize_t got = 0;
        do {
            got = ::read(descriptor, text.data() + size, kPiece);
        } while (got < 0 && errno == EINTR);
        const int cause = errno;
        text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0) {
            ::close(descriptor);
            return Error{ErrorCode::kInvalid, std::generic_category().message(cause)};
        }
        more = got > 0;
    }
    ::close(descriptor);
    if (text.size() > bytes_max) {
        return Error{ErrorCode::kLimitExceeded, fmt::format("the file is larger than {} bytes", bytes_max)};
    }
    return text;
}

}  // namespace

base::Result<std::unique_ptr<DirectoryFiles>> DirectoryFiles::open(const std::string& path,
                                                                   artifact::FetchLimits limits) {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (error) {
        return Error{
            error == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kInvalid,
            fmt::format("directory {}: {}", path, error.message())};
    }
    if (!fs::is_directory(real, error)) {
        return Error{ErrorCode::kNotFound, fmt::format("{} is not a directory", path)};
    }
    if (::access(real.c_str(), R_OK | X_OK) != 0) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("directory {}: {}", path, std::generic_category().message(errno))};
    }
    if (!has_file(real.string(), limits.entry_count_max)) {
        return Error{ErrorCode::kNotFound, fmt::format("directory {} holds no file", path)};
    }
    return std::unique_ptr<DirectoryFiles>(new DirectoryFiles(real.string(), path, limits));
}

void DirectoryFiles::fail(ErrorCode code, std::string_view path, std::string_view why) const {
    if (!failure_) {
        failure_ = Error{code, fmt::format("{}/{}: {}", shown_, path, why)};
    }
}

std::optional<std::string> DirectoryFiles::locate(std::string_view path) const {
    std::error_code error;
    std::string real = fs::canonical(fs::path(root_) / path, error).string();
    if (error) {
        if (error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
            fail(ErrorCode::kInvalid, path, error.message());
        }
        return std::nullopt;
    }
    if (!is_inside(root_, real)) {
        fail(ErrorCode::kInvalid, path, "the symbolic link leads out of the directory");
        return std::nullopt;
    }
    return real;
}

std::optional<std::string_view> DirectoryFiles::read(std::string_view path) const {
    if (const auto known = contents_.find(path); known != contents_.end()) {
        return known->second;
    }
    const auto real = locate(path);
    std::error_code error;
    if (!real || !fs::is_regular_file(*real, error)) {
        return std::nullopt;
    }
    auto text = read_file(*real, limits_.entry_bytes_max);
    if (!text) {
        fail(text.error().code, path, text.error().message);
        return std::nullopt;
    }
    content_bytes_ += text->size();
    if (content_bytes_ > limits_.content_bytes_max) {
        fail(ErrorCode::kLimitExceeded, path,
             fmt::format("the files of the stage hold more than {} bytes", limits_.content_bytes_max));
        return std::nullopt;
    }
    return contents_.emplace(path, std::move(*text)).first->second;
}

bool DirectoryFiles::is_directory(std::string_view path) const {
    const auto real = locate(path);
    std::error_code error;
    return real && fs::is_directory(*real, error);
}

std::vector<DirectoryFiles::Child> DirectoryFiles::children(std::string_view directory) const {
    std::vector<Child> found;
    const auto real = locate(directory);
    if (!real) {
        return found;
    }
    // A link to a directory above itself would be walked for ever, and is left out as one that leads outside.
    std::error_code error;
    fs::directory_iterator at(*real, error);
    for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
        if (++entry_count_ > limits_.entry_count_max) {
            fail(ErrorCode::kLimitExceeded, directory,
                 fmt::format("the stage lists more than {} files", limits_.entry_count_max));
            return {};
        }
        std::error_code ignored;
        std::string target = at->path().string();
        if (at->is_symlink(ignored)) {
            target = fs::canonical(at->path(), ignored).string();
            if (ignored || !is_inside(root_, target) || is_inside(target, *real)) {
                continue;
            }
        }
        const fs::file_status status = fs::status(target, ignored);
        if (fs::is_directory(status) || fs::is_regular_file(status)) {
            found.push_back({at->path().filename().string(), fs::is_directory(status)});
        }
    }
    if (error) {
        fail(ErrorCode::kInvalid, directory, error.message());
    }
    std::ranges::sort(found, {}, &Child::name);
    return found;
}

}  // namespace stagesetctl
