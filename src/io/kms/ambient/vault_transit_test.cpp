// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "io/kms/ambient/testing/fixture.hpp"

namespace kms_ambient {
namespace {

using testing::Fixture;

constexpr auto kAddress = "https://vault.example:8200";

sops::VaultKey key(std::string address = kAddress) {
    return {.address = std::move(address),
            .engine_path = "team/transit",
            .key_name = "deploy",
            .enc = "vault:v1:c2VhbGVk"};
}

class VaultTransit : public ::testing::Test {
protected:
    VaultTransit() {
        fixture.environment = {{"VAULT_ADDR", kAddress}, {"VAULT_TOKEN", "hvs.token"}, {"HOME", "/home/me"}};
        fixture.answer = [](const http::Request&) {
            return Fixture::json(200, R"({"data":{"plaintext":"ZGF0YSBrZXk="}})");
        };
    }
    Fixture fixture;
};

TEST_F(VaultTransit, OpensAKeyWithTheTokenOfTheEnvironment) {
    EXPECT_EQ(fixture.outcome(key()), "data key");
    EXPECT_EQ(fixture.last().method, "POST");
    EXPECT_EQ(fixture.last().url, "https://vault.example:8200/v1/team/transit/decrypt/deploy");
    EXPECT_EQ(fixture.last().body, R"({"ciphertext":"vault:v1:c2VhbGVk"})");
    EXPECT_EQ(Fixture::bearer(fixture.last()), "hvs.token");
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Vault-Request"), "true");
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Vault-Namespace"), "");
}

TEST_F(VaultTransit, BoundsTheExchangeAndFollowsNoRedirect) {
    fixture.answer = [](const http::Request&) {
        return http::Response{307, {{"Location", "https://evil.example/"}}, ""};
    };
    EXPECT_EQ(fixture.outcome(key()),
              "forbidden: HashiCorp Vault answered with a redirect (307), which is not followed");
    EXPECT_EQ(fixture.requests.size(), 1U);
    EXPECT_EQ(fixture.last().redirects_max, 0);
    EXPECT_EQ(fixture.last().body_bytes_max, 65536U);
    EXPECT_EQ(fixture.last().timeout, std::chrono::seconds(30));
}

TEST_F(VaultTransit, ReadsTheTokenFileAnewForEachKey) {
    fixture.environment.erase("VAULT_TOKEN");
    fixture.files["/home/me/.vault-token"] = "first\n";
    fixture.outcome(key());
    EXPECT_EQ(Fixture::bearer(fixture.last()), "first");
    fixture.files["/home/me/.vault-token"] = "second";
    fixture.outcome(key());
    EXPECT_EQ(Fixture::bearer(fixture.last()), "second");
}

TEST_F(VaultTransit, SendsTheNamespace) {
    fixture.environment["VAULT_NAMESPACE"] = "admin/team";
    fixture.outcome(key());
    EXPECT_EQ(Fixture::header(fixture.last(), "X-Vault-Namespace"), "admin/team");
}

TEST_F(VaultTransit, TrustsTheOperatorsRootsAndSeesWhenTheyChange) {
    fixture.environment["VAULT_CACERT"] = "/etc/vault/ca.pem";
    fixture.files["/etc/vault/ca.pem"] = "one";
    fixture.outcome(key());
    fixture.outcome(key());
    ASSERT_EQ(fixture.client_settings.size(), 1U);
    EXPECT_EQ(fixture.client_settings[0].ca_pem, "one");
    fixture.files["/etc/vault/ca.pem"] = "two";
    EXPECT_EQ(fixture.outcome(key()), "data key");
    ASSERT_EQ(fixture.client_settings.size(), 2U);
    EXPECT_EQ(fixture.client_settings[1].ca_pem, "two");
    fixture.files.clear();
    EXPECT_EQ(fixture.outcome(key()), "not found: the file of VAULT_CACERT does not exist");
}

TEST_F(VaultTransit, SendsTheTokenNowhereButToTheOperatorsVault) {
    for (const auto* address :
         {"https://evil.example:8200", "http://vault.example:8200", "https://vault.example",
          "https://vault.example:82000", "https://vault.example:8200@evil.example",
          "https://evil.example/?x=https://vault.example:8200", "https://vault.example.:8200",
          "ftp://vault.example:8200", "//vault.example:8200", ""}) {
        const auto outcome = fixture.outcome(key(address));
        EXPECT_TRUE(outcome.starts_with("forbidden: the key's Vault is another one") ||
                    outcome.starts_with("invalid: the key's Vault address"))
            << address << ": " << outcome;
    }
    EXPECT_TRUE(fixture.requests.empty());
}

TEST_F(VaultTransit, TheSameVaultMayBeWrittenInOtherWays) {
    for (const auto* address : {"https://vault.example:8200/", "HTTPS://Vault.Example:8200"}) {
        EXPECT_EQ(fixture.outcome(key(address)), "data key") << address;
    }
    fixture.environment["VAULT_ADDR"] = "https://vault.example/behind/proxy/";
    EXPECT_EQ(fixture.outcome(key("https://vault.example:443")), "data key");
    EXPECT_EQ(fixture.last().url, "https://vault.example/behind/proxy/v1/team/transit/decrypt/deploy");
}

TEST_F(VaultTransit, RefusesPathsThatMeanSomethingElse) {
    for (const auto* path : {"", "/", "a/", "/a", "a//b", ".", "..", "../sys", "a/../b", "a/./b", "a b",
                             "a%2Fb", "a?b", "a#b", "a\nb", "a;b"}) {
        auto with_path = key();
        with_path.engine_path = path;
        EXPECT_EQ(fixture.outcome(with_path), "invalid: the key's path in HashiCorp Vault is malformed")
            << path;
        auto with_name = key();
        with_name.key_name = path;
        EXPECT_EQ(fixture.outcome(with_name), "invalid: the key's path in HashiCorp Vault is malformed")
            << path;
    }
    EXPECT_TRUE(fixture.requests.empty());
}

TEST_F(VaultTransit, RefusesTextsThatVaultDidNotWrite) {
    for (const auto* text : {"", "vault:v1:", "vault:v:abcd", "vault:vx:abcd", "vault:v1", "aaaa",
                             "vault:v1:ab\"cd", "vault:v1:a b"}) {
        auto odd = key();
        odd.enc = text;
        EXPECT_EQ(fixture.outcome(odd),
                  "invalid: the key's text is not one of HashiCorp Vault's transit engine")
            << text;
    }
}

TEST_F(VaultTransit, NamesWhatIsMissing) {
    fixture.environment = {{"VAULT_ADDR", kAddress}};
    EXPECT_EQ(fixture.outcome(key()), "not found: no token for HashiCorp Vault: VAULT_TOKEN is not set");
    fixture.environment["HOME"] = "/home/me";
    EXPECT_EQ(
        fixture.outcome(key()),
        "not found: no token for HashiCorp Vault: VAULT_TOKEN is not set and there is no ~/.vault-token");
    fixture.environment["VAULT_TOKEN"] = "two words";
    EXPECT_EQ(fixture.outcome(key()), "invalid: VAULT_TOKEN holds no token");
    fixture.environment.clear();
    EXPECT_EQ(fixture.outcome(key()),
              "not found: the address of HashiCorp Vault is not known: VAULT_ADDR is not set");
    fixture.environment["VAULT_ADDR"] = "unix:///run/vault.sock";
    EXPECT_EQ(fixture.outcome(key()), "invalid: VAULT_ADDR is no plain http or https URL");
}

TEST_F(VaultTransit, TellsRefusalsFromTroubleAndQuotesNoBody) {
    struct Case {
        int status;
        const char* outcome;
    };
    for (const auto& [status, outcome] : {
             Case{400, "forbidden: HashiCorp Vault refused (status 400)"},
             Case{403, "forbidden: HashiCorp Vault refused (status 403)"},
             Case{404, "forbidden: HashiCorp Vault refused (status 404)"},
             Case{412, "unavailable: HashiCorp Vault cannot answer now (status 412)"},
             Case{429, "unavailable: HashiCorp Vault cannot answer now (status 429)"},
             Case{473, "unavailable: HashiCorp Vault cannot answer now (status 473)"},
             Case{500, "unavailable: HashiCorp Vault cannot answer now (status 500)"},
             Case{503, "unavailable: HashiCorp Vault cannot answer now (status 503)"},
         }) {
        fixture.answer = [status](const http::Request&) {
            return Fixture::json(status, R"({"errors":["hvs.token leaked here"]})");
        };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
}

TEST_F(VaultTransit, RefusesAnswersWithoutAKey) {
    for (const auto* body : {"", "{", "[]", R"({"data":{}})", R"({"data":{"plaintext":""}})",
                             R"({"data":{"plaintext":"%%%%"}})", R"({"data":{"plaintext":7}})"}) {
        fixture.answer = [body](const http::Request&) { return Fixture::json(200, body); };
        EXPECT_EQ(fixture.outcome(key()), "invalid: the answer of HashiCorp Vault holds no key") << body;
    }
}

TEST_F(VaultTransit, PassesTroubleOfTheNetworkOn) {
    using enum base::ErrorCode;
    struct Case {
        base::ErrorCode code;
        const char* outcome;
    };
    for (const auto& [code, outcome] : {
             Case{kUnavailable, "unavailable: HashiCorp Vault: why"},
             Case{kDeadlineExceeded, "deadline exceeded: HashiCorp Vault: why"},
             Case{kForbidden, "forbidden: HashiCorp Vault: why"},
             Case{kCancelled, "cancelled: why"},
             Case{kLimitExceeded, "invalid: the answer of HashiCorp Vault is not what it should be"},
         }) {
        fixture.answer = [code](const http::Request&) { return base::Error{code, "why"}; };
        EXPECT_EQ(fixture.outcome(key()), outcome);
    }
}

TEST_F(VaultTransit, DialsNoLinkLocalAddress) {
    fixture.outcome(key());
    ASSERT_EQ(fixture.clients.size(), 1U);
    EXPECT_TRUE(fixture.clients[0]("10.1.2.3"));
    EXPECT_TRUE(fixture.clients[0]("127.0.0.1"));
    EXPECT_FALSE(fixture.clients[0]("169.254.169.254"));
}

TEST(AmbientKeyService, LeavesKeysOfPeopleAlone) {
    Fixture fixture;
    EXPECT_EQ(fixture.outcome(sops::AgeKey{}), "unsupported: age keys are no key service's");
    EXPECT_EQ(fixture.outcome(sops::PgpKey{}), "unsupported: OpenPGP keys are no key service's");
}

}  // namespace
}  // namespace kms_ambient
