// SPDX-License-Identifier: 0BSD
// LabelSelector: answers whether an object's labels match a selector's text, as the API server would.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"

namespace kube {

class LabelSelector {
public:
    // Matches everything.
    LabelSelector() = default;
    // Reads "a", "!a", "a=b", "a==b", "a!=b", "a in (b,c)", "a notin (b,c)", joined by commas; "" matches everything.
    // Errors: kInvalid.
    static base::Result<LabelSelector> parse(std::string_view text);

    bool matches(const model::Value& object) const;

private:
    // A label that is absent satisfies !a, a!=b and notin, as it does for the API server.
    struct Requirement {
        std::string key;
        bool wanted = true;
        bool any_value = false;
        std::vector<std::string> values;
    };
    static base::Result<Requirement> parse_requirement(std::string_view text);

    std::vector<Requirement> requirements_;
};

}  // namespace kube
