// SPDX-License-Identifier: 0BSD
// What the API server said about a failed request (metav1.Status), kept typed behind base::Error.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "model/value.hpp"

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

// The error that a metav1.Status tells of; `http_status` counts where the Status has no code. Its message is the server's.
base::Error error_from_status(const model::Value& status, int http_status);
// The error of a response with `http_status` (400 or more). A body that is no Status is quoted in short.
base::Error error_from_response(int http_status, std::string_view body,
                                std::optional<std::chrono::seconds> retry_after = std::nullopt);

}  // namespace kube
