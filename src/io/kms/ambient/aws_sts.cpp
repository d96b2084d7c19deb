// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_sts.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "io/kms/ambient/aws_arn.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using base::ErrorCode;

constexpr std::string_view kVersion = "2011-06-15";

// The text of the first element of that name which holds no other elements; empty when there is none. The service's answers are
// XML of a fixed shape whose texts need no escapes.
std::string_view element(std::string_view xml, const std::string& name) {
    const auto open = "<" + name + ">";
    const auto begin = xml.find(open);
    if (begin == std::string_view::npos) {
        return {};
    }
    const auto rest = xml.substr(begin + open.size());
    const auto end = rest.find('<');
    if (end == std::string_view::npos || !rest.substr(end).starts_with("</" + name + ">")) {
        return {};
    }
    const auto text = rest.substr(0, end);
    return text.find('&') == std::string_view::npos ? text : std::string_view();
}

base::Error refused(const std::string& service, const Answer& answer) {
    const auto word = element(answer.body.reveal(), "Code");
    // Come as 400.
    for (const auto passing :
         {"Throttling", "ThrottlingException", "IDPCommunicationError", "RequestLimitExceeded"}) {
        if (word == passing) {
            return refusal(ErrorCode::kUnavailable, service, answer.status, word);
        }
    }
    return refusal(service, answer.status, word);
}

base::Result<Issued<AwsKeys>> read_keys(const std::string& service, const Answer& answer) {
    const auto xml = answer.body.reveal();
    const auto id = element(xml, "AccessKeyId");
    const auto secret = element(xml, "SecretAccessKey");
    const auto token = token_of(element(xml, "SessionToken"), service);
    const auto expires = base::parse_rfc3339(element(xml, "Expiration"));
    if (error_word(id).empty() || secret.empty() || !token || !expires) {
        return malformed_answer(service);
    }
    return Issued<AwsKeys>{{std::string(id), base::Secret(std::string(secret)), token->clone()}, *expires};
}

std::string session_name(const Surroundings& surroundings) {
    const auto name = surroundings.variable("AWS_ROLE_SESSION_NAME");
    return name.empty() ? "stageset" : name;
}

// Asks, signed when there are keys.
base::Task<Issued<AwsKeys>> ask(Surroundings& surroundings, base::Secret form, AwsKeysPtr keys,
                                std::string region) {
    const auto service = "AWS STS in " + region;
    const auto endpoint = aws_endpoint(surroundings, "sts", region);
    if (!endpoint) {
        co_return endpoint.error();
    }
    auto request = form_post(endpoint->url() + "/", std::string(form.reveal()));
    if (keys) {
        sign(request, *endpoint, *keys, {region, "sts"}, surroundings.clock().now());
    }
    const auto answer = co_await call(surroundings.outside(), std::move(request), service);
    if (!answer) {
        co_return answer.error();
    }
    if (!answer->ok()) {
        co_return refused(service, *answer);
    }
    co_return read_keys(service, *answer);
}

}  // namespace

base::Task<Issued<AwsKeys>> assume_role_with_web_identity(Surroundings& surroundings, WebIdentity identity,
                                                          std::string region) {
    const auto session = session_name(surroundings);
    return ask(surroundings,
               base::Secret(encode_form({{"Action", "AssumeRoleWithWebIdentity"},
                                         {"Version", kVersion},
                                         {"RoleArn", identity.role},
                                         {"RoleSessionName", session},
                                         {"WebIdentityToken", identity.token.reveal()}})),
               nullptr, std::move(region));
}

base::Task<Issued<AwsKeys>> assume_role(Surroundings& surroundings, std::string role, AwsKeysPtr keys,
                                        std::string region) {
    const auto session = session_name(surroundings);
    return ask(surroundings,
               base::Secret(encode_form({{"Action", "AssumeRole"},
                                         {"Version", kVersion},
                                         {"RoleArn", role},
                                         {"RoleSessionName", session}})),
               std::move(keys), std::move(region));
}

}  // namespace kms_ambient
