// SPDX-License-Identifier: 0BSD
#include "rules/sops/identities.hpp"

#include <algorithm>
#include <iterator>

#include "rules/sops/shamir.hpp"

namespace sops {

base::Result<Identities> Identities::parse(const std::map<std::string, base::Secret>& data) {
    Identities identities;
    for (const auto& [name, content] : data) {
        if (name.ends_with(".asc")) {
            auto parsed = parse_pgp_keys(content.reveal());
            if (!parsed) {
                return base::wrap(name, std::move(parsed.error()));
            }
            std::ranges::move(*parsed, std::back_inserter(identities.pgp_));
            continue;
        }
        if (!name.ends_with(".agekey")) {
            continue;
        }
        auto parsed = parse_age_identities(content.reveal());
        if (!parsed) {
            return base::wrap(name, std::move(parsed.error()));
        }
        std::ranges::move(*parsed, std::back_inserter(identities.age_));
    }
    return identities;
}

base::Result<base::Secret> Identities::unwrap(const MasterKey& key) const {
    if (const auto* age = std::get_if<AgeKey>(&key)) {
        return decrypt_age(age->enc, age_);
    }
    if (const auto* pgp = std::get_if<PgpKey>(&key)) {
        return decrypt_pgp(pgp->enc, pgp_);
    }
    return base::Error{.code = base::ErrorCode::kNotFound, .message = "no identity opens keys of this kind"};
}

base::Result<base::Secret> combine(const std::vector<std::optional<base::Secret>>& parts, int threshold) {
    std::vector<base::Secret> open;
    for (const auto& part : parts) {
        if (part) {
            open.push_back(part->clone());
        }
    }
    const std::size_t needed = threshold > 0 ? static_cast<std::size_t>(threshold) : parts.size();
    if (open.empty() || (parts.size() > 1 && open.size() < needed)) {
        return base::Error{
            .code = base::ErrorCode::kInvalid,
            .message =
                "no key at hand opens the file; add one that it was encrypted for to the decryption Secret"};
    }
    return parts.size() == 1 ? base::Result<base::Secret>(std::move(open.front())) : combine_shares(open);
}

base::Result<base::Secret> find_data_key(const Metadata& metadata, const Identities& identities) {
    std::vector<std::optional<base::Secret>> parts;
    for (const KeyGroup& group : metadata.groups) {
        std::optional<base::Secret> part;
        for (const MasterKey& key : group.keys) {
            auto opened = identities.unwrap(key);
            if (opened) {
                part = std::move(*opened);
                break;
            }
        }
        parts.push_back(std::move(part));
    }
    return combine(parts, metadata.shamir_threshold);
}

}  // namespace sops
