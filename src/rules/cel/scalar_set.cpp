// SPDX-License-Identifier: 0BSD
// Numbers hash by their value as a double, so that 1, 1u and 1.0 meet.
#include "rules/cel/scalar_set.hpp"

#include <cmath>
#include <functional>
#include <string_view>

namespace cel {
namespace {

std::size_t number_hash(double value) { return std::hash<double>{}(value); }

bool is_nan(const Value& value) {
    return value.kind() == ValueKind::kDouble && std::isnan(value.as_double());
}

}  // namespace

std::size_t ScalarSet::Hash::operator()(const Value& value) const {
    switch (value.kind()) {
        case ValueKind::kBool: return value.as_bool() ? 1 : 0;
        case ValueKind::kInt: return number_hash(static_cast<double>(value.as_int()));
        case ValueKind::kUint: return number_hash(static_cast<double>(value.as_uint()));
        case ValueKind::kDouble: return number_hash(value.as_double());
        case ValueKind::kString: return std::hash<std::string_view>{}(value.as_string());
        case ValueKind::kBytes: return std::hash<std::string_view>{}(value.as_bytes());
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kDuration:
        case ValueKind::kTimestamp:
        case ValueKind::kType:
        case ValueKind::kList:
        case ValueKind::kMap:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: return 0;
    }
    return 0;
}

bool ScalarSet::takes(const Value& value) {
    const ValueKind kind = value.kind();
    return kind == ValueKind::kBool || kind == ValueKind::kInt || kind == ValueKind::kUint ||
           kind == ValueKind::kDouble || kind == ValueKind::kString || kind == ValueKind::kBytes;
}

bool ScalarSet::insert(const Value& value) { return is_nan(value) || values_.insert(value).second; }

bool ScalarSet::contains(const Value& value) const { return !is_nan(value) && values_.contains(value); }

}  // namespace cel
