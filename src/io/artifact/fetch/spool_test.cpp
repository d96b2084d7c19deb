// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/spool.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace artifact {
namespace {

namespace fs = std::filesystem;

std::string all_of(ByteSource& source) {
    std::string all;
    for (auto piece = source.next(); piece && !piece->empty(); piece = source.next()) {
        all += *piece;
    }
    return all;
}

class SpoolTest : public ::testing::Test {
protected:
    SpoolTest() {
        std::string name = fs::temp_directory_path() / "spool-XXXXXX";
        directory_ = ::mkdtemp(name.data());
    }
    ~SpoolTest() override { fs::remove_all(directory_); }

    // What is read of pieces of those sizes, and its digest, are those of the pieces.
    static void expect_kept(Spool& spool, const std::vector<std::size_t>& sizes) {
        std::string expected;
        char fill = 'a';
        for (const std::size_t size : sizes) {
            const std::string piece(size, fill++);
            expected += piece;
            ASSERT_TRUE(spool.append(piece));
        }
        EXPECT_EQ(spool.size(), expected.size());
        EXPECT_EQ(spool.finish(), base::sha256(expected));
        EXPECT_EQ(all_of(*spool.read()), expected);
        EXPECT_EQ(all_of(*spool.read()), expected) << "a second reader begins at the beginning";
    }

    fs::path directory_;
};

TEST_F(SpoolTest, KeepsWhatComes) {
    constexpr std::size_t kMax = Spool::kMemoryBytesMax;
    for (const std::vector<std::size_t>& sizes : std::vector<std::vector<std::size_t>>{
             {}, {0}, {1, 2, 3}, {kMax}, {kMax - 1, 1}, {kMax, 1}, {kMax + 1}, {3 * kMax, 5, kMax, 7}}) {
        Spool spool(directory_);
        expect_kept(spool, sizes);
    }
}

TEST_F(SpoolTest, LeavesNoFileBehindAndNoneThatOthersCouldOpen) {
    Spool spool(directory_);
    ASSERT_TRUE(spool.append(std::string(2 * Spool::kMemoryBytesMax, 'x')));
    EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(SpoolTest, DoesWithoutADirectory) {
    Spool spool(directory_ / "none");
    expect_kept(spool, {Spool::kMemoryBytesMax, Spool::kMemoryBytesMax});
}

}  // namespace
}  // namespace artifact
