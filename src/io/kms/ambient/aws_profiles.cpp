// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_profiles.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "io/kms/ambient/surroundings.hpp"
#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const auto begin = text.find_first_not_of(kBlanks);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The name in "[name]", or nullopt for a line that begins no profile.
std::optional<std::string_view> section(std::string_view line) {
    if (!line.starts_with('[')) {
        return std::nullopt;
    }
    return trimmed(line.substr(1, line.find(']') - 1));
}

struct Profile {
    bool found = false;
    std::string_view id;
    std::string_view secret;
    std::string_view token;
    std::string_view elsewhere;  // the setting that says where the credentials come from
};

void take(std::string_view line, Profile& profile) {
    constexpr std::array<std::string_view, 6> kElsewhere = {"credential_process", "credential_source",
                                                            "role_arn",           "web_identity_token_file",
                                                            "sso_session",        "sso_start_url"};
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
        return;
    }
    const auto name = trimmed(line.substr(0, equals));
    const auto value = trimmed(line.substr(equals + 1));
    if (name == "aws_access_key_id") {
        profile.id = value;
    } else if (name == "aws_secret_access_key") {
        profile.secret = value;
    } else if (name == "aws_session_token") {
        profile.token = value;
    }
    for (const auto setting : kElsewhere) {
        if (name == setting) {
            profile.elsewhere = setting;
        }
    }
}

Profile find(std::string_view file, std::string_view name) {
    Profile profile;
    bool is_inside = false;
    while (!file.empty()) {
        const auto end = file.find('\n');
        const auto line = trimmed(file.substr(0, end));
        file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
        if (line.starts_with('#') || line.starts_with(';')) {
            continue;
        }
        if (const auto begun = section(line)) {
            is_inside = *begun == name;
            profile.found = profile.found || is_inside;
        } else if (is_inside) {
            take(line, profile);
        }
    }
    return profile;
}

}  // namespace

base::Result<AwsKeys> keys_of_profile(std::string_view file, std::string_view name) {
    const auto printed = error_word(name);
    const auto which =
        printed.empty() ? std::string("the key's AWS profile") : fmt::format("the AWS profile {}", printed);
    const auto profile = find(file, name);
    if (!profile.found) {
        return Error{ErrorCode::kNotFound, which + " is not in the shared credentials file"};
    }
    if (!profile.elsewhere.empty()) {
        return Error{ErrorCode::kUnsupported, fmt::format("{} uses {}, which is not supported: only keys are",
                                                          which, profile.elsewhere)};
    }
    const auto secret = token_of(profile.secret, which);
    if (error_word(profile.id).empty() || !secret) {
        return Error{ErrorCode::kInvalid, which + " has no pair of keys"};
    }
    AwsKeys keys{std::string(profile.id), secret->clone(), {}};
    if (!profile.token.empty()) {
        auto token = token_of(profile.token, which);
        if (!token) {
            return std::move(token.error());
        }
        keys.session_token = std::move(*token);
    }
    return keys;
}

}  // namespace kms_ambient
