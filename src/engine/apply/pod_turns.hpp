// SPDX-License-Identifier: 0BSD
// PodTurns: spaces the looks at pods of all waits, so that their number a second is bounded however many wait.
#pragma once

#include <algorithm>
#include <memory>

#include "base/clock.hpp"

namespace apply {

class PodTurns {
public:
    // Counts as a wait while it is held.
    using Place = std::shared_ptr<const void>;

    Place take() const { return token_; }
    // How long a wait that holds a place lets pass before its next look; `own` when few wait.
    base::Duration period(base::Duration own) const {
        return std::max(own, kSpacing * (token_.use_count() - 1));
    }

private:
    // Five looks a second cost next to nothing. With many hopeless waits each one's pods are named late; at its end in any case.
    static constexpr base::Duration kSpacing = std::chrono::milliseconds(200);
    std::shared_ptr<const char> token_ = std::make_shared<const char>('\0');
};

}  // namespace apply
