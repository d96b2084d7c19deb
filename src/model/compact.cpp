// SPDX-License-Identifier: 0BSD
#include "model/compact.hpp"

#include <cstddef>
#include <functional>
#include <new>

#include <boost/json/storage_ptr.hpp>

namespace model {

namespace {

// What Boost.JSON 1.81 allocates for a copy. An estimate: where it is short, the rest comes from the heap.
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

// Memory for one copy; then it is sealed. Values carry their resource on into copies of themselves, so that it is asked for more
// later, from any thread: then it hands on to the heap. Copies keep it alive.
class Piece final : public boost::json::memory_resource {
public:
    // Tells where it stands in `self`: a shared resource shows only a wrapper of it.
    Piece(std::size_t bytes, Piece*& self)
        : memory_(new std::byte[bytes]), next_(memory_.get()), end_(memory_.get() + bytes) {
        self = this;
    }

    void seal() { next_ = end_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        void* place = next_;
        auto left = static_cast<std::size_t>(end_ - next_);
        if (left > 0 && std::align(alignment, bytes, place, left) != nullptr) {
            next_ = static_cast<std::byte*>(place) + bytes;
            return place;
        }
        return ::operator new(bytes, std::align_val_t(alignment));
    }
    void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override {
        const std::less<const void*> before;
        if (before(place, memory_.get()) || !before(place, end_)) {
            ::operator delete(place, bytes, std::align_val_t(alignment));
        }
    }
    bool do_is_equal(const boost::json::memory_resource& other) const noexcept override {
        return this == &other;
    }

    std::unique_ptr<std::byte[]> memory_;
    std::byte* next_;
    std::byte* end_;
};

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

std::shared_ptr<const Value> make_compact(const Value& value) {
    const std::size_t bytes = compact_bytes(value);
    if (bytes == 0) {
        return std::make_shared<const Value>(value, boost::json::storage_ptr());
    }
    Piece* piece = nullptr;
    const boost::json::storage_ptr memory = boost::json::make_shared_resource<Piece>(bytes, piece);
    auto copy = std::make_shared<const Value>(value, memory);
    piece->seal();
    return copy;
}

}  // namespace model
