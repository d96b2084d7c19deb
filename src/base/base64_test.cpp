// SPDX-License-Identifier: 0BSD
#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Base64, IsTheInverseOfItself) {
    // RFC 4648 §10.
    const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"},
                                                           {"\xFF\xFE", "//4="}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(encode_base64(bytes), text);
        ASSERT_TRUE(decode_base64(text)) << text;
        EXPECT_EQ(*decode_base64(text), bytes);
    }
}

TEST(Base64, ReadsLinesAndRefusesWhatItIsNot) {
    EXPECT_EQ(decode_base64("Zm9v\r\n YmFy\n").value(), "foobar");
    for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v=", "=Zm9", "Zm%v", "Zg==Zg=="}) {
        EXPECT_FALSE(decode_base64(text)) << text;
    }
}

}  // namespace
}  // namespace base
