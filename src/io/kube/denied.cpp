// SPDX-License-Identifier: 0BSD
#include "io/kube/denied.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kube {

namespace {

// More than one condition message holds, and more than anybody reads.
constexpr std::size_t kHintsMax = 3;
// Names of the API are shorter; what is longer was not written by an API server.
constexpr std::size_t kPartBytesMax = 253;
// What a stage does with each kind that it applies: dry run and apply (patch, and create where it is new), look, prune.
constexpr std::string_view kApplierVerbs = "get, create, patch, delete";

// Takes `before`, then all up to `after`, off the front of `text`; nullopt where they are not there.
std::optional<std::string> take(std::string_view& text, std::string_view before, std::string_view after) {
    if (!text.starts_with(before)) {
        return std::nullopt;
    }
    const std::size_t end = text.find(after, before.size());
    if (end == std::string_view::npos || end - before.size() > kPartBytesMax) {
        return std::nullopt;
    }
    std::string part(text.substr(before.size(), end - before.size()));
    text.remove_prefix(end + after.size());
    return part;
}

// Reads `User "u" cannot verb resource "r" in API group "g" in the namespace "n"` (or `at the cluster scope`).
std::optional<Denied> parse(std::string_view text) {
    auto user = take(text, "User \"", "\" cannot ");
    auto verb = user ? take(text, "", " resource \"") : std::nullopt;
    auto resource = verb ? take(text, "", "\" in API group \"") : std::nullopt;
    auto group = resource ? take(text, "", "\"") : std::nullopt;
    if (!group || verb->find(' ') != std::string::npos) {
        return std::nullopt;
    }
    Denied denied{std::move(*user), std::move(*verb), std::move(*resource), std::move(*group), {}};
    if (auto ns = take(text, " in the namespace \"", "\"")) {
        denied.ns = std::move(*ns);
    } else if (!text.starts_with(" at the cluster scope")) {
        return std::nullopt;
    }
    return denied;
}

std::string rule_of(const Denied& denied) {
    const bool applies = denied.verb == "patch" || denied.verb == "create";
    const bool plain = denied.resource.find('/') == std::string::npos;
    const std::string verbs = applies && plain ? std::string(kApplierVerbs) : denied.verb;
    const std::string place = denied.ns.empty() ? std::string("a ClusterRole")
                                                : fmt::format("a Role in namespace \"{}\"", denied.ns);
    return fmt::format("grant {} {} with the rule {{apiGroups: [\"{}\"], resources: [{}], verbs: [{}]}}",
                       denied.user, place, denied.group, denied.resource, verbs);
}

}  // namespace

std::vector<Denied> denied_in(std::string_view text, std::size_t count_max) {
    std::vector<Denied> found;
    for (std::size_t at = text.find("User \""); at != std::string_view::npos && found.size() < count_max;
         at = text.find("User \"", at + 1)) {
        auto denied = parse(text.substr(at));
        if (denied && std::ranges::find(found, *denied) == found.end()) {
            found.push_back(std::move(*denied));
        }
    }
    return found;
}

std::string rights_hint(std::string_view text) {
    std::string hint;
    for (const Denied& denied : denied_in(text, kHintsMax)) {
        hint += (hint.empty() ? "" : "; ") + rule_of(denied);
    }
    return hint;
}

}  // namespace kube
