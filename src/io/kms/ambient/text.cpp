// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "base/base64.hpp"

namespace kms_ambient {

namespace {

constexpr std::size_t kSegmentCharactersMax = 128;
constexpr std::size_t kWordCharactersMax = 64;

bool is_unreserved(char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == '~'; }

}  // namespace

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

bool is_plain_segment(std::string_view text) {
    return !text.empty() && text.size() <= kSegmentCharactersMax && text != "." && text != ".." &&
           std::ranges::all_of(text, is_unreserved);
}

bool is_plain_path(std::string_view text) {
    while (true) {
        const auto slash = text.find('/');
        if (!is_plain_segment(text.substr(0, slash))) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(slash + 1);
    }
}

std::string_view error_word(std::string_view text) {
    return text.size() <= kWordCharactersMax && std::ranges::all_of(text, is_unreserved) ? text
                                                                                         : std::string_view();
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

std::string encode_form(const Form& fields) {
    std::string form;
    for (const auto& [name, value] : fields) {
        form += form.empty() ? "" : "&";
        form += percent_encode(name) + "=" + percent_encode(value);
    }
    return form;
}

std::string encode_base64url(std::string_view bytes) {
    std::string text = base::encode_base64(bytes);
    text.erase(text.find_last_not_of('=') + 1);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

base::Result<std::string> decode_base64url(std::string_view text) {
    if (text.find_first_of("+/= \t\r\n") != std::string_view::npos) {
        return base::Error{base::ErrorCode::kInvalid, "not base64url"};
    }
    std::string standard(text);
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    standard.append((4 - standard.size() % 4) % 4, '=');
    auto bytes = base::decode_base64(standard);
    OPENSSL_cleanse(standard.data(), standard.size());
    return bytes;
}

base::Result<base::Secret> decode_key_bytes(std::string_view base64, std::string_view service) {
    auto bytes = base::decode_base64(base64);
    if (!bytes || bytes->empty()) {
        return base::Error{base::ErrorCode::kInvalid, fmt::format("the answer of {} holds no key", service)};
    }
    return base::Secret(std::move(*bytes));
}

}  // namespace kms_ambient
