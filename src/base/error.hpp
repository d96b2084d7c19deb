// SPDX-License-Identifier: 0BSD
// Errors as values: a code that callers react to, a sentence for users, and the cause below it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace base {

// Each code is a distinct reaction of some caller.
enum class ErrorCode {
    kCancelled,         // the work was interrupted on purpose: pass through, never report as a failure
    kDeadlineExceeded,  // a time limit passed
    kInvalid,           // the input is wrong and stays wrong until somebody changes it
    kNotFound,          // the named thing does not exist
    kAlreadyExists,     // it exists although it should be created
    kConflict,          // somebody else wrote first: read again and retry
    kGone,              // a watch or page position expired: start over from a list
    kUnauthorized,      // credentials were refused (401): renew them
    kForbidden,         // the identity lacks a right (403)
    kUnavailable,       // the other side cannot answer now; retry later
    kLimitExceeded,     // a bound of ours was reached
    kUnsupported,       // this program or the server does not do that
    kInternal,          // none of the above: a fault of ours or of a library
};

// The code's stable, lower-case name for logs: "not found", "conflict", …
std::string_view to_string(ErrorCode code);

// Base of typed details that a module attaches to its errors (for example the API server's Status).
struct ErrorDetail {
    virtual ~ErrorDetail() = default;
};

// `message` is one sentence that a user reads in `kubectl describe`; it never contains a secret.
struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;
    std::shared_ptr<const Error> cause = nullptr;
    std::shared_ptr<const ErrorDetail> detail = nullptr;

    // "message: cause's message: …", the text for conditions and logs.
    std::string text() const;
};

// `error` below a sentence that says what was being done; code and detail are kept.
Error wrap(std::string context, Error error);

}  // namespace base
