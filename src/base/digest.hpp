// SPDX-License-Identifier: 0BSD
// SHA-256 digests as values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace base {

struct Digest {
    std::array<unsigned char, 32> bytes{};

    auto operator<=>(const Digest&) const = default;
    // 64 lower-case hex digits.
    std::string hex() const;
    // "sha256:<hex>".
    std::string text() const;
    // Reads "sha256:<hex>", trimmed, any case. Errors: kInvalid (malformed), kUnsupported (another algorithm).
    static Result<Digest> parse(std::string_view text);
};

Digest sha256(std::string_view bytes);

// SHA-256 over a stream of pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::string_view bytes);
    // Ends the stream; call once.
    Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace base
