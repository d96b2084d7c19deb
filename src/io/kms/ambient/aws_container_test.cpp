// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "io/kms/ambient/testing/fixture.hpp"

namespace kms_ambient {
namespace {

using namespace std::chrono_literals;
using testing::Fixture;

constexpr auto kPodIdentity = "http://169.254.170.23/v1/credentials";

sops::AwsKmsKey key() {
    return {.arn = "arn:aws:kms:eu-central-1:123456789012:key/a",
            .role = "",
            .context = {},
            .profile = "",
            .enc = "c2VhbGVk"};
}

class AwsContainer : public ::testing::Test {
protected:
    AwsContainer() {
        fixture.environment = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kPodIdentity},
                               {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/var/run/eks-token"}};
        fixture.files["/var/run/eks-token"] = "eyJ.b.c\n";
        fixture.answer = [this](const http::Request& request) {
            if (request.url.starts_with("https://kms.")) {
                return Fixture::json(200, R"({"Plaintext":"ZGF0YSBrZXk="})");
            }
            return Fixture::json(
                200, fmt::format(
                         R"({{"AccessKeyId":"ASIA{}","SecretAccessKey":"s","Token":"t","Expiration":"{}"}})",
                         ++issued, base::format_rfc3339(fixture.clock.now() + 6h)));
        };
    }
    Fixture fixture;
    int issued = 0;
};

TEST_F(AwsContainer, PodIdentityGivesKeysThatAreKept) {
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(fixture.outcome(key()), "data key");
    ASSERT_EQ(fixture.requests.size(), 3U);
    EXPECT_EQ(fixture.requests[0].method, "GET");
    EXPECT_EQ(fixture.requests[0].url, kPodIdentity);
    EXPECT_EQ(Fixture::header(fixture.requests[0], "Authorization"), "eyJ.b.c");
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Amz-Security-Token"), "t");
    EXPECT_NE(Fixture::header(fixture.last(), "Authorization").find("Credential=ASIA1/"), std::string::npos);
    ASSERT_EQ(fixture.clients.size(), 2U);
    EXPECT_TRUE(fixture.client_settings[0].no_proxy);
    EXPECT_TRUE(fixture.clients[0]("169.254.170.23"));
    EXPECT_FALSE(fixture.clients[0]("10.0.0.1"));
    fixture.clock.advance(6h - 5min);
    fixture.outcome(key());
    EXPECT_EQ(issued, 2);
}

TEST_F(AwsContainer, AsksTheAgentThatTheOperatorNames) {
    struct Case {
        const char* variable;
        const char* value;
        const char* asked;  // the URL, or the error
    };
    for (const auto& [variable, value, asked] : {
             Case{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/a-b",
                  "http://169.254.170.2/v2/credentials/a-b"},
             Case{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://[fd00:ec2::23]/v1/credentials",
                  "http://[fd00:ec2::23]/v1/credentials"},
             Case{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"},
             Case{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://agent.example/x", "https://agent.example/x"},
             Case{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://agent.example/x",
                  "forbidden: AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another machine without https"},
             Case{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.2.example/x",
                  "forbidden: AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another machine without https"},
             Case{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@agent.example/x",
                  "invalid: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no plain http or https URL"},
         }) {
        Fixture other;
        other.environment = {{variable, value}};
        other.answer = fixture.answer;
        const auto outcome = other.outcome(key());
        EXPECT_EQ(other.requests.empty() ? outcome : other.requests[0].url, asked);
        EXPECT_TRUE(other.requests.empty() || Fixture::header(other.requests[0], "Authorization").empty());
    }
}

TEST_F(AwsContainer, ComesAfterAllOtherCredentials) {
    fixture.environment["AWS_ACCESS_KEY_ID"] = "AKIAENV";
    fixture.environment["AWS_SECRET_ACCESS_KEY"] = "s";
    EXPECT_EQ(fixture.outcome(key()), "data key");
    fixture.environment.erase("AWS_ACCESS_KEY_ID");
    fixture.environment["HOME"] = "/home/me";
    fixture.files["/home/me/.aws/credentials"] = "[default]\naws_access_key_id=A\naws_secret_access_key=s\n";
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(issued, 0);
}

TEST_F(AwsContainer, TellsWhatWentWrong) {
    struct Case {
        int status;
        const char* body;
        const char* outcome;
    };
    for (
        const auto& [status, body, outcome] : {
            Case{403, R"({"code":"AccessDenied","message":"m"})",
                 "forbidden: the agent for AWS credentials refused: AccessDenied (status 403)"},
            Case{500, "", "unavailable: the agent for AWS credentials cannot answer now (status 500)"},
            Case{200, "{}", "invalid: the answer of the agent for AWS credentials is not what it should be"},
            Case{200, R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t"})",
                 "invalid: the answer of the agent for AWS credentials is not what it should be"},
            Case{
                200,
                R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"a\nb","Expiration":"2030-01-01T00:00:00Z"})",
                "invalid: the answer of the agent for AWS credentials is not what it should be"},
        }) {
        fixture.answer = [status, body](const http::Request&) { return Fixture::json(status, body); };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
    fixture.files.clear();
    EXPECT_EQ(fixture.outcome(key()),
              "not found: the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE does not exist");
    fixture.environment.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    fixture.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nX-Evil: b";
    EXPECT_EQ(fixture.outcome(key()), "invalid: AWS_CONTAINER_AUTHORIZATION_TOKEN holds no token");
}

}  // namespace
}  // namespace kms_ambient
