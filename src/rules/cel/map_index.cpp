// SPDX-License-Identifier: 0BSD
#include "rules/cel/map_index.hpp"

#include <bit>
#include <functional>

namespace cel {
namespace {

constexpr std::size_t kSearchedInOrder = 8;

}  // namespace

std::size_t MapKey::hash() const {
    if (kind == Kind::kText) {
        return std::hash<std::string_view>{}(text);
    }
    std::uint64_t mixed = (number + static_cast<std::uint64_t>(kind)) * 0x9e3779b97f4a7c15ULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}

std::optional<MapKey> map_key(const Value& key) {
    const auto of_int = [](std::int64_t number) {
        return MapKey{.kind = number < 0 ? MapKey::Kind::kNegative : MapKey::Kind::kWhole,
                      .number = static_cast<std::uint64_t>(number),
                      .text = {}};
    };
    const ValueKind kind = key.kind();
    if (kind == ValueKind::kString) {
        return MapKey{.kind = MapKey::Kind::kText, .number = 0, .text = key.as_string()};
    }
    if (kind == ValueKind::kInt) {
        return of_int(key.as_int());
    }
    if (kind == ValueKind::kUint) {
        return MapKey{.kind = MapKey::Kind::kWhole, .number = key.as_uint(), .text = {}};
    }
    if (kind == ValueKind::kBool) {
        return MapKey{.kind = MapKey::Kind::kBool, .number = key.as_bool() ? 1U : 0U, .text = {}};
    }
    if (kind == ValueKind::kDouble) {
        const double number = key.as_double();
        if (number >= -9223372036854775808.0 && number < 9223372036854775808.0) {
            const auto whole = static_cast<std::int64_t>(number);
            if (static_cast<double>(whole) == number) {
                return of_int(whole);
            }
        } else if (number > 0 && number < 18446744073709551616.0) {
            return MapKey{
                .kind = MapKey::Kind::kWhole, .number = static_cast<std::uint64_t>(number), .text = {}};
        }
        return number == number
                   ? std::optional<MapKey>({MapKey::Kind::kReal, std::bit_cast<std::uint64_t>(number), {}})
                   : std::nullopt;
    }
    return kind == ValueKind::kNull ? std::optional<MapKey>({MapKey::Kind::kNull, 0, {}}) : std::nullopt;
}

std::size_t MapIndex::find(const Entries& entries, const MapKey& key) const {
    if (slots_.empty()) {
        for (std::size_t at = 0; at < entries.size(); ++at) {
            if (map_key(entries[at].first) == key) {
                return at;
            }
        }
        return kNone;
    }
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = key.hash() & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
        if (map_key(entries[slots_[slot] - 1].first) == key) {
            return slots_[slot] - 1;
        }
    }
    return kNone;
}

void MapIndex::place(const Entries& entries, std::size_t position) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = map_key(entries[position].first)->hash() & mask;
    while (slots_[slot] != 0) {
        slot = (slot + 1) & mask;
    }
    slots_[slot] = static_cast<std::uint32_t>(position + 1);
}

void MapIndex::added(const Entries& entries) {
    if (entries.size() <= kSearchedInOrder) {
        return;
    }
    if (entries.size() * 2 > slots_.size()) {
        std::size_t size = 64;
        while (size < entries.size() * 4) {
            size *= 2;
        }
        slots_.assign(size, 0);
        for (std::size_t position = 0; position < entries.size(); ++position) {
            place(entries, position);
        }
        return;
    }
    place(entries, entries.size() - 1);
}

}  // namespace cel
