// SPDX-License-Identifier: 0BSD
#include "rules/inventory/mode.hpp"

namespace inventory {

std::optional<Mode> parse_mode(std::string_view text) {
    for (const Mode mode : {Mode::kEntries, Mode::kHybrid, Mode::kApplySet}) {
        if (text == to_string(mode)) {
            return mode;
        }
    }
    return std::nullopt;
}

std::string_view to_string(Mode mode) {
    switch (mode) {
        case Mode::kEntries: return "entries";
        case Mode::kHybrid: return "hybrid";
        case Mode::kApplySet: return "applyset";
    }
    return "";
}

bool marks_applysets(Mode mode) { return mode != Mode::kEntries; }

}  // namespace inventory
