// SPDX-License-Identifier: 0BSD
// The libraries of addresses: cel-go's network extension, and Kubernetes' ip and cidr, which it grew from.
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/network_address.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;

Value no_overload() { return Value::error("no such overload"); }

template <class T>
Value held(T value) {
    return Value::opaque(std::make_shared<const T>(std::move(value)));
}

Value address(CallContext& /*context*/, Arguments arguments) {
    auto parsed = NetworkAddress::parse(arguments[0].as_string());
    return parsed ? held(*std::move(parsed)) : Value::error(parsed.error().message);
}

Value is_address(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(NetworkAddress::parse(arguments[0].as_string()).has_value());
}

Value is_canonical(CallContext& /*context*/, Arguments arguments) {
    const auto parsed = NetworkAddress::parse(arguments[0].as_string());
    return parsed ? Value::boolean(parsed->text() == arguments[0].as_string())
                  : Value::error(parsed.error().message);
}

Value family(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkAddress>();
    return target == nullptr ? no_overload() : Value::integer(target->is_v4() ? 4 : 6);
}

template <bool (NetworkAddress::*Question)() const>
Value ask(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkAddress>();
    return target == nullptr ? no_overload() : Value::boolean((target->*Question)());
}

Value text(CallContext& /*context*/, Arguments arguments) {
    return Value::string(arguments[0].as_opaque().text());
}

Value range_error(std::string_view message) {
    return Value::error(
        fmt::format("network address parse error during conversion from string: {}", message));
}

Value range(CallContext& /*context*/, Arguments arguments) {
    auto parsed = NetworkRange::parse(arguments[0].as_string());
    return parsed ? held(*std::move(parsed)) : range_error(parsed.error().message);
}

Value is_range(CallContext& /*context*/, Arguments arguments) {
    return Value::boolean(NetworkRange::parse(arguments[0].as_string()).has_value());
}

Value contains_address(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    const auto* asked = arguments[1].as<NetworkAddress>();
    return target == nullptr || asked == nullptr ? no_overload() : Value::boolean(target->contains(*asked));
}

Value contains_address_text(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    const auto asked = NetworkAddress::parse(arguments[1].as_string());
    if (target == nullptr) {
        return no_overload();
    }
    return asked ? Value::boolean(target->contains(*asked)) : Value::error(asked.error().message);
}

Value contains_range(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    const auto* asked = arguments[1].as<NetworkRange>();
    return target == nullptr || asked == nullptr ? no_overload() : Value::boolean(target->contains(*asked));
}

Value contains_range_text(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    const auto asked = NetworkRange::parse(arguments[1].as_string());
    if (target == nullptr) {
        return no_overload();
    }
    return asked ? Value::boolean(target->contains(*asked)) : range_error(asked.error().message);
}

Value address_of_range(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    return target == nullptr ? no_overload() : held(target->address());
}

Value prefix_length(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    return target == nullptr ? no_overload()
                             : Value::integer(static_cast<std::int64_t>(target->prefix_bits()));
}

Value masked(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    return target == nullptr ? no_overload() : held(target->masked());
}

Value is_mask(CallContext& /*context*/, Arguments arguments) {
    const auto* target = arguments[0].as<NetworkRange>();
    return target == nullptr ? no_overload()
                             : Value::boolean(target->address() == target->masked().address());
}

void add_type_name(FunctionSet& functions, const Type& type) {
    functions.add_constant(std::string(type.name()), Type::type_of(type), Value::type(type));
}

}  // namespace

void add_kubernetes_ip(FunctionSet& functions) {
    const Type ip = NetworkAddress::opaque_type();
    add_type_name(functions, ip);
    Declarations declare(functions);
    declare.global("string_to_ip", "ip", {string_type()}, ip, address);
    declare.global("is_ip", "isIP", {string_type()}, bool_type(), is_address);
    declare.global("ip_is_canonical", "ip.isCanonical", {string_type()}, bool_type(), is_canonical);
    declare.global("ip_to_string", "string", {ip}, string_type(), text);
    declare.member("ip_family", "family", {ip}, int_type(), family);
    declare.member("ip_is_unspecified", "isUnspecified", {ip}, bool_type(),
                   ask<&NetworkAddress::is_unspecified>);
    declare.member("ip_is_loopback", "isLoopback", {ip}, bool_type(), ask<&NetworkAddress::is_loopback>);
    declare.member("ip_is_link_local_multicast", "isLinkLocalMulticast", {ip}, bool_type(),
                   ask<&NetworkAddress::is_link_local_multicast>);
    declare.member("ip_is_link_local_unicast", "isLinkLocalUnicast", {ip}, bool_type(),
                   ask<&NetworkAddress::is_link_local_unicast>);
    declare.member("ip_is_global_unicast", "isGlobalUnicast", {ip}, bool_type(),
                   ask<&NetworkAddress::is_global_unicast>);
}

void add_kubernetes_cidr(FunctionSet& functions) {
    const Type ip = NetworkAddress::opaque_type();
    const Type cidr = NetworkRange::opaque_type();
    add_type_name(functions, cidr);
    Declarations declare(functions);
    declare.global("string_to_cidr", "cidr", {string_type()}, cidr, range);
    declare.global("is_cidr", "isCIDR", {string_type()}, bool_type(), is_range);
    declare.global("cidr_to_string", "string", {cidr}, string_type(), text);
    declare.member("cidr_contains_ip_string", "containsIP", {cidr, string_type()}, bool_type(),
                   contains_address_text);
    declare.member("cidr_contains_ip_ip", "containsIP", {cidr, ip}, bool_type(), contains_address);
    declare.member("cidr_contains_cidr_string", "containsCIDR", {cidr, string_type()}, bool_type(),
                   contains_range_text);
    declare.member("cidr_contains_cidr", "containsCIDR", {cidr, cidr}, bool_type(), contains_range);
    declare.member("cidr_ip", "ip", {cidr}, ip, address_of_range);
    declare.member("cidr_prefix_length", "prefixLength", {cidr}, int_type(), prefix_length);
    declare.member("cidr_masked", "masked", {cidr}, cidr, masked);
}

void add_network(FunctionSet& functions) {
    add_kubernetes_ip(functions);
    add_kubernetes_cidr(functions);
    Declarations(functions).member("cidr_is_mask", "isMask", {NetworkRange::opaque_type()}, bool_type(),
                                   is_mask);
}

}  // namespace cel
