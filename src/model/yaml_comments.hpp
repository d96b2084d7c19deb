// SPDX-License-Identifier: 0BSD
// Finds the comments that kyaml reads as types: a JSON map behind a field's key, or on the line above it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace model {

// A place in a text: both count from 0, columns in characters.
struct YamlPlace {
    std::size_t line = 0;
    std::size_t column = 0;
};

class YamlComments {
public:
    // `text` outlives this. Texts without such a comment, almost all, cost one search.
    explicit YamlComments(std::string_view text);
    bool empty() const { return lines_.empty(); }

    // The map in the comment that follows `place` on its line, with nothing but `between` and blanks before it. An ordinary
    // comment there gives an empty text; no comment at all nullopt.
    std::optional<std::string_view> behind(YamlPlace place, std::string_view between) const;
    // The same for the comment above the key at `key`: one line, as far to the right as the key.
    std::optional<std::string_view> above(YamlPlace key) const;

private:
    std::string_view line(std::size_t index) const {
        return index < lines_.size() ? lines_[index] : std::string_view();
    }

    std::vector<std::string_view> lines_;
};

}  // namespace model
