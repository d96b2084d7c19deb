// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/azure_vault.hpp"

#include <gtest/gtest.h>

#include "io/kms/ambient/testing/fixture.hpp"

namespace kms_ambient {
namespace {

using namespace std::chrono_literals;
using testing::Fixture;

constexpr auto kVersion = "0123456789abcdef0123456789abcdef";

sops::AzureKey key(std::string vault = "https://team.vault.azure.net") {
    return {.vault_url = std::move(vault), .name = "sops-key", .version = kVersion, .enc = "c2VhbGVk-_8"};
}

class AzureVaultTest : public ::testing::Test {
protected:
    AzureVaultTest() {
        fixture.environment = {{"AZURE_TENANT_ID", "11111111-2222-3333-4444-555555555555"},
                               {"AZURE_CLIENT_ID", "66666666-7777-8888-9999-000000000000"},
                               {"AZURE_FEDERATED_TOKEN_FILE", "/var/run/token"}};
        fixture.files["/var/run/token"] = "eyJ.b.c";
        fixture.answer = [this](const http::Request& request) {
            if (request.url.ends_with("/token")) {
                return Fixture::json(
                    200, fmt::format(R"({{"token_type":"Bearer","expires_in":3599,"access_token":"eyA.{}"}})",
                                     ++issued));
            }
            return Fixture::json(
                200, R"({"kid":"https://team.vault.azure.net/keys/sops-key/0","value":"ZGF0YSBrZXk"})");
        };
    }
    Fixture fixture;
    int issued = 0;
};

TEST_F(AzureVaultTest, AsksTheKeysVaultWithAWorkloadsToken) {
    EXPECT_EQ(fixture.outcome(key()), "data key");
    ASSERT_EQ(fixture.requests.size(), 2U);
    EXPECT_EQ(fixture.requests[0].url,
              "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token");
    EXPECT_EQ(fixture.requests[0].body,
              "grant_type=client_credentials&client_id=66666666-7777-8888-9999-000000000000&"
              "scope=https%3A%2F%2Fvault.azure.net%2F.default&"
              "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_"
              "assertion=eyJ.b.c");
    EXPECT_EQ(fixture.last().method, "POST");
    EXPECT_EQ(fixture.last().url, std::string("https://team.vault.azure.net/keys/sops-key/") + kVersion +
                                      "/decrypt?api-version=7.4");
    EXPECT_EQ(fixture.last().body, R"({"alg":"RSA-OAEP-256","value":"c2VhbGVk-_8"})");
    EXPECT_EQ(Fixture::bearer(fixture.last()), "eyA.1");
}

TEST_F(AzureVaultTest, AnApplicationsSecretComesFirst) {
    fixture.environment["AZURE_CLIENT_SECRET"] = "se~cret&";
    fixture.environment["AZURE_AUTHORITY_HOST"] = "https://login.microsoftonline.us/";
    EXPECT_EQ(fixture.outcome(key("https://team.vault.usgovcloudapi.net/")), "data key");
    EXPECT_EQ(fixture.requests[0].url,
              "https://login.microsoftonline.us/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token");
    EXPECT_TRUE(fixture.requests[0].body.ends_with(
        "&scope=https%3A%2F%2Fvault.usgovcloudapi.net%2F.default&client_secret=se~cret%26"));
}

TEST_F(AzureVaultTest, EachDomainHasATokenOfItsOwn) {
    fixture.outcome(key());
    fixture.outcome(key("https://team.managedhsm.azure.net"));
    EXPECT_EQ(Fixture::bearer(fixture.last()), "eyA.2");
    fixture.outcome(key("https://other.vault.azure.net"));
    EXPECT_EQ(Fixture::bearer(fixture.last()), "eyA.1");
    fixture.clock.advance(1h);
    fixture.outcome(key());
    EXPECT_EQ(Fixture::bearer(fixture.last()), "eyA.3");
}

TEST_F(AzureVaultTest, ARefusedTokenIsReplacedAtTheNextTry) {
    const auto usual = fixture.answer;
    fixture.answer = [&](const http::Request& request) {
        return Fixture::bearer(request) == "eyA.1"
                   ? Fixture::json(401, R"({"error":{"code":"Unauthorized"}})")
                   : usual(request);
    };
    EXPECT_EQ(fixture.outcome(key()), "forbidden: Azure Key Vault refused: Unauthorized (status 401)");
    EXPECT_EQ(fixture.outcome(key()), "data key");
}

TEST_F(AzureVaultTest, TellsRefusalsApart) {
    fixture.answer = [](const http::Request&) {
        return Fixture::json(401,
                             R"({"error":"invalid_client","error_description":"AADSTS7000215: secret"})");
    };
    EXPECT_EQ(fixture.outcome(key()), "forbidden: Microsoft Entra ID refused: invalid_client (status 401)");
    struct Case {
        int status;
        const char* body;
        const char* outcome;
    };
    for (const auto& [status, body, outcome] : {
             Case{403, R"({"error":{"code":"Forbidden","message":"secret"}})",
                  "forbidden: Azure Key Vault refused: Forbidden (status 403)"},
             Case{404, R"({"error":{"code":"KeyNotFound"}})",
                  "forbidden: Azure Key Vault refused: KeyNotFound (status 404)"},
             Case{429, "", "unavailable: Azure Key Vault cannot answer now (status 429)"},
             Case{200, R"({"value":"a+b"})",
                  "invalid: the answer of Azure Key Vault is not what it should be"},
             Case{200, "{}", "invalid: the answer of Azure Key Vault is not what it should be"},
         }) {
        fixture.answer = [status, body](const http::Request& request) {
            return request.url.ends_with("/token")
                       ? Fixture::json(200, R"({"access_token":"a","expires_in":3600})")
                       : Fixture::json(status, body);
        };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
}

TEST_F(AzureVaultTest, NamesWhatIsMissing) {
    for (const auto* const variable : {"AZURE_CLIENT_ID", "AZURE_TENANT_ID"}) {
        fixture.environment.erase(variable);
        EXPECT_EQ(fixture.outcome(key()),
                  fmt::format("not found: no credentials for Azure: {} is not set", variable));
    }
    fixture.environment = {
        {"AZURE_TENANT_ID", "../common"}, {"AZURE_CLIENT_ID", "a"}, {"AZURE_CLIENT_SECRET", "b"}};
    EXPECT_EQ(fixture.outcome(key()), "invalid: AZURE_TENANT_ID is no tenant");
    EXPECT_TRUE(fixture.requests.empty());
}

TEST_F(AzureVaultTest, AMachinesIdentityServesWhereNoApplicationIsConfigured) {
    fixture.environment.clear();
    const auto usual = fixture.answer;
    fixture.answer = [&](const http::Request& request) {
        return request.url.starts_with("https://")
                   ? usual(request)
                   : Fixture::json(200,
                                   R"({"access_token":"eyM","expires_in":"3600","expires_on":"1750003600"})");
    };
    EXPECT_EQ(fixture.outcome(key()), "data key");
    ASSERT_EQ(fixture.requests.size(), 2U);
    EXPECT_EQ(fixture.requests[0].method, "GET");
    EXPECT_EQ(fixture.requests[0].url,
              "http://169.254.169.254/metadata/identity/oauth2/"
              "token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net");
    EXPECT_EQ(Fixture::header(fixture.requests[0], "Metadata"), "true");
    EXPECT_EQ(fixture.requests[0].timeout, 5s);
    EXPECT_EQ(Fixture::bearer(fixture.last()), "eyM");
    EXPECT_TRUE(fixture.client_settings[0].no_proxy);
    EXPECT_FALSE(fixture.clients[0]("10.0.0.1"));
    fixture.clock.advance(55min);
    fixture.environment["AZURE_CLIENT_ID"] = "66666666-7777";
    fixture.environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:8080";
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(fixture.requests[2].url,
              "http://127.0.0.1:8080/metadata/identity/oauth2/"
              "token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&"
              "client_id=66666666-7777");
}

TEST_F(AzureVaultTest, TellsWhyAMachineHasNoIdentity) {
    fixture.environment.clear();
    fixture.answer = [](const http::Request&) {
        return Fixture::json(400, R"({"error":"invalid_request","error_description":"Identity not found"})");
    };
    EXPECT_EQ(fixture.outcome(key()),
              "forbidden: Azure's metadata server refused: invalid_request (status 400)");
    fixture.answer = [](const http::Request&) {
        return base::Error{base::ErrorCode::kDeadlineExceeded, "no answer"};
    };
    EXPECT_EQ(fixture.outcome(key()),
              "deadline exceeded: neither AZURE_CLIENT_SECRET nor AZURE_FEDERATED_TOKEN_FILE is set: Azure's "
              "metadata server: "
              "no answer");
    for (const auto* life : {"\"\"", "\"soon\"", "\"60s\"", "0", "-1", "\"0\"", "null"}) {
        fixture.answer = [life](const http::Request&) {
            return Fixture::json(200, fmt::format(R"({{"access_token":"a","expires_in":{}}})", life));
        };
        EXPECT_EQ(fixture.outcome(key()),
                  "invalid: the answer of Azure's metadata server is not what it should be")
            << life;
    }
}

TEST_F(AzureVaultTest, RefusesNamesAndTextsThatMeanSomethingElse) {
    for (const auto* text : {"", ".", "..", "a/b", "a?b", "a b"}) {
        auto with_name = key();
        with_name.name = text;
        auto with_version = key();
        with_version.version = text;
        const auto* const outcome = "invalid: the key's name or version in Azure Key Vault is malformed";
        EXPECT_EQ(fixture.outcome(with_name), outcome) << text;
        EXPECT_EQ(fixture.outcome(with_version), outcome) << text;
    }
    for (const auto* text : {"", "a+b/", "abcd==", "a b"}) {
        auto odd = key();
        odd.enc = text;
        EXPECT_EQ(fixture.outcome(odd), "invalid: the key's text is not one of Azure Key Vault") << text;
    }
    EXPECT_TRUE(fixture.requests.empty());
}

TEST(AzureVaultPlace, IsOneNameBelowADomainOfAzure) {
    struct Case {
        const char* url;
        const char* scope;  // or the error's code
    };
    for (const auto& [url, scope] : {
             Case{"https://team.vault.azure.net", "https://vault.azure.net/.default"},
             Case{"https://Team.Vault.Azure.net/", "https://vault.azure.net/.default"},
             Case{"https://team.vault.azure.net:443", "https://vault.azure.net/.default"},
             Case{"https://team.vault.azure.cn", "https://vault.azure.cn/.default"},
             Case{"https://team.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net/.default"},
             Case{"https://team.managedhsm.azure.net", "https://managedhsm.azure.net/.default"},
             Case{"http://team.vault.azure.net", "forbidden"},
             Case{"http://team.vault.azure.net:443", "forbidden"},
             Case{"https://team.vault.azure.net:8443", "forbidden"},
             Case{"https://a.team.vault.azure.net", "forbidden"},
             Case{"https://vault.azure.net", "forbidden"},
             Case{"https://teamvault.azure.net", "forbidden"},
             Case{"https://team.vault.azure.net.evil.example", "forbidden"},
             Case{"https://evil.example", "forbidden"},
             Case{"https://evil.example/team.vault.azure.net", "invalid"},
             Case{"https://team.vault.azure.net@evil.example", "invalid"},
             Case{"https://team.vault.azure.net/keys", "invalid"},
             Case{"https://evil.example#.vault.azure.net", "invalid"},
             Case{"team.vault.azure.net", "invalid"},
             Case{"", "invalid"},
         }) {
        const auto place = azure_vault_place(url, "");
        EXPECT_EQ(place ? place->scope : std::string(base::to_string(place.error().code)), scope) << url;
    }
}

TEST(AzureVaultPlace, TheOperatorMayListOthers) {
    constexpr auto kList =
        "http://127.0.0.1:9000, https://team.vault.example/,https://odd.vault.azure.cn:8443";
    struct Case {
        const char* url;
        const char* scope;  // or the error's code
    };
    for (const auto& [url, scope] : {
             Case{"http://127.0.0.1:9000", "https://vault.azure.net/.default"},
             Case{"https://team.vault.example", "https://vault.azure.net/.default"},
             Case{"https://odd.vault.azure.cn:8443", "https://vault.azure.cn/.default"},
             Case{"https://127.0.0.1:9000", "forbidden"},
             Case{"http://127.0.0.1:9001", "forbidden"},
             Case{"https://vault.example", "forbidden"},
         }) {
        const auto place = azure_vault_place(url, kList);
        EXPECT_EQ(place ? place->scope : std::string(base::to_string(place.error().code)), scope) << url;
    }
}

}  // namespace
}  // namespace kms_ambient
