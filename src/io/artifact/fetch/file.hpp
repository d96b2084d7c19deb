// SPDX-License-Identifier: 0BSD
// File: an open file, closed at the end of its life.
#pragma once

#include <cstddef>
#include <string_view>

namespace artifact {

class File {
public:
    // Takes over the descriptor; negative: not open.
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    // Behind what was written before. False: errno says why, and how much was written is not known.
    bool write(std::string_view bytes) const;

private:
    int descriptor_;
};

}  // namespace artifact
