// SPDX-License-Identifier: 0BSD
// Fields: reads the typed fields of one map strictly, and remembers the first that is malformed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/value.hpp"

namespace model {

// The path of the first malformed field and why; kept by the reader of the whole object.
using FirstError = std::optional<base::Error>;

// A null counts as absent. After a mistake the methods go on with empty values: the caller looks at the FirstError once, at
// the end.
class Fields {
public:
    // `error` and the value outlive this.
    Fields(const Value& value, std::string path, FirstError& error);

    std::string text(std::string_view key) const;
    std::string required_text(std::string_view key) const;
    bool flag(std::string_view key) const { return optional_flag(key).value_or(false); }
    std::optional<bool> optional_flag(std::string_view key) const;
    std::optional<base::Duration> duration(std::string_view key) const;
    std::optional<base::WallTime> time(std::string_view key) const;
    std::optional<std::int32_t> integer(std::string_view key) const;
    std::vector<std::int32_t> integers(std::string_view key) const;
    std::map<std::string, std::string> text_map(std::string_view key) const;

    // One of the words of `table`; nullopt when absent or malformed.
    template <class Enum, std::size_t kSize>
    std::optional<Enum> word(std::string_view key,
                             const std::pair<std::string_view, Enum> (&table)[kSize]) const {
        if (find_member(key) == nullptr) {
            return std::nullopt;
        }
        const std::string found = text(key);
        std::string names;
        for (const auto& [name, value] : table) {
            if (name == found) {
                return value;
            }
            names += (names.empty() ? "" : ", ") + std::string(name);
        }
        refuse(key, "\"" + found + "\" is not one of " + names);
        return std::nullopt;
    }
    template <class Enum, std::size_t kSize>
    Enum required_word(std::string_view key, const std::pair<std::string_view, Enum> (&table)[kSize]) const {
        if (find_member(key) == nullptr) {
            refuse(key, "is required");
        }
        return word(key, table).value_or(Enum());
    }

    // The map at `key`, read by `read(Fields) -> T`; nullopt when absent.
    template <class Read>
    auto child(std::string_view key, Read read) const
        -> std::optional<decltype(read(std::declval<const Fields&>()))> {
        const Value* value = find_member(key);
        if (value == nullptr) {
            return std::nullopt;
        }
        return read(Fields(*value, path_of(key), *error_));
    }
    template <class Read>
    auto required_child(std::string_view key, Read read) const
        -> decltype(read(std::declval<const Fields&>())) {
        auto found = child(key, read);
        if (!found) {
            refuse(key, "is required");
            return {};
        }
        return *std::move(found);
    }
    // Each element of the list at `key`, read by `read(Fields) -> T`.
    template <class Read>
    auto list(std::string_view key, Read read) const
        -> std::vector<decltype(read(std::declval<const Fields&>()))> {
        std::vector<decltype(read(std::declval<const Fields&>()))> result;
        const Array* array = find_list(key);
        for (std::size_t index = 0; array != nullptr && index < array->size(); ++index) {
            result.push_back(read(Fields((*array)[index], path_of(key, index), *error_)));
        }
        return result;
    }

    // Remembers that the field at `key` is malformed, unless an earlier one was.
    void refuse(std::string_view key, const std::string& reason) const;

private:
    const Value* find_member(std::string_view key) const;
    const Array* find_list(std::string_view key) const;
    std::string path_of(std::string_view key) const;
    std::string path_of(std::string_view key, std::size_t index) const;

    const Object* object_ = nullptr;
    std::string path_;
    FirstError* error_;
};

}  // namespace model
