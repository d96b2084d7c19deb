// SPDX-License-Identifier: 0BSD
#include "io/kms/ambient/text.hpp"

#include <gtest/gtest.h>

#include "io/kms/ambient/endpoint.hpp"
#include "io/kms/ambient/secret_json.hpp"
#include "io/kms/ambient/surroundings.hpp"

namespace kms_ambient {
namespace {

TEST(Text, EscapesAllButUnreservedCharacters) {
    EXPECT_EQ(percent_encode("azAZ09-._~"), "azAZ09-._~");
    EXPECT_EQ(percent_encode(" +/=&%:\xC3\xA4"), "%20%2B%2F%3D%26%25%3A%C3%A4");
    EXPECT_EQ(encode_form({}), "");
    EXPECT_EQ(encode_form({{"Action", "AssumeRole"}, {"a b", "c=d&e"}}), "Action=AssumeRole&a%20b=c%3Dd%26e");
}

TEST(Text, WritesAndReadsBase64urlWithoutPadding) {
    EXPECT_EQ(encode_base64url(""), "");
    EXPECT_EQ(encode_base64url("\xFB\xEF\xFF\x01"), "--__AQ");
    EXPECT_EQ(decode_base64url("--__AQ").value(), "\xFB\xEF\xFF\x01");
    EXPECT_EQ(decode_base64url("").value(), "");
    for (const auto* text : {"A", "ab==", "a+b/", "ab cd", "ab\n"}) {
        EXPECT_FALSE(decode_base64url(text).has_value()) << text;
    }
}

TEST(Text, PrintsOnlyWhatLooksLikeAServicesWord) {
    for (const auto* word :
         {"AccessDeniedException", "invalid_grant", "PERMISSION_DENIED", "KeyVault.Forbidden"}) {
        EXPECT_EQ(error_word(word), word);
    }
    for (const auto* text : {"two words", "a\nb", "<b>", "a:b", "\x1b[31m"}) {
        EXPECT_EQ(error_word(text), "") << text;
    }
    EXPECT_EQ(error_word(std::string(65, 'a')), "");
}

TEST(Endpoint, ReadsPlainUrls) {
    struct Case {
        const char* url;
        const char* written;
        const char* authority;
    };
    for (const auto& [url, written, authority] : {
             Case{"https://kms.example", "https://kms.example", "kms.example"},
             Case{"https://kms.example:443/", "https://kms.example", "kms.example"},
             Case{"http://kms.example:80", "http://kms.example", "kms.example"},
             Case{"HTTP://KMS.example:4566", "http://kms.example:4566", "kms.example:4566"},
             Case{"http://127.0.0.1:1/a/b/", "http://127.0.0.1:1/a/b", "127.0.0.1:1"},
             Case{"http://[::1]:8200", "http://[::1]:8200", "[::1]:8200"},
             Case{"https://[fd00::1]", "https://[fd00::1]", "[fd00::1]"},
         }) {
        const auto endpoint = parse_endpoint(url, "it");
        ASSERT_TRUE(endpoint.has_value()) << url;
        EXPECT_EQ(endpoint->url(), written);
        EXPECT_EQ(endpoint->authority(), authority);
    }
}

TEST(Endpoint, RefusesWhatReadersOfUrlsDisagreeOn) {
    for (const auto* url : {"",
                            "kms.example",
                            "https://",
                            "https:///a",
                            "ftp://a",
                            "https://a:0",
                            "https://a:65536",
                            "https://a:",
                            "https://a:b",
                            "https://u@a",
                            "https://u:p@a",
                            "https://a?b",
                            "https://a#b",
                            "https://a\\b",
                            "https://a/..",
                            "https://a//b",
                            "https://a/%2e",
                            "https://a b",
                            "https://[::1",
                            "https://::1",
                            "https://[::1%25eth0]",
                            "https://[a]",
                            "https://.a",
                            "https://a..b",
                            "https://a_b",
                            "https://a.",
                            "https://\xC3\xA4"}) {
        EXPECT_FALSE(parse_endpoint(url, "it").has_value()) << url;
    }
}

TEST(Surroundings, KnowsAddressesOfTheLink) {
    for (const auto* address :
         {"169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0",
          "fd00:ec2::254", "fd20:ce::254", "", "metadata.google.internal"}) {
        EXPECT_TRUE(is_link_local(address)) << address;
    }
    for (const auto* address :
         {"169.253.255.255", "10.0.0.1", "127.0.0.1", "::1", "2001:db8::1", "fd00:ec3::254"}) {
        EXPECT_FALSE(is_link_local(address)) << address;
    }
}

TEST(Surroundings, TokensAreOnePrintableWord) {
    EXPECT_EQ(token_of(" token\r\n", "it")->reveal(), "token");
    for (const auto* text : {"", " \n", "a b", "a\nb", "a\x01", "\xC3\xA4"}) {
        const auto token = token_of(text, "VAULT_TOKEN");
        ASSERT_FALSE(token.has_value()) << text;
        EXPECT_EQ(token.error().message, "VAULT_TOKEN holds no token");
    }
}

TEST(SecretJson, ReadsWhatServicesAnswer) {
    const auto value =
        parse_secret_json(R"({"data":{"plaintext":"a text that is too long to lie inside of the value"}})");
    EXPECT_EQ(model::find_string(value, {"data", "plaintext"}),
              "a text that is too long to lie inside of the value");
    EXPECT_TRUE(parse_secret_json("").is_null());
    EXPECT_TRUE(parse_secret_json("{} {}").is_null());
    EXPECT_TRUE(parse_secret_json(std::string(17, '[') + std::string(17, ']')).is_null());
}

}  // namespace
}  // namespace kms_ambient
