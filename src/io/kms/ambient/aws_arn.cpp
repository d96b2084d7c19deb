// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_arn.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kRegionCharactersMax = 32;
constexpr std::size_t kArnCharactersMax = 2048;  // AWS' own bound

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_account(std::string_view text) { return text.size() == 12 && std::ranges::all_of(text, is_digit); }

// "arn", partition, service, region, account, resource
using Arn = std::array<std::string_view, 6>;

std::optional<Arn> split_arn(std::string_view text) {
    if (text.size() > kArnCharactersMax) {
        return std::nullopt;
    }
    Arn parts;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) {
            return std::nullopt;
        }
        parts[i] = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    parts.back() = text;
    const auto& partition = parts[1];
    const bool is_aws = partition == "aws" || partition.starts_with("aws-");
    if (parts[0] != "arn" || !is_aws || error_word(partition).empty()) {
        return std::nullopt;
    }
    return parts;
}

// `prefix` and what its names are made of.
bool is_resource(std::string_view text, std::string_view prefix, std::string_view signs) {
    return text.starts_with(prefix) && text.size() > prefix.size() &&
           std::ranges::all_of(text, [signs](char c) {
               return is_letter_or_digit(c) || signs.find(c) != std::string_view::npos;
           });
}

bool is_chinese(std::string_view region) { return region.starts_with("cn-"); }

}  // namespace

bool is_aws_region(std::string_view text) {
    if (text.size() > kRegionCharactersMax) {
        return false;
    }
    int words = 0;
    while (true) {
        const auto dash = text.find('-');
        const auto part = text.substr(0, dash);
        if (dash == std::string_view::npos) {
            return words >= 2 && !part.empty() && std::ranges::all_of(part, is_digit);
        }
        if (part.empty() || !std::ranges::all_of(part, is_lower)) {
            return false;
        }
        ++words;
        text.remove_prefix(dash + 1);
    }
}

base::Result<std::string> region_of_key(std::string_view arn) {
    const Error malformed{ErrorCode::kInvalid, "the key's ARN is not one of AWS KMS"};
    const auto parts = split_arn(arn);
    if (!parts) {
        return malformed;
    }
    const auto& [prefix, partition, service, region, account, resource] = *parts;
    if (service != "kms" || !is_aws_region(region) || !is_account(account) ||
        (!is_resource(resource, "key/", "/_-") && !is_resource(resource, "alias/", "/_-"))) {
        return malformed;
    }
    if (partition != "aws" && partition != "aws-cn" && partition != "aws-us-gov") {
        return Error{ErrorCode::kUnsupported, fmt::format("AWS' partition {} is not supported", partition)};
    }
    const bool is_governmental = region.starts_with("us-gov-");
    if ((partition == "aws-cn") != is_chinese(region) || (partition == "aws-us-gov") != is_governmental) {
        return malformed;
    }
    return std::string(region);
}

base::Result<void> check_role(std::string_view arn) {
    const auto parts = split_arn(arn);
    if (!parts || (*parts)[2] != "iam" || !(*parts)[3].empty() || !is_account((*parts)[4]) ||
        !is_resource((*parts)[5], "role/", "/_+=,.@-")) {
        return Error{ErrorCode::kInvalid, "the key's role is no ARN of a role of AWS"};
    }
    return {};
}

base::Result<Endpoint> aws_endpoint(const Surroundings& surroundings, std::string_view service,
                                    std::string_view region) {
    const std::string own = service == "kms" ? "AWS_ENDPOINT_URL_KMS" : "AWS_ENDPOINT_URL_STS";
    for (const auto& name : {own, std::string("AWS_ENDPOINT_URL")}) {
        if (const auto url = surroundings.variable(name); !url.empty()) {
            return parse_endpoint(url, name);
        }
    }
    const auto* const domain = is_chinese(region) ? "amazonaws.com.cn" : "amazonaws.com";
    return Endpoint{"https", fmt::format("{}.{}.{}", service, region, domain), 443, ""};
}

}  // namespace kms_ambient
