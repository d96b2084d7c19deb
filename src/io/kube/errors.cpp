// SPDX-License-Identifier: 0BSD
#include "io/kube/errors.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "model/json.hpp"

namespace kube {

namespace {

// Of a body that is no Status (a proxy's page, a stack trace) only the first line's start goes into a message.
constexpr std::size_t kQuotedBytesMax = 200;

base::ErrorCode code_of(int http_status, std::string_view reason) {
    switch (http_status) {
        case 401: return base::ErrorCode::kUnauthorized;
        case 403: return base::ErrorCode::kForbidden;
        case 404: return base::ErrorCode::kNotFound;
        case 405:
        case 406:
        case 415: return base::ErrorCode::kUnsupported;
        case 409:
            return reason == "AlreadyExists" ? base::ErrorCode::kAlreadyExists : base::ErrorCode::kConflict;
        case 410: return base::ErrorCode::kGone;
        case 408:
        case 429: return base::ErrorCode::kUnavailable;
        default: break;
    }
    return http_status >= 400 && http_status < 500 ? base::ErrorCode::kInvalid
                                                   : base::ErrorCode::kUnavailable;
}

std::vector<StatusCause> causes_of(const model::Value& status) {
    std::vector<StatusCause> causes;
    if (const auto* listed = model::find_array(status, {"details", "causes"})) {
        for (const auto& cause : *listed) {
            causes.push_back({std::string(model::find_string(cause, {"reason"})),
                              std::string(model::find_string(cause, {"message"})),
                              std::string(model::find_string(cause, {"field"}))});
        }
    }
    return causes;
}

std::string first_line(std::string_view body) {
    const auto begin = body.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
        return {};
    }
    body.remove_prefix(begin);
    std::string line(body.substr(0, std::min(body.find_first_of("\r\n"), kQuotedBytesMax)));
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return line;
}

base::Error error_from_detail(StatusDetail detail) {
    if (detail.message.empty()) {
        detail.message = fmt::format("the server answered {}{}{}", detail.http_status,
                                     detail.reason.empty() ? "" : " ", detail.reason);
    }
    base::Error error{code_of(detail.http_status, detail.reason), detail.message};
    error.detail = std::make_shared<const StatusDetail>(std::move(detail));
    return error;
}

bool is_status(const model::Value& value) {
    return model::find_string(value, {"kind"}) == "Status" &&
           model::find_string(value, {"apiVersion"}) == "v1";
}

StatusDetail detail_of(const model::Value& status, int http_status) {
    StatusDetail detail;
    detail.http_status = static_cast<int>(model::find_integer(status, {"code"}).value_or(http_status));
    detail.reason = model::find_string(status, {"reason"});
    detail.message = model::find_string(status, {"message"});
    detail.causes = causes_of(status);
    if (const auto seconds = model::find_integer(status, {"details", "retryAfterSeconds"});
        seconds && *seconds > 0) {
        detail.retry_after = std::chrono::seconds(*seconds);
    }
    return detail;
}

}  // namespace

const StatusDetail* status_of(const base::Error& error) {
    return dynamic_cast<const StatusDetail*>(error.detail.get());
}

base::Error error_from_status(const model::Value& status, int http_status) {
    return error_from_detail(detail_of(status, http_status));
}

base::Error error_from_response(int http_status, std::string_view body,
                                std::optional<std::chrono::seconds> retry_after) {
    StatusDetail detail;
    const auto parsed = model::parse_json(body, "error response");
    if (parsed && is_status(*parsed)) {
        detail = detail_of(*parsed, http_status);
    } else if (const auto line = first_line(body); !line.empty()) {
        detail.message = fmt::format("the server answered {}: {}", http_status, line);
    }
    detail.http_status = http_status;
    if (retry_after) {
        detail.retry_after = retry_after;
    }
    return error_from_detail(std::move(detail));
}

}  // namespace kube
