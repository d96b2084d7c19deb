// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/task_group.hpp"
#include "io/kms/ambient/testing/fixture.hpp"
#include "model/json.hpp"

namespace kms_ambient {
namespace {

using namespace std::chrono_literals;
using testing::Fixture;

constexpr auto kArn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
constexpr auto kRole = "arn:aws:iam::123456789012:role/sops";

sops::AwsKmsKey key() { return {.arn = kArn, .role = "", .context = {}, .profile = "", .enc = "c2VhbGVk"}; }

std::string sts_answer(std::string_view action, std::string_view id, std::string_view expires) {
    return fmt::format(
        "<{0}Response "
        "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{0}Result><Credentials><AccessKeyId>{1}</"
        "AccessKeyId>"
        "<SecretAccessKey>secret</SecretAccessKey><SessionToken>session=={1}</SessionToken><Expiration>{2}</"
        "Expiration>"
        "</Credentials></{0}Result></{0}Response>",
        action, id, expires);
}

class AwsKms : public ::testing::Test {
protected:
    AwsKms() {
        fixture.environment = {
            {"AWS_ACCESS_KEY_ID", "AKIAENV"}, {"AWS_SECRET_ACCESS_KEY", "secret"}, {"HOME", "/home/me"}};
        fixture.answer = [this](const http::Request& request) {
            if (request.url.starts_with("https://sts.")) {
                const bool is_web = request.body.find("AssumeRoleWithWebIdentity") != std::string::npos;
                return Fixture::json(200, sts_answer(is_web ? "AssumeRoleWithWebIdentity" : "AssumeRole",
                                                     fmt::format("ASIA{}", ++issued),
                                                     base::format_rfc3339(fixture.clock.now() + 1h)));
            }
            return Fixture::json(200, R"({"KeyId":"arn","Plaintext":"ZGF0YSBrZXk="})");
        };
    }
    void use_web_identity() {
        fixture.environment.erase("AWS_ACCESS_KEY_ID");
        fixture.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/run/token";
        fixture.environment["AWS_ROLE_ARN"] = kRole;
        fixture.files["/var/run/token"] = "eyJ.a+b.c\n";
    }
    // Whose key signed the last request: what stands in its Authorization header.
    std::string signer() const {
        const auto value = Fixture::header(fixture.last(), "Authorization");
        const auto begin = value.find("Credential=") + 11;
        return value.substr(begin, value.find('/', begin) - begin);
    }
    std::vector<std::string> urls() const {
        std::vector<std::string> all;
        for (const auto& request : fixture.requests) {
            all.push_back(request.url);
        }
        return all;
    }
    Fixture fixture;
    int issued = 0;
};

TEST_F(AwsKms, AsksTheServiceOfTheKeysRegion) {
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(fixture.last().method, "POST");
    EXPECT_EQ(fixture.last().url, "https://kms.eu-central-1.amazonaws.com/");
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Amz-Target"), "TrentService.Decrypt");
    EXPECT_EQ(Fixture::header(fixture.last(), "Content-Type"), "application/x-amz-json-1.1");
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Amz-Date"), "20250615T150640Z");
    EXPECT_TRUE(
        Fixture::header(fixture.last(), "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIAENV/20250615/eu-central-1/kms/aws4_request, "
                         "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="));
    EXPECT_EQ(fixture.last().body, fmt::format(R"({{"CiphertextBlob":"c2VhbGVk","KeyId":"{}"}})", kArn));
}

TEST_F(AwsKms, SendsTheContextAndTheSessionToken) {
    fixture.environment["AWS_SESSION_TOKEN"] = "session";
    auto with_context = key();
    with_context.context = {{"team", "a"}, {"app", "b"}};
    EXPECT_EQ(fixture.outcome(with_context), "data key");
    EXPECT_NE(fixture.last().body.find(R"("EncryptionContext":{"app":"b","team":"a"})"), std::string::npos);
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Amz-Security-Token"), "session");
}

TEST_F(AwsKms, FindsTheHostsOfChina) {
    auto chinese = key();
    chinese.arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/a";
    fixture.outcome(chinese);
    EXPECT_EQ(fixture.last().url, "https://kms.cn-north-1.amazonaws.com.cn/");
}

TEST_F(AwsKms, TheOperatorMayNameTheEndpoints) {
    fixture.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
    fixture.outcome(key());
    EXPECT_EQ(fixture.last().url, "http://127.0.0.1:4566/");
    fixture.environment["AWS_ENDPOINT_URL_KMS"] = "https://kms.example/prefix/";
    fixture.outcome(key());
    EXPECT_EQ(fixture.last().url, "https://kms.example/prefix/");
    fixture.environment["AWS_ENDPOINT_URL_KMS"] = "kms.example";
    EXPECT_EQ(fixture.outcome(key()), "invalid: AWS_ENDPOINT_URL_KMS is no plain http or https URL");
}

TEST_F(AwsKms, WebIdentityIsExchangedOnceAndRenewedInTime) {
    use_web_identity();
    EXPECT_EQ(fixture.outcome(key()), "data key");
    ASSERT_EQ(urls(), (std::vector<std::string>{"https://sts.eu-central-1.amazonaws.com/",
                                                "https://kms.eu-central-1.amazonaws.com/"}));
    EXPECT_EQ(fixture.requests[0].body,
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%"
              "3Arole%2Fsops&"
              "RoleSessionName=stageset&WebIdentityToken=eyJ.a%2Bb.c");
    EXPECT_EQ(Fixture::header(fixture.requests[0], "Authorization"), "");
    EXPECT_EQ(signer(), "ASIA1");
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Amz-Security-Token"), "session==ASIA1");
    fixture.outcome(key());
    EXPECT_EQ(fixture.requests.size(), 3U);
    EXPECT_EQ(signer(), "ASIA1");
    fixture.clock.advance(55min);
    fixture.outcome(key());
    EXPECT_EQ(fixture.requests.size(), 5U);
    EXPECT_EQ(signer(), "ASIA2");
}

TEST_F(AwsKms, OneExchangeServesAllWhoWait) {
    use_web_identity();
    base::Event open(fixture.loop.get_executor());
    fixture.gate = &open;
    base::TaskGroup group(fixture.loop.get_executor());
    int opened = 0;
    const auto run = [](kms::KeyService& service, int& count) -> base::Task<void> {
        if (auto secret = co_await service.decrypt(key()); !secret) {
            co_return secret.error();
        }
        ++count;
        co_return base::Result<void>{};
    };
    for (int i = 0; i < 4; ++i) {
        group.spawn(run(fixture.service(), opened));
    }
    base::testing::settle(fixture.loop);
    EXPECT_EQ(fixture.requests.size(), 1U);
    open.set();
    base::testing::settle(fixture.loop);
    EXPECT_EQ(opened, 4);
    EXPECT_EQ(issued, 1);
}

TEST_F(AwsKms, TheOperatorsRegionSaysWhereTokensAreExchanged) {
    use_web_identity();
    fixture.environment["AWS_DEFAULT_REGION"] = "us-west-2";
    fixture.environment["AWS_ROLE_SESSION_NAME"] = "prod";
    fixture.outcome(key());
    EXPECT_EQ(fixture.requests[0].url, "https://sts.us-west-2.amazonaws.com/");
    EXPECT_NE(fixture.requests[0].body.find("&RoleSessionName=prod&"), std::string::npos);
    fixture.environment["AWS_REGION"] = "evil.example/";
    EXPECT_EQ(fixture.outcome(key()), "invalid: AWS_REGION is no region of AWS");
}

TEST_F(AwsKms, TheKeysRoleIsAssumedWithOurKeys) {
    auto with_role = key();
    with_role.role = kRole;
    EXPECT_EQ(fixture.outcome(with_role), "data key");
    ASSERT_EQ(fixture.requests.size(), 2U);
    EXPECT_EQ(fixture.requests[0].body,
              "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fsops&"
              "RoleSessionName=stageset");
    EXPECT_TRUE(
        Fixture::header(fixture.requests[0], "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIAENV/20250615/eu-central-1/sts/aws4_request, "));
    EXPECT_EQ(signer(), "ASIA1");
    // Another role has keys of its own; the first one's are kept.
    with_role.role = "arn:aws:iam::123456789012:role/other";
    fixture.outcome(with_role);
    EXPECT_EQ(signer(), "ASIA2");
    with_role.role = kRole;
    fixture.outcome(with_role);
    EXPECT_EQ(signer(), "ASIA1");
    EXPECT_EQ(issued, 2);
    with_role.role = "sops";
    EXPECT_EQ(fixture.outcome(with_role), "invalid: the key's role is no ARN of a role of AWS");
}

TEST_F(AwsKms, RemembersABoundedNumberOfRoles) {
    auto with_role = key();
    for (int i = 0; i < 65; ++i) {
        with_role.role = fmt::format("arn:aws:iam::123456789012:role/r{}", i);
        fixture.outcome(with_role);
    }
    with_role.role = "arn:aws:iam::123456789012:role/r1";
    fixture.outcome(with_role);
    EXPECT_EQ(issued, 65);
    with_role.role = "arn:aws:iam::123456789012:role/r0";
    fixture.outcome(with_role);
    EXPECT_EQ(issued, 66);
}

TEST_F(AwsKms, TakesProfilesFromTheSharedFile) {
    fixture.files["/home/me/.aws/credentials"] =
        "[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=s\n[team]\naws_access_key_id="
        "AKIATEAM\n"
        "aws_secret_access_key=s\n";
    auto with_profile = key();
    with_profile.profile = "team";
    fixture.outcome(with_profile);
    EXPECT_EQ(signer(), "AKIATEAM");
    fixture.outcome(key());
    EXPECT_EQ(signer(), "AKIAENV");
    fixture.environment.erase("AWS_ACCESS_KEY_ID");
    fixture.outcome(key());
    EXPECT_EQ(signer(), "AKIADEFAULT");
    fixture.environment["AWS_PROFILE"] = "team";
    fixture.outcome(key());
    EXPECT_EQ(signer(), "AKIATEAM");
    fixture.environment["AWS_PROFILE"] = "nobody";
    EXPECT_EQ(fixture.outcome(key()),
              "not found: the AWS profile nobody is not in the shared credentials file");
    fixture.environment["AWS_SHARED_CREDENTIALS_FILE"] = "/etc/aws";
    EXPECT_EQ(fixture.outcome(key()), "not found: the shared credentials file of AWS does not exist");
}

TEST_F(AwsKms, NamesWhatIsMissing) {
    fixture.environment.clear();
    const std::string nothing =
        "not found: no credentials for AWS: none of AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE and "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is set, and there is no shared credentials file";
    EXPECT_EQ(fixture.outcome(key()), nothing);
    fixture.environment["HOME"] = "/home/me";
    EXPECT_EQ(fixture.outcome(key()), nothing);
    fixture.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/run/token";
    EXPECT_EQ(
        fixture.outcome(key()),
        "not found: no credentials for AWS: AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
    fixture.environment["AWS_ROLE_ARN"] = kRole;
    EXPECT_EQ(fixture.outcome(key()), "not found: the file of AWS_WEB_IDENTITY_TOKEN_FILE does not exist");
    EXPECT_TRUE(fixture.requests.empty());
}

TEST_F(AwsKms, TellsErrorsApartByTheirWord) {
    struct Case {
        int status;
        const char* body;
        const char* outcome;
    };
    for (const auto& [status, body, outcome] : {
             Case{400, R"({"__type":"AccessDeniedException","Message":"User: arn:aws:iam::1:user/x"})",
                  "forbidden: AWS KMS in eu-central-1 refused: AccessDeniedException (status 400)"},
             Case{400, R"({"__type":"com.amazonaws.kms#ThrottlingException"})",
                  "unavailable: AWS KMS in eu-central-1 cannot answer now: ThrottlingException (status 400)"},
             Case{400, R"({"__type":"InvalidCiphertextException"})",
                  "invalid: AWS KMS in eu-central-1 refused: InvalidCiphertextException (status 400)"},
             Case{
                 500, R"({"__type":"KMSInternalException"})",
                 "unavailable: AWS KMS in eu-central-1 cannot answer now: KMSInternalException (status 500)"},
             Case{400, R"({"__type":"\u001b[31m two words"})",
                  "forbidden: AWS KMS in eu-central-1 refused (status 400)"},
             Case{503, "<html>", "unavailable: AWS KMS in eu-central-1 cannot answer now (status 503)"},
             Case{200, "{}", "invalid: the answer of AWS KMS in eu-central-1 holds no key"},
         }) {
        fixture.answer = [status, body](const http::Request&) { return Fixture::json(status, body); };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
}

TEST_F(AwsKms, TellsWhyNoTokenWasGiven) {
    use_web_identity();
    struct Case {
        int status;
        const char* body;
        const char* outcome;
    };
    for (const auto& [status, body, outcome] : {
             Case{403,
                  "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>m</Message></"
                  "Error></ErrorResponse>",
                  "forbidden: AWS STS in eu-central-1 refused: AccessDenied (status 403)"},
             Case{400, "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>",
                  "unavailable: AWS STS in eu-central-1 cannot answer now: IDPCommunicationError (status "
                  "400)"},
             Case{400, "<Code>a b</Code>", "forbidden: AWS STS in eu-central-1 refused (status 400)"},
             Case{200, "", "invalid: the answer of AWS STS in eu-central-1 is not what it should be"},
             Case{200,
                  "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</"
                  "SessionToken>"
                  "<Expiration>soon</Expiration>",
                  "invalid: the answer of AWS STS in eu-central-1 is not what it should be"},
             Case{200,
                  "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s<b/></SecretAccessKey><SessionToken>t</"
                  "SessionToken>"
                  "<Expiration>2026-01-01T00:00:00Z</Expiration>",
                  "invalid: the answer of AWS STS in eu-central-1 is not what it should be"},
         }) {
        fixture.answer = [status, body](const http::Request&) { return Fixture::json(status, body); };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
}

TEST_F(AwsKms, ExpiredKeysAreReplacedAtTheNextTry) {
    use_web_identity();
    const auto usual = fixture.answer;
    fixture.answer = [&](const http::Request& request) -> base::Result<http::Response> {
        if (request.url.starts_with("https://kms.") && signer() == "ASIA1") {
            return Fixture::json(400, R"({"__type":"ExpiredTokenException"})");
        }
        return usual(request);
    };
    EXPECT_EQ(fixture.outcome(key()),
              "forbidden: AWS KMS in eu-central-1 refused: ExpiredTokenException (status 400)");
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(issued, 2);
}

TEST_F(AwsKms, RefusesWhatTheServiceCannotHaveLocked) {
    const std::string too_long = base::encode_base64(std::string(6145, 'a'));
    for (const auto& enc : {std::string(), std::string("not base64!"), too_long}) {
        auto odd = key();
        odd.enc = enc;
        EXPECT_EQ(fixture.outcome(odd), "invalid: the key's text is not one of AWS KMS");
    }
    auto elsewhere = key();
    elsewhere.arn = "arn:aws:kms:us-east-1.evil.example:123456789012:key/a";
    EXPECT_EQ(fixture.outcome(elsewhere), "invalid: the key's ARN is not one of AWS KMS");
    EXPECT_TRUE(fixture.requests.empty());
}

}  // namespace
}  // namespace kms_ambient
