// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/file.hpp"

#include <cerrno>
#include <unistd.h>

namespace artifact {

File::~File() {
    if (is_open()) {
        ::close(descriptor_);
    }
}

bool File::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace artifact
