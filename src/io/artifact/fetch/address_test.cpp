// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/address.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace artifact {
namespace {

TEST(Address, RefusesThisMachineItsMetadataAndMulticast) {
    for (const std::string address : {"127.0.0.1",
                                      "127.255.255.255",
                                      "::1",
                                      "169.254.169.254",
                                      "169.254.0.0",
                                      "fe80::1",
                                      "fe80::1%eth0",
                                      "febf::1",
                                      "224.0.0.1",
                                      "239.255.255.255",
                                      "ff02::1",
                                      "ff0e::1",
                                      "0.0.0.0",
                                      "0.1.2.3",
                                      "::",
                                      "::ffff:127.0.0.1",
                                      "::ffff:169.254.169.254",
                                      "::ffff:0.0.0.0",
                                      "::127.0.0.1",
                                      "::ffff:7f00:1",
                                      "64:ff9b::127.0.0.1",
                                      "64:ff9b::a9fe:a9fe",
                                      "64:ff9b:1::169.254.169.254",
                                      "64:ff9b:1:2:3:4:a9fe:a9fe",
                                      "::ffff:0:169.254.169.254",
                                      "2002:a9fe:a9fe::1",
                                      "2002:7f00:1::",
                                      "2002::1",
                                      "",
                                      "localhost",
                                      "10.0.0",
                                      "1.2.3.4.5",
                                      "10.0.0.7:80"}) {
        EXPECT_FALSE(address_allowed(address, false)) << address;
    }
}

TEST(Address, AllowsTheClusterAndTheOutside) {
    for (const std::string address :
         {"10.0.0.7",        "172.16.3.4",        "192.168.1.1",     "100.64.0.1",         "fd00::1",
          "8.8.8.8",         "2606::1",           "::ffff:10.0.0.7", "128.0.0.1",          "126.255.255.255",
          "169.253.255.255", "169.255.0.0",       "223.255.255.255", "240.0.0.1",          "fec0::1",
          "1.0.0.0",         "64:ff9b::10.0.0.7", "2002:a00:7::1",   "64:ff9c::127.0.0.1", "2001:7f00:1::"}) {
        EXPECT_TRUE(address_allowed(address, false)) << address;
    }
}

TEST(Address, LoopbackIsADevelopmentSwitchThatOpensNothingElse) {
    for (const std::string address : {"127.0.0.1", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(address_allowed(address, true)) << address;
    }
    for (const std::string address :
         {"169.254.169.254", "0.0.0.0", "::", "fe80::1", "224.0.0.1", "64:ff9b::127.0.0.1"}) {
        EXPECT_FALSE(address_allowed(address, true)) << address;
    }
}

struct UrlCase {
    std::string url;
    base::ErrorCode code;
};

using enum base::ErrorCode;
const std::vector<UrlCase> kRefusedUrls = {
    {"", kInvalid},
    {"source/artifact.tar.gz", kInvalid},
    {"http:/host/x", kInvalid},
    {"http:///x", kInvalid},
    {"http://:80/x", kInvalid},
    {"http://./x", kInvalid},
    {"http://a b/x", kInvalid},
    {"http://host/\nx", kInvalid},
    {"http://host\\@other/x", kInvalid},
    {"http://user:pass@host/x", kInvalid},
    {"http://user@127.0.0.1/x", kInvalid},
    {"http://%31%32%37.0.0.1/x", kInvalid},
    {"http://a:b:c/x", kInvalid},
    {"http://[::1/x", kInvalid},
    {"http://[::1]x/x", kInvalid},
    {"http://\xC2\xB9/x", kInvalid},
    {"ftp://host/x", kForbidden},
    {"file:///etc/passwd", kForbidden},
    {"http://localhost/x", kForbidden},
    {"http://LocalHost.:8080/x", kForbidden},
    {"http://a.localhost/x", kForbidden},
    {"http://127.0.0.1/x", kForbidden},
    {"http://127.0.0.1./x", kForbidden},
    {"http://127.1:8080?x", kForbidden},
    {"http://0x7f000001#x", kForbidden},
    {"http://0X7F.1/x", kForbidden},
    {"http://2130706433/x", kForbidden},
    {"http://017700000001/x", kForbidden},
    {"http://0177.0.0.1/x", kForbidden},
    {"http://0177.0.0.1./x", kForbidden},
    {"http://127.0.1/x", kForbidden},
    {"http://0x7f.0.0.1/x", kForbidden},
    {"http://localhost./x", kForbidden},
    {"http://LOCALHOST/x", kForbidden},
    {"http://localhost../x", kInvalid},
    {"http://127.0.0.1../x", kInvalid},
    {"http://[64:ff9b::a9fe:a9fe]/x", kForbidden},
    {"http://[::ffff:7f00:1]/x", kForbidden},
    {"http://[::127.0.0.1]/x", kForbidden},
    {"http://[::]/x", kForbidden},
    {"http://[fe80::1%25eth0]/x", kInvalid},
    {"http://0/x", kForbidden},
    {"http://0xa9fea9fe/latest/meta-data", kForbidden},
    {"https://169.254.169.254/latest", kForbidden},
    {"http://[::1]/x", kForbidden},
    {"http://[::ffff:127.0.0.1]:80/x", kForbidden},
    {"http://[fe80::1]/x", kForbidden},
    {"http://[localhost]/x", kForbidden},
};

TEST(ArtifactUrl, IsJudgedBeforeAnythingIsResolved) {
    for (const UrlCase& row : kRefusedUrls) {
        const auto checked = check_url(row.url, false);
        ASSERT_FALSE(checked) << row.url;
        EXPECT_EQ(checked.error().code, row.code) << row.url << ": " << checked.error().message;
    }
    for (const std::string url :
         {"http://source-controller.flux-system.svc.cluster.local./gitrepository/a/b/c.tar.gz",
          "HTTPS://Example.COM/x?y#z", "http://10.96.0.10:9090/x", "http://[fd00::1]:80/x",
          "http://localhost.example/x", "http://host"}) {
        const auto checked = check_url(url, false);
        EXPECT_TRUE(checked) << url << ": " << checked.error().message;
    }
}

TEST(ArtifactUrl, MayNameLoopbackInDevelopment) {
    for (const std::string url :
         {"http://localhost:1234/x", "http://127.0.0.1:1234/x", "http://[::1]:1234/x"}) {
        EXPECT_TRUE(check_url(url, true)) << url;
    }
    EXPECT_FALSE(check_url("http://169.254.169.254/x", true));
}

}  // namespace
}  // namespace artifact
