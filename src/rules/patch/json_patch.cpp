// SPDX-License-Identifier: 0BSD
#include "rules/patch/json_patch.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/patch/equality.hpp"

namespace patch {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Array;
using model::Object;
using model::Value;

// Deeper than any object that the API server accepts; bounds the recursion of whoever walks the result.
constexpr std::size_t kPathDepthMax = 512;
// Values that all copies of one patch may make: a list of copies of copies doubles with each operation.
constexpr std::size_t kCopiedValuesMax = 1'000'000;

// One path of an operation: the container that holds its last part, and that part.
struct Place {
    Value* container = nullptr;  // a map or a list; nullptr where the path leads nowhere
    std::string key;
};

// "~1" is a slash, "~0" a tilde.
std::string unescape(std::string_view part) {
    std::string text;
    text.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
        const bool is_escape =
            part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1');
        text.push_back(is_escape ? (part[i + 1] == '0' ? '~' : '/') : part[i]);
        i += is_escape ? 1 : 0;
    }
    return text;
}

// The index that a path's part names: any decimal integer, as Go's strconv.Atoi reads it.
Result<std::int64_t> parse_index(std::string_view key) {
    std::string_view digits = key;
    if (digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    const bool is_signed_twice = digits.size() < key.size() && digits.starts_with('-');
    if (error != std::errc() || end != digits.data() + digits.size() || is_signed_twice) {
        return Error{ErrorCode::kInvalid, fmt::format("\"{}\" is not an index of a list", key)};
    }
    return index;
}

// The position below `count` that `key` names; negative indices count from the end.
Result<std::size_t> position(std::string_view key, std::size_t count) {
    auto index = parse_index(key);
    if (!index) {
        return index.error();
    }
    const auto size = static_cast<std::int64_t>(count);
    if (*index >= size || *index < -size) {
        return Error{ErrorCode::kInvalid, fmt::format("index {} is outside of the list", *index)};
    }
    return static_cast<std::size_t>(*index < 0 ? *index + size : *index);
}

// One step down, or nullptr.
Value* child(Value& parent, std::string_view key) {
    if (Object* map = parent.if_object()) {
        return map->if_contains(key);
    }
    Array* list = parent.if_array();
    if (list == nullptr) {
        return nullptr;
    }
    const auto at = position(key, list->size());
    return at ? &(*list)[*at] : nullptr;
}

std::size_t count_values(const Value& value) {
    std::size_t count = 1;
    if (const Object* map = value.if_object()) {
        for (const auto& [key, item] : *map) {
            count += count_values(item);
        }
    } else if (const Array* list = value.if_array()) {
        for (const Value& item : *list) {
            count += count_values(item);
        }
    }
    return count;
}

Result<void> check_container(const Value& target) {
    if (target.is_object() || target.is_array()) {
        return {};
    }
    return Error{ErrorCode::kInvalid, "the whole document must be a map or a list"};
}

class Operation {
public:
    Operation(Value& target, const Object& fields, std::size_t& copied_values)
        : target_(target), fields_(fields), copied_values_(copied_values) {}

    Result<void> apply() {
        const auto op = text("op");
        if (!op) {
            return op.error();
        }
        if (*op == "add") {
            return add_at("path", value_or_null());
        }
        if (*op == "remove") {
            auto place = find("path");
            return place ? remove(*place) : place.error();
        }
        if (*op == "replace") {
            return replace();
        }
        if (*op == "move") {
            return move();
        }
        if (*op == "copy") {
            return copy();
        }
        if (*op == "test") {
            return test();
        }
        return Error{ErrorCode::kInvalid, fmt::format("\"{}\" is not an operation", *op)};
    }

private:
    Result<std::string_view> text(std::string_view field) const {
        const Value* value = fields_.if_contains(field);
        if (value == nullptr || !value->is_string()) {
            return Error{ErrorCode::kInvalid, fmt::format("the field \"{}\" must be a string", field)};
        }
        return std::string_view(value->get_string());
    }

    Value value_or_null() const {
        const Value* value = fields_.if_contains("value");
        return value == nullptr ? Value(target_.storage()) : Value(*value, target_.storage());
    }

    // What stands before the first slash is ignored, as in the original.
    Result<Place> find(std::string_view field) {
        const auto path = text(field);
        if (!path) {
            return path.error();
        }
        const auto missing = [&path](std::string_view what) {
            return Error{ErrorCode::kInvalid, fmt::format("{} \"{}\"", what, *path)};
        };
        std::size_t start = path->find('/');
        if (start == std::string_view::npos) {
            return missing("the document has no path");
        }
        Value* container = &target_;
        for (std::size_t depth = 0;; ++depth) {
            if (depth == kPathDepthMax) {
                return Error{ErrorCode::kLimitExceeded, "the path is too deep"};
            }
            const std::size_t end = path->find('/', start + 1);
            std::string part =
                unescape(path->substr(start + 1, end == std::string_view::npos ? end : end - start - 1));
            if (end == std::string_view::npos) {
                return Place{container, std::move(part)};
            }
            container = child(*container, part);
            if (container == nullptr || !(container->is_object() || container->is_array())) {
                return missing("the document has no path");
            }
            start = end;
        }
    }

    static Result<void> add(const Place& place, Value value) {
        if (Object* map = place.container->if_object()) {
            map->insert_or_assign(place.key, std::move(value));
            return {};
        }
        Array& list = place.container->get_array();
        if (place.key == "-") {
            list.push_back(std::move(value));
            return {};
        }
        const auto at = position(place.key, list.size() + 1);
        if (!at) {
            return at.error();
        }
        list.insert(list.begin() + static_cast<std::ptrdiff_t>(*at), std::move(value));
        return {};
    }

    Result<void> add_at(std::string_view field, Value value) {
        const auto place = find(field);
        return place ? add(*place, std::move(value)) : place.error();
    }

    static Result<void> remove(const Place& place) {
        if (Object* map = place.container->if_object()) {
            const auto found = map->find(place.key);
            if (found == map->end()) {
                return Error{ErrorCode::kInvalid, fmt::format("there is no key \"{}\" to remove", place.key)};
            }
            map->stable_erase(found);
            return {};
        }
        Array& list = place.container->get_array();
        const auto at = position(place.key, list.size());
        if (!at) {
            return at.error();
        }
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(*at));
        return {};
    }

    // A key that a map lacks is added, as in the original.
    Result<void> replace() {
        const auto path = text("path");
        if (path && path->empty()) {
            Value whole = value_or_null();
            if (auto ok = check_container(whole); !ok) {
                return ok;
            }
            target_ = std::move(whole);
            return {};
        }
        const auto place = find("path");
        if (!place) {
            return place.error();
        }
        if (Object* map = place->container->if_object()) {
            map->insert_or_assign(place->key, value_or_null());
            return {};
        }
        Array& list = place->container->get_array();
        const auto at = position(place->key, list.size());
        if (!at) {
            return at.error();
        }
        list[*at] = value_or_null();
        return {};
    }

    // The value that `place` names; nullptr for a key that its map lacks. Errors: kInvalid for a bad index.
    static Result<Value*> get(const Place& place) {
        if (Object* map = place.container->if_object()) {
            return map->if_contains(place.key);
        }
        Array& list = place.container->get_array();
        const auto at = position(place.key, list.size());
        if (!at) {
            return at.error();
        }
        return &list[*at];
    }

    Result<void> move() {
        const auto from = find("from");
        if (!from) {
            return from.error();
        }
        const auto found = get(*from);
        if (!found) {
            return found.error();
        }
        Value value = *found == nullptr ? Value(target_.storage()) : std::move(**found);
        if (auto removed = remove(*from); !removed) {
            return removed;
        }
        return add_at("path", std::move(value));
    }

    // A key that its map lacks is copied as null, as in the original.
    Result<void> copy() {
        const auto from = find("from");
        if (!from) {
            return from.error();
        }
        const auto found = get(*from);
        if (!found) {
            return found.error();
        }
        Value value = *found == nullptr ? Value(target_.storage()) : Value(**found, target_.storage());
        copied_values_ += count_values(value);
        if (copied_values_ > kCopiedValuesMax) {
            return Error{ErrorCode::kLimitExceeded,
                         fmt::format("the copies hold more than {} values", kCopiedValuesMax)};
        }
        return add_at("path", std::move(value));
    }

    Result<void> test() {
        const auto path = text("path");
        if (!path) {
            return path.error();
        }
        Value* actual = &target_;
        if (!path->empty()) {
            const auto place = find("path");
            if (!place) {
                return place.error();
            }
            const auto found = get(*place);
            if (!found) {
                return found.error();
            }
            actual = *found;
        }
        const Value* expected = fields_.if_contains("value");
        const bool actual_null = actual == nullptr || actual->is_null();
        const bool expected_null = expected == nullptr || expected->is_null();
        if (actual_null ? expected_null : !expected_null && equal_json(*actual, *expected)) {
            return {};
        }
        return Error{ErrorCode::kInvalid, "the test failed: the document holds another value there"};
    }

    Value& target_;
    const Object& fields_;
    std::size_t& copied_values_;
};

// "operation 2 (add /a/b)"
std::string describe(std::size_t index, const Value& operation) {
    const std::string_view op = model::find_string(operation, {"op"});
    const std::string_view path = model::find_string(operation, {"path"});
    return op.empty() ? fmt::format("operation {}", index)
                      : fmt::format("operation {} ({} {})", index, op, path);
}

}  // namespace

Result<Value> apply_json_patch(Value target, const Value& operations) {
    const Array* list = operations.if_array();
    if (list == nullptr) {
        return Error{ErrorCode::kInvalid, "a JSON patch must be a list of operations"};
    }
    if (auto ok = check_container(target); !ok) {
        return ok.error();
    }
    std::size_t copied_values = 0;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Object* fields = (*list)[i].if_object();
        if (fields == nullptr) {
            return Error{ErrorCode::kInvalid, fmt::format("operation {}: it must be a map", i)};
        }
        if (auto done = Operation(target, *fields, copied_values).apply(); !done) {
            return Error{done.error().code,
                         fmt::format("{}: {}", describe(i, (*list)[i]), done.error().message)};
        }
    }
    return target;
}

}  // namespace patch
