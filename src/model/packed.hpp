// SPDX-License-Identifier: 0BSD
// PackedObject: a Kubernetes object as caches keep it, as text in one piece of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "model/value.hpp"

namespace model {

// A tree of values takes three times what its JSON does, and most cached objects are looked at once in minutes. Unpacking takes
// some microseconds a kilobyte. Namespace and name lie before the text, so that tables find an object without unpacking it.
class PackedObject {
public:
    // `object` takes less than 4 GiB as text: no API server stores more than some megabytes.
    explicit PackedObject(const Value& object);

    std::string_view ns() const { return {memory_.get(), ns_size_}; }
    std::string_view name() const { return {memory_.get() + ns_size_, name_size_}; }
    // A value of its own, equal to the one that was packed.
    std::shared_ptr<const Value> unpack() const;

private:
    std::unique_ptr<char[]> memory_;
    std::uint32_t ns_size_ = 0;
    std::uint32_t name_size_ = 0;
    std::uint32_t json_size_ = 0;
};

}  // namespace model
