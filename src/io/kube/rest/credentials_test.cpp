// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/credentials.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "io/kube/rest/testing/scripted_http.hpp"
#include "io/kube/rest/testing/temp_folder.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

class TokenFiles : public ::testing::Test {
protected:
    base::Result<CredentialPtr> current(Credentials& credentials) {
        return base::testing::run_task(loop, credentials.current());
    }
    std::string token(Credentials& credentials) {
        const auto credential = current(credentials);
        return credential ? std::string((*credential)->bearer->reveal()) : credential.error().text();
    }
    boost::asio::io_context loop;
    testing::InstantClock clock;
    testing::TempFolder folder;
};

TEST_F(TokenFiles, AreReadAgainOnceAMinute) {
    const auto path = folder.write("token", " one\n");
    const auto credentials = token_file_credentials(path, {}, clock);
    EXPECT_EQ(token(*credentials), "one");
    folder.write("token", "two");
    clock.advance(59s);
    EXPECT_EQ(token(*credentials), "one");
    clock.advance(1s);
    EXPECT_EQ(token(*credentials), "two");
}

TEST_F(TokenFiles, AreReadAgainAfterARefusal) {
    const auto path = folder.write("token", "one");
    const auto credentials = token_file_credentials(path, {}, clock);
    const auto first = current(*credentials);
    ASSERT_TRUE(first);
    // Unchanged: the same pointer says that asking again is in vain.
    credentials->refused(*first);
    EXPECT_EQ(*current(*credentials), *first);
    folder.write("token", "two");
    credentials->refused(*first);
    EXPECT_EQ(token(*credentials), "two");
    // A late refusal of the old token is no news.
    folder.write("token", "three");
    credentials->refused(*first);
    EXPECT_EQ(token(*credentials), "two");
}

TEST_F(TokenFiles, KeepTheLastTokenWhileTheFileIsGone) {
    const auto path = folder.write("token", "one");
    const auto credentials = token_file_credentials(path, {}, clock);
    EXPECT_EQ(token(*credentials), "one");
    std::filesystem::remove(path);
    clock.advance(2min);
    EXPECT_EQ(token(*credentials), "one");
    folder.write("token", "");
    clock.advance(2min);
    EXPECT_EQ(token(*credentials), "one");
}

TEST_F(TokenFiles, ReportAMissingFileAndRecoverAtOnce) {
    const auto credentials = token_file_credentials(folder.path("token"), {}, clock);
    const auto missing = current(*credentials);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kUnauthorized);
    EXPECT_NE(missing.error().text().find(folder.path("token")), std::string::npos);
    folder.write("token", "here");
    EXPECT_EQ(token(*credentials), "here");
}

TEST_F(TokenFiles, FallBackToTheTokenBesideThem) {
    const auto credentials = token_file_credentials(folder.path("token"), base::Secret("inline"), clock);
    EXPECT_EQ(token(*credentials), "inline");
    folder.write("token", "file");
    clock.advance(1min);
    EXPECT_EQ(token(*credentials), "file");
}

TEST_F(TokenFiles, KeepTheHeadersOfAnImpersonationWhenTheyRotate) {
    const auto path = folder.write("token", "one");
    const auto credentials = impersonating_credentials(token_file_credentials(path, {}, clock),
                                                       {"system:serviceaccount:t:s", "", {}, {}});
    const auto first = current(*credentials);
    ASSERT_TRUE(first);
    EXPECT_EQ(*current(*credentials), *first);
    ASSERT_EQ((*first)->headers.size(), 1U);
    EXPECT_EQ((*first)->headers[0].value, "system:serviceaccount:t:s");
    folder.write("token", "two");
    credentials->refused(*first);
    const auto second = current(*credentials);
    ASSERT_TRUE(second);
    EXPECT_NE(*second, *first);
    EXPECT_EQ((*second)->bearer->reveal(), "two");
    EXPECT_EQ((*second)->headers.size(), 1U);
}

}  // namespace
}  // namespace kube
