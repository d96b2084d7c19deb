// SPDX-License-Identifier: 0BSD
#include "rules/cel/semantic_version.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "rules/cel/quoted.hpp"

namespace cel {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"major", "minor", "patch"};
constexpr std::array<std::string_view, 3> kTitles = {"Major", "Minor", "Patch"};

base::Error invalid(std::string message) {
    return base::Error{base::ErrorCode::kInvalid, std::move(message)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool has_leading_zero(std::string_view digits) { return digits.size() > 1 && digits[0] == '0'; }

std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return code == std::errc{} && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

base::Error out_of_range(std::string_view digits) {
    return invalid(fmt::format("strconv.ParseUint: parsing {}: {}", quoted(digits),
                               digits.empty() ? "invalid syntax" : "value out of range"));
}

// The parts between dots; `most` of them, the last with what is left.
std::vector<std::string> split(std::string_view text, std::size_t most = std::string_view::npos) {
    std::vector<std::string> parts;
    while (parts.size() + 1 < most) {
        const std::size_t dot = text.find('.');
        if (dot == std::string_view::npos) {
            break;
        }
        parts.emplace_back(text.substr(0, dot));
        text.remove_prefix(dot + 1);
    }
    parts.emplace_back(text);
    return parts;
}

}  // namespace

base::Result<SemanticVersion::Identifier> SemanticVersion::parse_identifier(std::string_view text) {
    if (text.empty()) {
        return invalid("Prerelease is empty");
    }
    if (!std::ranges::all_of(text, is_word_character)) {
        return invalid(fmt::format("Invalid character(s) found in prerelease {}", quoted(text)));
    }
    if (!std::ranges::all_of(text, is_digit)) {
        return Identifier(std::string(text));
    }
    if (has_leading_zero(text)) {
        return invalid(
            fmt::format("Numeric PreRelease version must not contain leading zeroes {}", quoted(text)));
    }
    const std::optional<std::uint64_t> value = number(text);
    if (!value) {
        return out_of_range(text);
    }
    return Identifier(*value);
}

base::Result<void> SemanticVersion::read_prerelease(std::string_view text) {
    for (const std::string& part : split(text)) {
        auto identifier = parse_identifier(part);
        if (!identifier) {
            return identifier.error();
        }
        prerelease_.push_back(*std::move(identifier));
    }
    return {};
}

base::Result<void> SemanticVersion::read_build(std::string_view text) {
    for (const std::string& part : split(text)) {
        if (part.empty()) {
            return invalid("Build meta data is empty");
        }
        if (!std::ranges::all_of(part, is_word_character)) {
            return invalid(fmt::format("Invalid character(s) found in build meta data {}", quoted(part)));
        }
    }
    build_ = text;
    return {};
}

base::Result<SemanticVersion> SemanticVersion::parse(std::string_view text) {
    if (text.empty()) {
        return invalid("Version string empty");
    }
    std::vector<std::string> parts = split(text, 3);
    if (parts.size() != 3) {
        return invalid("No Major.Minor.Patch elements found");
    }
    std::string_view patch = parts[2];
    const std::size_t plus = patch.find('+');
    const std::string_view build =
        plus == std::string_view::npos ? std::string_view{} : patch.substr(plus + 1);
    patch = patch.substr(0, plus);
    const std::size_t dash = patch.find('-');
    const std::string_view prerelease =
        dash == std::string_view::npos ? std::string_view{} : patch.substr(dash + 1);
    const std::array<std::string_view, 3> numbers = {parts[0], parts[1], patch.substr(0, dash)};
    SemanticVersion version;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (!std::ranges::all_of(numbers[i], is_digit)) {
            return invalid(
                fmt::format("Invalid character(s) found in {} number {}", kNames[i], quoted(numbers[i])));
        }
        if (has_leading_zero(numbers[i])) {
            return invalid(
                fmt::format("{} number must not contain leading zeroes {}", kTitles[i], quoted(numbers[i])));
        }
        const std::optional<std::uint64_t> value = number(numbers[i]);
        if (!value) {
            return out_of_range(numbers[i]);
        }
        version.numbers_[i] = *value;
    }
    if (dash != std::string_view::npos) {
        if (auto read = version.read_prerelease(prerelease); !read) {
            return read.error();
        }
    }
    if (plus != std::string_view::npos) {
        if (auto read = version.read_build(build); !read) {
            return read.error();
        }
    }
    return version;
}

base::Result<SemanticVersion> SemanticVersion::parse_normalized(std::string_view text) {
    if (text.starts_with('v')) {
        text.remove_prefix(1);
    }
    std::vector<std::string> parts = split(text, 3);
    for (std::string& part : parts) {
        if (part.size() > 1) {
            part.erase(0, std::min(part.find_first_not_of('0'), part.size()));
            if (part.empty() || !is_digit(part[0])) {
                part.insert(0, 1, '0');
            }
        }
    }
    if (parts.size() < 3 && parts.back().find_first_of("+-") != std::string::npos) {
        return invalid("short version cannot contain PreRelease/Build meta data");
    }
    parts.resize(3, "0");
    return parse(fmt::format("{}.{}.{}", parts[0], parts[1], parts[2]));
}

const Type& SemanticVersion::opaque_type() {
    static const Type type = Type::opaque("kubernetes.Semver");
    return type;
}

std::strong_ordering SemanticVersion::compare(const SemanticVersion& other) const {
    for (std::size_t i = 0; i < 3; ++i) {
        if (numbers_[i] != other.numbers_[i]) {
            return numbers_[i] <=> other.numbers_[i];
        }
    }
    if (prerelease_.empty() || other.prerelease_.empty()) {
        return prerelease_.empty() <=> other.prerelease_.empty();
    }
    return prerelease_ <=> other.prerelease_;
}

bool SemanticVersion::equals(const Opaque& other) const {
    const auto* version = dynamic_cast<const SemanticVersion*>(&other);
    return version != nullptr && compare(*version) == 0;
}

std::string SemanticVersion::text() const {
    std::string result = fmt::format("{}.{}.{}", numbers_[0], numbers_[1], numbers_[2]);
    char separator = '-';
    for (const Identifier& identifier : prerelease_) {
        result += separator;
        if (const auto* word = std::get_if<std::string>(&identifier)) {
            result += *word;
        } else {
            result += fmt::to_string(std::get<std::uint64_t>(identifier));
        }
        separator = '.';
    }
    return build_.empty() ? result : result + "+" + build_;
}

}  // namespace cel
