// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/aws_signature.hpp"

#include <gtest/gtest.h>

namespace kms_ambient {
namespace {

// The session token of AWS' Signature Version 4 test suite.
constexpr auto kSessionToken =
    "AQoDYXdzEPT//////////"
    "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/"
    "qkPpKPi/"
    "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+"
    "xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

// A case of that suite, or AWS' documented example; all are of 2015-08-30T12:36:00Z, region us-east-1, service "service".
struct Vector {
    const char* name;
    const char* method;
    std::vector<http::Header> headers;
    const char* body;
    const char* session_token;
    const char* names;
    const char* signature;
};

class Published : public ::testing::TestWithParam<Vector> {};

TEST_P(Published, SignatureIsTheSame) {
    const auto& vector = GetParam();
    http::Request request{.method = vector.method, .headers = vector.headers, .body = vector.body};
    const AwsKeys keys{"AKIDEXAMPLE", base::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                       base::Secret(vector.session_token)};
    const auto time = base::parse_rfc3339("2015-08-30T12:36:00Z").value();
    sign(request, {"https", "example.amazonaws.com", 443, ""}, keys, {"us-east-1", "service"}, time);
    EXPECT_EQ(request.headers.back().name, "Authorization");
    EXPECT_EQ(request.headers.back().value,
              std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                          "SignedHeaders=") +
                  vector.names + ", Signature=" + vector.signature);
}

INSTANTIATE_TEST_SUITE_P(
    TestSuiteOfAws, Published,
    ::testing::Values(Vector{"GetVanilla",
                             "GET",
                             {},
                             "",
                             "",
                             "host;x-amz-date",
                             "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
                      Vector{"PostVanilla",
                             "POST",
                             {},
                             "",
                             "",
                             "host;x-amz-date",
                             "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
                      Vector{"PostHeaderKeySort",
                             "POST",
                             {{"My-Header1", "value1"}},
                             "",
                             "",
                             "host;my-header1;x-amz-date",
                             "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
                      Vector{"PostForm",
                             "POST",
                             {{"Content-Type", "application/x-www-form-urlencoded"}},
                             "Param1=value1",
                             "",
                             "content-type;host;x-amz-date",
                             "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
                      Vector{"PostStsHeaderBefore",
                             "POST",
                             {},
                             "",
                             kSessionToken,
                             "host;x-amz-date;x-amz-security-token",
                             "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace kms_ambient
