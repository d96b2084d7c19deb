// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/limits.hpp"

#include <fmt/format.h>

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kNodeBytes = 24;  // of a value in memory, without its text

std::size_t weight(const model::Value& value) {
    std::size_t sum = kNodeBytes;
    if (const auto* text = value.if_string()) {
        return sum + text->size();
    }
    if (const model::Array* array = value.if_array()) {
        for (const model::Value& element : *array) {
            sum += weight(element);
        }
    }
    if (const model::Object* object = value.if_object()) {
        for (const auto& entry : *object) {
            sum += entry.key().size() + weight(entry.value());
        }
    }
    return sum;
}

}  // namespace

Result<void> Budget::charge_directory(std::size_t depth) {
    if (depth > limits_.depth_max) {
        return Error{
            ErrorCode::kLimitExceeded,
            fmt::format("kustomizations name each other more than {} levels deep", limits_.depth_max)};
    }
    if (++directories_ > limits_.directories_max) {
        return Error{ErrorCode::kLimitExceeded,
                     fmt::format("the build takes in more than {} directories", limits_.directories_max)};
    }
    return {};
}

Result<void> Budget::charge_objects(std::size_t count) {
    objects_ += count;
    if (objects_ > limits_.objects_max) {
        return Error{ErrorCode::kLimitExceeded,
                     fmt::format("the build takes in more than {} objects", limits_.objects_max)};
    }
    return {};
}

Result<void> Budget::charge_bytes(std::size_t count) {
    bytes_ += count;
    if (bytes_ > limits_.bytes_max) {
        return Error{ErrorCode::kLimitExceeded,
                     fmt::format("the build reads more than {} bytes", limits_.bytes_max)};
    }
    return {};
}

Result<void> Budget::charge_aliases(std::string_view text, const model::Value& value) {
    return text.find('*') == std::string_view::npos ? Result<void>() : charge_bytes(weight(value));
}

}  // namespace kustomize
