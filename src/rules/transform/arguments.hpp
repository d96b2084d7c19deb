// SPDX-License-Identifier: 0BSD
// Arguments: reads what a kustomization or a plugin's configuration says, with keys in any case, as the original's decoder does.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "model/fields.hpp"
#include "model/value.hpp"

namespace transform {

// Kustomizations refuse keys that nobody knows; plugin configurations let them through.
enum class UnknownKeys { kRefuse, kIgnore };

// A copy of the map `value` whose keys are spelled as in `keys`; null reads as an empty map.
// Errors: kInvalid (no map, an unknown key).
base::Result<model::Value> canonical(const model::Value& value, std::initializer_list<std::string_view> keys,
                                     UnknownKeys unknown, std::string_view where);

// The value at `key` of a map, or null.
const model::Value& member_of(const model::Value& map, std::string_view key);

// Reads with `read(Fields) -> T`. Errors: kInvalid (what `read` refused, with its path).
template <class Read>
auto read_arguments(const model::Value& value, std::string_view where, Read read)
    -> base::Result<decltype(read(std::declval<const model::Fields&>()))> {
    model::FirstError error;
    auto result = read(model::Fields(value, std::string(where), error));
    if (error) {
        return *std::move(error);
    }
    return result;
}

// A map of texts; null is empty. Errors: kInvalid (another type).
base::Result<std::map<std::string, std::string>> parse_text_map(const model::Value& value,
                                                                std::string_view where);

}  // namespace transform
