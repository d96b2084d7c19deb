// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/http_fetcher.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/testing/run.hpp"
#include "io/artifact/fetch/testing/archive_builder.hpp"

namespace artifact {
namespace {

using base::ErrorCode;
using base::Result;
using testing::ArchiveBuilder;
using Tree = std::shared_ptr<const FileTree>;

// Answers each request from a table by URL; a held URL is answered when the test lets it go.
class FakeServer final : public http::Client {
public:
    explicit FakeServer(base::Executor executor) : released_(std::move(executor)) {}

    base::Task<http::Response> send(http::Request request) override {
        requests.push_back(request);
        while (holding) {
            if (auto waited = co_await released_.wait(); !waited) {
                ++cancelled;
                co_return waited.error();
            }
        }
        co_return answers.at(request.url);
    }
    base::Task<std::unique_ptr<http::Stream>> open(http::Request) override {
        co_return base::Error{ErrorCode::kInternal, "not used"};
    }
    void release() {
        holding = false;
        released_.set();
    }

    std::map<std::string, Result<http::Response>> answers;
    std::vector<http::Request> requests;
    bool holding = false;
    int cancelled = 0;

private:
    base::Event released_;
};

http::Response answer(int status, std::string body = "") {
    return {.status = status, .headers = {}, .body = std::move(body)};
}

base::Task<void> fetch_into(HttpFetcher& fetcher, ArtifactRef ref, std::optional<Result<Tree>>& result) {
    result = co_await fetcher.fetch(std::move(ref));
    co_return Result<void>{};
}

class HttpFetcherTest : public ::testing::Test {
protected:
    ~HttpFetcherTest() override { EXPECT_TRUE(base::testing::run_task(loop_, fetcher_->close())); }

    static std::string digest_of(std::string_view bytes) { return base::sha256(bytes).text(); }
    ArtifactRef good_ref() { return {kUrl, digest_of(archive_)}; }
    Result<Tree> fetch(ArtifactRef ref) {
        return base::testing::run_task(loop_, fetcher_->fetch(std::move(ref)));
    }
    void restart(HttpFetcherOptions options) {
        EXPECT_TRUE(base::testing::run_task(loop_, fetcher_->close()));
        fetcher_ = std::make_unique<HttpFetcher>(server_, compute_, loop_.get_executor(), options);
    }

