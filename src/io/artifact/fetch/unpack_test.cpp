// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/unpack.hpp"

#include <gtest/gtest.h>

#include "io/artifact/fetch/testing/archive_builder.hpp"

namespace artifact {
namespace {

using testing::ArchiveBuilder;
using testing::gzip;
using Files = std::map<std::string, std::string, std::less<>>;

void expect_refused(const std::string& name, std::string_view bytes, base::ErrorCode code,
                    std::string_view message, const FetchLimits& limits = {}) {
    const auto tree = unpack(bytes, limits);
    ASSERT_FALSE(tree) << name;
    EXPECT_EQ(tree.error().code, code) << name << ": " << tree.error().message;
    EXPECT_NE(tree.error().message.find(message), std::string::npos) << name << ": " << tree.error().message;
}

TEST(Unpack, ReturnsRegularFilesByCleanedPath) {
    const auto tree = unpack(ArchiveBuilder()
                                 .directory("base/")
                                 .file("./base/web.yaml", "kind: Service\n")
                                 .file("empty.yaml", "")
                                 .pax_file("long/" + std::string(150, 'x') + "/grüße.yaml", "a: 1\n")
                                 .file("big.bin", std::string(100'000, '\0'))
                                 .tar_gz(),
                             {});
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(tree->files, (Files{{"base/web.yaml", "kind: Service\n"},
                                  {"empty.yaml", ""},
                                  {"long/" + std::string(150, 'x') + "/grüße.yaml", "a: 1\n"},
                                  {"big.bin", std::string(100'000, '\0')}}));
    EXPECT_TRUE(tree->skipped.empty());
}

TEST(Unpack, LeavesOutLinksDevicesAndMetadata) {
    const auto tree = unpack(ArchiveBuilder()
                                 .file("a.yaml", "a")
                                 .link("sym", "/etc/passwd")
                                 .link("hard", "a.yaml", '1')
                                 .link("../outside", "a.yaml")
                                 .entry("fifo", '6', 0, "")
                                 .entry("null", '3', 0, "")
                                 .file(".git/config", "x")
                                 .file("b\\c", "x")
                                 .tar_gz(),
                             {});
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(tree->files, (Files{{"a.yaml", "a"}}));
    EXPECT_EQ(tree->skipped,
              (std::vector<std::string>{"sym (not a regular file)", "hard (not a regular file)",
                                        "(unnamed) (not a regular file)", "fifo (not a regular file)",
                                        "null (not a regular file)", ".git/config", "b\\c"}));
}

TEST(Unpack, NamesOnlySoManyOfTheSkipped) {
    ArchiveBuilder builder;
    for (int i = 0; i < 150; ++i) {
        builder.file(".git/" + std::to_string(i), "");
    }
    const auto tree = unpack(builder.tar_gz(), {});
    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->skipped.size(), kSkippedNamesMax);
    EXPECT_EQ(tree->skipped_count, 150U);
}

TEST(Unpack, AcceptsAnArchiveWithoutFiles) {
    const auto tree = unpack(ArchiveBuilder().tar_gz(), {});
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_TRUE(tree->files.empty());
}

TEST(Unpack, AcceptsSeveralGzipMembers) {
    const std::string tar = ArchiveBuilder().file("a", std::string(2000, 'a')).tar();
    const auto tree = unpack(gzip(tar.substr(0, 700)) + gzip(tar.substr(700)), {});
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(tree->files.at("a"), std::string(2000, 'a'));
}

TEST(Unpack, RefusesHostileArchives) {
    using enum base::ErrorCode;
    expect_refused("Traversal", ArchiveBuilder().file("../x", "x").tar_gz(), kInvalid,
                   "leads out of it: \"../x\"");
    expect_refused("DeepTraversal", ArchiveBuilder().file("a/../../x", "x").tar_gz(), kInvalid,
                   "leads out of it");
    expect_refused("PaxTraversal", ArchiveBuilder().pax_file("a/../../x", "x").tar_gz(), kInvalid,
                   "leads out of it");
    expect_refused("Absolute", ArchiveBuilder().file("/etc/passwd", "x").tar_gz(), kInvalid, "absolute path");
    expect_refused("NoName", ArchiveBuilder().file("", "x").tar_gz(), kInvalid, "");
    expect_refused("Twice", ArchiveBuilder().file("a", "x").file("a", "y").tar_gz(), kInvalid,
                   "holds the file a twice");
    expect_refused("TwiceAfterCleaning", ArchiveBuilder().file("a", "x").file("./b/../a", "y").tar_gz(),
                   kInvalid, "holds the file a twice");
    expect_refused("FileAndDirectory",
                   ArchiveBuilder().file("a", "x").file("a-b", "y").file("a/b", "z").tar_gz(), kInvalid,
                   "holds a as a file and as a directory");
}

TEST(Unpack, RefusesWhatIsNoGzippedTar) {
    using enum base::ErrorCode;
    const std::string good = ArchiveBuilder().file("a", std::string(5000, 'x')).tar_gz();
    expect_refused("Nothing", "", kInvalid, "cut off");
    expect_refused("NotGzip", "kind: ConfigMap\n", kInvalid, "no valid gzip");
    expect_refused("PlainTar", ArchiveBuilder().file("a", "x").tar(), kInvalid, "no valid gzip");
    expect_refused("NotTar", gzip(std::string(4000, 'x')), kInvalid, "no valid tar");
    expect_refused("EmptyStream", gzip(""), kInvalid, "no valid tar");
    expect_refused("CutOffGzip", good.substr(0, good.size() / 2), kInvalid, "cut off");
    expect_refused("CutOffChecksum", good.substr(0, good.size() - 1), kInvalid, "cut off");
    std::string wrong_checksum = good;
    wrong_checksum[good.size() - 6] = static_cast<char>(wrong_checksum[good.size() - 6] ^ 1);
    expect_refused("WrongChecksum", wrong_checksum, kInvalid, "no valid gzip");
    expect_refused("TrailingGarbage", good + "garbage and more of it", kInvalid, "no valid gzip");
    expect_refused("CutOffTar", gzip(ArchiveBuilder().entry("a", '0', 5000, "short").tar().substr(0, 900)),
                   kInvalid, "no valid tar");
    expect_refused("GarbageHeader", gzip(ArchiveBuilder().file("a", "x").raw(std::string(512, 'z')).tar()),
                   kInvalid, "no valid tar");
}

TEST(Unpack, HoldsItsBounds) {
    using enum base::ErrorCode;
    const FetchLimits entries{.entry_count_max = 3};
    EXPECT_TRUE(unpack(ArchiveBuilder().file("a", "").file("b", "").directory("c/").tar_gz(), entries));
    expect_refused("TooManyEntries",
                   ArchiveBuilder().file("a", "").file("b", "").directory("c/").link("d", "a").tar_gz(),
                   kLimitExceeded, "more than 3 entries", entries);

    const FetchLimits entry{.entry_bytes_max = 1000};
    EXPECT_TRUE(unpack(ArchiveBuilder().file("a", std::string(1000, 'x')).tar_gz(), entry));
    expect_refused("LargeEntry", ArchiveBuilder().file("a", std::string(1001, 'x')).tar_gz(), kLimitExceeded,
                   "file a has more than 1000 bytes", entry);
    expect_refused("EntryThatClaimsMuch",
                   ArchiveBuilder().entry("a", '0', std::size_t{1} << 32U, "").tar_gz(), kLimitExceeded,
                   "more than", {});

    const FetchLimits content{.content_bytes_max = 2002};
    EXPECT_TRUE(
        unpack(ArchiveBuilder().file("a", std::string(1000, 'x')).file("b", std::string(1000, 'x')).tar_gz(),
               content));
    expect_refused(
        "MuchContent",
        ArchiveBuilder().file("a", std::string(1000, 'x')).file("b", std::string(1001, 'x')).tar_gz(),
        kLimitExceeded, "more than 2002 bytes together", content);
}

TEST(Unpack, StopsBombsAtTheInflatedBound) {
    using enum base::ErrorCode;
    // The tar is 512 header + 2048 content + 1024 end.
    const std::string archive = ArchiveBuilder().file("a", std::string(2048, 'x')).tar_gz();
    EXPECT_TRUE(unpack(archive, {.inflated_bytes_max = 3584}))
        << "a stream that ends at the bound is accepted";
    expect_refused("OneByteMore", archive, kLimitExceeded, "inflates to more", {.inflated_bytes_max = 3583});

    const FetchLimits small{.inflated_bytes_max = std::size_t{1} << 20U};
    const std::string zeros(std::size_t{8} << 20U, '\0');
    expect_refused("BombInASkippedEntry", ArchiveBuilder().file(".git/x", zeros).tar_gz(), kLimitExceeded,
                   "inflates to more", small);
    expect_refused("BombInALink", ArchiveBuilder().entry("x", '6', zeros.size(), zeros).tar_gz(),
                   kLimitExceeded, "", small);
    expect_refused("BombBehindTheEnd", gzip(ArchiveBuilder().file("a", "x").tar() + zeros), kLimitExceeded,
                   "inflates to more", small);
    expect_refused("BombInAPaxHeader", ArchiveBuilder().entry("x", 'x', zeros.size(), zeros).tar_gz(),
                   kInvalid, "no valid tar", {});
}

}  // namespace
}  // namespace artifact
