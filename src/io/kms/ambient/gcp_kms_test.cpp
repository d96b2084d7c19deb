// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "io/kms/ambient/testing/fixture.hpp"
#include "io/kms/ambient/testing/rsa_key.hpp"
#include "io/kms/ambient/text.hpp"
#include "model/json.hpp"

namespace kms_ambient {
namespace {

using namespace std::chrono_literals;
using testing::Fixture;

constexpr auto kResource = "projects/team/locations/global/keyRings/sops/cryptoKeys/deploy";
constexpr auto kTokenServer = "https://oauth2.googleapis.com/token";
constexpr auto kMetadataServer =
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token";

sops::GcpKmsKey key() { return {.resource_id = kResource, .enc = "c2VhbGVk"}; }

// One for all tests: making it takes a while.
const testing::RsaKey& rsa() {
    static const testing::RsaKey instance;
    return instance;
}

std::string key_file(std::string_view type = "service_account") {
    return model::to_json(model::Object{{"type", type},
                                        {"client_email", "sops@team.iam.gserviceaccount.com"},
                                        {"private_key_id", "key-1"},
                                        {"private_key", rsa().pem()},
                                        {"token_uri", kTokenServer}});
}

class GcpKms : public ::testing::Test {
protected:
    GcpKms() {
        fixture.environment = {{"GOOGLE_APPLICATION_CREDENTIALS", "/etc/key.json"}};
        fixture.files["/etc/key.json"] = key_file();
        fixture.answer = [this](const http::Request& request) {
            if (request.url.ends_with("/token")) {
                return Fixture::json(
                    200,
                    fmt::format(R"({{"access_token":"ya29.{}","expires_in":3600,"token_type":"Bearer"}})",
                                ++issued));
            }
            return Fixture::json(200, R"({"plaintext":"ZGF0YSBrZXk=","plaintextCrc32c":"1"})");
        };
    }
    void use_metadata_server() { fixture.environment.clear(); }
    Fixture fixture;
    int issued = 0;
};

TEST_F(GcpKms, AsksWithATokenForWhichTheServiceAccountSigns) {
    EXPECT_EQ(fixture.outcome(key()), "data key");
    ASSERT_EQ(fixture.requests.size(), 2U);
    const auto& grant = fixture.requests[0];
    EXPECT_EQ(grant.url, kTokenServer);
    EXPECT_EQ(Fixture::header(grant, "Content-Type"), "application/x-www-form-urlencoded");
    const std::string front = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    ASSERT_TRUE(grant.body.starts_with(front));
    const auto assertion = grant.body.substr(front.size());
    const auto first = assertion.find('.');
    const auto second = assertion.find('.', first + 1);
    EXPECT_TRUE(rsa().verifies(assertion.substr(0, second), *decode_base64url(assertion.substr(second + 1))));
    EXPECT_EQ(*decode_base64url(assertion.substr(0, first)), R"({"alg":"RS256","kid":"key-1","typ":"JWT"})");
    EXPECT_EQ(
        *decode_base64url(assertion.substr(first + 1, second - first - 1)),
        R"({"aud":"https://oauth2.googleapis.com/token","exp":1750003600,"iat":1750000000,)"
        R"("iss":"sops@team.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloudkms"})");

    EXPECT_EQ(fixture.last().method, "POST");
    EXPECT_EQ(fixture.last().url,
              std::string("https://cloudkms.googleapis.com/v1/") + kResource + ":decrypt");
    EXPECT_EQ(fixture.last().body, R"({"ciphertext":"c2VhbGVk"})");
    EXPECT_EQ(Fixture::bearer(fixture.last()), "ya29.1");
}

TEST_F(GcpKms, TheTokenIsKeptUntilFiveMinutesBeforeItsEnd) {
    fixture.outcome(key());
    fixture.clock.advance(55min - 1ns);
    fixture.outcome(key());
    EXPECT_EQ(issued, 1);
    fixture.clock.advance(1ns);
    fixture.outcome(key());
    EXPECT_EQ(Fixture::bearer(fixture.last()), "ya29.2");
}

TEST_F(GcpKms, ARefusedTokenIsReplacedAtTheNextTry) {
    const auto usual = fixture.answer;
    fixture.answer = [&](const http::Request& request) {
        return Fixture::bearer(request) == "ya29.1"
                   ? Fixture::json(401, R"({"error":{"code":401,"status":"UNAUTHENTICATED"}})")
                   : usual(request);
    };
    EXPECT_EQ(fixture.outcome(key()), "forbidden: Google Cloud KMS refused: UNAUTHENTICATED (status 401)");
    EXPECT_EQ(fixture.outcome(key()), "data key");
}

TEST_F(GcpKms, CredentialsMayStandInAVariable) {
    fixture.environment = {{"GOOGLE_CREDENTIALS", "\n" + key_file()}};
    EXPECT_EQ(fixture.outcome(key()), "data key");
    fixture.environment = {{"GOOGLE_CREDENTIALS", "/etc/key.json"}};
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(issued, 1);
}

TEST_F(GcpKms, ACredentialInThePlaceOfAPathIsNotQuoted) {
    fixture.environment = {{"GOOGLE_CREDENTIALS", "eyJ0eXBlIjoic2VydmljZV9hY2NvdW50In0="}};
    EXPECT_EQ(fixture.outcome(key()), "not found: the file of GOOGLE_CREDENTIALS does not exist");
    fixture.environment = {{"GOOGLE_CREDENTIALS", "/etc/large"}};
    fixture.files["/etc/large"] = std::string((std::size_t{256} << 10U) + 1, ' ');
    EXPECT_EQ(fixture.outcome(key()), "invalid: the file of GOOGLE_CREDENTIALS is too large");
}

TEST_F(GcpKms, AsksTheMetadataServerWhereThereIsNoKey) {
    use_metadata_server();
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(fixture.requests[0].method, "GET");
    EXPECT_EQ(fixture.requests[0].url, kMetadataServer);
    EXPECT_EQ(Fixture::header(fixture.requests[0], "Metadata-Flavor"), "Google");
    ASSERT_EQ(fixture.clients.size(), 2U);
    EXPECT_TRUE(fixture.client_settings[0].no_proxy);
    EXPECT_TRUE(fixture.clients[0]("169.254.169.254"));
    EXPECT_FALSE(fixture.clients[0]("10.0.0.1"));
    EXPECT_FALSE(fixture.clients[1]("169.254.169.254"));
    EXPECT_TRUE(fixture.clients[1]("142.250.1.1"));
}

TEST_F(GcpKms, TheOperatorMayNameTheMetadataServer) {
    use_metadata_server();
    fixture.environment["GCE_METADATA_HOST"] = "127.0.0.1:8988";
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_TRUE(fixture.requests[0].url.starts_with("http://127.0.0.1:8988/computeMetadata/v1/"));
    EXPECT_FALSE(fixture.clients[0]);  // any address
}

TEST_F(GcpKms, TellsWhereNoMetadataServerIs) {
    use_metadata_server();
    fixture.answer = [](const http::Request&) {
        return base::Error{base::ErrorCode::kUnavailable, "cannot resolve metadata.google.internal"};
    };
    EXPECT_EQ(
        fixture.outcome(key()),
        "unavailable: no key of a service account is configured: Google's metadata server: cannot resolve "
        "metadata.google.internal");
}

TEST_F(GcpKms, TheOperatorMayNameTheEndpoint) {
    for (const auto& [endpoint, front] :
         {std::pair{"cloudkms.example.com:443", "https://cloudkms.example.com/v1/"},
          std::pair{"http://127.0.0.1:9000", "http://127.0.0.1:9000/v1/"}}) {
        fixture.environment["SOPS_GCP_KMS_ENDPOINT"] = endpoint;
        EXPECT_EQ(fixture.outcome(key()), "data key");
        EXPECT_TRUE(fixture.last().url.starts_with(front)) << fixture.last().url;
    }
}

TEST_F(GcpKms, TakesNoOtherKindOfCredentials) {
    struct Case {
        std::string file;
        const char* outcome;
    };
    for (const auto& [file, outcome] : {
             Case{key_file("external_account"),
                  "unsupported: GOOGLE_APPLICATION_CREDENTIALS holds credentials of type external_account, "
                  "which is not "
                  "supported: only service_account is"},
             Case{key_file("authorized_user"),
                  "unsupported: GOOGLE_APPLICATION_CREDENTIALS holds credentials of type authorized_user, "
                  "which is not "
                  "supported: only service_account is"},
             Case{"{}", "invalid: GOOGLE_APPLICATION_CREDENTIALS holds no credentials of Google"},
             Case{"hello", "invalid: GOOGLE_APPLICATION_CREDENTIALS holds no credentials of Google"},
             Case{R"({"type":"service_account"})",
                  "invalid: GOOGLE_APPLICATION_CREDENTIALS holds no key of a service account"},
             Case{R"({"type":"service_account","client_email":"a","private_key":"b","token_uri":"c"})",
                  "invalid: GOOGLE_APPLICATION_CREDENTIALS holds no key of a service account"},
             Case{R"({"type":"service_account","client_email":"a","private_key":"b"})",
                  "invalid: GOOGLE_APPLICATION_CREDENTIALS: the private key is no RSA key in PEM"},
         }) {
        fixture.files["/etc/key.json"] = file;
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
    fixture.files.clear();
    EXPECT_EQ(fixture.outcome(key()), "not found: the file of GOOGLE_APPLICATION_CREDENTIALS does not exist");
    EXPECT_TRUE(fixture.requests.empty());
}

TEST_F(GcpKms, TellsRefusalsApart) {
    struct Case {
        int status;
        const char* body;
        const char* outcome;
    };
    for (const auto& [status, body, outcome] : {
             Case{400, R"({"error":"invalid_grant","error_description":"the account's key was deleted"})",
                  "forbidden: Google's token server refused: invalid_grant (status 400)"},
             Case{503, "", "unavailable: Google's token server cannot answer now (status 503)"},
             Case{200, "{}", "invalid: the answer of Google's token server is not what it should be"},
             Case{200, R"({"access_token":"a b","expires_in":3600})",
                  "invalid: the answer of Google's token server is not what it should be"},
             Case{200, R"({"access_token":"a","expires_in":0})",
                  "invalid: the answer of Google's token server is not what it should be"},
         }) {
        fixture.answer = [status, body](const http::Request&) { return Fixture::json(status, body); };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
    for (const auto& [status, body, outcome] : {
             Case{403, R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"secret"}})",
                  "forbidden: Google Cloud KMS refused: PERMISSION_DENIED (status 403)"},
             Case{429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})",
                  "unavailable: Google Cloud KMS cannot answer now: RESOURCE_EXHAUSTED (status 429)"},
             Case{200, "{}", "invalid: the answer of Google Cloud KMS holds no key"},
         }) {
        fixture.answer = [status, body](const http::Request& request) {
            return request.url == kTokenServer
                       ? Fixture::json(200, R"({"access_token":"a","expires_in":3600})")
                       : Fixture::json(status, body);
        };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
}

