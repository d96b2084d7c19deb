// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/shape.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace kustomize {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using model::Array;
using model::Object;
using model::Value;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; }

bool same_word(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

const Field* find_field(const Shape& shape, std::string_view key) {
    const auto exact = std::ranges::find(shape.fields, key, &Field::name);
    if (exact != shape.fields.end()) {
        return &*exact;
    }
    const auto loose =
        std::ranges::find_if(shape.fields, [&](const Field& field) { return same_word(field.name, key); });
    return loose == shape.fields.end() ? nullptr : &*loose;
}

std::string_view type_name(const Value& value) {
    switch (value.kind()) {
        case boost::json::kind::null: return "null";
        case boost::json::kind::bool_: return "a bool (quote it to make it text)";
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
        case boost::json::kind::double_: return "a number (quote it to make it text)";
        case boost::json::kind::string: return "text";
        case boost::json::kind::array: return "a list";
        case boost::json::kind::object: return "a map";
    }
    return "";
}

std::string below(std::string_view where, std::string_view key) {
    return where.empty() ? std::string(key) : fmt::format("{}.{}", where, key);
}

Error wrong_type(std::string_view where, std::string_view wanted, const Value& value) {
    return {ErrorCode::kInvalid,
            fmt::format("{} must be {}, not {}", where.empty() ? std::string_view("the document") : where,
                        wanted, type_name(value))};
}

Result<void> conform_field(Value& value, const Field& field, UnknownFields unknown, const std::string& where);

Result<void> conform_list(Value& value, const Field& element, UnknownFields unknown,
                          const std::string& where) {
    Array* list = value.if_array();
    if (list == nullptr) {
        return wrong_type(where, "a list", value);
    }
    for (std::size_t index = 0; index < list->size(); ++index) {
        Value& item = (*list)[index];
        if (item.is_null()) {
            item = element.type == FieldType::kText ? Value(std::string_view()) : Value(Object());
        }
        if (auto done = conform_field(item, element, unknown, fmt::format("{}[{}]", where, index)); !done) {
            return done;
        }
    }
    return {};
}

Result<void> conform_text_map(Value& value, const std::string& where) {
    Object* map = value.if_object();
    if (map == nullptr) {
        return wrong_type(where, "a map", value);
    }
    for (auto& entry : *map) {
        if (entry.value().is_null()) {
            entry.value() = std::string_view();
        }
        if (!entry.value().is_string()) {
            return wrong_type(below(where, entry.key()), "text", entry.value());
        }
    }
    return {};
}

Result<void> conform_field(Value& value, const Field& field, UnknownFields unknown,
                           const std::string& where) {
    switch (field.type) {
        case FieldType::kText: return value.is_string() ? Result<void>() : wrong_type(where, "text", value);
        case FieldType::kBool:
            return value.is_bool() ? Result<void>() : wrong_type(where, "true or false", value);
        case FieldType::kInteger:
            return value.is_int64() ? Result<void>() : wrong_type(where, "a whole number", value);
        case FieldType::kTexts:
            return conform_list(value, {.name = {}, .type = FieldType::kText}, unknown, where);
        case FieldType::kTextMap: return conform_text_map(value, where);
        case FieldType::kMap: return conform(value, *field.shape, unknown, where);
        case FieldType::kMaps:
            return conform_list(value, {.name = {}, .type = FieldType::kMap, .shape = field.shape}, unknown,
                                where);
        case FieldType::kAny: return {};
    }
    return {};
}

}  // namespace

Result<void> conform(Value& value, const Shape& shape, UnknownFields unknown, std::string_view where) {
    Object* map = value.if_object();
    if (map == nullptr) {
        return wrong_type(where, "a map", value);
    }
    Object fitted;
    fitted.reserve(map->size());
    for (auto& entry : *map) {
        const std::string_view key = entry.key();
        const Field* field = find_field(shape, key);
        if (field == nullptr) {
            if (unknown == UnknownFields::kDrop) {
                continue;
            }
            return Error{ErrorCode::kInvalid, fmt::format("unknown field \"{}\"", below(where, key))};
        }
        if (entry.value().is_null()) {
            continue;
        }
        if (auto done = conform_field(entry.value(), *field, unknown, below(where, field->name)); !done) {
            return done;
        }
        fitted.insert_or_assign(field->name, std::move(entry.value()));
    }
    *map = std::move(fitted);
    return {};
}

}  // namespace kustomize
