// SPDX-License-Identifier: 0BSD
#include "base/error.hpp"

#include <utility>

namespace base {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::kCancelled: return "cancelled";
        case ErrorCode::kDeadlineExceeded: return "deadline exceeded";
        case ErrorCode::kInvalid: return "invalid";
        case ErrorCode::kNotFound: return "not found";
        case ErrorCode::kAlreadyExists: return "already exists";
        case ErrorCode::kConflict: return "conflict";
        case ErrorCode::kGone: return "gone";
        case ErrorCode::kUnauthorized: return "unauthorized";
        case ErrorCode::kForbidden: return "forbidden";
        case ErrorCode::kUnavailable: return "unavailable";
        case ErrorCode::kLimitExceeded: return "limit exceeded";
        case ErrorCode::kUnsupported: return "unsupported";
        case ErrorCode::kInternal: return "internal";
    }
    return "unknown";
}

std::string Error::text() const {
    std::string result = message;
    for (const Error* below = cause.get(); below != nullptr; below = below->cause.get()) {
        result += ": ";
        result += below->message;
    }
    return result;
}

Error wrap(std::string context, Error error) {
    Error outer{error.code, std::move(context), nullptr, error.detail};
    outer.cause = std::make_shared<const Error>(std::move(error));
    return outer;
}

}  // namespace base
