// SPDX-License-Identifier: 0BSD
#include "base/log.hpp"

#include <limits>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/testing/fake_clock.hpp"

namespace base {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

class ListSink final : public LogSink {
public:
    void write(std::string_view line) override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

constexpr std::string_view kJsonHead = R"({"time":"2025-06-15T15:06:40.123456789Z","level":"INFO","msg":)";
constexpr std::string_view kTextHead = "time=2025-06-15T15:06:40.123Z level=INFO msg=";

class Log : public ::testing::Test {
protected:
    Logger logger(LogLevel level, LogFormat format) { return Logger(level, format, sink_, clock_); }
    // What follows the message of the only record.
    std::string tail(LogFormat format, std::initializer_list<LogAttribute> attributes) {
        sink_->lines.clear();
        logger(LogLevel::kInfo, format).info("m", attributes);
        const std::string head =
            format == LogFormat::kJson ? std::string(kJsonHead) + "\"m\"" : std::string(kTextHead) + "m";
        EXPECT_EQ(sink_->lines.size(), 1U);
        EXPECT_EQ(sink_->lines[0].substr(0, head.size()), head);
        return sink_->lines[0].substr(head.size());
    }

    asio::io_context loop_;
    testing::FakeClock clock_{loop_.get_executor(), WallTime(std::chrono::seconds(1'750'000'000) +
                                                             std::chrono::nanoseconds(123'456'789))};
    std::shared_ptr<ListSink> sink_ = std::make_shared<ListSink>();
};

TEST_F(Log, WritesOneJsonObjectForEachRecord) {
    const Logger log =
        logger(LogLevel::kInfo, LogFormat::kJson)
            .with({{"controller", "stageset"}, {"StageSet", object{{"name", "web"}, {"namespace", "prod"}}}});
    log.info("StageSet synced", {{"stages", 2}, {"ready", true}});
    log.error("stage failed", {{"stage", "canary"}, {"err", "timed out"}});
    ASSERT_EQ(sink_->lines.size(), 2U);
    EXPECT_EQ(sink_->lines[0],
              std::string(kJsonHead) +
                  R"("StageSet synced","controller":"stageset",)"
                  R"("StageSet":{"name":"web","namespace":"prod"},"stages":2,"ready":true})");
    const object failed = boost::json::parse(sink_->lines[1]).as_object();
    EXPECT_EQ(failed.at("level"), "ERROR");
    EXPECT_EQ(failed.at("err"), "timed out");
    EXPECT_EQ(failed.at("StageSet").at("name"), "web");
}

TEST_F(Log, WritesTextWithTheSameParts) {
    const Logger log =
        logger(LogLevel::kInfo, LogFormat::kText)
            .with({{"controller", "stageset"}, {"StageSet", object{{"name", "web"}, {"namespace", "prod"}}}});
    log.info("StageSet synced", {{"stages", 2}, {"ready", true}});
    ASSERT_EQ(sink_->lines.size(), 1U);
    EXPECT_EQ(
        sink_->lines[0],
        std::string(kTextHead) +
            R"("StageSet synced" controller=stageset StageSet.name=web StageSet.namespace=prod stages=2 ready=true)");
}

TEST_F(Log, AddsToItsAttributesWithoutChangingTheFirstLogger) {
    const Logger first = logger(LogLevel::kInfo, LogFormat::kText).with({{"a", 1}});
    const Logger second = first.with({{"b", 2}});
    second.info("x", {{"c", 3}});
    first.info("y");
    EXPECT_EQ(sink_->lines[0], std::string(kTextHead) + "x a=1 b=2 c=3");
    EXPECT_EQ(sink_->lines[1], std::string(kTextHead) + "y a=1");
}

TEST_F(Log, WritesTheLevelsFromTheChosenOneUp) {
    constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError};
    constexpr std::string_view kNames[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    for (std::size_t chosen = 0; chosen < 4; ++chosen) {
        sink_->lines.clear();
        const Logger log = logger(kLevels[chosen], LogFormat::kJson);
        log.debug("m");
        log.info("m");
        log.warn("m");
        log.error("m");
        ASSERT_EQ(sink_->lines.size(), 4 - chosen);
        for (std::size_t i = chosen; i < 4; ++i) {
            EXPECT_EQ(std::string_view(boost::json::parse(sink_->lines[i - chosen]).at("level").as_string()),
                      kNames[i]);
            EXPECT_TRUE(log.enabled(kLevels[i]));
        }
        EXPECT_EQ(log.enabled(LogLevel::kDebug), chosen == 0);
    }
}

TEST_F(Log, WritesNothingWithoutASink) {
    const Logger silent;
    EXPECT_FALSE(silent.enabled(LogLevel::kError));
    silent.with({{"a", 1}}).error("lost");
    EXPECT_TRUE(sink_->lines.empty());
}

TEST_F(Log, EscapesJsonSoThatARecordStaysOneLine) {
    struct Case {
        std::string_view text;
        std::string_view json;
    };
    const Case cases[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"a \"quoted\" word", R"("a \"quoted\" word")"},
        {"back\\slash", R"("back\\slash")"},
        {"line\nbreak\r\ttab", R"("line\nbreak\r\ttab")"},
        {"\x01\x1f", R"("\u0001\u001f")"},
        {"<&>", R"("<&>")"},
        {"ünï 日本 😀", R"("ünï 日本 😀")"},
        {"end\u2028of\u2029line", R"("end\u2028of\u2029line")"},
        {"bad\xff byte", "\"bad\uFFFD byte\""},
        {"cut \xe6\x97", "\"cut \uFFFD\uFFFD\""},
        {"overlong \xc0\xaf", "\"overlong \uFFFD\uFFFD\""},
        {"surrogate \xed\xa0\x80", "\"surrogate \uFFFD\uFFFD\uFFFD\""},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(tail(LogFormat::kJson, {{"k", c.text}}), ",\"k\":" + std::string(c.json) + "}") << c.text;
    }
}

TEST_F(Log, WritesEachKindOfValueAsJson) {
    EXPECT_EQ(tail(LogFormat::kJson, {{"a", nullptr},
                                      {"b", false},
                                      {"c", -5},
                                      {"d", std::numeric_limits<std::uint64_t>::max()},
                                      {"e", 1.5},
                                      {"f", std::numeric_limits<double>::infinity()},
                                      {"g", array{1, "two", object{}}},
                                      {"h", array{}},
                                      {"i", object{{"j", object{{"k", "l"}}}}}}),
              R"(,"a":null,"b":false,"c":-5,"d":18446744073709551615,"e":1.5,"f":"inf","g":[1,"two",{}],)"
              R"("h":[],"i":{"j":{"k":"l"}}})");
}

// The expected texts are what Go's slog.TextHandler writes.
TEST_F(Log, QuotesTextAsGoDoes) {
    struct Case {
        std::string_view text;
        std::string_view quoted;
    };
    const Case cases[] = {
        {"", R"("")"},
        {"plain", "plain"},
        {"x:y/z@[%]{}", "x:y/z@[%]{}"},
        {"a b", R"("a b")"},
        {"a=b", R"("a=b")"},
        {"q\"q", R"("q\"q")"},
        {"back\\slash", "back\\slash"},
        {"back\\ slash", R"("back\\ slash")"},
        {"tab\t", R"("tab\t")"},
        {"nl\n", R"("nl\n")"},
        {"\a\b\f\v\r", R"("\a\b\f\v\r")"},
        {"\x01", R"("\x01")"},
        {"\x7f \x7f", R"("\x7f \x7f")"},
        {"ünï", "ünï"},
        {"日本", "日本"},
        {"é x", R"("é x")"},
        {"😀", "😀"},
        {"😀 x", R"("😀 x")"},
        {"zero\u200bwidth", R"("zero\u200bwidth")"},
        {"nb\u00a0sp", R"("nb\u00a0sp")"},
        {"\u2028", R"("\u2028")"},
        {"\ufeff", R"("\ufeff")"},
        {"bad\xff", R"("bad\xff")"},
        {"\xc2\x85", R"("\u0085")"},
        {"\xf3\xa0\x80\x81", R"("\U000e0001")"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(tail(LogFormat::kText, {{"k", c.text}}), " k=" + std::string(c.quoted)) << c.text;
    }
}

TEST_F(Log, WritesEachKindOfValueAsText) {
    EXPECT_EQ(tail(LogFormat::kText, {{"a", nullptr},
                                      {"b", true},
                                      {"c", -5},
                                      {"e", 1.5},
                                      {"two words", 1},
                                      {"g", array{1, 2}},
                                      {"h", array{"x"}},
                                      {"i", object{{"j", object{{"k", "l m"}}}, {"n", 1}}},
                                      {"o", object{}}}),
              R"( a=<nil> b=true c=-5 e=1.5 "two words"=1 g=[1,2] h="[\"x\"]" i.j.k="l m" i.n=1)");
}

TEST_F(Log, TakesTextsOfEachStringType) {
    const std::string text = "s";
    const std::string_view view = "v";
    EXPECT_EQ(tail(LogFormat::kText, {{"a", text}, {"b", view}, {"c", "c"}, {"d", std::size_t{3}}}),
              " a=s b=v c=c d=3");
}

TEST(ParseLogLevel, TakesAnyCaseAndFallsBackToInfo) {
    EXPECT_EQ(parse_log_level("debug"), LogLevel::kDebug);
    EXPECT_EQ(parse_log_level("DEBUG"), LogLevel::kDebug);
    EXPECT_EQ(parse_log_level("Warn"), LogLevel::kWarn);
    EXPECT_EQ(parse_log_level("error"), LogLevel::kError);
    EXPECT_EQ(parse_log_level("info"), LogLevel::kInfo);
    EXPECT_EQ(parse_log_level(""), LogLevel::kInfo);
    EXPECT_EQ(parse_log_level("warning"), LogLevel::kInfo);
}

TEST(ParseLogFormat, IsJsonUnlessTextIsAskedFor) {
    EXPECT_EQ(parse_log_format("text"), LogFormat::kText);
    EXPECT_EQ(parse_log_format("TEXT"), LogFormat::kText);
    EXPECT_EQ(parse_log_format("json"), LogFormat::kJson);
    EXPECT_EQ(parse_log_format("yaml"), LogFormat::kJson);
}

TEST(StderrSink, WritesEachRecordAsOneLine) {
    ::testing::internal::CaptureStderr();
    const auto sink = stderr_sink();
    sink->write("{\"a\":\"%v {}\"}");
    sink->write("second");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "{\"a\":\"%v {}\"}\nsecond\n");
}

}  // namespace
}  // namespace base
