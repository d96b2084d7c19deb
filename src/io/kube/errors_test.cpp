// SPDX-License-Identifier: 0BSD
#include "io/kube/errors.hpp"

#include <string>

#include <gtest/gtest.h>

#include "io/kube/client.hpp"
#include "model/json.hpp"

namespace kube {
namespace {

using base::ErrorCode;

std::string status(int code, std::string_view reason, std::string_view message) {
    return fmt::format(
        R"({{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{}","reason":"{}","code":{}}})",
        message, reason, code);
}

struct CodeCase {
    int http_status;
    const char* reason;
    ErrorCode code;
};

class StatusCodes : public testing::TestWithParam<CodeCase> {};

TEST_P(StatusCodes, BecomeTheReactionTheyAskFor) {
    const auto& [http_status, reason, code] = GetParam();
    const auto error = error_from_response(http_status, status(http_status, reason, "no"));
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.message, "no");
    const auto* detail = status_of(error);
    ASSERT_NE(detail, nullptr);
    EXPECT_EQ(detail->http_status, http_status);
    EXPECT_EQ(detail->reason, reason);
}

INSTANTIATE_TEST_SUITE_P(All, StatusCodes,
                         testing::Values(CodeCase{400, "BadRequest", ErrorCode::kInvalid},
                                         CodeCase{401, "Unauthorized", ErrorCode::kUnauthorized},
                                         CodeCase{403, "Forbidden", ErrorCode::kForbidden},
                                         CodeCase{404, "NotFound", ErrorCode::kNotFound},
                                         CodeCase{405, "MethodNotAllowed", ErrorCode::kUnsupported},
                                         CodeCase{406, "NotAcceptable", ErrorCode::kUnsupported},
                                         CodeCase{409, "AlreadyExists", ErrorCode::kAlreadyExists},
                                         CodeCase{409, "Conflict", ErrorCode::kConflict},
                                         CodeCase{410, "Expired", ErrorCode::kGone},
                                         CodeCase{410, "Gone", ErrorCode::kGone},
                                         CodeCase{413, "RequestEntityTooLarge", ErrorCode::kInvalid},
                                         CodeCase{415, "UnsupportedMediaType", ErrorCode::kUnsupported},
                                         CodeCase{422, "Invalid", ErrorCode::kInvalid},
                                         CodeCase{429, "TooManyRequests", ErrorCode::kUnavailable},
                                         CodeCase{500, "InternalError", ErrorCode::kUnavailable},
                                         CodeCase{503, "ServiceUnavailable", ErrorCode::kUnavailable},
                                         CodeCase{504, "Timeout", ErrorCode::kUnavailable}));

TEST(ErrorFromResponse, KeepsCausesAndTheRetryDelayOfTheBody) {
    const auto error = error_from_response(422, R"({"kind":"Status","apiVersion":"v1","status":"Failure",
        "message":"Service \"s\" is invalid","reason":"Invalid","code":422,"details":{"name":"s","kind":"Service",
        "retryAfterSeconds":3,"causes":[
          {"reason":"FieldValueInvalid","message":"field is immutable","field":"spec.clusterIP"},
          {"reason":"FieldValueRequired","message":"needed","field":"spec.ports"}]}})");
    const auto* detail = status_of(error);
    ASSERT_NE(detail, nullptr);
    ASSERT_EQ(detail->causes.size(), 2U);
    EXPECT_EQ(detail->causes[0].reason, "FieldValueInvalid");
    EXPECT_EQ(detail->causes[0].message, "field is immutable");
    EXPECT_EQ(detail->causes[1].field, "spec.ports");
    EXPECT_EQ(detail->retry_after, std::chrono::seconds(3));
}

TEST(ErrorFromResponse, PrefersTheHeadersRetryDelay) {
    const auto error =
        error_from_response(429, status(429, "TooManyRequests", "slow down"), std::chrono::seconds(7));
    EXPECT_EQ(status_of(error)->retry_after, std::chrono::seconds(7));
}

TEST(ErrorFromResponse, QuotesTheFirstLineOfABodyThatIsNoStatus) {
    const auto error = error_from_response(502, "\n<html>Bad Gateway\x01</html>\nmore");
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_EQ(error.message, "the server answered 502: <html>Bad Gateway </html>");
    EXPECT_EQ(status_of(error)->reason, "");
}

TEST(ErrorFromResponse, BoundsWhatItQuotes) {
    EXPECT_LT(error_from_response(500, std::string(100'000, 'x')).message.size(), 300U);
}

TEST(ErrorFromResponse, TellsTheCodeOfAnEmptyBody) {
    EXPECT_EQ(error_from_response(503, "").message, "the server answered 503");
}

TEST(ErrorFromResponse, SurvivesAStatusOfWrongTypes) {
    const auto error = error_from_response(
        409,
        R"({"kind":"Status","apiVersion":"v1","message":7,"reason":[],"code":"x","details":{"causes":{"a":1}}})");
    EXPECT_EQ(error.code, ErrorCode::kConflict);
    EXPECT_EQ(error.message, "the server answered 409");
}

TEST(ErrorFromStatus, TakesTheStatussOwnCode) {
    const auto parsed = model::parse_json(status(410, "Expired", "too old resource version"), "test");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(error_from_status(*parsed, 500).code, ErrorCode::kGone);
}

TEST(StatusOf, IsEmptyForErrorsThatTheServerDidNotMake) {
    EXPECT_EQ(status_of(base::Error{ErrorCode::kUnavailable, "connection refused"}), nullptr);
}

TEST(StatusOf, SurvivesWrapping) {
    const auto error =
        base::wrap("apply ConfigMap t/a", error_from_response(403, status(403, "Forbidden", "no")));
    ASSERT_NE(status_of(error), nullptr);
    EXPECT_EQ(error.text(), "apply ConfigMap t/a: no");
}

TEST(RefOf, NamesTheObject) {
    const auto object = model::parse_json(
        R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"t"}})", "test");
    ASSERT_TRUE(object);
    const auto ref = ref_of(*object);
    EXPECT_EQ(ref.gvk.text(), "apps/v1, Kind=Deployment");
    EXPECT_EQ(ref.ns, "t");
    EXPECT_EQ(ref.name, "web");
}

}  // namespace
}  // namespace kube
