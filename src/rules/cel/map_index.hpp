// SPDX-License-Identifier: 0BSD
// MapIndex: finds the entry of a key among the entries of a map.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/cel/value.hpp"

namespace cel {

using Entries = std::vector<std::pair<Value, Value>>;

// A key as the language compares keys: 1, 1u and 1.0 are the same.
struct MapKey {
    enum class Kind : std::uint8_t { kNull, kBool, kNegative, kWhole, kReal, kText };
    Kind kind = Kind::kText;
    std::uint64_t number = 0;
    std::string_view text;

    bool operator==(const MapKey&) const = default;
    std::size_t hash() const;
};

// nullopt: a value that is no key of any map, such as NaN or a list.
std::optional<MapKey> map_key(const Value& key);

// Small maps are searched in order; larger ones by hash.
class MapIndex {
public:
    static constexpr std::size_t kNone = SIZE_MAX;

    // Position of the key's entry, or kNone.
    std::size_t find(const Entries& entries, const MapKey& key) const;
    // The same entries are given to each call; the last of them is new.
    void added(const Entries& entries);

private:
    void place(const Entries& entries, std::size_t position);

    std::vector<std::uint32_t> slots_;  // position + 1, or 0: free; a power of two, at most half full
};

}  // namespace cel
