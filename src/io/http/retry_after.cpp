// SPDX-License-Identifier: 0BSD
#include "io/http/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <string>

namespace http {

namespace {

// Longer makes no difference to anybody who waits, and cannot overflow.
constexpr std::chrono::seconds kAskedMax = std::chrono::hours(24 * 365);

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(std::string_view header, base::WallTime now) {
    long long seconds = 0;
    const char* const end = header.data() + header.size();
    const auto read = std::from_chars(header.data(), end, seconds);
    if (read.ec == std::errc{} && read.ptr == end) {
        return seconds < 0 ? std::nullopt : std::optional(std::min(std::chrono::seconds(seconds), kAskedMax));
    }
    const std::string text(header);
    std::tm date{};
    const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (rest == nullptr || *rest != '\0') {
        return std::nullopt;
    }
    const auto until = std::chrono::sys_seconds(std::chrono::seconds(::timegm(&date)));
    // In whole seconds: nanoseconds do not reach far enough for any year that a server may name.
    const auto wait = until - std::chrono::floor<std::chrono::seconds>(now);
    return std::clamp<std::chrono::seconds>(wait, std::chrono::seconds(0), kAskedMax);
}

}  // namespace http
