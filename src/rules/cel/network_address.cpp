// SPDX-License-Identifier: 0BSD
// Reads addresses strictly: no leading zeros, no short forms, no zones; writes IPv6 as RFC 5952 has it.
#include "rules/cel/network_address.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "rules/cel/quoted.hpp"

namespace cel {
namespace {

constexpr std::size_t kBytesV6 = 16;
constexpr std::size_t kGroups = 8;

// Why a text is no address, and the part of it where that showed.
struct Complaint {
    std::string_view what;
    std::string_view at = {};
};

base::Error invalid(std::string_view text, const Complaint& complaint) {
    std::string message = fmt::format("ParseAddr({}): {}", quoted(text), complaint.what);
    if (!complaint.at.empty()) {
        message += fmt::format(" (at {})", quoted(complaint.at));
    }
    return base::Error{base::ErrorCode::kInvalid, std::move(message)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Four decimal fields into `bytes`.
std::optional<Complaint> read_fields(std::string_view text, std::span<std::uint8_t> bytes) {
    unsigned value = 0;
    std::size_t field = 0;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_digit(c)) {
            if (digits == 1 && value == 0) {
                return Complaint{"IPv4 field has octet with leading zero"};
            }
            value = value * 10 + static_cast<unsigned>(c - '0');
            ++digits;
            if (value > 255) {
                return Complaint{"IPv4 field has value >255"};
            }
        } else if (c != '.') {
            return Complaint{"unexpected character", text.substr(i)};
        } else if (i == 0 || i + 1 == text.size() || text[i - 1] == '.') {
            return Complaint{"IPv4 field must have at least one digit", text.substr(i)};
        } else if (field == 3) {
            return Complaint{"IPv4 address too long"};
        } else {
            bytes[field++] = static_cast<std::uint8_t>(value);
            value = 0;
            digits = 0;
        }
    }
    if (field < 3) {
        return Complaint{"IPv4 address too short"};
    }
    bytes[3] = static_cast<std::uint8_t>(value);
    return std::nullopt;
}

int hex_digit(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The groups of an IPv6 address as far as they are read.
struct Groups {
    std::array<std::uint8_t, kBytesV6> bytes = {};
    std::size_t filled = 0;               // bytes
    std::optional<std::size_t> gap = {};  // where "::" stands
    std::string_view rest = {};
    bool complete = false;  // nothing more may follow
};

// One group of hexadecimal digits, or the IPv4 address that may end the text.
std::optional<Complaint> read_group(Groups& groups) {
    const std::string_view text = groups.rest;
    unsigned value = 0;
    std::size_t length = 0;
    for (; length < text.size() && hex_digit(text[length]) >= 0; ++length) {
        if (length > 3) {
            return Complaint{"each group must have 4 or less digits", text};
        }
        value = value * 16 + static_cast<unsigned>(hex_digit(text[length]));
    }
    if (length == 0) {
        return Complaint{"each colon-separated field must have at least one digit", text};
    }
    if (length < text.size() && text[length] == '.') {
        if (!groups.gap && groups.filled != 12) {
            return Complaint{"embedded IPv4 address must replace the final 2 fields of the address", text};
        }
        if (groups.filled + 4 > kBytesV6) {
            return Complaint{"too many hex fields to fit an embedded IPv4 at the end of the address", text};
        }
        const auto complaint = read_fields(text, std::span(groups.bytes).subspan(groups.filled, 4));
        groups.filled += 4;
        groups.rest = {};
        groups.complete = true;
        return complaint;
    }
    groups.bytes[groups.filled] = static_cast<std::uint8_t>(value >> 8U);
    groups.bytes[groups.filled + 1] = static_cast<std::uint8_t>(value & 0xFFU);
    groups.filled += 2;
    groups.rest = text.substr(length);
    groups.complete = groups.rest.empty();
    return std::nullopt;
}

// The colon, or the two of a gap, between groups.
std::optional<Complaint> read_separator(Groups& groups) {
    if (groups.rest[0] != ':') {
        return Complaint{"unexpected character, want colon", groups.rest};
    }
    if (groups.rest.size() == 1) {
        return Complaint{"colon must be followed by more characters", groups.rest};
    }
    groups.rest.remove_prefix(1);
    if (groups.rest[0] == ':') {
        if (groups.gap) {
            return Complaint{"multiple :: in address", groups.rest};
        }
        groups.gap = groups.filled;
        groups.rest.remove_prefix(1);
        groups.complete = groups.rest.empty();
    }
    return std::nullopt;
}

// Moves what stands behind the gap to the end.
std::optional<Complaint> expand_gap(Groups& groups) {
    if (!groups.rest.empty()) {
        return Complaint{"trailing garbage after address", groups.rest};
    }
    if (groups.filled == kBytesV6) {
        return groups.gap ? std::optional(Complaint{"the :: must expand to at least one field of zeros"})
                          : std::nullopt;
    }
    if (!groups.gap) {
        return Complaint{"address string too short"};
    }
    const auto begin = groups.bytes.begin() + static_cast<std::ptrdiff_t>(*groups.gap);
    const auto end = groups.bytes.begin() + static_cast<std::ptrdiff_t>(groups.filled);
    std::copy_backward(begin, end, groups.bytes.end());
    std::fill(begin, begin + static_cast<std::ptrdiff_t>(kBytesV6 - groups.filled), std::uint8_t{0});
    return std::nullopt;
}

std::optional<Complaint> read_groups(std::string_view text, std::array<std::uint8_t, kBytesV6>& bytes) {
    Groups groups;
    groups.rest = text;
    if (text.starts_with("::")) {
        groups.gap = 0;
        groups.rest.remove_prefix(2);
        groups.complete = groups.rest.empty();
    }
    while (!groups.complete && groups.filled < kBytesV6) {
        if (const auto complaint = read_group(groups)) {
            return complaint;
        }
        if (groups.complete) {
            break;
        }
        if (const auto complaint = read_separator(groups)) {
            return complaint;
        }
    }
    const auto complaint = expand_gap(groups);
    bytes = groups.bytes;
    return complaint;
}

bool is_mapped_v4(const std::array<std::uint8_t, kBytesV6>& bytes) {
    return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
           bytes[10] == 0xFF && bytes[11] == 0xFF;
}

}  // namespace

base::Result<NetworkAddress> NetworkAddress::parse_lenient(std::string_view text) {
    NetworkAddress address;
    const std::size_t mark = text.find_first_of(".:%");
    if (mark == std::string_view::npos) {
        return invalid(text, {"unable to parse IP"});
    }
    if (text[mark] == '%') {
        return invalid(text, {"missing IPv6 address"});
    }
    std::optional<Complaint> complaint;
    if (text[mark] == '.') {
        address.v4_ = true;
        complaint = read_fields(text, address.bytes_);
    } else {
        const std::size_t zone = text.find('%');
        if (zone != std::string_view::npos && zone + 1 == text.size()) {
            return invalid(text, {"zone must be a non-empty string"});
        }
        complaint = read_groups(text.substr(0, zone), address.bytes_);
    }
    if (complaint) {
        return invalid(text, *complaint);
    }
    return address;
}

base::Result<NetworkAddress> NetworkAddress::parse(std::string_view text) {
    base::Result<NetworkAddress> address = parse_lenient(text);
    if (!address) {
        address.error().message = fmt::format("IP Address {} parse error during conversion from string: {}",
                                              quoted(text), address.error().message);
        return address;
    }
    if (text.contains('%')) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("IP address {} with zone value is not allowed", quoted(text))};
    }
    if (!address->v4_ && is_mapped_v4(address->bytes_)) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("IPv4-mapped IPv6 address {} is not allowed", quoted(text))};
    }
    return address;
}

