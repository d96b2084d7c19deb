// SPDX-License-Identifier: 0BSD
#include "engine/decrypt/service_keys.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace decrypt {

namespace {

using base::ErrorCode;
using Parts = std::vector<std::optional<base::Secret>>;

bool may_pass(ErrorCode code) {
    return code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded;
}

// What the services answered; the failure that may pass is the one to tell, since it decides when to try again.
void remember(std::optional<base::Error>& failure, base::Error error) {
    const bool is_news = error.code != ErrorCode::kUnsupported && error.code != ErrorCode::kNotFound;
    if (!failure || (is_news && !may_pass(failure->code))) {
        failure = std::move(error);
    }
}

std::optional<base::Secret> open_locally(const sops::KeyGroup& group, const sops::Identities& identities) {
    for (const sops::MasterKey& key : group.keys) {
        if (auto opened = identities.unwrap(key)) {
            return std::move(*opened);
        }
    }
    return std::nullopt;
}

// The group's part. Errors: why no service opens it, or kNotFound when it has no key of a service; kCancelled.
base::Task<base::Secret> open_group(kms::KeyService& services, sops::KeyGroup group) {
    std::optional<base::Error> failure;
    for (sops::MasterKey& key : group.keys) {
        auto opened = co_await services.decrypt(std::move(key));
        if (opened || opened.error().code == ErrorCode::kCancelled) {
            co_return opened;
        }
        remember(failure, opened.error());
    }
    co_return failure.value_or(base::Error{ErrorCode::kNotFound, "no key of a key service is named"});
}

base::Task<base::Secret> open_data_key(kms::KeyService& services, std::shared_ptr<const Keys> keys,
                                       sops::Metadata metadata) {
    Parts parts;
    for (const sops::KeyGroup& group : metadata.groups) {
        parts.push_back(open_locally(group, keys->identities));
    }
    std::optional<base::Error> failure;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (auto combined = sops::combine(parts, metadata.shamir_threshold)) {
            co_return combined;
        }
        if (parts[i]) {
            continue;
        }
        auto opened = co_await open_group(services, metadata.groups[i]);
        if (opened) {
            parts[i] = std::move(*opened);
        } else if (opened.error().code == ErrorCode::kCancelled) {
            co_return opened.error();
        } else {
            remember(failure, opened.error());
        }
    }
    auto combined = sops::combine(parts, metadata.shamir_threshold);
    if (!combined && failure && failure->code != ErrorCode::kUnsupported) {
        co_return *std::move(failure);
    }
    co_return combined;
}

}  // namespace

base::Task<DataKeys> open_with_services(kms::KeyService& services, std::shared_ptr<const Keys> keys,
                                        std::vector<WantedKey> wanted, DataKeys known) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto opened = co_await open_data_key(services, keys, std::move(wanted[i].metadata));
        if (opened) {
            known[wanted[i].path] = std::make_shared<const base::Secret>(std::move(*opened));
        } else if (opened.error().code == ErrorCode::kCancelled) {
            co_return opened.error();
        } else if (i == 0) {
            co_return base::wrap(fmt::format("file \"{}\"", wanted[i].path), opened.error());
        }
    }
    co_return known;
}

}  // namespace decrypt
