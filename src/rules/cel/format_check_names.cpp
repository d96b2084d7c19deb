// SPDX-License-Identifier: 0BSD
// Names and labels, without regular expressions: their languages are small. Messages quote the expressions all the same.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/format_check.hpp"

namespace cel::format_check {
namespace {

constexpr std::size_t kLabelMax = 63;
constexpr std::size_t kSubdomainMax = 253;

constexpr std::string_view kLabelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kSubdomainPattern =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr std::string_view kLabel1035Pattern = "[a-z]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kKeyPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_lower_or_digit(char c) { return is_lower(c) || is_digit(c); }

bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_key_character(char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; }

bool is_label(std::string_view text) {
    return !text.empty() && is_lower_or_digit(text.front()) && is_lower_or_digit(text.back()) &&
           std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
    for (;;) {
        const std::size_t dot = text.find('.');
        if (!is_label(text.substr(0, dot))) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(dot + 1);
    }
}

bool is_key(std::string_view text) {
    return !text.empty() && is_letter_or_digit(text.front()) && is_letter_or_digit(text.back()) &&
           std::ranges::all_of(text, is_key_character);
}

// The original counts bytes in both cases; it says so only of keys and values of labels.
constexpr std::string_view kCharacters = "characters";
constexpr std::string_view kBytes = "bytes";

std::string too_long(std::size_t most, std::string_view unit) {
    return fmt::format("must be no more than {} {}", most, unit);
}

std::string key_complaint(std::string_view what) {
    return fmt::format(
        "{}must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric "
        "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{}')",
        what, kKeyPattern);
}

// A "-" at the end stands for what comes after it; as in the original, the character before it goes too.
std::string masked(std::string_view text) {
    if (text.size() > 1 && text.ends_with('-')) {
        return std::string(text.substr(0, text.size() - 2)) + "a";
    }
    return std::string(text);
}

Complaints subdomain(std::string_view text, std::string_view unit) {
    Complaints complaints;
    if (text.size() > kSubdomainMax) {
        complaints.push_back(too_long(kSubdomainMax, unit));
    }
    if (!is_subdomain(text)) {
        complaints.push_back(fmt::format(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            "and must start and end "
            "with an alphanumeric character (e.g. 'example.com', regex used for validation is '{}')",
            kSubdomainPattern));
    }
    return complaints;
}

}  // namespace

Complaints dns1123_label(std::string_view text) {
    Complaints complaints;
    if (text.size() > kLabelMax) {
        complaints.push_back(too_long(kLabelMax, kCharacters));
    }
    if (is_label(text)) {
        return complaints;
    }
    complaints.push_back(is_subdomain(text)
                             ? "must not contain dots"
                             : fmt::format("a lowercase RFC 1123 label must consist of lower case "
                                           "alphanumeric characters or '-', and must start and "
                                           "end with an alphanumeric character (e.g. 'my-name',  or "
                                           "'123-abc', regex used for validation is '{}')",
                                           kLabelPattern));
    return complaints;
}

Complaints dns1123_subdomain(std::string_view text) { return subdomain(text, kCharacters); }

Complaints dns1035_label(std::string_view text) {
    Complaints complaints;
    if (text.size() > kLabelMax) {
        complaints.push_back(too_long(kLabelMax, kCharacters));
    }
    if (!is_label(text) || !is_lower(text.front())) {
        complaints.push_back(
            fmt::format("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
                        "with an alphabetic character, and end "
                        "with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
                        "validation is '{}')",
                        kLabel1035Pattern));
    }
    return complaints;
}

Complaints dns1123_label_prefix(std::string_view text) { return dns1123_label(masked(text)); }

Complaints dns1123_subdomain_prefix(std::string_view text) { return dns1123_subdomain(masked(text)); }

Complaints dns1035_label_prefix(std::string_view text) { return dns1035_label(masked(text)); }

Complaints qualified_name(std::string_view text) {
    Complaints complaints;
    std::string_view name = text;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view prefix = text.substr(0, slash);
        name = text.substr(slash + 1);
        if (name.contains('/')) {
            complaints.push_back(
                key_complaint("a valid label key ") +
                " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return complaints;
        }
        if (prefix.empty()) {
            complaints.emplace_back("prefix part must be non-empty");
        } else {
            for (const std::string& complaint : subdomain(prefix, kBytes)) {
                complaints.push_back("prefix part " + complaint);
            }
        }
    }
    if (name.empty()) {
        complaints.emplace_back("name part must be non-empty");
    } else if (name.size() > kLabelMax) {
        complaints.push_back("name part " + too_long(kLabelMax, kBytes));
    }
    if (!is_key(name)) {
        complaints.push_back(key_complaint("name part "));
    }
    return complaints;
}

Complaints label_value(std::string_view text) {
    Complaints complaints;
    if (text.size() > kLabelMax) {
        complaints.push_back(too_long(kLabelMax, kBytes));
    }
    if (!text.empty() && !is_key(text)) {
        complaints.push_back(
            fmt::format("a valid label must be an empty string or consist of alphanumeric characters, '-', "
                        "'_' or '.', and must start and end with "
                        "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
                        "for validation is '({})?')",
                        kKeyPattern));
    }
    return complaints;
}

}  // namespace cel::format_check
