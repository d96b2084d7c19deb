// SPDX-License-Identifier: 0BSD
#include "model/fields.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/duration.hpp"

namespace model {
namespace {

std::string_view kind_of(const Value& value) {
    switch (value.kind()) {
        case boost::json::kind::null: return "null";
        case boost::json::kind::bool_: return "a boolean";
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
        case boost::json::kind::double_: return "a number";
        case boost::json::kind::string: return "a string";
        case boost::json::kind::array: return "a list";
        case boost::json::kind::object: return "a map";
    }
    return "something else";
}

std::string wrong_kind(std::string_view wanted, const Value& found) {
    return fmt::format("must be {}, not {}", wanted, kind_of(found));
}

std::optional<std::int32_t> integer_of(const Value& value) {
    const std::optional<std::int64_t> number = find_integer(value, {});
    return number && std::in_range<std::int32_t>(*number) ? std::optional(static_cast<std::int32_t>(*number))
                                                          : std::nullopt;
}

constexpr std::string_view kInteger = "an integer of 32 bits";

}  // namespace

Fields::Fields(const Value& value, std::string path, FirstError& error)
    : object_(value.if_object()), path_(std::move(path)), error_(&error) {
    if (object_ == nullptr) {
        refuse("", wrong_kind("a map", value));
    }
}

std::string Fields::path_of(std::string_view key) const {
    return key.empty() ? path_ : path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::string Fields::path_of(std::string_view key, std::size_t index) const {
    return fmt::format("{}[{}]", path_of(key), index);
}

void Fields::refuse(std::string_view key, const std::string& reason) const {
    if (!error_->has_value()) {
        error_->emplace(base::ErrorCode::kInvalid, fmt::format("{}: {}", path_of(key), reason));
    }
}

const Value* Fields::find_member(std::string_view key) const {
    const Value* value = object_ == nullptr ? nullptr : object_->if_contains(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

const Array* Fields::find_list(std::string_view key) const {
    const Value* value = find_member(key);
    if (value != nullptr && !value->is_array()) {
        refuse(key, wrong_kind("a list", *value));
    }
    return value == nullptr ? nullptr : value->if_array();
}

std::string Fields::text(std::string_view key) const {
    const Value* value = find_member(key);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_string()) {
        refuse(key, wrong_kind("a string", *value));
        return {};
    }
    return {value->get_string().data(), value->get_string().size()};
}

std::string Fields::required_text(std::string_view key) const {
    if (find_member(key) == nullptr) {
        refuse(key, "is required");
    }
    return text(key);
}

std::optional<bool> Fields::optional_flag(std::string_view key) const {
    const Value* value = find_member(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_bool()) {
        refuse(key, wrong_kind("a boolean", *value));
        return std::nullopt;
    }
    return value->get_bool();
}

std::optional<base::Duration> Fields::duration(std::string_view key) const {
    if (find_member(key) == nullptr) {
        return std::nullopt;
    }
    const std::string written = text(key);
    auto parsed = base::parse_duration(written);
    if (!parsed) {
        refuse(key, fmt::format("\"{}\" is not a duration such as 90s or 1h30m", written));
        return std::nullopt;
    }
    return *parsed;
}

std::optional<base::WallTime> Fields::time(std::string_view key) const {
    if (find_member(key) == nullptr) {
        return std::nullopt;
    }
    const std::string written = text(key);
    auto parsed = base::parse_rfc3339(written);
    if (!parsed) {
        refuse(key, fmt::format("\"{}\" is not a time such as 2026-06-15T09:00:00Z", written));
        return std::nullopt;
    }
    return *parsed;
}

std::optional<std::int32_t> Fields::integer(std::string_view key) const {
    const Value* value = find_member(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    const std::optional<std::int32_t> number = integer_of(*value);
    if (!number) {
        refuse(key, value->is_number() ? fmt::format("must be {}", kInteger) : wrong_kind(kInteger, *value));
    }
    return number;
}

std::vector<std::int32_t> Fields::integers(std::string_view key) const {
    std::vector<std::int32_t> numbers;
    const Array* array = find_list(key);
    for (std::size_t index = 0; array != nullptr && index < array->size(); ++index) {
        const std::optional<std::int32_t> number = integer_of((*array)[index]);
        if (!number) {
            refuse(fmt::format("{}[{}]", key, index), fmt::format("must be {}", kInteger));
            break;
        }
        numbers.push_back(*number);
    }
    return numbers;
}

std::map<std::string, std::string> Fields::text_map(std::string_view key) const {
    const auto read = [](const Fields& fields) {
        std::map<std::string, std::string> result;
        if (fields.object_ != nullptr) {
            for (const auto& entry : *fields.object_) {
                result.emplace(entry.key(), fields.text(entry.key()));
            }
        }
        return result;
    };
    return child(key, read).value_or(std::map<std::string, std::string>());
}

}  // namespace model
