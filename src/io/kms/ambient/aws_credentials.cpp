// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_credentials.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/aws_arn.hpp"
#include "io/kms/ambient/aws_container.hpp"
#include "io/kms/ambient/aws_profiles.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

// Roles come from files of strangers: more than a cluster's teams use are not remembered.
constexpr std::size_t kAssumedMax = 64;

Error nothing_found() {
    return {ErrorCode::kNotFound,
            "no credentials for AWS: none of AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE and "
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is set, and there is no shared credentials file"};
}

// Where the Security Token Service is asked.
base::Result<std::string> sts_region(const Surroundings& surroundings, std::string of_key) {
    for (const auto* const name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (auto region = surroundings.variable(name); !region.empty()) {
            if (!is_aws_region(region)) {
                return Error{ErrorCode::kInvalid, fmt::format("{} is no region of AWS", name)};
            }
            return region;
        }
    }
    return of_key;
}

}  // namespace

base::Task<AwsKeysPtr> AwsCredentials::get(AwsIdentity identity) {
    auto region = sts_region(surroundings_, identity.region);
    if (!region) {
        co_return region.error();
    }
    if (identity.role.empty()) {
        co_return co_await own(identity.profile, *region);
    }
    if (const auto checked = check_role(identity.role); !checked) {
        co_return checked.error();
    }
    identity.region = *region;
    // Held here, as it may be forgotten for others while this task waits.
    const auto cache = cache_of(identity);
    co_return co_await cache->get([this, &identity] { return assume(identity, identity.region); });
}

void AwsCredentials::refused(const AwsKeysPtr& keys) {
    web_identity_.refused(keys);
    container_.refused(keys);
    for (const auto& assumed : assumed_) {
        assumed.cache->refused(keys);
    }
}

base::Task<AwsKeysPtr> AwsCredentials::own(std::string profile, std::string region) {
    if (!profile.empty()) {
        co_return of_profile(profile);
    }
    const auto id = surroundings_.variable("AWS_ACCESS_KEY_ID");
    auto secret = surroundings_.secret_variable("AWS_SECRET_ACCESS_KEY");
    if (!id.empty() && !secret.empty()) {
        co_return std::make_shared<const AwsKeys>(
            AwsKeys{id, std::move(secret), surroundings_.secret_variable("AWS_SESSION_TOKEN")});
    }
    if (!surroundings_.variable("AWS_WEB_IDENTITY_TOKEN_FILE").empty()) {
        co_return co_await by_web_identity(std::move(region));
    }
    const auto named = surroundings_.variable("AWS_PROFILE");
    auto keys = of_profile(named.empty() ? "default" : named);
    if (keys || keys.error().code != ErrorCode::kNotFound || !named.empty()) {
        co_return keys;
    }
    if (has_container_agent(surroundings_)) {
        co_return co_await container_.get([this] { return keys_of_container(surroundings_); });
    }
    co_return nothing_found();
}

base::Task<AwsKeysPtr> AwsCredentials::by_web_identity(std::string region) {
    return web_identity_.get([this, region = std::move(region)] { return exchange_token(region); });
}

base::Task<Issued<AwsKeys>> AwsCredentials::exchange_token(std::string region) {
    auto role = surroundings_.variable("AWS_ROLE_ARN");
    if (role.empty()) {
        co_return Error{
            ErrorCode::kNotFound,
            "no credentials for AWS: AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not"};
    }
    auto token = surroundings_.read_token_of("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (!token) {
        co_return token.error();
    }
    co_return co_await assume_role_with_web_identity(surroundings_, {std::move(role), std::move(*token)},
                                                     std::move(region));
}

base::Task<Issued<AwsKeys>> AwsCredentials::assume(AwsIdentity identity, std::string region) {
    auto keys = co_await own(identity.profile, region);
    if (!keys) {
        co_return keys.error();
    }
    co_return co_await assume_role(surroundings_, identity.role, std::move(*keys), std::move(region));
}

base::Result<AwsKeysPtr> AwsCredentials::of_profile(const std::string& name) const {
    auto path = surroundings_.variable("AWS_SHARED_CREDENTIALS_FILE");
    if (path.empty()) {
        const auto home = surroundings_.variable("HOME");
        if (home.empty()) {
            return nothing_found();
        }
        path = home + "/.aws/credentials";
    }
    const auto file = surroundings_.read(path, "the shared credentials file of AWS");
    if (!file) {
        return file.error();
    }
    auto keys = keys_of_profile(file->reveal(), name);
    if (!keys) {
        return std::move(keys.error());
    }
    return std::make_shared<const AwsKeys>(std::move(*keys));
}

std::shared_ptr<AwsCredentials::Cache> AwsCredentials::cache_of(const AwsIdentity& identity) {
    const auto known = std::ranges::find(assumed_, identity, &Assumed::identity);
    if (known != assumed_.end()) {
        assumed_.splice(assumed_.begin(), assumed_, known);
    } else {
        assumed_.push_front(
            {identity, std::make_shared<Cache>(surroundings_.executor(), surroundings_.clock())});
        if (assumed_.size() > kAssumedMax) {
            assumed_.pop_back();
        }
    }
    return assumed_.front().cache;
}

}  // namespace kms_ambient
