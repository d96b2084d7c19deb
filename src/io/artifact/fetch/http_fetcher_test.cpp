// SPDX-License-Identifier: 0BSD
#include "io/artifact/fetch/http_fetcher.hpp"

#include <filesystem>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/testing/run.hpp"
#include "io/artifact/fetch/testing/archive_builder.hpp"
#include "io/artifact/fetch/testing/jumping_clock_double.hpp"
#include "io/artifact/fetch/testing/server_double.hpp"

namespace artifact {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using testing::Answer;
using testing::ArchiveBuilder;
using Tree = std::shared_ptr<const FileTree>;

struct LogDouble final : base::LogSink {
    void write(std::string_view line) override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

Answer status(int code) { return {.status = code}; }

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
    std::unique_ptr<HttpFetcher> make(HttpFetcherOptions options) {
        return std::make_unique<HttpFetcher>(Download::Runtime{server_, compute_, clock_, rng_, log_},
                                             loop_.get_executor(), std::move(options));
    }
    void restart(HttpFetcherOptions options) {
        EXPECT_TRUE(base::testing::run_task(loop_, fetcher_->close()));
        fetcher_ = make(std::move(options));
    }

    static constexpr const char* kUrl = "http://source.flux-system.svc/a.tar.gz";
    const std::string archive_ = ArchiveBuilder().file("a.yaml", "kind: ConfigMap\n").tar_gz();
    boost::asio::io_context loop_;
    base::Compute compute_{1};
    testing::JumpingClockDouble clock_;
    base::Rng rng_{7};
    std::shared_ptr<LogDouble> lines_ = std::make_shared<LogDouble>();
    base::Logger log_{base::LogLevel::kInfo, base::LogFormat::kText, lines_, clock_};
    testing::ServerDouble server_{loop_.get_executor()};
    std::unique_ptr<HttpFetcher> fetcher_ = make({});
};

TEST_F(HttpFetcherTest, ReturnsTheFilesOfAVerifiedArchive) {
    server_.serve(kUrl, archive_);
    const auto tree = fetch(good_ref());
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ((*tree)->files.at("a.yaml"), "kind: ConfigMap\n");
    ASSERT_EQ(server_.requests.size(), 1U);
    EXPECT_EQ(server_.requests[0].method, "GET");
}

TEST_F(HttpFetcherTest, TellsWhatIsWrongWithTheAnswer) {
    struct Case {
        Result<Answer> answered;
        ErrorCode code;
        std::string message;
    };
    const Answer other{.pieces = {archive_ + "x"}};
    const std::vector<Case> cases = {
        {status(404), ErrorCode::kNotFound, "answered 404"},
        {status(403), ErrorCode::kForbidden, "answered 403"},
        {status(503), ErrorCode::kUnavailable, "answered 503"},
        {status(400), ErrorCode::kInvalid, "answered 400"},
        {other, ErrorCode::kUnavailable, "digest is sha256:" + base::sha256(archive_ + "x").hex()},
        {Answer{}, ErrorCode::kUnavailable, "instead of " + digest_of(archive_)},
        {Error{ErrorCode::kUnavailable, "no route"}, ErrorCode::kUnavailable, "no route"},
        {Error{ErrorCode::kForbidden, "address refused"}, ErrorCode::kForbidden, "address refused"},
        {Error{ErrorCode::kDeadlineExceeded, "too slow"}, ErrorCode::kDeadlineExceeded, "too slow"},
    };
    for (const Case& row : cases) {
        server_.set(kUrl, {row.answered});
        const auto tree = fetch(good_ref());
        ASSERT_FALSE(tree) << row.message;
        EXPECT_EQ(tree.error().code, row.code) << tree.error().text();
        EXPECT_NE(tree.error().text().find(row.message), std::string::npos) << tree.error().text();
        EXPECT_NE(tree.error().text().find("source.flux-system.svc"), std::string::npos)
            << tree.error().text();
    }
    server_.serve(kUrl, archive_);
    EXPECT_TRUE(fetch(good_ref())) << "no failure is remembered";
}

TEST_F(HttpFetcherTest, DownloadsAnUnusableArchiveOnce) {
    const std::string hostile = ArchiveBuilder().file("../outside", "x").tar_gz();
    const ArtifactRef ref{kUrl, digest_of(hostile)};
    server_.serve(kUrl, hostile);
    for (int i = 0; i < 3; ++i) {
        const auto tree = fetch(ref);
        ASSERT_FALSE(tree);
        EXPECT_EQ(tree.error().code, ErrorCode::kInvalid);
        EXPECT_EQ(tree.error().text().find(
                      "the artifact from http://source.flux-system.svc/a.tar.gz cannot be used: "),
                  0U)
            << tree.error().text();
    }
    EXPECT_EQ(server_.requests.size(), 1U) << "these bytes stay what they are";
    server_.serve(kUrl, archive_);
    EXPECT_TRUE(fetch(good_ref())) << "others at its place are others";
}

TEST_F(HttpFetcherTest, AWrongDigestIsAskedForAgain) {
    server_.set(kUrl, {Answer{.pieces = {"something else"}}, Answer{.pieces = {archive_}}});
    EXPECT_EQ(fetch(good_ref()).error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(fetch(good_ref()));
}

TEST_F(HttpFetcherTest, PartsOfTwoArchivesAreNotTakenForATamperedOne) {
    const Error lost{ErrorCode::kUnavailable, "the connection was lost"};
    const std::string other(archive_.size(), 'x');
    const std::string range = fmt::format("bytes 10-{}/{}", archive_.size() - 1, archive_.size());
    const Answer part{.pieces = {other.substr(0, 10)}, .broken = lost};
    const Answer rest{.status = 206, .headers = {{"Content-Range", range}}, .pieces = {archive_.substr(10)}};
    server_.set(kUrl, {part, rest, Answer{.pieces = {archive_}}});
    EXPECT_TRUE(fetch(good_ref()));
    EXPECT_EQ(server_.requests.size(), 3U);
    EXPECT_EQ(server_.header(2, "Range"), "");

    const std::string wanted = digest_of("never served");
    server_.requests.clear();
    server_.set(kUrl, {part, rest, part, Answer{.pieces = {archive_}}});
    EXPECT_EQ(fetch({kUrl, wanted}).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(server_.requests.size(), 4U) << "a whole body, even a wrong one, is the end";
    EXPECT_EQ(server_.header(3, "Range"), "");
}

TEST_F(HttpFetcherTest, GoesOnWithADownloadThatBrokeOff) {
    const Error lost{ErrorCode::kUnavailable, "the connection was lost"};
    const std::string range = fmt::format("bytes 10-{}/{}", archive_.size() - 1, archive_.size());
    server_.set(
        kUrl,
        {Answer{.pieces = {archive_.substr(0, 10)}, .broken = lost},
         Answer{.status = 206, .headers = {{"Content-Range", range}}, .pieces = {archive_.substr(10)}}});
    const auto tree = fetch(good_ref());
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ((*tree)->files.at("a.yaml"), "kind: ConfigMap\n");
}

TEST_F(HttpFetcherTest, ALongArchiveIsReadFromItsFile) {
    std::string noise(3 * Spool::kMemoryBytesMax, '\0');
    std::ranges::generate(noise, [this] { return static_cast<char>(rng_.next()); });
    const std::string bytes = ArchiveBuilder().file("noise", noise).tar_gz();
    ASSERT_GT(bytes.size(), 2 * Spool::kMemoryBytesMax);
    Answer answer;
    for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
        answer.pieces.push_back(bytes.substr(at, 100'000));
    }
    server_.set(kUrl, {answer});
    const auto tree = fetch({kUrl, digest_of(bytes)});
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ((*tree)->files.at("noise"), noise);
}

TEST_F(HttpFetcherTest, TellsOnceWhatOfAnArtifactIsLeftOut) {
    ArchiveBuilder builder;
    builder.file("a.yaml", "a");
    for (int i = 0; i < 12; ++i) {
        builder.file(fmt::format(".git/{}", i), "x");
    }
    const std::string bytes = builder.tar_gz();
    server_.serve(kUrl, bytes);
    restart({.cache_bytes_max = 0});
    ASSERT_TRUE(fetch({kUrl, digest_of(bytes)}) && fetch({kUrl, digest_of(bytes)}));
    ASSERT_EQ(server_.requests.size(), 2U);
    ASSERT_EQ(lines_->lines.size(), 1U);
    const std::string& line = lines_->lines[0];
    for (const std::string& part :
         std::vector<std::string>{"left out", digest_of(bytes), "count=12", ".git/0", ".git/9"}) {
        EXPECT_NE(line.find(part), std::string::npos) << line;
    }
    EXPECT_EQ(line.find(".git/10"), std::string::npos) << line;
    server_.serve(kUrl, archive_);
    ASSERT_TRUE(fetch(good_ref()));
    EXPECT_EQ(lines_->lines.size(), 1U) << "nothing is left out of this one";
}

TEST_F(HttpFetcherTest, TellsOnceThatTheDiskCacheCannotBeWritten) {
    const auto directory = std::filesystem::temp_directory_path() / fmt::format("full-{}", ::getpid());
    const auto disk = DiskCache::open(directory, 1 << 20U);
    ASSERT_TRUE(disk) << disk.error().text();
    restart({.cache_bytes_max = 0, .disk_cache = disk->get()});
    server_.serve(kUrl, archive_);
    std::filesystem::remove_all(directory);
    ASSERT_TRUE(fetch(good_ref()) && fetch(good_ref())) << "no reason to fail";
    ASSERT_EQ(lines_->lines.size(), 1U);
    EXPECT_NE(lines_->lines[0].find("could not be kept on disk"), std::string::npos) << lines_->lines[0];
    std::filesystem::create_directory(directory);
    ASSERT_TRUE(fetch(good_ref()));
    std::filesystem::remove_all(directory);
    EXPECT_EQ(lines_->lines.size(), 1U);
    const std::string other = ArchiveBuilder().file("b", "b").tar_gz();
    server_.serve(kUrl, other);
    ASSERT_TRUE(fetch({kUrl, digest_of(other)}));
    EXPECT_EQ(lines_->lines.size(), 2U) << "it worked in between";
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
    server_.set(url, {status(404)});
    EXPECT_EQ(fetch({url, digest_of(archive_)}).error().text(),
              "fetching http://source.flux-system.svc/a.tar.gz failed: the server answered 404");
}

TEST_F(HttpFetcherTest, AnswersAKnownDigestFromMemory) {
    server_.serve(kUrl, archive_);
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
    server_.serve(kUrl, "no archive");
    restart({.disk_cache = &disk});
    EXPECT_FALSE(fetch(good_ref()));
    EXPECT_EQ(disk.bytes(), 0U) << "what is not what it should be is not kept";
    server_.serve(kUrl, archive_);
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
        server_.serve(refs.back().url, bytes);
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
        server_.serve(refs.back().url, bytes);
    }
    restart({.cache_bytes_max = 50});
    ASSERT_TRUE(fetch(refs[0]) && fetch(refs[0]));
    EXPECT_EQ(server_.requests.size(), 1U) << "all stages of one large artifact share a download";
    ASSERT_TRUE(fetch(refs[1]));
    EXPECT_EQ(fetcher_->cached_bytes(), 104U);
}

TEST_F(HttpFetcherTest, DownloadsOnceForAllWhoWait) {
    server_.serve(kUrl, archive_);
    server_.hold();
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
    server_.serve(kUrl, archive_);
    server_.hold();
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
    server_.set(kUrl, {status(503)});
    server_.hold();
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
    server_.serve(kUrl, archive_);
    EXPECT_TRUE(fetch(good_ref()));
}

TEST_F(HttpFetcherTest, ClosingEndsDownloadsAndTellsWhoWaits) {
    server_.hold();
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