const Type& NetworkAddress::opaque_type() {
    static const Type type = Type::opaque("net.IP");
    return type;
}

NetworkAddress NetworkAddress::masked(std::size_t prefix_bits) const {
    NetworkAddress result = *this;
    for (std::size_t i = 0; i < result.bytes_.size(); ++i) {
        const std::size_t first_bit = i * 8;
        if (first_bit >= prefix_bits) {
            result.bytes_[i] = 0;
        } else if (prefix_bits - first_bit < 8) {
            result.bytes_[i] &= static_cast<std::uint8_t>(0xFFU << (8 - (prefix_bits - first_bit)));
        }
    }
    return result;
}

bool NetworkAddress::is_unspecified() const {
    return std::ranges::all_of(bytes_, [](std::uint8_t byte) { return byte == 0; });
}

bool NetworkAddress::is_loopback() const {
    if (v4_) {
        return bytes_[0] == 127;
    }
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t byte) { return byte == 0; }) &&
           bytes_[15] == 1;
}

bool NetworkAddress::is_link_local_multicast() const {
    if (v4_) {
        return bytes_[0] == 224 && bytes_[1] == 0 && bytes_[2] == 0;
    }
    return bytes_[0] == 0xFF && (bytes_[1] & 0x0FU) == 0x02;
}

bool NetworkAddress::is_link_local_unicast() const {
    if (v4_) {
        return bytes_[0] == 169 && bytes_[1] == 254;
    }
    return bytes_[0] == 0xFE && (bytes_[1] & 0xC0U) == 0x80;
}

