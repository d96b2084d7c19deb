// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/directory_files.hpp"

#include <filesystem>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "io/kube/rest/testing/temp_folder.hpp"

namespace stagesetctl {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class Directories : public ::testing::Test {
protected:
    std::unique_ptr<DirectoryFiles> open(artifact::FetchLimits limits = {}) {
        auto files = DirectoryFiles::open(folder.path("d"), limits);
        EXPECT_TRUE(files) << files.error().message;
        return files ? std::move(*files) : nullptr;
    }
    // "a.yaml b/ …"
    static std::string listed(const DirectoryFiles& files, std::string_view directory) {
        std::string text;
        for (const auto& child : files.children(directory)) {
            text += child.name + (child.directory ? "/ " : " ");
        }
        return text;
    }

    kube::testing::TempFolder folder;
};

TEST_F(Directories, ShowRegularFilesByPathHiddenOnesToo) {
    folder.write("d/b/x.yaml", "x");
    folder.write("d/.hidden", "h");
    folder.write("d/a.yaml", "a");
    ::mkfifo(folder.path("d/pipe").c_str(), 0600);
    const auto files = open();
    EXPECT_EQ(listed(*files, ""), ".hidden a.yaml b/ ");
    EXPECT_EQ(listed(*files, "b"), "x.yaml ");
    EXPECT_EQ(listed(*files, "missing"), "");
    EXPECT_EQ(files->read("b/x.yaml"), "x");
    EXPECT_EQ(files->read(".hidden"), "h");
    EXPECT_EQ(files->read("b"), std::nullopt);
    EXPECT_EQ(files->read("pipe"), std::nullopt);
    EXPECT_EQ(files->read("missing"), std::nullopt);
    EXPECT_EQ(files->read("a.yaml/below"), std::nullopt);
    EXPECT_TRUE(files->is_directory(""));
    EXPECT_TRUE(files->is_directory("b"));
    EXPECT_FALSE(files->is_directory("a.yaml"));
    EXPECT_FALSE(files->failure());
}

TEST_F(Directories, KeepWhatWasReadWhileMoreIsRead) {
    folder.write("d/a", "first");
    const auto files = open();
    const auto text = files->read("a");
    for (int i = 0; i < 100; ++i) {
        const std::string name = "f" + std::to_string(i);
        folder.write("d/" + name, name);
        EXPECT_EQ(files->read(name), name);
    }
    EXPECT_EQ(text, "first");
}

TEST_F(Directories, FollowLinksThatStayInside) {
    folder.write("d/base/x.yaml", "x");
    fs::create_symlink("base/x.yaml", folder.path("d/file"));
    fs::create_directory_symlink("base", folder.path("d/folder"));
    const auto files = open();
    EXPECT_EQ(listed(*files, ""), "base/ file folder/ ");
    EXPECT_EQ(files->read("file"), "x");
    EXPECT_EQ(files->read("folder/x.yaml"), "x");
    EXPECT_FALSE(files->failure());
}

TEST_F(Directories, DoNotListLinksThatLeadOutsideUpwardsOrNowhere) {
    folder.write("d/base/x.yaml", "x");
    folder.write("secret", "s");
    fs::create_symlink(folder.path("secret"), folder.path("d/out"));
    fs::create_symlink("nothing", folder.path("d/dangling"));
    fs::create_directory_symlink("..", folder.path("d/base/up"));
    fs::create_directory_symlink(".", folder.path("d/base/self"));
    const auto files = open();
    EXPECT_EQ(listed(*files, ""), "base/ ");
    EXPECT_EQ(listed(*files, "base"), "x.yaml ");
    EXPECT_FALSE(files->failure());
}

TEST_F(Directories, AreNotWayToFilesOutside) {
    folder.write("d/x.yaml", "x");
    folder.write("d2/secret", "s");
    fs::create_directory_symlink(folder.path("d2"), folder.path("d/out"));
    const auto files = open();
    EXPECT_EQ(files->read("out/secret"), std::nullopt);
    ASSERT_TRUE(files->failure()) << "a build that names such a file must not go on without it";
    EXPECT_EQ(files->failure()->message,
              folder.path("d") + "/out/secret: the symbolic link leads out of the directory");
    EXPECT_EQ(open()->read("../d2/secret"), std::nullopt);
}

TEST_F(Directories, ThatAreLinksThemselvesMayBeNamed) {
    folder.write("real/x.yaml", "x");
    fs::create_directory_symlink(folder.path("real"), folder.path("d"));
    EXPECT_EQ(open()->read("x.yaml"), "x");
}

TEST_F(Directories, AreRefusedWhenMissingEmptyOrFiles) {
    EXPECT_EQ(DirectoryFiles::open(folder.path("missing"), {}).error().code, ErrorCode::kNotFound);
    fs::create_directories(folder.path("empty/below"));
    const auto empty = DirectoryFiles::open(folder.path("empty"), {});
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().message, "directory " + folder.path("empty") + " holds no file");
    const auto file = DirectoryFiles::open(folder.write("file", "x"), {});
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, folder.path("file") + " is not a directory");
}

TEST_F(Directories, AreBoundedAsArtifactsAre) {
    folder.write("d/a", "12345");
    folder.write("d/b", "12345");
    const struct {
        artifact::FetchLimits limits;
        std::string reason;
    } rows[] = {
        {{.entry_bytes_max = 4}, "d/a: the file is larger than 4 bytes"},
        {{.content_bytes_max = 9}, "d/b: the files of the stage hold more than 9 bytes"},
        {{.entry_count_max = 1}, "the stage lists more than 1 files"},
    };
    for (const auto& row : rows) {
        const auto files = open(row.limits);
        (void)files->children("");
        (void)files->read("a");
        (void)files->read("b");
        ASSERT_TRUE(files->failure()) << row.reason;
        EXPECT_EQ(files->failure()->code, ErrorCode::kLimitExceeded);
        EXPECT_NE(files->failure()->message.find(row.reason), std::string::npos) << files->failure()->message;
    }
}

}  // namespace
}  // namespace stagesetctl
