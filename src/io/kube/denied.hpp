// SPDX-License-Identifier: 0BSD
// What the API server denied for want of a right, read from its sentence, and the rule that would grant it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kube {

struct Denied {
    std::string user;      // "system:serviceaccount:t:deployer"
    std::string verb;      // "patch"
    std::string resource;  // "deployments", or "serviceaccounts/token"
    std::string group;     // empty: the core group
    std::string ns;        // empty: at the cluster scope

    bool operator==(const Denied&) const = default;
};

// Each right that `text` says is missing, once, in order; at most `count_max`. A refusal by admission is none.
std::vector<Denied> denied_in(std::string_view text, std::size_t count_max);

// "grant system:serviceaccount:t:deployer a Role in namespace "t" with the rule {apiGroups: ["apps"], …}"; nothing
// when `text` tells of no missing right. Whoever applies needs more than the one right that was missed first, so all
// of them are named at once.
std::string rights_hint(std::string_view text);

}  // namespace kube
