// SPDX-License-Identifier: 0BSD
#include "base/turn.hpp"

namespace base {

Task<void> Turn::take() {
    if (taken_) {
        co_return Result<void>{};
    }
    auto place = co_await queue_.acquire(identity_);
    if (!place) {
        co_return place.error();
    }
    place_ = std::move(*place);
    taken_ = true;
    co_return Result<void>{};
}

}  // namespace base
