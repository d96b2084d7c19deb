// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_arn.hpp"

#include <gtest/gtest.h>

#include "io/kms/ambient/aws_profiles.hpp"

namespace kms_ambient {
namespace {

TEST(AwsRegion, IsWordsAndANumber) {
    for (const auto* region :
         {"us-east-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1", "eu-central-12"}) {
        EXPECT_TRUE(is_aws_region(region)) << region;
    }
    for (const auto* region : {"", "us", "east-1", "us-east", "us-east-1a", "us-east-1.evil.example", "us--1",
                               "-us-east-1", "us-east-", "US-east-1", "us-ea5t-1", "us-east-1-", "us-east-1/",
                               "us-east-1@evil-x-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaa-aaaa-1"}) {
        EXPECT_FALSE(is_aws_region(region)) << region;
    }
}

TEST(AwsArn, OfAKeyOrAliasNamesTheRegion) {
    struct Case {
        const char* arn;
        const char* region;  // or the error's text
    };
    constexpr auto kMalformed = "the key's ARN is not one of AWS KMS";
    for (const auto& [arn, region] : {
             Case{"arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                  "eu-central-1"},
             Case{"arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab", "us-east-1"},
             Case{"arn:aws:kms:us-east-1:123456789012:alias/team/sops", "us-east-1"},
             Case{"arn:aws-cn:kms:cn-north-1:123456789012:key/a", "cn-north-1"},
             Case{"arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/a", "us-gov-west-1"},
             Case{"", kMalformed},
             Case{"arn:aws:kms:us-east-1:123456789012", kMalformed},
             Case{"arn:aws:kms:us-east-1:123456789012:", kMalformed},
             Case{"arn:aws:kms:us-east-1:123456789012:key/", kMalformed},
             Case{"arn:aws:kms:us-east-1:123456789012:grant/a", kMalformed},
             Case{"arn:aws:kms:us-east-1:123456789012:key/a\nb", kMalformed},
             Case{"arn:aws:kms:us-east-1:123456789012:key/a:b", kMalformed},
             Case{"arn:aws:kms:us-east-1:12345678901:key/a", kMalformed},
             Case{"arn:aws:kms::123456789012:key/a", kMalformed},
             Case{"arn:aws:kms:evil.example/:123456789012:key/a", kMalformed},
             Case{"arn:aws:kms:us-east-1.evil.example:123456789012:key/a", kMalformed},
             Case{"arn:aws:s3:us-east-1:123456789012:key/a", kMalformed},
             Case{"arn:azure:kms:us-east-1:123456789012:key/a", kMalformed},
             Case{"arn:awsome:kms:us-east-1:123456789012:key/a", kMalformed},
             Case{"urn:aws:kms:us-east-1:123456789012:key/a", kMalformed},
             Case{"arn:aws:kms:cn-north-1:123456789012:key/a", kMalformed},
             Case{"arn:aws-cn:kms:us-east-1:123456789012:key/a", kMalformed},
             Case{"arn:aws:kms:us-gov-west-1:123456789012:key/a", kMalformed},
             Case{"arn:aws-iso:kms:us-iso-east-1:123456789012:key/a",
                  "AWS' partition aws-iso is not supported"},
         }) {
        const auto got = region_of_key(arn);
        EXPECT_EQ(got ? *got : got.error().message, region) << arn;
    }
    EXPECT_FALSE(
        region_of_key("arn:aws:kms:us-east-1:123456789012:key/" + std::string(2048, 'a')).has_value());
}

TEST(AwsArn, OfARoleIsChecked) {
    for (const auto* arn :
         {"arn:aws:iam::123456789012:role/sops", "arn:aws-cn:iam::123456789012:role/path/to/sops+=,.@-_"}) {
        EXPECT_TRUE(check_role(arn).has_value()) << arn;
    }
    for (const auto* arn :
         {"", "sops", "arn:aws:iam::123456789012:user/sops", "arn:aws:iam:us-east-1:123456789012:role/sops",
          "arn:aws:sts::123456789012:role/sops", "arn:aws:iam::123456789012:role/", "arn:aws:iam::1:role/a",
          "arn:aws:iam::123456789012:role/a&b"}) {
        EXPECT_FALSE(check_role(arn).has_value()) << arn;
    }
}

constexpr std::string_view kFile = R"(# comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=secret/default+
region = us-east-1

; comment
[ team ]
aws_access_key_id=AKIATEAM
aws_secret_access_key = old
aws_secret_access_key = new
aws_session_token = session==

[process]
credential_process = /bin/sh
[role]
role_arn = arn:aws:iam::123456789012:role/a
[half]
aws_access_key_id = AKIAHALF
[empty]
)";

TEST(AwsProfiles, AreFoundByName) {
    const auto standard = keys_of_profile(kFile, "default");
    ASSERT_TRUE(standard.has_value());
    EXPECT_EQ(standard->access_key_id, "AKIADEFAULT");
    EXPECT_EQ(standard->secret_access_key.reveal(), "secret/default+");
    EXPECT_TRUE(standard->session_token.empty());
    const auto team = keys_of_profile(kFile, "team");
    ASSERT_TRUE(team.has_value());
    EXPECT_EQ(team->access_key_id, "AKIATEAM");
    EXPECT_EQ(team->secret_access_key.reveal(), "new");
    EXPECT_EQ(team->session_token.reveal(), "session==");
}

TEST(AwsProfiles, SayWhatIsWrong) {
    struct Case {
        const char* name;
        base::ErrorCode code;
        const char* message;
    };
    using enum base::ErrorCode;
    for (const auto& [name, code, message] : {
             Case{"nobody", kNotFound, "the AWS profile nobody is not in the shared credentials file"},
             Case{"no\x1b[31mbody", kNotFound, "the key's AWS profile is not in the shared credentials file"},
             Case{"process", kUnsupported,
                  "the AWS profile process uses credential_process, which is not supported: only keys are"},
             Case{"role", kUnsupported,
                  "the AWS profile role uses role_arn, which is not supported: only keys are"},
             Case{"half", kInvalid, "the AWS profile half has no pair of keys"},
             Case{"empty", kInvalid, "the AWS profile empty has no pair of keys"},
         }) {
        const auto keys = keys_of_profile(kFile, name);
        ASSERT_FALSE(keys.has_value()) << name;
        EXPECT_EQ(keys.error().code, code);
        EXPECT_EQ(keys.error().message, message);
    }
    EXPECT_FALSE(keys_of_profile("", "default").has_value());
    EXPECT_FALSE(keys_of_profile("[default", "other").has_value());
}

}  // namespace
}  // namespace kms_ambient
