// SPDX-License-Identifier: 0BSD
#include "model/compact.hpp"

#include <cstddef>

namespace model {

namespace {

// What Boost.JSON 1.81 allocates for a copy.
constexpr std::size_t kTableHeader = 16;
constexpr std::size_t kTextHeader = 8;
constexpr std::size_t kTextInlineMax = 14;
constexpr std::size_t kMapUnindexedMax = 18;
constexpr std::size_t kIndexEntry = 4;

std::size_t aligned(std::size_t bytes) { return (bytes + 7U) & ~std::size_t{7U}; }

std::size_t bytes_of(const Object& map) {
    if (map.empty()) {
        return 0;
    }
    std::size_t bytes = kTableHeader + map.size() * sizeof(boost::json::key_value_pair);
    if (map.size() > kMapUnindexedMax) {
        bytes += map.size() * kIndexEntry;
    }
    for (const auto& field : map) {
        bytes += aligned(field.key().size() + 1) + compact_bytes(field.value());
    }
    return aligned(bytes);
}

}  // namespace

std::size_t compact_bytes(const Value& value) {
    switch (value.kind()) {
        case boost::json::kind::object: return bytes_of(value.get_object());
        case boost::json::kind::array: {
            const Array& list = value.get_array();
            std::size_t bytes = list.empty() ? 0 : kTableHeader + list.size() * sizeof(Value);
            for (const Value& item : list) {
                bytes += compact_bytes(item);
            }
            return bytes;
        }
        case boost::json::kind::string: {
            const std::size_t size = value.get_string().size();
            return size <= kTextInlineMax ? 0 : aligned(kTextHeader + size + 1);
        }
        case boost::json::kind::null:
        case boost::json::kind::bool_:
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
        case boost::json::kind::double_: return 0;
    }
    return 0;
}

}  // namespace model
