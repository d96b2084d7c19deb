// SPDX-License-Identifier: 0BSD
#include "rules/transform/referral.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace transform {
namespace {

std::set<std::string, std::less<>> account_namespaces(const Resource& resource) {
    std::set<std::string, std::less<>> namespaces;
    const model::Array* subjects = model::find_array(resource.object, {"subjects"});
    if (subjects == nullptr || view_of(resource.object).kind != "RoleBinding") {
        return namespaces;
    }
    for (const model::Value& subject : *subjects) {
        const model::Object* map = subject.if_object();
        if (map != nullptr && text_at(*map, "kind") == "ServiceAccount" && map->contains("namespace")) {
            namespaces.emplace(text_at(*map, "namespace"));
        }
    }
    return namespaces;
}

bool agrees(std::string_view wanted, std::string_view actual) { return wanted.empty() || wanted == actual; }

// Whether it was once of that kind.
bool was_of(const Resource& resource, std::string_view group, std::string_view version,
            std::string_view kind) {
    for (std::size_t index = 0; index < resource.previous.size(); ++index) {
        const IdView id = previous_view(resource, index);
        if (agrees(kind, id.kind) && agrees(group, id.group) && agrees(version, id.version)) {
            return true;
        }
    }
    return false;
}

using Texts = std::vector<std::string>;

// Whether one list ends with the other; an empty one only with an empty one.
bool same_ending(const Texts& left, const Texts& right) {
    const Texts& shorter = left.size() < right.size() ? left : right;
    const Texts& longer = left.size() < right.size() ? right : left;
    if (shorter.empty()) {
        return longer.empty();
    }
    return std::equal(shorter.rbegin(), shorter.rend(), longer.rbegin());
}

bool same_affixes(const Resource& left, const Resource& right, bool allow_empty) {
    const auto agree = [allow_empty](const Texts& one, const Texts& other) {
        return (allow_empty && (one.empty() || other.empty())) || same_ending(one, other);
    };
    return agree(left.prefixes, right.prefixes) && agree(left.suffixes, right.suffixes);
}

}  // namespace

Referrer::Referrer(const Resource& referring, const model::GroupVersionKind& named, std::string_view path,
                   const Scopes& scopes)
    : resource(referring), target(named), is_cluster_scoped(scopes.is_cluster_scoped(referring.object)) {
    ns = effective_namespace(view_of(referring.object), scopes);
    subjects = account_namespaces(referring);
    if (!path.ends_with("roleRef/name")) {
        return;
    }
    const model::Object* role = model::find_object(referring.object, {"roleRef"});
    if (role != nullptr && role->contains("apiGroup") && role->contains("kind")) {
        has_role = true;
        role_group = text_at(*role, "apiGroup");
        role_kind = text_at(*role, "kind");
    }
}

Referrals::Referrals(const Resources& resources, const Scopes& scopes) {
    all_.reserve(resources.size());
    for (std::size_t index = 0; index < resources.size(); ++index) {
        const Resource& resource = resources[index];
        const IdView id = view_of(resource.object);
        all_.push_back({&resource, scopes.is_cluster_scoped(id.group, id.version, id.kind),
                        std::string(effective_namespace(id, scopes)),
                        std::string(effective_namespace(original_view(resource), scopes))});
        for (const ResourceId& previous : resource.previous) {
            std::vector<std::size_t>& found = by_name_[previous.name];
            if (found.empty() || found.back() != index) {
                found.push_back(index);
            }
        }
        if (!scopes.is_cluster_scoped(original_view(resource).group, original_view(resource).version,
                                      original_view(resource).kind)) {
            by_original_ns_[all_.back().original_ns].push_back(index);
        }
        if (!all_.back().is_cluster_scoped) {
            by_ns_[all_.back().ns].push_back(index);
        }
    }
}

// Objects in different namespaces do not refer to each other, but for RoleBindings to the accounts that they name.
bool Referrals::is_in_reach(const Candidate& candidate, const Referrer& referrer) const {
    return referrer.is_cluster_scoped || candidate.is_cluster_scoped || candidate.ns == referrer.ns ||
           (!referrer.subjects.empty() && referrer.subjects.contains(view_of(candidate.resource->object).ns));
}

Referrals::Candidates Referrals::named(std::string_view name, const Referrer& referrer) const {
    Candidates candidates;
    const auto found = by_name_.find(std::string(name));
    if (found == by_name_.end()) {
        return candidates;
    }
    for (const std::size_t index : found->second) {
        if (is_in_reach(all_[index], referrer)) {
            candidates.push_back(&all_[index]);
        }
    }
    return candidates;
}

// Original namespaces come before present ones: once any object in reach came from `ns`, only those count.
Referrals::Candidates Referrals::in_namespace(Candidates candidates, std::string_view ns,
                                              const Referrer& referrer) const {
    const auto any_in_reach = [&](const auto& groups) {
        const auto group = groups.find(ns);
        return group != groups.end() && std::ranges::any_of(group->second, [&](std::size_t index) {
                   return is_in_reach(all_[index], referrer);
               });
    };
    if (any_in_reach(by_original_ns_)) {
        std::erase_if(candidates, [ns](const Candidate* candidate) { return candidate->original_ns != ns; });
    } else if (any_in_reach(by_ns_)) {
        std::erase_if(candidates, [ns](const Candidate* candidate) { return candidate->ns != ns; });
    } else {
        candidates.clear();
    }
    return candidates;
}

base::Result<const Resource*> Referrals::select(Candidates candidates, const Referrer& referrer,
                                                bool with_namespace) const {
    const model::GroupVersionKind& target = referrer.target;
    std::erase_if(candidates, [&](const Candidate* candidate) {
        const Resource& resource = *candidate->resource;
        const bool has_kind =
            was_of(resource, target.group, target.version, target.kind) &&
            (!referrer.has_role || was_of(resource, referrer.role_group, "", referrer.role_kind));
        const bool is_near = referrer.is_cluster_scoped || candidate->is_cluster_scoped ||
                             candidate->ns == referrer.ns ||
                             view_of(resource.object).kind == "ServiceAccount";
        return !has_kind || !is_near;
    });
    for (const bool allow_empty : {true, false}) {
        if (candidates.size() == 1) {
            break;
        }
        std::erase_if(candidates, [&](const Candidate* candidate) {
            return !same_affixes(*candidate->resource, referrer.resource, allow_empty);
        });
    }
    if (candidates.empty()) {
        return nullptr;
    }
    const IdView first = view_of(candidates.front()->resource->object);
    std::string ids;
    bool are_same = true;
    for (const Candidate* candidate : candidates) {
        const IdView id = view_of(candidate->resource->object);
        are_same = are_same && id.name == first.name && (!with_namespace || id.ns == first.ns);
        ids += (ids.empty() ? "" : ", ") + text_of(id);
    }
    if (!are_same) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("found multiple possible referrals: {}", ids)};
    }
    return candidates.front()->resource;
}

base::Result<const Resource*> Referrals::by_name(std::string_view name, const Referrer& referrer) const {
    return select(named(name, referrer), referrer, false);
}

base::Result<const Resource*> Referrals::by_name_and_any_namespace(std::string_view name,
                                                                   const Referrer& referrer) const {
    return select(named(name, referrer), referrer, true);
}

base::Result<const Resource*> Referrals::by_name_and_namespace(std::string_view name, std::string_view ns,
                                                               const Referrer& referrer) const {
    Candidates candidates = named(name, referrer);
    if (candidates.empty()) {
        return nullptr;
    }
    return select(in_namespace(std::move(candidates), ns, referrer), referrer, true);
}

}  // namespace transform
