// SPDX-License-Identifier: 0BSD
// What the API server said about a failed request (metav1.Status), kept typed behind base::Error.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace kube {

// One metav1.StatusCause: reason ("FieldValueInvalid"), message, and the field it is about.
struct StatusCause {
    std::string reason;
    std::string message;
    std::string field;
};

struct StatusDetail final : base::ErrorDetail {
    int http_status = 0;
    std::string reason;  // "NotFound", "Invalid", "AlreadyExists", …
    std::string message;
    std::vector<StatusCause> causes;
    std::optional<std::chrono::seconds> retry_after;
};

// The server's Status of an error that came from it, or nullptr.
const StatusDetail* status_of(const base::Error& error);

}  // namespace kube
