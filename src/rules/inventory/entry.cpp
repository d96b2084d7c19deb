// SPDX-License-Identifier: 0BSD
#include "rules/inventory/entry.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace inventory {

namespace {

// Reads an encoded id byte by byte without building it: sets of thousands of entries are compared this way.
class EncodedBytes {
public:
    explicit EncodedBytes(const model::ObjectId& id)
        : parts_{id.ns, "_", id.name, "_", id.group, "_", id.kind} {}

    // The next run of bytes; empty at the end.
    std::string_view peek() {
        while (part_ < parts_.size() && offset_ == parts_.at(part_).size()) {
            ++part_;
            offset_ = 0;
        }
        return part_ < parts_.size() ? parts_.at(part_).substr(offset_) : std::string_view();
    }
    void skip(std::size_t size) { offset_ += size; }

private:
    std::array<std::string_view, 7> parts_;
    std::size_t part_ = 0;
    std::size_t offset_ = 0;
};

// The bytewise order of the encoded ids.
int compare(const model::ObjectId& left, const model::ObjectId& right) {
    EncodedBytes left_bytes(left);
    EncodedBytes right_bytes(right);
    while (true) {
        const std::string_view a = left_bytes.peek();
        const std::string_view b = right_bytes.peek();
        if (a.empty() || b.empty()) {
            return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
        }
        const std::size_t size = std::min(a.size(), b.size());
        const int order = a.substr(0, size).compare(b.substr(0, size));
        if (order != 0) {
            return order;
        }
        left_bytes.skip(size);
        right_bytes.skip(size);
    }
}

bool before(const Entry& left, const Entry& right) { return compare(left.id, right.id) < 0; }

}  // namespace

Entry entry_of(const model::Value& object) { return {model::id_of(object), model::gvk_of(object).version}; }

std::string encode_id(const model::ObjectId& id) {
    return fmt::format("{}_{}_{}_{}", id.ns, id.name, id.group, id.kind);
}

base::Result<model::ObjectId> parse_id(std::string_view text) {
    const auto refuse = [&text] {
        return base::Error{
            base::ErrorCode::kInvalid,
            fmt::format("\"{}\" is no inventory id of the form namespace_name_group_kind", text)};
    };
    // Neither namespaces nor groups nor kinds hold underscores; names of RBAC objects may.
    const std::size_t ns_end = text.find('_');
    const std::size_t kind_start = text.rfind('_');
    if (ns_end == std::string_view::npos || kind_start <= ns_end + 1) {
        return refuse();
    }
    const std::size_t group_start = text.rfind('_', kind_start - 1);
    if (group_start <= ns_end) {
        return refuse();
    }
    model::ObjectId id;
    id.ns = text.substr(0, ns_end);
    id.name = text.substr(ns_end + 1, group_start - ns_end - 1);
    id.group = text.substr(group_start + 1, kind_start - group_start - 1);
    id.kind = text.substr(kind_start + 1);
    if (id.name.empty() || id.kind.empty()) {
        return refuse();
    }
    return id;
}

Entries make_entries(std::vector<Entry> entries) {
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&entries](std::size_t left, std::size_t right) {
        const int by_id = compare(entries[left].id, entries[right].id);
        return by_id != 0 ? by_id < 0 : left < right;
    });
    Entries result;
    result.reserve(entries.size());
    for (const std::size_t index : order) {
        Entry& entry = entries[index];
        if (!result.empty() && result.back().id == entry.id) {
            result.back() = std::move(entry);
        } else {
            result.push_back(std::move(entry));
        }
    }
    return result;
}

Entries entries_of(std::span<const model::Value> objects) {
    std::vector<Entry> entries;
    entries.reserve(objects.size());
    for (const model::Value& object : objects) {
        entries.push_back(entry_of(object));
    }
    return make_entries(std::move(entries));
}

Entries unite(const Entries& older, const Entries& newer) {
    Entries result;
    result.reserve(older.size() + newer.size());
    // Of equal elements set_union takes those of its first range.
    std::ranges::set_union(newer, older, std::back_inserter(result), before);
    return result;
}

Entries subtract(const Entries& entries, const Entries& without) {
    Entries result;
    std::ranges::set_difference(entries, without, std::back_inserter(result), before);
    return result;
}

bool contains(const Entries& entries, const model::ObjectId& id) {
    return std::ranges::binary_search(entries, Entry{id, {}}, before);
}

Entries prune_candidates(const Entries& previous, std::span<const Entries> desired_all) {
    Entries result = previous;
    for (const Entries& desired : desired_all) {
        result = subtract(result, desired);
    }
    return result;
}

std::vector<DuplicateClaim> duplicate_claims(std::span<const Entries> desired_all) {
    std::vector<DuplicateClaim> result;
    std::map<model::ObjectId, std::size_t> first_claims;
    for (std::size_t stage = 0; stage < desired_all.size(); ++stage) {
        for (const Entry& entry : desired_all[stage]) {
            const auto [known, is_new] = first_claims.try_emplace(entry.id, stage);
            if (!is_new && known->second != stage) {
                result.push_back({entry.id, known->second, stage});
            }
        }
    }
    return result;
}

}  // namespace inventory