bool NetworkAddress::is_global_unicast() const {
    const bool broadcast = v4_ && std::all_of(bytes_.begin(), bytes_.begin() + 4,
                                              [](std::uint8_t byte) { return byte == 0xFF; });
    const bool multicast = v4_ ? (bytes_[0] & 0xF0U) == 0xE0 : bytes_[0] == 0xFF;
    return !broadcast && !multicast && !is_unspecified() && !is_loopback() && !is_link_local_unicast();
}

bool NetworkAddress::equals(const Opaque& other) const {
    const auto* address = dynamic_cast<const NetworkAddress*>(&other);
    return address != nullptr && *this == *address;
}

std::string NetworkAddress::text() const {
    return v4_ ? fmt::format("{}.{}.{}.{}", bytes_[0], bytes_[1], bytes_[2], bytes_[3]) : text_v6();
}

std::string NetworkAddress::text_v6() const {
    const auto group = [this](std::size_t index) {
        return static_cast<unsigned>(bytes_[2 * index] << 8U | bytes_[2 * index + 1]);
    };
    std::size_t gap_begin = kGroups;
    std::size_t gap_length = 1;  // a single group of zeros is written out
    for (std::size_t begin = 0; begin < kGroups; ++begin) {
        std::size_t end = begin;
        while (end < kGroups && group(end) == 0) {
            ++end;
        }
        if (end - begin > gap_length) {
            gap_begin = begin;
            gap_length = end - begin;
        }
    }
    std::string result;
    for (std::size_t i = 0; i < kGroups;) {
        if (i == gap_begin) {
            result += "::";
            i += gap_length;
            continue;
        }
        if (i > 0 && !result.ends_with(':')) {
            result += ':';
        }
        result += fmt::format("{:x}", group(i));
        ++i;
    }
    return result;
}

namespace {

base::Error invalid_range(std::string_view text, std::string_view what) {
    return base::Error{base::ErrorCode::kInvalid,
                       fmt::format("netip.ParsePrefix({}): {}", quoted(text), what)};
}

// The number after the slash; nullopt where it is none, has a sign or a leading zero.
std::optional<std::size_t> prefix_number(std::string_view digits) {
    constexpr std::size_t kDigitsMax = 9;  // far beyond any prefix, and within the number's range
    if (digits.empty() || digits.size() > kDigitsMax || (digits.size() > 1 && digits[0] == '0') ||
        !std::ranges::all_of(digits, is_digit)) {
        return std::nullopt;
    }
    std::size_t number = 0;
    for (const char digit : digits) {
        number = number * 10 + static_cast<std::size_t>(digit - '0');
    }
    return number;
}

}  // namespace

base::Result<NetworkRange> NetworkRange::parse(std::string_view text) {
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos) {
        return invalid_range(text, "no '/'");
    }
    base::Result<NetworkAddress> address = NetworkAddress::parse_lenient(text.substr(0, slash));
    if (!address) {
        return invalid_range(text, address.error().message);
    }
    if (text.contains('%')) {
        return invalid_range(text, "IPv6 zones cannot be present in a prefix");
    }
    const std::optional<std::size_t> bits = prefix_number(text.substr(slash + 1));
    if (!bits) {
        return invalid_range(text, fmt::format("bad bits after slash: {}", quoted(text.substr(slash + 1))));
    }
    if (*bits > address->byte_count() * 8) {
        return invalid_range(text, "prefix length out of range");
    }
    if (!NetworkAddress::parse(text.substr(0, slash))) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("IPv4-mapped IPv6 address {} is not allowed", quoted(text))};
    }
    NetworkRange range;
    range.address_ = *address;
    range.prefix_bits_ = *bits;
    return range;
}

const Type& NetworkRange::opaque_type() {
    static const Type type = Type::opaque("net.CIDR");
    return type;
}

NetworkRange NetworkRange::masked() const {
    NetworkRange result = *this;
    result.address_ = address_.masked(prefix_bits_);
    return result;
}

bool NetworkRange::contains(const NetworkAddress& address) const {
    return address.is_v4() == address_.is_v4() &&
           address.masked(prefix_bits_) == address_.masked(prefix_bits_);
}

bool NetworkRange::contains(const NetworkRange& other) const {
    return prefix_bits_ <= other.prefix_bits_ && contains(other.address_);
}

bool NetworkRange::equals(const Opaque& other) const {
    const auto* range = dynamic_cast<const NetworkRange*>(&other);
    return range != nullptr && prefix_bits_ == range->prefix_bits_ && address_ == range->address_;
}

std::string NetworkRange::text() const { return fmt::format("{}/{}", address_.text(), prefix_bits_); }

}  // namespace cel