TEST_F(GcpKms, RefusesNamesThatMeanSomethingElse) {
    for (const auto* resource :
         {"", "projects", "projects/a/locations/b/keyRings/c/cryptoKeys",
          "projects/a/locations/b/keyRings/c/cryptoKeys/",
          "projects/a/locations/b/keyRings/c/cryptoKeys/d/cryptoKeyVersions/1",
          "projects/a/locations/../keyRings/c/cryptoKeys/d", "projects//locations/b/keyRings/c/cryptoKeys/d",
          "projects/a/locations/b/keyRings/c/cryptoKeys/d?x=y",
          "projects/a/locations/b/keyRings/c/cryptoKeys/d#",
          "/projects/a/locations/b/keyRings/c/cryptoKeys/d", "projects/a/locations/b/keyrings/c/cryptoKeys/d",
          "projects/a b/locations/b/keyRings/c/cryptoKeys/d"}) {
        auto odd = key();
        odd.resource_id = resource;
        EXPECT_EQ(fixture.outcome(odd), "invalid: the key's resource id is not one of Google Cloud KMS")
            << resource;
    }
    auto of_domain = key();
    of_domain.resource_id = "projects/example.com:team/locations/europe-west3/keyRings/a_b/cryptoKeys/c-d";
    EXPECT_EQ(fixture.outcome(of_domain), "data key");
    auto unlocked = key();
    unlocked.enc = "??";
    EXPECT_EQ(fixture.outcome(unlocked), "invalid: the key's text is not one of Google Cloud KMS");
}

}  // namespace
}  // namespace kms_ambient