    static constexpr const char* kUrl = "http://source.flux-system.svc/a.tar.gz";
    const std::string archive_ = ArchiveBuilder().file("a.yaml", "kind: ConfigMap\n").tar_gz();
    boost::asio::io_context loop_;
    base::Compute compute_{1};
    FakeServer server_{loop_.get_executor()};
    std::unique_ptr<HttpFetcher> fetcher_ =
        std::make_unique<HttpFetcher>(server_, compute_, loop_.get_executor(), HttpFetcherOptions{});
};

TEST_F(HttpFetcherTest, ReturnsTheFilesOfAVerifiedArchive) {
    server_.answers.emplace(kUrl, answer(200, archive_));
    const auto tree = fetch(good_ref());
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ((*tree)->files.at("a.yaml"), "kind: ConfigMap\n");
    ASSERT_EQ(server_.requests.size(), 1U);
    EXPECT_EQ(server_.requests[0].method, "GET");
    EXPECT_EQ(server_.requests[0].timeout, std::chrono::minutes(5));
    EXPECT_EQ(server_.requests[0].redirects_max, 10);
    EXPECT_EQ(server_.requests[0].body_bytes_max, std::size_t{64} << 20U);
    EXPECT_EQ(server_.requests[0].bearer, nullptr);
}

TEST_F(HttpFetcherTest, TellsWhatIsWrongWithTheAnswer) {
    struct Case {
        Result<http::Response> answered;
        ErrorCode code;
        std::string message;
    };
    const std::vector<Case> cases = {
        {answer(404), ErrorCode::kNotFound, "answered 404"},
        {answer(410), ErrorCode::kNotFound, "answered 410"},
        {answer(401), ErrorCode::kForbidden, "answered 401"},
        {answer(403), ErrorCode::kForbidden, "answered 403"},
        {answer(408), ErrorCode::kUnavailable, "answered 408"},
        {answer(429), ErrorCode::kUnavailable, "answered 429"},
        {answer(500), ErrorCode::kUnavailable, "answered 500"},
        {answer(503), ErrorCode::kUnavailable, "answered 503"},
        {answer(400), ErrorCode::kInvalid, "answered 400"},
        {answer(204, archive_), ErrorCode::kInvalid, "answered 204"},
        {answer(302, archive_), ErrorCode::kInvalid, "answered 302"},
        {answer(200, archive_ + "x"), ErrorCode::kInvalid,
         "digest is sha256:" + base::sha256(archive_ + "x").hex()},
        {answer(200, ""), ErrorCode::kInvalid, "instead of " + digest_of(archive_)},
        {base::Error{ErrorCode::kUnavailable, "no route"}, ErrorCode::kUnavailable, "no route"},
        {base::Error{ErrorCode::kForbidden, "address refused"}, ErrorCode::kForbidden, "address refused"},
        {base::Error{ErrorCode::kDeadlineExceeded, "too slow"}, ErrorCode::kDeadlineExceeded, "too slow"},
        {base::Error{ErrorCode::kLimitExceeded, "too long"}, ErrorCode::kLimitExceeded, "too long"},
    };
    for (const Case& row : cases) {
        server_.answers.clear();
        server_.answers.emplace(kUrl, row.answered);
        const auto tree = fetch(good_ref());
        ASSERT_FALSE(tree) << row.message;
        EXPECT_EQ(tree.error().code, row.code) << tree.error().text();
        EXPECT_NE(tree.error().text().find(row.message), std::string::npos) << tree.error().text();
        EXPECT_NE(tree.error().text().find("source.flux-system.svc"), std::string::npos)
            << tree.error().text();
    }
    EXPECT_EQ(server_.requests.size(), cases.size()) << "nothing is retried and no failure is remembered";
}

TEST_F(HttpFetcherTest, AsksNobodyWhenTheReferenceIsUnusable) {
    struct Case {
        ArtifactRef ref;
        ErrorCode code;
    };
    const std::string digest = digest_of(archive_);
    for (const Case& row : std::vector<Case>{
             {{kUrl, ""}, ErrorCode::kInvalid},
             {{kUrl, "sha256:abc"}, ErrorCode::kInvalid},
             {{kUrl, digest.substr(7)}, ErrorCode::kInvalid},
             {{kUrl, "sha512:" + std::string(128, 'a')}, ErrorCode::kUnsupported},
             {{"http://127.0.0.1/a.tar.gz", digest}, ErrorCode::kForbidden},
             {{"http://169.254.169.254/a.tar.gz", digest}, ErrorCode::kForbidden},
             {{"ftp://host/a.tar.gz", digest}, ErrorCode::kForbidden},
             {{"", digest}, ErrorCode::kInvalid},
         }) {
        const auto tree = fetch(row.ref);
        ASSERT_FALSE(tree) << row.ref.url << " " << row.ref.digest;
        EXPECT_EQ(tree.error().code, row.code) << tree.error().text();
    }
    EXPECT_TRUE(server_.requests.empty());
}

TEST_F(HttpFetcherTest, NeverShowsTheUrlsQuery) {
    const std::string url = std::string(kUrl) + "?X-Signature=hidden";
    server_.answers.emplace(url, answer(404));
    EXPECT_EQ(fetch({url, digest_of(archive_)}).error().text(),
              "the server of http://source.flux-system.svc/a.tar.gz answered 404");
}

TEST_F(HttpFetcherTest, AnswersAKnownDigestFromMemory) {
    server_.answers.emplace(kUrl, answer(200, archive_));
    const auto first = fetch(good_ref());
    std::string shouted = digest_of(archive_);
    std::ranges::transform(shouted, shouted.begin(),
                           [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
    const auto second = fetch({"http://elsewhere.svc/a.tar.gz", " " + shouted + "\n"});
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(server_.requests.size(), 1U);
}

TEST_F(HttpFetcherTest, AnArchiveOnDiskOutlivesTheProcess) {
    const auto directory = std::filesystem::temp_directory_path() / fmt::format("fetcher-{}", ::getpid());
    std::filesystem::remove_all(directory);
    const auto opened = DiskCache::open(directory, 1 << 20U);
    ASSERT_TRUE(opened) << opened.error().text();
    DiskCache& disk = **opened;
    server_.answers.emplace(kUrl, answer(200, "no archive"));
    restart({.disk_cache = &disk});
    EXPECT_FALSE(fetch(good_ref()));
    EXPECT_EQ(disk.bytes(), 0U) << "what is not what it should be is not kept";
    server_.answers.insert_or_assign(kUrl, answer(200, archive_));
    ASSERT_TRUE(fetch(good_ref()));
    EXPECT_EQ(server_.requests.size(), 2U);

    restart({.disk_cache = &disk});
    const auto tree = fetch(good_ref());
    ASSERT_TRUE(tree);
    EXPECT_EQ((*tree)->files.at("a.yaml"), "kind: ConfigMap\n");
    EXPECT_EQ(server_.requests.size(), 2U) << "nothing was downloaded";

    std::filesystem::resize_file(directory / digest_of(archive_).substr(7), 10);
    restart({.disk_cache = &disk});
    EXPECT_TRUE(fetch(good_ref()));
    EXPECT_EQ(server_.requests.size(), 3U) << "a damaged archive is downloaded again";
    std::filesystem::remove_all(directory);
}

TEST_F(HttpFetcherTest, ForgetsWhatWasUsedLongestAgo) {
    std::vector<ArtifactRef> refs;
    for (const std::string name : {"a", "b", "c"}) {
        const std::string bytes = ArchiveBuilder().file(name, std::string(99, 'x')).tar_gz();
        refs.push_back({"http://source.svc/" + name, digest_of(bytes)});
        server_.answers.emplace(refs.back().url, answer(200, bytes));
    }
    restart({.cache_bytes_max = 200});
    ASSERT_TRUE(fetch(refs[0]) && fetch(refs[1]));
    EXPECT_EQ(fetcher_->cached_bytes(), 200U);
    ASSERT_TRUE(fetch(refs[0]) && fetch(refs[2]));
    EXPECT_EQ(fetcher_->cached_bytes(), 200U);
    EXPECT_EQ(server_.requests.size(), 3U);
    ASSERT_TRUE(fetch(refs[0]));
    EXPECT_EQ(server_.requests.size(), 3U) << "a was used after b";
    ASSERT_TRUE(fetch(refs[1]));
    EXPECT_EQ(server_.requests.size(), 4U);

    restart({.cache_bytes_max = 0});
    ASSERT_TRUE(fetch(refs[0]) && fetch(refs[0]));
    EXPECT_EQ(fetcher_->cached_bytes(), 0U);
    EXPECT_EQ(server_.requests.size(), 6U);
}

TEST_F(HttpFetcherTest, KeepsATreeThatIsLargerThanItsBoundUntilTheNextOne) {
    std::vector<ArtifactRef> refs;
    for (const std::string name : {"large", "small"}) {
        const std::string bytes = ArchiveBuilder().file(name, std::string(99, 'x')).tar_gz();
        refs.push_back({"http://source.svc/" + name, digest_of(bytes)});
        server_.answers.emplace(refs.back().url, answer(200, bytes));
    }
    restart({.cache_bytes_max = 50});
    ASSERT_TRUE(fetch(refs[0]) && fetch(refs[0]));
    EXPECT_EQ(server_.requests.size(), 1U) << "all stages of one large artifact share a download";
    ASSERT_TRUE(fetch(refs[1]));
    EXPECT_EQ(fetcher_->cached_bytes(), 104U);
}

TEST_F(HttpFetcherTest, DownloadsOnceForAllWhoWait) {
    server_.answers.emplace(kUrl, answer(200, archive_));
    server_.holding = true;
    base::TaskGroup group(loop_.get_executor());
    std::optional<Result<Tree>> one;
    std::optional<Result<Tree>> two;
    std::optional<Result<Tree>> three;
    group.spawn(fetch_into(*fetcher_, good_ref(), one));
    base::TaskHandle second = group.spawn(fetch_into(*fetcher_, good_ref(), two));
    group.spawn(fetch_into(*fetcher_, good_ref(), three));
    base::testing::settle(loop_);
    EXPECT_EQ(server_.requests.size(), 1U);

    second.cancel();
    base::testing::settle(loop_);
    ASSERT_TRUE(two);
    EXPECT_EQ(two->error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(one) << "the others wait on";
    EXPECT_EQ(server_.cancelled, 0);

    server_.release();
    ASSERT_TRUE(base::testing::run_task(loop_, group.join()));
    ASSERT_TRUE(one && one->has_value() && three && three->has_value());
    EXPECT_EQ(**one, **three);
    EXPECT_EQ(server_.requests.size(), 1U);
}

TEST_F(HttpFetcherTest, ADownloadThatNobodyWaitsForEnds) {
    server_.answers.emplace(kUrl, answer(200, archive_));
    server_.holding = true;
    base::TaskGroup group(loop_.get_executor());
    std::optional<Result<Tree>> first;
    std::optional<Result<Tree>> next;
    base::TaskHandle handle = group.spawn(fetch_into(*fetcher_, good_ref(), first));
    base::testing::settle(loop_);
    handle.cancel();
    group.spawn(fetch_into(*fetcher_, good_ref(), next));
    base::testing::settle(loop_);
    EXPECT_EQ(first->error().code, ErrorCode::kCancelled);
    EXPECT_EQ(server_.cancelled, 1);
    EXPECT_EQ(server_.requests.size(), 2U) << "who comes after that starts anew";
    server_.release();
    ASSERT_TRUE(base::testing::run_task(loop_, group.join()));
    EXPECT_TRUE(next->has_value());
}

TEST_F(HttpFetcherTest, AFailureReachesAllWhoWaitAndIsForgotten) {
    server_.answers.emplace(kUrl, answer(503));
    server_.holding = true;
    base::TaskGroup group(loop_.get_executor());
    std::optional<Result<Tree>> one;
    std::optional<Result<Tree>> two;
    group.spawn(fetch_into(*fetcher_, good_ref(), one));
    group.spawn(fetch_into(*fetcher_, good_ref(), two));
    base::testing::settle(loop_);
    server_.release();
    ASSERT_TRUE(base::testing::run_task(loop_, group.join()));
    EXPECT_EQ(one->error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(two->error().code, ErrorCode::kUnavailable);
    server_.answers.clear();
    server_.answers.emplace(kUrl, answer(200, archive_));
    EXPECT_TRUE(fetch(good_ref()));
}

TEST_F(HttpFetcherTest, ClosingEndsDownloadsAndTellsWhoWaits) {
    server_.holding = true;
    base::TaskGroup group(loop_.get_executor());
    std::optional<Result<Tree>> waiting;
    group.spawn(fetch_into(*fetcher_, good_ref(), waiting));
    base::testing::settle(loop_);
    ASSERT_TRUE(base::testing::run_task(loop_, fetcher_->close()));
    ASSERT_TRUE(base::testing::run_task(loop_, group.join()));
    EXPECT_EQ(waiting->error().code, ErrorCode::kCancelled);
    EXPECT_EQ(server_.cancelled, 1);
}

TEST(HttpFetcherOptionsTest, EachDialIsJudgedAndNoProxyDialsForUs) {
    const http::ClientOptions options = http_options(false);
    EXPECT_TRUE(options.no_proxy);
    EXPECT_FALSE(options.connect_filter("127.0.0.1"));
    EXPECT_TRUE(options.connect_filter("10.0.0.1"));
    EXPECT_TRUE(http_options(true).connect_filter("127.0.0.1"));
}

}  // namespace
}  // namespace artifact
