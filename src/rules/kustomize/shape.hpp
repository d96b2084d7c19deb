// SPDX-License-Identifier: 0BSD
// Shapes of the maps that users write, and the reading of a YAML value into one, as Go's JSON decoder does it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "model/value.hpp"

namespace kustomize {

struct Shape;

enum class FieldType : std::uint8_t {
    kText,
    kBool,
    kInteger,
    kTexts,    // list of texts
    kTextMap,  // map from text to text
    kMap,      // map of the field's shape
    kMaps,     // list of maps of the field's shape
    kAny,
};

struct Field {
    std::string_view name;
    FieldType type;
    const Shape* shape = nullptr;
};

struct Shape {
    std::span<const Field> fields;
};

enum class UnknownFields : std::uint8_t { kRefuse, kDrop };

// Makes `value` fit: keys in any case get the field's spelling, null fields go away, null elements become empty ones.
// `where` is the field's path for messages; empty for the whole map.
//
// Errors: kInvalid (another type than the field's, or an unknown field; the message names the field)
base::Result<void> conform(model::Value& value, const Shape& shape, UnknownFields unknown,
                           std::string_view where = {});

}  // namespace kustomize
