// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/watch_stream.hpp"

#include <gtest/gtest.h>

#include "io/kube/errors.hpp"
#include "io/kube/rest/testing/rest_fixture.hpp"

namespace kube {
namespace {

using base::ErrorCode;

const GroupVersionKind kConfigMap{"", "v1", "ConfigMap"};

std::string event(std::string_view type, std::string_view name, std::string_view version) {
    return fmt::format(
        R"({{"type":"{}","object":{{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",)"
        R"("metadata":{{"name":"{}","resourceVersion":"{}"}}}}}})"
        "\n",
        type, name, version);
}

class Watches : public testing::RestFixture {
protected:
    std::unique_ptr<Watch> watch(const std::string& body) {
        reply(200, body);
        auto opened = run(client->watch({kConfigMap, "t", "a=b", "", true, "7"}));
        EXPECT_TRUE(opened) << opened.error().text();
        return std::move(*opened);
    }
    std::unique_ptr<RestClient> client = make_client();
};

TEST_F(Watches, AskForBookmarksAndABoundedLife) {
    watch("");
    ASSERT_EQ(sent.size(), 1U);
    const auto path = path_of(sent[0]);
    EXPECT_TRUE(path.starts_with(
        "/api/v1/namespaces/t/configmaps?watch=true&allowWatchBookmarks=true&timeoutSeconds="))
        << path;
    EXPECT_TRUE(path.ends_with("&resourceVersion=7&labelSelector=a%3Db")) << path;
    const int life = std::stoi(path.substr(path.find("timeoutSeconds=") + 15));
    EXPECT_GE(life, 300);
    EXPECT_LE(life, 600);
    EXPECT_NE(testing::header_of(sent[0], "Accept").find("as=PartialObjectMetadata;"), std::string::npos);
}

TEST_F(Watches, AnswerEventsHoweverTheirBytesArrive) {
    for (const std::size_t piece_bytes : {1U, 2U, 7U, 100U, 100'000U}) {
        http->piece_bytes = piece_bytes;
        replies.clear();
        auto events = watch(event("ADDED", "a", "8") + "\n" + event("MODIFIED", "a", "9") +
                            event("DELETED", "a", "10") + event("BOOKMARK", "", "11"));
        const WatchEvent::Type types[] = {WatchEvent::Type::kAdded, WatchEvent::Type::kModified,
                                          WatchEvent::Type::kDeleted, WatchEvent::Type::kBookmark};
        int version = 8;
        for (const auto type : types) {
            const auto next = run(events->next());
            ASSERT_TRUE(next && *next) << piece_bytes;
            EXPECT_EQ((*next)->type, type);
            EXPECT_EQ(model::resource_version_of((*next)->object), std::to_string(version++));
            EXPECT_EQ(model::gvk_of((*next)->object), kConfigMap);
        }
        const auto end = run(events->next());
        ASSERT_TRUE(end);
        EXPECT_FALSE(*end);
    }
}

TEST_F(Watches, ParseLargeEventsBesideTheLoop) {
    http->piece_bytes = 50'000;
    auto events = watch(event("ADDED", std::string(300'000, 'x'), "8") + event("ADDED", "small", "9"));
    EXPECT_EQ(model::name_of((*run(events->next()))->object).size(), 300'000U);
    EXPECT_EQ(model::name_of((*run(events->next()))->object), "small");
}

TEST_F(Watches, EndWithTheErrorOfAnErrorEvent) {
    auto events = watch(R"({"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",
        "message":"too old resource version","reason":"Expired","code":410}})"
                        "\n");
    // The test's own line breaks are no part of the protocol.
    replies.clear();
    events = watch(
        R"({"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","message":"too old","reason":"Expired","code":410}})"
        "\n");
    const auto gone = run(events->next());
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::kGone);
    EXPECT_EQ(gone.error().text(), "watch ConfigMap in t: too old");
    EXPECT_EQ(status_of(gone.error())->reason, "Expired");
}

struct Broken {
    const char* name;
    const char* body;
    const char* message;
};

class BrokenWatches : public Watches, public ::testing::WithParamInterface<Broken> {};

TEST_P(BrokenWatches, SayWhatIsWrong) {
    auto events = watch(GetParam().body);
    const auto next = run(events->next());
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(next.error().text().find(GetParam().message), std::string::npos) << next.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenWatches,
    ::testing::Values(Broken{"NoJson", "<html>\n", "watch event"},
                      Broken{"NoObject", "{\"type\":\"ADDED\"}\n", "holds no object"},
                      Broken{"UnknownType", "{\"type\":\"X\",\"object\":{}}\n", "unknown type \"X\""},
                      Broken{"CutOff", "{\"type\":\"ADDED\",\"obj", "in the middle of an event"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Watches, EndInGoodOrderWhenTheConnectionStaysSilent) {
    http->stream_error = base::Error{ErrorCode::kDeadlineExceeded, "idle"};
    auto events = watch(event("ADDED", "a", "8"));
    EXPECT_TRUE(*run(events->next()));
    EXPECT_FALSE(*run(events->next()));
}

TEST_F(Watches, ReportALostConnection) {
    http->stream_error = base::Error{ErrorCode::kUnavailable, "reset"};
    auto events = watch("");
    EXPECT_EQ(run(events->next()).error().code, ErrorCode::kUnavailable);
}

TEST_F(Watches, ReportARefusal) {
    reply_status(403, "Forbidden");
    const auto refused = run(client->watch({kConfigMap, "", "", "", false, ""}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().text(), "watch ConfigMap: server says Forbidden");
}

TEST(LineSplitter, BoundsEachLine) {
    LineSplitter lines(10);
    EXPECT_TRUE(lines.push("0123456789"));
    EXPECT_FALSE(lines.next());
    EXPECT_TRUE(lines.has_rest());
    EXPECT_TRUE(lines.push("\nabc"));
    EXPECT_EQ(lines.next(), "0123456789");
    EXPECT_FALSE(lines.next());
    EXPECT_FALSE(lines.push("defghijkl\n"));
    EXPECT_TRUE(lines.push("d\n"));
    EXPECT_EQ(lines.next(), "abcd");
    EXPECT_FALSE(lines.has_rest());
    EXPECT_EQ(lines.push("01234567890").error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace kube
