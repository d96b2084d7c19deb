// SPDX-License-Identifier: 0BSD
// NetworkAddress and NetworkRange: an IPv4 or IPv6 address and a CIDR range, read and written as Go's net/netip does.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "rules/cel/value.hpp"

namespace cel {

// Without zones; no IPv4 address within an IPv6 one.
class NetworkAddress final : public Opaque {
public:
    // "192.168.0.1", "2001:db8::1". Errors: kInvalid with netip's reason, also for a zone or an IPv4-mapped address.
    static base::Result<NetworkAddress> parse(std::string_view text);
    // What the host of a URL within brackets may be: as parse(), but with zones and IPv4-mapped addresses.
    static base::Result<NetworkAddress> parse_lenient(std::string_view text);
    static const Type& opaque_type();  // net.IP

    bool is_v4() const { return v4_; }
    // 4 or 16.
    std::size_t byte_count() const { return v4_ ? 4 : 16; }
    bool bit(std::size_t index) const { return (bytes_[index / 8] >> (7 - index % 8) & 1U) != 0; }
    // All bits from `prefix_bits` on are zero.
    NetworkAddress masked(std::size_t prefix_bits) const;

    bool is_unspecified() const;
    bool is_loopback() const;
    bool is_link_local_multicast() const;
    bool is_link_local_unicast() const;
    bool is_global_unicast() const;

    bool operator==(const NetworkAddress& other) const { return v4_ == other.v4_ && bytes_ == other.bytes_; }
    const Type& type() const override { return opaque_type(); }
    bool equals(const Opaque& other) const override;
    std::string text() const override;

private:
    std::string text_v6() const;

    bool v4_ = false;
    std::array<std::uint8_t, 16> bytes_ = {};  // an IPv4 address fills the first four
};

class NetworkRange final : public Opaque {
public:
    // "10.0.0.0/8"; bits after the prefix may be set. Errors: kInvalid with netip's reason, also for an IPv4-mapped address.
    static base::Result<NetworkRange> parse(std::string_view text);
    static const Type& opaque_type();  // net.CIDR

    const NetworkAddress& address() const { return address_; }
    std::size_t prefix_bits() const { return prefix_bits_; }
    NetworkRange masked() const;
    bool contains(const NetworkAddress& address) const;
    // Every address of `other` is one of this range.
    bool contains(const NetworkRange& other) const;

    const Type& type() const override { return opaque_type(); }
    bool equals(const Opaque& other) const override;
    std::string text() const override;

private:
    NetworkAddress address_;
    std::size_t prefix_bits_ = 0;
};

}  // namespace cel
