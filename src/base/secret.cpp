// SPDX-License-Identifier: 0BSD
#include "base/secret.hpp"

#include <utility>

#include <openssl/crypto.h>

namespace base {

// A short string lives inside the object, so that moving copies its bytes: the source is wiped too.
Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
    }
    return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
    // The whole capacity: a moved-from or shortened string keeps old bytes behind its end.
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
}

}  // namespace base
