// SPDX-License-Identifier: 0BSD
#include "base/read_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace base {

namespace {

Error file_error(const std::string& path, int number) {
    const auto code = number == ENOENT || number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kInvalid;
    return {code, fmt::format("cannot read {}: {}", path, std::generic_category().message(number))};
}

}  // namespace

Result<std::string> read_descriptor(int descriptor, const std::string& path, std::size_t bytes_max) {
    std::string text;
    std::array<char, 16384> piece{};
    for (;;) {
        const ssize_t got = ::read(descriptor, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return file_error(path, errno);
        }
        if (got == 0) {
            return text;
        }
        if (text.size() + static_cast<std::size_t>(got) > bytes_max) {
            return Error{ErrorCode::kLimitExceeded,
                         fmt::format("{} is larger than {} bytes", path, bytes_max)};
        }
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    // Opening a pipe without a writer would block the loop.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return file_error(path, errno);
    }
    auto text = read_descriptor(descriptor, path, bytes_max);
    ::close(descriptor);
    return text;
}

}  // namespace base
