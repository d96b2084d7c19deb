// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_container.hpp"

#include <utility>

#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/service_call.hpp"
#include "io/kms/ambient/text.hpp"

namespace kms_ambient {

namespace {

using base::Error;
using base::ErrorCode;

constexpr auto kFullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr auto kRelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr auto kService = "the agent for AWS credentials";

// ECS' agent, and EKS' by IPv4 and IPv6: the hosts that AWS lets programs ask without TLS, beside this machine itself.
bool is_agent(std::string_view host) {
    return host == "169.254.170.2" || host == "169.254.170.23" || host == "[fd00:ec2::23]";
}
bool is_loopback(std::string_view host) {
    return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

base::Result<Endpoint> agent_of(const Surroundings& surroundings) {
    const auto relative = surroundings.variable(kRelativeUri);
    if (!relative.empty()) {
        return parse_endpoint("http://169.254.170.2" + relative, kRelativeUri);
    }
    auto agent = parse_endpoint(surroundings.variable(kFullUri), kFullUri);
    if (agent && agent->scheme != "https" && !is_agent(agent->host) && !is_loopback(agent->host)) {
        return Error{ErrorCode::kForbidden,
                     "AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another machine without https"};
    }
    return agent;
}

// Empty when none is set.
base::Result<base::Secret> authorization(const Surroundings& surroundings) {
    constexpr auto kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    if (!surroundings.variable(kTokenFile).empty()) {
        return surroundings.read_token_of(kTokenFile);
    }
    auto token = surroundings.secret_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (token.empty()) {
        return token;
    }
    return token_of(token.reveal(), "AWS_CONTAINER_AUTHORIZATION_TOKEN");
}

base::Result<Issued<AwsKeys>> read_keys(const model::Value& body) {
    const auto id = model::find_string(body, {"AccessKeyId"});
    auto secret = token_of(model::find_string(body, {"SecretAccessKey"}), kService);
    auto session = token_of(model::find_string(body, {"Token"}), kService);
    const auto expires = base::parse_rfc3339(model::find_string(body, {"Expiration"}));
    if (id.empty() || error_word(id).empty() || !secret || !session || !expires) {
        return malformed_answer(kService);
    }
    return Issued<AwsKeys>{{std::string(id), std::move(*secret), std::move(*session)}, *expires};
}

}  // namespace

bool has_container_agent(const Surroundings& surroundings) {
    return !surroundings.variable(kFullUri).empty() || !surroundings.variable(kRelativeUri).empty();
}

base::Task<Issued<AwsKeys>> keys_of_container(Surroundings& surroundings) {
    const auto agent = agent_of(surroundings);
    if (!agent) {
        co_return agent.error();
    }
    const auto token = authorization(surroundings);
    if (!token) {
        co_return token.error();
    }
    http::Request request{.url = agent->url()};
    if (!token->empty()) {
        // The token itself is the header's value, without a scheme before it.
        request.headers.push_back({"Authorization", std::string(token->reveal())});
    }
    auto& client = is_agent(agent->host) ? surroundings.metadata() : surroundings.named_metadata();
    const auto answer = co_await call(client, std::move(request), kService);
    if (!answer) {
        co_return answer.error();
    }
    const auto body = parse_secret_json(answer->body.reveal());
    if (!answer->ok()) {
        co_return refusal(kService, answer->status, model::find_string(body, {"code"}));
    }
    co_return read_keys(body);
}

}  // namespace kms_ambient
