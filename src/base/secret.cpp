// SPDX-License-Identifier: 0BSD
#include "base/secret.hpp"

#include <algorithm>
#include <utility>

#include <openssl/crypto.h>

namespace base {

namespace {

void wipe(std::string& text) {
    // The whole capacity: a moved-from or shortened string keeps old bytes behind its end.
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

}  // namespace

// A short string lives inside the object, so that moving copies its bytes: the source is wiped too.
Secret::Secret(std::string&& value) : value_(std::move(value)) { wipe(value); }

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(value_);
        value_ = std::move(other.value_);
        wipe(other.value_);
    }
    return *this;
}

Secret::~Secret() { wipe(value_); }

void Secret::append(std::string_view text) {
    if (const std::size_t size = value_.size() + text.size(); size > value_.capacity()) {
        std::string larger;
        larger.reserve(std::max(size, 2 * value_.capacity()));
        larger += value_;
        wipe(value_);
        value_ = std::move(larger);
    }
    value_ += text;
}

void Secret::truncate(std::size_t size) {
    OPENSSL_cleanse(value_.data() + size, value_.size() - size);
    value_.resize(size);
}

}  // namespace base
