// SPDX-License-Identifier: 0BSD
#include "rules/cel/value.hpp"

#include "rules/cel/contents.hpp"

namespace cel {
namespace {

std::uint32_t extent_of(std::size_t size) {
    base::invariant(size <= UINT32_MAX, "cel: a text is too large");
    return static_cast<std::uint32_t>(size);
}

Type simple(TypeKind kind) { return Type::simple(kind); }

// A timestamp's seconds, below 2^39, and its offset in minutes, below 2^11, share a number.
constexpr std::int64_t kOffsetRange = 4096;

}  // namespace

void Value::release() noexcept {
    if (of_.content->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete of_.content;
    }
}

std::uint64_t Value::owned_bytes() const {
    constexpr std::uint64_t kOther = 256;  // of libraries' own values, roughly
    if (of_.content->owners.load(std::memory_order_relaxed) != 1) {
        return 0;
    }
    switch (kind_) {
        case ValueKind::kError:
        case ValueKind::kString:
        case ValueKind::kBytes: return sizeof(TextContent) + content<TextContent>().text.capacity();
        case ValueKind::kList:
            return sizeof(ListContent) + content<ListContent>().elements.capacity() * sizeof(Value);
        case ValueKind::kMap:
            return sizeof(MapContent) +
                   content<MapContent>().entries.capacity() * sizeof(Entries::value_type);
        case ValueKind::kOptional: return sizeof(HeldContent);
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kInt:
        case ValueKind::kUint:
        case ValueKind::kDouble:
        case ValueKind::kDuration:
        case ValueKind::kTimestamp:
        case ValueKind::kType:
        case ValueKind::kOpaque: break;
    }
    return kOther;
}

std::string_view Value::letters() const {
    if (storage_ == Storage::kPlain) {
        return {of_.letters, extent_};
    }
    return content<TextContent>().text;
}

Value Value::error(std::string message) { return {ValueKind::kError, new TextContent(std::move(message))}; }

Value Value::string(std::string value) {
    extent_of(value.size());
    return {ValueKind::kString, new TextContent(std::move(value))};
}

Value Value::string_view(std::string_view value) {
    return {ValueKind::kString, Storage::kPlain, extent_of(value.size()), {.letters = value.data()}};
}

Value Value::bytes(std::string value) {
    extent_of(value.size());
    return {ValueKind::kBytes, new TextContent(std::move(value))};
}

Value Value::bytes_view(std::string_view value) {
    return {ValueKind::kBytes, Storage::kPlain, extent_of(value.size()), {.letters = value.data()}};
}

Value Value::duration(DurationValue value) {
    return {ValueKind::kDuration,
            Storage::kPlain,
            static_cast<std::uint32_t>(value.nanos),
            {.integer = value.seconds}};
}

Value Value::timestamp(TimestampValue value) {
    return {ValueKind::kTimestamp,
            Storage::kPlain,
            static_cast<std::uint32_t>(value.nanos),
            {.integer = value.seconds * kOffsetRange + kOffsetRange / 2 + value.offset_minutes}};
}

Value Value::type(Type value) { return {ValueKind::kType, new TypeContent(std::move(value))}; }

Value Value::list(std::vector<Value> elements) {
    return {ValueKind::kList, new ListContent(std::move(elements))};
}

Value Value::map(std::vector<std::pair<Value, Value>> entries) {
    return {ValueKind::kMap, new MapContent(std::move(entries))};
}

Value Value::optional_none() { return {ValueKind::kOptional, Storage::kPlain, 0, {.content = nullptr}}; }

Value Value::optional_of(Value held) { return {ValueKind::kOptional, new HeldContent(std::move(held))}; }

Value Value::opaque(std::shared_ptr<const Opaque> value) {
    return {ValueKind::kOpaque, new OpaqueContent(std::move(value))};
}

Value Value::json(const model::Object& value) {
    return {ValueKind::kMap, Storage::kJson, 0, {.object = &value}};
}

Value Value::json(const model::Value& value) {
    switch (value.kind()) {
        case boost::json::kind::null: return {};
        case boost::json::kind::bool_: return boolean(value.get_bool());
        case boost::json::kind::int64: return integer(value.get_int64());
        case boost::json::kind::uint64:
            return value.get_uint64() <= INT64_MAX ? integer(static_cast<std::int64_t>(value.get_uint64()))
                                                   : unsigned_integer(value.get_uint64());
        case boost::json::kind::double_: return real(value.get_double());
        case boost::json::kind::string: return string_view(value.get_string());
        case boost::json::kind::array:
            return {ValueKind::kList, Storage::kJson, 0, {.array = &value.get_array()}};
        case boost::json::kind::object: return json(value.get_object());
    }
    return {};
}

Value Value::borrowed() const {
    if (storage_ != Storage::kOwned) {
        return *this;
    }
    if (kind_ == ValueKind::kString || kind_ == ValueKind::kBytes) {
        const std::string_view text = letters();
        return {kind_, Storage::kPlain, extent_of(text.size()), {.letters = text.data()}};
    }
    return {kind_, Storage::kBorrowed, extent_, of_};
}

std::string_view Value::as_error() const {
    expect(ValueKind::kError);
    return letters();
}

DurationValue Value::as_duration() const {
    expect(ValueKind::kDuration);
    return {of_.integer, static_cast<std::int32_t>(extent_)};
}

TimestampValue Value::as_timestamp() const {
    expect(ValueKind::kTimestamp);
    constexpr std::int64_t kLow = kOffsetRange - 1;
    return {of_.integer >> 12U, static_cast<std::int32_t>(extent_),
            static_cast<std::int32_t>((of_.integer & kLow) - kOffsetRange / 2)};
}

const Type& Value::as_type() const {
    expect(ValueKind::kType);
    return content<TypeContent>().type;
}

const Opaque& Value::as_opaque() const {
    expect(ValueKind::kOpaque);
    return *content<OpaqueContent>().value;
}

std::size_t Value::size() const {
    if (kind_ == ValueKind::kList) {
        return storage_ == Storage::kJson ? of_.array->size() : content<ListContent>().elements.size();
    }
    expect(ValueKind::kMap);
    return storage_ == Storage::kJson ? of_.object->size() : content<MapContent>().entries.size();
}

Value Value::element(std::size_t index) const {
    expect(ValueKind::kList);
    base::invariant(index < size(), "cel: an index lies beyond its list");
    return storage_ == Storage::kJson ? json((*of_.array)[index]) : content<ListContent>().elements[index];
}

std::optional<Value> Value::entry(const Value& key) const {
    expect(ValueKind::kMap);
    if (storage_ == Storage::kJson) {
        return key.kind() == ValueKind::kString ? entry(key.as_string()) : std::nullopt;
    }
    const std::optional<MapKey> wanted = map_key(key);
    return wanted ? content<MapContent>().find(*wanted) : std::nullopt;
}

std::optional<Value> Value::entry(std::string_view key) const {
    expect(ValueKind::kMap);
    if (storage_ == Storage::kJson) {
        const model::Value* found = of_.object->if_contains(key);
        return found != nullptr ? std::optional<Value>(json(*found)) : std::nullopt;
    }
    return content<MapContent>().find({.kind = MapKey::Kind::kText, .number = 0, .text = key});
}

std::vector<Value> Value::keys() const {
    std::vector<Value> out;
    const std::size_t count = size();
    out.reserve(count);
    for (std::size_t at = 0; at < count; ++at) {
        out.push_back(entry_at(at).first);
    }
    return out;
}

std::pair<Value, Value> Value::entry_at(std::size_t index) const {
    expect(ValueKind::kMap);
    base::invariant(index < size(), "cel: an entry lies beyond its map");
    if (storage_ == Storage::kJson) {
        const auto& pair = of_.object->begin()[index];
        return {string_view(pair.key()), json(pair.value())};
    }
    return content<MapContent>().entries[index];
}

std::optional<Value> Value::held() const {
    expect(ValueKind::kOptional);
    return of_.content == nullptr ? std::nullopt : std::optional<Value>(content<HeldContent>().held);
}

Type Value::type() const {
    switch (kind_) {
        case ValueKind::kError: return Type::opaque("error");
        case ValueKind::kNull: return simple(TypeKind::kNull);
        case ValueKind::kBool: return simple(TypeKind::kBool);
        case ValueKind::kInt: return simple(TypeKind::kInt);
        case ValueKind::kUint: return simple(TypeKind::kUint);
        case ValueKind::kDouble: return simple(TypeKind::kDouble);
        case ValueKind::kString: return simple(TypeKind::kString);
        case ValueKind::kBytes: return simple(TypeKind::kBytes);
        case ValueKind::kDuration: return simple(TypeKind::kDuration);
        case ValueKind::kTimestamp: return simple(TypeKind::kTimestamp);
        case ValueKind::kType: return simple(TypeKind::kType);
        case ValueKind::kList: return Type::list(Type::dyn());
        case ValueKind::kMap: return Type::map(Type::dyn(), Type::dyn());
        case ValueKind::kOptional: return Type::optional(Type::dyn());
        case ValueKind::kOpaque: return as_opaque().type();
    }
    return Type::dyn();
}

}  // namespace cel
