// SPDX-License-Identifier: 0BSD
#include "base/digest.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

constexpr std::string_view kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, AnswersThePublishedVectors) {
    EXPECT_EQ(sha256("").hex(), kNothing);
    EXPECT_EQ(sha256("abc").hex(), kAbc);
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex(),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256(std::string(1'000'000, 'a')).hex(),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
    Sha256 stream;
    stream.update("a");
    stream.update("");
    Sha256 moved = std::move(stream);
    moved.update("bc");
    EXPECT_EQ(moved.finish(), sha256("abc"));
    EXPECT_EQ(Sha256().finish().hex(), kNothing);
}

TEST(Digest, ReadsItsOwnText) {
    const Digest digest = sha256("abc");
    EXPECT_EQ(digest.text(), "sha256:" + std::string(kAbc));
    const auto again = Digest::parse(digest.text());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, digest);
    EXPECT_NE(*again, sha256("abd"));
}

TEST(Digest, IsReadTrimmedAndInAnyCase) {
    std::string upper(kAbc);
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    for (const std::string& text : {"  sha256:" + std::string(kAbc) + "\n", "sha256:" + upper,
                                    "SHA256:" + upper, "\tSha256:" + upper + " "}) {
        const auto parsed = Digest::parse(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->hex(), kAbc);
    }
}

TEST(Digest, RefusesOtherTexts) {
    const std::string abc(kAbc);
    struct Case {
        std::string text;
        ErrorCode code;
    };
    const Case cases[] = {
        {"", ErrorCode::kInvalid},
        {"  ", ErrorCode::kInvalid},
        {":", ErrorCode::kInvalid},
        {abc, ErrorCode::kInvalid},
        {":" + abc, ErrorCode::kInvalid},
        {"sha256:", ErrorCode::kInvalid},
        {"sha256:" + abc.substr(1), ErrorCode::kInvalid},
        {"sha256:" + abc + "0", ErrorCode::kInvalid},
        {"sha256:g" + abc.substr(1), ErrorCode::kInvalid},
        {"sha256: " + abc.substr(1), ErrorCode::kInvalid},
        {"sha256:" + abc.substr(0, 63) + ":", ErrorCode::kInvalid},
        {"sha512:" + abc + abc, ErrorCode::kUnsupported},
        {"md5:d41d8cd98f00b204e9800998ecf8427e", ErrorCode::kUnsupported},
        {"sha2560:" + abc, ErrorCode::kUnsupported},
        {"sha256 :" + abc, ErrorCode::kUnsupported},
    };
    for (const Case& c : cases) {
        const auto parsed = Digest::parse(c.text);
        ASSERT_FALSE(parsed) << c.text;
        EXPECT_EQ(parsed.error().code, c.code) << c.text;
    }
}

}  // namespace
}  // namespace base
