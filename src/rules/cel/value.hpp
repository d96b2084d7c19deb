// SPDX-License-Identifier: 0BSD
// Value: what a CEL expression is worth: small, immutable, cheap to copy; JSON is looked at in place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/value.hpp"
#include "rules/cel/type.hpp"

namespace cel {

enum class ValueKind : std::uint8_t {
    kError,  // an evaluation error; `false && error` is false, elsewhere it is the result
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kDuration,
    kTimestamp,
    kType,
    kList,
    kMap,
    kOptional,
    kOpaque,
};

// Seconds and nanoseconds of one sign, as protobuf has it: within ±315,576,000,000 s.
struct DurationValue {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    auto operator<=>(const DurationValue&) const = default;
};
// Since 1970-01-01T00:00:00Z; `nanos` counts forwards. Years 1 to 9999.
struct TimestampValue {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    auto operator<=>(const TimestampValue&) const = default;
};

class Value;

// A value of a library's own type. Immutable.
class Opaque {
public:
    virtual ~Opaque() = default;
    virtual const Type& type() const = 0;
    // `other` is of the same type.
    virtual bool equals(const Opaque& other) const = 0;
    // The canonical text: what string() and messages show.
    virtual std::string text() const = 0;
};

// Owned contents, or a view of JSON, texts or constants that the activation or the program keeps: a value lives no longer than
// those. Copies share what they own.
class Value {
public:
    Value();  // null
    static Value error(std::string message);
    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    static Value unsigned_integer(std::uint64_t value);
    static Value real(double value);
    static Value string(std::string value);
    static Value string_view(std::string_view value);  // not copied
    static Value bytes(std::string value);
    static Value duration(DurationValue value);
    static Value timestamp(TimestampValue value);
    static Value type(Type value);
    static Value list(std::vector<Value> elements);
    // Keys are bool, int, uint or string and differ from each other (1, 1u and 1.0 are one key).
    static Value map(std::vector<std::pair<Value, Value>> entries);
    static Value optional_none();
    static Value optional_of(Value held);
    static Value opaque(std::shared_ptr<const Opaque> value);
    // Integers become int (uint beyond its range), other numbers double; lists and maps are viewed, not copied.
    static Value json(const model::Value& value);

    ValueKind kind() const;
    bool is_error() const { return kind() == ValueKind::kError; }

    // Each asks for the kind of its name; another kind is a fault of the caller (base::invariant).
    std::string_view as_error() const;
    bool as_bool() const;
    std::int64_t as_int() const;
    std::uint64_t as_uint() const;
    double as_double() const;
    std::string_view as_string() const;
    std::string_view as_bytes() const;
    DurationValue as_duration() const;
    TimestampValue as_timestamp() const;
    const Type& as_type() const;
    const Opaque& as_opaque() const;
    // The opaque value as a T, or nullptr; never asked of another kind's value.
    template <class T>
    const T* as() const {
        return kind() == ValueKind::kOpaque ? dynamic_cast<const T*>(&as_opaque()) : nullptr;
    }

    // Of lists and maps: elements or entries.
    std::size_t size() const;
    // Of lists. `index` < size().
    Value element(std::size_t index) const;
    // Of maps: the entry of that key (1, 1u and 1.0 find the same), or nullptr-like nullopt.
    std::optional<Value> entry(const Value& key) const;
    std::optional<Value> entry(std::string_view key) const;  // without making a Value of the key
    // Of maps: the keys, in the order in which comprehensions go through them.
    std::vector<Value> keys() const;
    // Of optionals: what it holds, or nullopt.
    std::optional<Value> held() const;

    // The language's type of the value: type(x).
    Type type() const;

private:
    // Representation: sixteen bytes, a tag beside a number, a view or a counted pointer (value.cpp).
};

// The language's ==: numbers compare across int, uint and double; NaN is unequal to itself; other kinds that differ are unequal;
// lists and maps deeply (nesting is bounded by what made the values).
bool equal(const Value& left, const Value& right);

// The language's order of bool, numbers (across kinds), string, bytes, duration, timestamp: -1, 0 or 1; nullopt where there is no
// order (NaN, other kinds, kinds that differ).
std::optional<int> compare(const Value& left, const Value& right);

}  // namespace cel
