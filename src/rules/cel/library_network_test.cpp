// SPDX-License-Identifier: 0BSD
#include <gtest/gtest.h>

#include "rules/cel/libraries.hpp"
#include "rules/cel/network_address.hpp"
#include "rules/cel/testing/library_call.hpp"

namespace cel::testing {
namespace {

struct Written {
    std::string_view text;
    std::string_view canonical;  // empty: refused
};

TEST(NetworkAddress, IsReadStrictlyAndWrittenCanonically) {
    for (const Written& row : {
             Written{"192.168.0.1", "192.168.0.1"},
             Written{"2001:DB8:0:0::1", "2001:db8::1"},
             Written{"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
             Written{"0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"},
             Written{"::", "::"},
             Written{"1::", "1::"},
             Written{"::1.2.3.4", "::102:304"},
             Written{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
             Written{"256.1.1.1", ""},
             Written{"01.1.1.1", ""},
             Written{"1.2.3", ""},
             Written{"1.2.3.4.5", ""},
             Written{"1..3.4", ""},
             Written{"1:2:3:4:5:6:7:8:9", ""},
             Written{"1:2:3:4:5:6:7", ""},
             Written{"1::2::3", ""},
             Written{"12345::", ""},
             Written{"::ffff:1.2.3.4", ""},
             Written{"fe80::1%eth0", ""},
             Written{"", ""},
         }) {
        const auto address = NetworkAddress::parse(row.text);
        EXPECT_EQ(address ? address->text() : "", row.canonical) << row.text;
    }
}

TEST(NetworkRange, IsReadWithBitsBehindThePrefix) {
    for (const Written& row : {
             Written{"10.1.2.3/8", "10.1.2.3/8"},
             Written{"::/0", "::/0"},
             Written{"10.0.0.0/33", ""},
             Written{"10.0.0.0/08", ""},
             Written{"10.0.0.0/+8", ""},
             Written{"10.0.0.0/", ""},
             Written{"10.0.0.0", ""},
             Written{"::ffff:1.2.3.4/96", ""},
         }) {
        const auto range = NetworkRange::parse(row.text);
        EXPECT_EQ(range ? range->text() : "", row.canonical) << row.text;
    }
}

Value asked(std::string_view function, std::string_view address) {
    const LibraryCall call(add_network);
    return call(function, {call("ip", {text(address)})});
}

TEST(NetworkLibrary, ClassifiesAddresses) {
    EXPECT_EQ(shown(asked("family", "::1")), "6");
    EXPECT_EQ(shown(asked("isLoopback", "127.9.9.9")), "true");
    EXPECT_EQ(shown(asked("isUnspecified", "::")), "true");
    EXPECT_EQ(shown(asked("isLinkLocalMulticast", "224.0.1.1")), "false");
    EXPECT_EQ(shown(asked("isLinkLocalUnicast", "fe80::1")), "true");
    EXPECT_EQ(shown(asked("isGlobalUnicast", "255.255.255.255")), "false");
    EXPECT_EQ(shown(asked("isGlobalUnicast", "fd00::1")), "true");
    EXPECT_EQ(shown(asked("string", "2001:DB8::1")), "\"2001:db8::1\"");
}

TEST(NetworkLibrary, ComparesRanges) {
    const LibraryCall call(add_network);
    const Value range = call("cidr", {text("10.1.2.3/8")});
    EXPECT_EQ(shown(call("containsIP", {range, text("10.9.9.9")})), "true");
    EXPECT_EQ(shown(call("containsIP", {range, call("ip", {text("::1")})})), "false");
    EXPECT_EQ(shown(call("containsCIDR", {range, text("10.0.0.0/7")})), "false");
    EXPECT_EQ(shown(call("containsCIDR", {range, call("cidr", {text("10.2.0.0/16")})})), "true");
    EXPECT_TRUE(call("containsIP", {range, text("x")}).is_error());
    EXPECT_EQ(shown(call("masked", {range})), "10.0.0.0/8");
    EXPECT_EQ(shown(call("isMask", {range})), "false");
    EXPECT_EQ(shown(call("ip", {range})), "10.1.2.3");
    EXPECT_EQ(shown(call("prefixLength", {range})), "8");
    EXPECT_EQ(shown(call("ip.isCanonical", {text("2001:DB8::1")})), "false");
    EXPECT_NE(call.functions().constant("net.CIDR"), nullptr);
}

}  // namespace
}  // namespace cel::testing
