// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/stageset_file.hpp"

#include <gtest/gtest.h>

#include "apps/stagesetctl/text_file.hpp"
#include "io/kube/rest/testing/temp_folder.hpp"

namespace stagesetctl {
namespace {

using base::ErrorCode;

const std::string kSet = "{apiVersion: stages.metio.wtf/v1, kind: StageSet, metadata: {name: ";

TEST(StageSetFile, PassesOtherObjectsOver) {
    const auto found = pick_stageset(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n" + kSet + "shop}}\n---\n", "f.yaml", "");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(model::name_of(*found), "shop");
}

TEST(StageSetFile, MayBeJson) {
    EXPECT_TRUE(pick_stageset(
        R"({"apiVersion": "stages.metio.wtf/v1", "kind": "StageSet", "metadata": {"name": "shop"}})", "-",
        ""));
}

TEST(StageSetFile, TakesTheNamedOneOfSeveral) {
    const std::string text = kSet + "a}}\n---\n" + kSet + "b}}\n";
    EXPECT_EQ(model::name_of(pick_stageset(text, "f", "b").value()), "b");
    EXPECT_EQ(pick_stageset(text, "f", "").error().message,
              "f holds several StageSets: name the one that is meant");
    EXPECT_EQ(pick_stageset(text, "f", "c").error().message, "StageSet \"c\" not found in f");
    EXPECT_EQ(pick_stageset(text, "f", "c").error().code, ErrorCode::kNotFound);
}

TEST(StageSetFile, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(pick_stageset("a: 1", "-", "").error().message,
              "standard input holds no StageSet (stages.metio.wtf/v1)");
    EXPECT_TRUE(pick_stageset("a: [", "f.yaml", "").error().message.starts_with("f.yaml:"));
    EXPECT_EQ(pick_stageset("{apiVersion: stages.metio.wtf/v1, kind: StageSet}", "f", "").error().message,
              "f: the StageSet has no metadata.name");
    EXPECT_EQ(pick_stageset("{apiVersion: other.example/v1, kind: StageSet}", "f", "").error().code,
              ErrorCode::kNotFound);
}

TEST(StageSetFile, IsReadWholeOrNotAtAll) {
    const kube::testing::TempFolder folder;
    const std::string text(100'000, 'x');
    EXPECT_EQ(read_text_file(folder.write("f", text), kStageSetFileBytesMax).value(), text);
    EXPECT_EQ(read_text_file(folder.path("missing"), kStageSetFileBytesMax).error().message,
              "cannot read " + folder.path("missing") + ": No such file or directory");
    EXPECT_EQ(read_text_file(folder.path("missing"), kStageSetFileBytesMax).error().code,
              ErrorCode::kNotFound);
    EXPECT_EQ(read_text_file(folder.path(""), kStageSetFileBytesMax).error().code, ErrorCode::kInvalid)
        << "a directory";
    const std::string big = folder.write("big", std::string(kStageSetFileBytesMax + 1, 'x'));
    EXPECT_EQ(read_text_file(big, kStageSetFileBytesMax).error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace stagesetctl
