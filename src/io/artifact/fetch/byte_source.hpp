// SPDX-License-Identifier: 0BSD
// Bytes that are read piece by piece, so that an archive need not lie in memory as a whole.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "io/artifact/fetch/file.hpp"

namespace artifact {

class ByteSource {
public:
    virtual ~ByteSource() = default;
    // The next piece, valid until the next call; empty at the end. Errors: kUnavailable (the disk).
    virtual base::Result<std::string_view> next() = 0;
};

// Bytes in memory, which outlive it.
class TextSource final : public ByteSource {
public:
    explicit TextSource(std::string_view text) : text_(text) {}
    base::Result<std::string_view> next() override { return std::exchange(text_, {}); }

private:
    std::string_view text_;
};

// A file from its beginning on; several may read the same one.
class FileSource final : public ByteSource {
public:
    explicit FileSource(std::shared_ptr<const File> file) : file_(std::move(file)) {}
    base::Result<std::string_view> next() override;

private:
    std::shared_ptr<const File> file_;
    std::size_t offset_ = 0;
    std::string buffer_;
};

// The digest of all that is left. Errors: those of the source.
base::Result<base::Digest> digest_of(ByteSource& bytes);

}  // namespace artifact
