// SPDX-License-Identifier: 0BSD
// Secret: text that is wiped when it goes out of use and cannot be printed by accident.
#pragma once

#include <string>
#include <string_view>

namespace base {

// Move-only on purpose: a copy would be one more place to wipe. No stream or format support exists.
class Secret {
public:
    Secret() = default;
    explicit Secret(const std::string& value) : value_(value) {}
    // Wipes `value`: a short text would stay in it.
    explicit Secret(std::string&& value);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    bool empty() const { return value_.empty(); }
    // The text itself; what takes it must not keep it in an unwiped place that outlives the request.
    std::string_view reveal() const { return value_; }
    Secret clone() const { return Secret(std::string(value_)); }
    // Adds to the end. Storage that has become too small is wiped, so that a text can be put together piece by piece.
    void append(std::string_view text);
    // Keeps the first `size` bytes and wipes the others. `size` is not larger than that of the text.
    void truncate(std::size_t size);

private:
    std::string value_;
};

}  // namespace base
