// SPDX-License-Identifier: 0BSD
#include "rules/inventory/applyset.hpp"

#include <cstdint>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/digest.hpp"
#include "model/well_known.hpp"
#include "rules/inventory/shard.hpp"

namespace inventory {

namespace {

// Base64 with the URL alphabet and without padding (RFC 4648 §5).
std::string base64url(std::span<const unsigned char> bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (const unsigned char byte : bytes) {
        bits = (bits << 8U) | byte;
        bit_count += 8;
        while (bit_count >= 6) {
            bit_count -= 6;
            text += kAlphabet[(bits >> bit_count) & 63U];
        }
    }
    if (bit_count > 0) {
        text += kAlphabet[(bits << (6 - bit_count)) & 63U];
    }
    return text;
}

}  // namespace

std::string applyset_id(const model::ObjectId& parent) {
    const base::Digest digest =
        base::sha256(fmt::format("{}.{}.{}.{}", parent.name, parent.ns, parent.kind, parent.group));
    return fmt::format("applyset-{}-v1", base64url(digest.bytes));
}

std::string stage_applyset_id(std::string_view stageset, std::string_view ns, std::string_view stage) {
    return applyset_id(
        {std::string(model::kGroup), "StageInventory", std::string(ns), shard_name(stageset, stage, 0)});
}

ParentMetadata parent_metadata(const model::ObjectId& parent, std::span<const Entry> members) {
    std::set<std::string> kinds;
    std::set<std::string> namespaces;
    for (const Entry& member : members) {
        kinds.insert(member.id.group.empty() ? member.id.kind
                                             : fmt::format("{}.{}", member.id.kind, member.id.group));
        if (!member.id.ns.empty() && member.id.ns != parent.ns) {
            namespaces.insert(member.id.ns);
        }
    }
    ParentMetadata result;
    result.labels["applyset.kubernetes.io/id"] = applyset_id(parent);
    result.annotations["applyset.kubernetes.io/tooling"] = "stageset-controller/v1";
    result.annotations["applyset.kubernetes.io/contains-group-kinds"] =
        fmt::format("{}", fmt::join(kinds, ","));
    if (!namespaces.empty()) {
        result.annotations["applyset.kubernetes.io/additional-namespaces"] =
            fmt::format("{}", fmt::join(namespaces, ","));
    }
    return result;
}

}  // namespace inventory
