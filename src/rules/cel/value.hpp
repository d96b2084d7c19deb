// SPDX-License-Identifier: 0BSD
// Value: what a CEL expression is worth: small, immutable, cheap to copy; JSON is looked at in place.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/invariant.hpp"
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
// Since 1970-01-01T00:00:00Z; `nanos` counts forwards. Years 1 to 9999. The offset from UTC that it was written with, within a
// day, shows in its text alone: it is compared and read in UTC.
struct TimestampValue {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    std::int32_t offset_minutes = 0;

    bool operator==(const TimestampValue& other) const {
        return seconds == other.seconds && nanos == other.nanos;
    }
    std::strong_ordering operator<=>(const TimestampValue& other) const {
        const auto order = seconds <=> other.seconds;
        return order != 0 ? order : nanos <=> other.nanos;
    }
};

class Value;

// What a value owns, counted by the values that share it.
struct Content {
    virtual ~Content() = default;
    mutable std::atomic<std::uint32_t> owners{1};
};

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
    Value() = default;  // null
    Value(const Value& other) noexcept
        : kind_(other.kind_), storage_(other.storage_), extent_(other.extent_), of_(other.of_) {
        if (storage_ == Storage::kOwned) {
            of_.content->owners.fetch_add(1, std::memory_order_relaxed);
        }
    }
    Value(Value&& other) noexcept
        : kind_(other.kind_), storage_(other.storage_), extent_(other.extent_), of_(other.of_) {
        other.storage_ = Storage::kPlain;
        other.kind_ = ValueKind::kNull;
    }
    Value& operator=(const Value& other) noexcept {
        Value copy(other);
        swap(copy);
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        Value taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~Value() {
        if (storage_ == Storage::kOwned) {
            release();
        }
    }
    static Value error(std::string message);
    // An error that ends the evaluation, whatever surrounds it. `message` is a text of the program.
    static Value fatal(std::string_view message) {
        return {ValueKind::kError,
                Storage::kPlain,
                static_cast<std::uint32_t>(message.size()),
                {.letters = message.data()}};
    }
    static Value boolean(bool value) { return {ValueKind::kBool, Storage::kPlain, 0, {.boolean = value}}; }
    static Value integer(std::int64_t value) {
        return {ValueKind::kInt, Storage::kPlain, 0, {.integer = value}};
    }
    static Value unsigned_integer(std::uint64_t value) {
        return {ValueKind::kUint, Storage::kPlain, 0, {.whole = value}};
    }
    static Value real(double value) { return {ValueKind::kDouble, Storage::kPlain, 0, {.real = value}}; }
    // Texts and bytes are below 4 GiB; whoever makes larger ones is stopped by its limits first.
    static Value string(std::string value);
    static Value string_view(std::string_view value);  // not copied
    static Value bytes(std::string value);
    static Value bytes_view(std::string_view value);  // not copied
    static Value duration(DurationValue value);
    static Value timestamp(TimestampValue value);  // within its years
    static Value type(Type value);
    static Value list(std::vector<Value> elements);
    // Keys are bool, int, uint or string and differ from each other (1, 1u and 1.0 are one key).
    static Value map(std::vector<std::pair<Value, Value>> entries);
    static Value optional_none();
    static Value optional_of(Value held);
    static Value opaque(std::shared_ptr<const Opaque> value);
    // Integers become int (uint beyond its range), other numbers double; lists and maps are viewed, not copied.
    static Value json(const model::Value& value);
    static Value json(const model::Object& value);
    // The same value, its contents not counted: for constants that outlive every copy of it.
    Value borrowed() const;

    ValueKind kind() const { return kind_; }
    bool is_error() const { return kind_ == ValueKind::kError; }
    bool is_fatal() const { return kind_ == ValueKind::kError && storage_ == Storage::kPlain; }

    // Each asks for the kind of its name; another kind is a fault of the caller (base::invariant).
    std::string_view as_error() const;
    bool as_bool() const {
        expect(ValueKind::kBool);
        return of_.boolean;
    }
    std::int64_t as_int() const {
        expect(ValueKind::kInt);
        return of_.integer;
    }
    std::uint64_t as_uint() const {
        expect(ValueKind::kUint);
        return of_.whole;
    }
    double as_double() const {
        expect(ValueKind::kDouble);
        return of_.real;
    }
    std::string_view as_string() const {
        expect(ValueKind::kString);
        return letters();
    }
    std::string_view as_bytes() const {
        expect(ValueKind::kBytes);
        return letters();
    }
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
    // Of maps: one entry of them. `index` < size().
    std::pair<Value, Value> entry_at(std::size_t index) const;
    // Of optionals: what it holds, or nullopt.
    std::optional<Value> held() const;

    // Bytes of the contents that this value alone owns, without those that they own in turn; 0 for views and what is shared.
    std::uint64_t made_bytes() const { return storage_ == Storage::kOwned ? owned_bytes() : 0; }

    // The language's type of the value: type(x).
    Type type() const;

private:
    // Sixteen bytes: a tag beside a number, a view or a counted pointer.
    enum class Storage : std::uint8_t {
        kPlain,     // a number, or letters that somebody else keeps
        kJson,      // a list or map of an object
        kBorrowed,  // contents that somebody else keeps
        kOwned,     // contents with a count
    };
    union Payload {
        bool boolean;
        std::int64_t integer;
        std::uint64_t whole;
        double real;
        const char* letters;
        const model::Array* array;
        const model::Object* object;
        const Content* content;
    };
    Value(ValueKind kind, Storage storage, std::uint32_t extent, Payload payload) noexcept
        : kind_(kind), storage_(storage), extent_(extent), of_(payload) {}
    Value(ValueKind kind, const Content* content) noexcept
        : Value(kind, Storage::kOwned, 0, {.content = content}) {}

    void swap(Value& other) noexcept {
        std::swap(kind_, other.kind_);
        std::swap(storage_, other.storage_);
        std::swap(extent_, other.extent_);
        std::swap(of_, other.of_);
    }
    void expect(ValueKind kind) const {
        if (kind_ != kind) {
            base::invariant(false, "cel: a value is asked for another kind than its own");
        }
    }
    template <class T>
    const T& content() const {
        return static_cast<const T&>(*of_.content);
    }
    std::string_view letters() const;
    void release() noexcept;
    std::uint64_t owned_bytes() const;

    ValueKind kind_ = ValueKind::kNull;
    Storage storage_ = Storage::kPlain;
    std::uint32_t extent_ = 0;  // bytes of letters; nanoseconds of times
    Payload of_ = {.whole = 0};
};

// The language's ==: numbers compare across int, uint and double; NaN is unequal to itself; other kinds that differ are unequal;
// lists and maps deeply (nesting is bounded by what made the values).
bool equal(const Value& left, const Value& right);
// The same with a bound: takes one step for each pair of values that it looks at; none left: the answer is arbitrary.
bool equal_within(const Value& left, const Value& right, std::uint64_t& steps);

// The language's order of bool, numbers (across kinds), string, bytes, duration, timestamp: -1, 0 or 1; nullopt where there is no
// order (NaN, other kinds, kinds that differ).
std::optional<int> compare(const Value& left, const Value& right);

}  // namespace cel
