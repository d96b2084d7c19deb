// SPDX-License-Identifier: 0BSD
// memmem is the C library's two-way search; std::string_view's own search is quadratic on texts such as "aaaa…b".
#include "rules/cel/text_search.hpp"

#include <algorithm>
#include <string.h>
#include <string>

namespace cel {

std::size_t find_first(std::string_view text, std::string_view part, std::size_t from) {
    if (from > text.size() || part.size() > text.size() - from) {
        return std::string_view::npos;
    }
    const void* found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
    return found == nullptr ? std::string_view::npos
                            : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::size_t find_last(std::string_view text, std::string_view part, std::size_t from) {
    if (part.size() > text.size()) {
        return std::string_view::npos;
    }
    const std::size_t end = std::min(from, text.size() - part.size()) + part.size();
    const std::string backwards(std::reverse_iterator(text.begin() + static_cast<std::ptrdiff_t>(end)),
                                std::reverse_iterator(text.begin()));
    const std::string sought(part.rbegin(), part.rend());
    const std::size_t found = find_first(backwards, sought);
    return found == std::string_view::npos ? found : end - found - part.size();
}

std::size_t count_occurrences(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = find_first(text, part); at != std::string_view::npos;
         at = find_first(text, part, at + part.size())) {
        ++count;
    }
    return count;
}

}  // namespace cel
