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

// The server admits 256 KiB of annotations to an object; the kinds and what others wrote need some of it.
constexpr std::size_t kNamespacesBytesMax = std::size_t{128} << 10U;

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

Membership membership_of(std::span<const Entry> members) {
    std::set<std::string> kinds;
    std::set<std::string> namespaces;
    for (const Entry& member : members) {
        kinds.insert(member.id.group.empty() ? member.id.kind
                                             : fmt::format("{}.{}", member.id.kind, member.id.group));
        if (!member.id.ns.empty()) {
            namespaces.insert(member.id.ns);
        }
    }
    return {fmt::format("{}", fmt::join(kinds, ",")), {namespaces.begin(), namespaces.end()}};
}

ParentMetadata parent_metadata(const model::ObjectId& parent, const Membership& members) {
    ParentMetadata result;
    result.labels[std::string(kParentLabels[0])] = applyset_id(parent);
    result.annotations[std::string(kParentAnnotations[0])] = "stageset-controller/v1";
    result.annotations[std::string(kParentAnnotations[1])] = members.kinds;
    std::string namespaces;
    for (const std::string& ns : members.namespaces) {
        if (ns != parent.ns) {
            namespaces += (namespaces.empty() ? "" : ",") + ns;
        }
    }
    if (!namespaces.empty() && namespaces.size() <= kNamespacesBytesMax) {
        result.annotations[std::string(kParentAnnotations[2])] = std::move(namespaces);
    }
    return result;
}

ParentMetadata parent_metadata_in(const model::Value& object) {
    ParentMetadata result;
    for (const std::string_view key : kParentLabels) {
        if (const auto value = model::label_of(object, key)) {
            result.labels[std::string(key)] = *value;
        }
    }
    for (const std::string_view key : kParentAnnotations) {
        if (const auto value = model::annotation_of(object, key)) {
            result.annotations[std::string(key)] = *value;
        }
    }
    return result;
}

}  // namespace inventory
