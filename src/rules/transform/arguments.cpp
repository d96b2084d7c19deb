// SPDX-License-Identifier: 0BSD
#include "rules/transform/arguments.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace transform {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_but_for_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

base::Result<model::Value> canonical(const model::Value& value, std::initializer_list<std::string_view> keys,
                                     UnknownKeys unknown, std::string_view where) {
    if (value.is_null()) {
        return model::Value(model::Object());
    }
    const model::Object* map = value.if_object();
    if (map == nullptr) {
        return base::Error{base::ErrorCode::kInvalid, fmt::format("{}: is no map", where)};
    }
    model::Object result;
    for (const auto& entry : *map) {
        const std::string_view key(entry.key().data(), entry.key().size());
        auto known = std::ranges::find(keys, key);
        if (known == keys.end()) {
            known = std::ranges::find_if(
                keys, [key](std::string_view name) { return same_but_for_case(name, key); });
        }
        if (known != keys.end()) {
            result[*known] = entry.value();
        } else if (unknown == UnknownKeys::kRefuse) {
            return base::Error{base::ErrorCode::kInvalid,
                               fmt::format("{}: unknown field \"{}\"", where, key)};
        }
    }
    return model::Value(std::move(result));
}

const model::Value& member_of(const model::Value& map, std::string_view key) {
    static const model::Value kNull;
    const model::Value* found = model::find(map, {key});
    return found == nullptr ? kNull : *found;
}

base::Result<std::map<std::string, std::string>> parse_text_map(const model::Value& value,
                                                                std::string_view where) {
    const model::Value holder = {{"map", value}};
    auto result =
        read_arguments(holder, "", [](const model::Fields& fields) { return fields.text_map("map"); });
    if (!result) {
        return base::wrap(std::string(where), std::move(result).error());
    }
    return result;
}

}  // namespace transform
