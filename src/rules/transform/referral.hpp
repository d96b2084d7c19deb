// SPDX-License-Identifier: 0BSD
// Referrals: which renamed object a name in another object means.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "rules/transform/id_view.hpp"
#include "rules/transform/resource.hpp"
#include "rules/transform/scopes.hpp"

namespace transform {

// The object that holds the name, and what kind its field names.
struct Referrer {
    Referrer(const Resource& referring, const model::GroupVersionKind& named, std::string_view path,
             const Scopes& scopes);

    const Resource& resource;
    const model::GroupVersionKind& target;
    bool is_cluster_scoped = false;
    std::string ns;  // effective
    std::set<std::string, std::less<>>
        subjects;           // namespaces of the ServiceAccounts that a RoleBinding names
    bool has_role = false;  // the field is roleRef.name, and these are roleRef's group and kind
    std::string role_group;
    std::string role_kind;
};

// An index over all resources by the names that they once had. References outlive this.
class Referrals {
public:
    Referrals(const Resources& resources, const Scopes& scopes);

    // The object that was once called `name`, or nullptr when none was. Errors: kInvalid (several that differ).
    base::Result<const Resource*> by_name(std::string_view name, const Referrer& referrer) const;
    // As by_name, for fields that take the object's namespace, too.
    base::Result<const Resource*> by_name_and_any_namespace(std::string_view name,
                                                            const Referrer& referrer) const;
    base::Result<const Resource*> by_name_and_namespace(std::string_view name, std::string_view ns,
                                                        const Referrer& referrer) const;

private:
    struct Candidate {
        const Resource* resource = nullptr;
        bool is_cluster_scoped = false;
        std::string ns;           // effective
        std::string original_ns;  // effective
    };
    using Candidates = std::vector<const Candidate*>;

    bool is_in_reach(const Candidate& candidate, const Referrer& referrer) const;
    Candidates named(std::string_view name, const Referrer& referrer) const;
    Candidates in_namespace(Candidates candidates, std::string_view ns, const Referrer& referrer) const;
    base::Result<const Resource*> select(Candidates candidates, const Referrer& referrer,
                                         bool with_namespace) const;

    std::vector<Candidate> all_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_original_ns_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_ns_;
};

}  // namespace transform
