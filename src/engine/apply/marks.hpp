// SPDX-License-Identifier: 0BSD
// Marks: what tells, without the object itself, whether it is still as it was.
#pragma once

#include <cstdint>

#include "model/value.hpp"

namespace apply {

// Two hashes, for an object may be seen as a whole or by its metadata alone. Both cover uid, labels and annotations (but those
// in which built-in controllers keep their books).
struct Marks {
    // With all that stands outside of metadata and status; 0 where only metadata was seen.
    std::uint64_t content = 0;
    // With the generation; with the resourceVersion instead for kinds that count no generations.
    std::uint64_t metadata = 0;

    bool operator==(const Marks&) const = default;
};

// Missing, null and empty fields count as equal, as apply::differs() has it.
Marks marks_of(const model::Value& object);
Marks marks_of_metadata(const model::Value& object);

// By contents where both were seen as a whole: a status changes the resourceVersion, but nothing that is applied.
inline bool same_marks(const Marks& left, const Marks& right) {
    return left.content != 0 && right.content != 0 ? left.content == right.content
                                                   : left.metadata == right.metadata;
}

// Names an object in tables that hold many; by group, kind, namespace and name.
std::uint64_t hash_of(const model::ObjectId& id);

}  // namespace apply
