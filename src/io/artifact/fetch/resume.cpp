// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/resume.hpp"

#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace artifact {

namespace {

// Takes a number off the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
    std::size_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return value;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

// "bytes 100-199/200" or "bytes 100-199/*", where the length is not known.
bool is_rest_from(std::string_view range, std::size_t have) {
    if (!take(range, "bytes ")) {
        return false;
    }
    const auto first = take_number(range);
    if (first != have || !take(range, "-")) {
        return false;
    }
    const auto last = take_number(range);
    if (!last || *last < have || !take(range, "/")) {
        return false;
    }
    if (range == "*") {
        return true;
    }
    const auto length = take_number(range);
    return length && range.empty() && *last + 1 == *length;
}

}  // namespace

std::string validator_of(const http::Response& answer) {
    const std::string_view tag = answer.header("ETag");
    // A weak one ("W/…") says that the meaning is the same, not that the bytes are.
    return std::string(tag.starts_with('"') ? tag : answer.header("Last-Modified"));
}

std::vector<http::Header> range_headers(std::size_t have, const std::string& validator) {
    std::vector<http::Header> headers = {{"Range", fmt::format("bytes={}-", have)}};
    if (!validator.empty()) {
        headers.push_back({"If-Range", validator});
    }
    return headers;
}

bool continues(const http::Response& answer, std::size_t have, const std::string& validator) {
    const std::string now = validator_of(answer);
    const bool is_same = validator.empty() || now.empty() || now == validator;
    return is_same && is_rest_from(answer.header("Content-Range"), have);
}

}  // namespace artifact
