// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/disk_cache.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace artifact {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLarge = 1 << 20U;

class DiskCacheTest : public ::testing::Test {
protected:
    DiskCacheTest() {
        std::string name = fs::temp_directory_path() / "disk-cache-XXXXXX";
        root_ = ::mkdtemp(name.data());
        directory_ = root_ / "deep" / "cache";
    }
    ~DiskCacheTest() override { fs::remove_all(root_); }

    std::unique_ptr<DiskCache> open(std::size_t bytes_max = kLarge) {
        auto cache = DiskCache::open(directory_, bytes_max);
        EXPECT_TRUE(cache);
        return std::move(*cache);
    }
    fs::path file_of(std::string_view archive) const {
        return directory_ / base::sha256(archive).text().substr(7);
    }
    static base::Result<void> store(DiskCache& cache, std::string_view archive) {
        TextSource source(archive);
        return cache.store(base::sha256(archive), source, archive.size());
    }
    static bool keeps(DiskCache& cache, std::string_view archive) {
        const auto source = cache.load(base::sha256(archive), kLarge);
        return source != nullptr && source->next().value() == archive && source->next().value().empty();
    }

    fs::path root_;
    fs::path directory_;
};

TEST_F(DiskCacheTest, WhatWasStoredIsFoundAlsoByTheNextProcess) {
    const auto cache = open();
    EXPECT_FALSE(keeps(*cache, "one"));
    ASSERT_TRUE(store(*cache, "one"));
    ASSERT_TRUE(store(*cache, "one"));
    EXPECT_TRUE(keeps(*cache, "one"));
    EXPECT_EQ(cache->bytes(), 3U);
    EXPECT_TRUE(keeps(*open(), "one"));
}

TEST_F(DiskCacheTest, OnlyThisUserMayLookIn) {
    const auto cache = open();
    ASSERT_TRUE(store(*cache, "one"));
    struct stat status = {};
    ASSERT_EQ(::stat(directory_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    ASSERT_EQ(::stat(file_of("one").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);

    fs::permissions(directory_, fs::perms(0755));
    const auto refused = DiskCache::open(directory_, kLarge);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::kForbidden);
    fs::create_directory_symlink(directory_, root_ / "link");
    EXPECT_FALSE(DiskCache::open(root_ / "link", kLarge));
    EXPECT_FALSE(DiskCache::open("/proc/no-such-place/cache", kLarge));
}

TEST_F(DiskCacheTest, TheLeastRecentlyUsedGoesFirst) {
    const auto cache = open(10);
    for (const char* archive : {"aaaa", "bbbb"}) {
        ASSERT_TRUE(store(*cache, archive));
    }
    EXPECT_TRUE(keeps(*cache, "aaaa"));
    ASSERT_TRUE(store(*cache, "cccc"));
    EXPECT_TRUE(keeps(*cache, "aaaa"));
    EXPECT_FALSE(keeps(*cache, "bbbb"));
    EXPECT_FALSE(fs::exists(file_of("bbbb")));
    EXPECT_EQ(cache->bytes(), 8U);

    ASSERT_TRUE(store(*cache, "exactly ten")) << "larger than the cache: not kept";
    EXPECT_TRUE(keeps(*cache, "cccc"));
    ASSERT_TRUE(store(*cache, "just right"));
    EXPECT_TRUE(keeps(*cache, "just right"));
    EXPECT_EQ(cache->bytes(), 10U);
    EXPECT_EQ(open(9)->bytes(), 0U) << "a smaller bound holds from the start";
}

TEST_F(DiskCacheTest, DamagedEntriesAreNeverServed) {
    const auto cache = open();
    for (const char* archive : {"one", "two", "six"}) {
        ASSERT_TRUE(store(*cache, archive));
    }
    std::ofstream(file_of("one")) << "onf";
    std::ofstream(file_of("two")) << "t";
    fs::remove(file_of("six"));
    for (const char* archive : {"one", "two", "six"}) {
        EXPECT_FALSE(keeps(*cache, archive)) << archive;
        EXPECT_FALSE(fs::exists(file_of(archive)));
    }
    EXPECT_EQ(cache->bytes(), 0U);
    ASSERT_TRUE(store(*cache, "one"));
    EXPECT_TRUE(keeps(*cache, "one"));
    EXPECT_FALSE(cache->load(base::sha256("one"), 2)) << "more than the caller takes";
}

TEST_F(DiskCacheTest, UnfinishedWritesAndForeignFilesAreNoEntries) {
    (void)open();
    std::ofstream(directory_ / ".part-1-1") << "half";
    std::ofstream(directory_ / "README") << "mine";
    fs::create_symlink("/etc/passwd", file_of("one"));
    const auto cache = open();
    EXPECT_EQ(cache->bytes(), 0U);
    EXPECT_FALSE(fs::exists(directory_ / ".part-1-1"));
    EXPECT_TRUE(fs::exists(directory_ / "README"));
    EXPECT_FALSE(keeps(*cache, "one"));
}

TEST_F(DiskCacheTest, AFailedWriteIsToldAndLeavesNothing) {
    const auto cache = open();
    fs::remove_all(directory_);
    const auto stored = store(*cache, "one");
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, base::ErrorCode::kUnavailable);
    EXPECT_EQ(cache->bytes(), 0U);
}

}  // namespace
}  // namespace artifact
