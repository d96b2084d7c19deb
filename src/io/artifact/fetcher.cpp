// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetcher.hpp"

namespace artifact {

bool is_terminal(base::ErrorCode code) {
    using enum base::ErrorCode;
    switch (code) {
        case kForbidden:
        case kInvalid:
        case kUnsupported:
        case kLimitExceeded: return true;
        case kUnavailable:
        case kNotFound:
        case kDeadlineExceeded:
        case kCancelled:
        case kAlreadyExists:
        case kConflict:
        case kGone:
        case kUnauthorized:
        case kInternal: return false;
    }
    return false;
}

}  // namespace artifact
