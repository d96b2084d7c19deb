// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/spool.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace artifact {

namespace {

base::Error cannot_write() {
    return {base::ErrorCode::kUnavailable,
            std::string("the download cannot be written to disk: ") + std::strerror(errno)};
}

// Only this process can reach it, and it is gone with its descriptor. Should the process be killed before the name is gone:
// names with this prefix are what DiskCache clears away when it opens its directory.
int open_unnamed(const std::string& directory) {
    std::string name = directory + "/.part-download-XXXXXX";
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) {
        return ::memfd_create("stageset-download", MFD_CLOEXEC);
    }
    ::unlink(name.c_str());
    return descriptor;
}

}  // namespace

base::Result<void> Spool::append(std::string_view piece) {
    if (file_ == nullptr && size_ + piece.size() > kMemoryBytesMax) {
        if (auto moved = move_to_file(); !moved) {
            return moved;
        }
    }
    hash_.update(piece);
    size_ += piece.size();
    if (file_ == nullptr) {
        memory_ += piece;
        return {};
    }
    return file_->write(piece) ? base::Result<void>{} : cannot_write();
}

base::Result<void> Spool::move_to_file() {
    auto file = std::make_shared<const File>(open_unnamed(directory_));
    if (!file->is_open() || !file->write(memory_)) {
        return cannot_write();
    }
    file_ = std::move(file);
    memory_ = std::string();
    return {};
}

std::unique_ptr<ByteSource> Spool::read() const {
    if (file_ == nullptr) {
        return std::make_unique<TextSource>(memory_);
    }
    return std::make_unique<FileSource>(file_);
}

}  // namespace artifact
