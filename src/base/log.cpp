// SPDX-License-Identifier: 0BSD
#include "base/log.hpp"

#include <algorithm>

#include <spdlog/sinks/stdout_sinks.h>

#include "base/clock.hpp"
#include "base/invariant.hpp"
#include "base/log_line.hpp"

namespace base {

struct Logger::Core {
    LogLevel level;
    LogFormat format;
    std::shared_ptr<LogSink> sink;
    const Clock* clock;
};

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

// Only the sink of spdlog is used: records arrive here complete.
class StderrSink final : public LogSink {
public:
    StderrSink() { sink_.set_pattern("%v"); }
    void write(std::string_view line) override {
        sink_.log(spdlog::details::log_msg(spdlog::string_view_t(), spdlog::level::info,
                                           spdlog::string_view_t(line.data(), line.size())));
    }

private:
    spdlog::sinks::stderr_sink_st sink_;
};

}  // namespace

LogLevel parse_log_level(std::string_view text) {
    const std::string name = lower(text);
    if (name == "debug") {
        return LogLevel::kDebug;
    }
    if (name == "warn") {
        return LogLevel::kWarn;
    }
    return name == "error" ? LogLevel::kError : LogLevel::kInfo;
}

LogFormat parse_log_format(std::string_view text) {
    return lower(text) == "text" ? LogFormat::kText : LogFormat::kJson;
}

std::shared_ptr<LogSink> stderr_sink() { return std::make_shared<StderrSink>(); }

Logger::Logger(LogLevel level, LogFormat format, std::shared_ptr<LogSink> sink, const Clock& clock) {
    invariant(sink != nullptr, "a Logger needs a sink");
    core_ = std::make_shared<const Core>(Core{level, format, std::move(sink), &clock});
}

Logger::Logger() = default;

Logger Logger::with(std::initializer_list<LogAttribute> attributes) const {
    Logger result = *this;
    if (core_) {
        append_attributes(result.rendered_, core_->format, attributes);
    }
    return result;
}

bool Logger::enabled(LogLevel level) const { return core_ && level >= core_->level; }

void Logger::debug(std::string_view message, std::initializer_list<LogAttribute> attributes) const {
    write(LogLevel::kDebug, message, attributes);
}

void Logger::info(std::string_view message, std::initializer_list<LogAttribute> attributes) const {
    write(LogLevel::kInfo, message, attributes);
}

void Logger::warn(std::string_view message, std::initializer_list<LogAttribute> attributes) const {
    write(LogLevel::kWarn, message, attributes);
}

void Logger::error(std::string_view message, std::initializer_list<LogAttribute> attributes) const {
    write(LogLevel::kError, message, attributes);
}

void Logger::write(LogLevel level, std::string_view message,
                   std::initializer_list<LogAttribute> attributes) const {
    if (!enabled(level)) {
        return;
    }
    std::string line;
    append_head(line, core_->format, core_->clock->now(), level, message);
    line += rendered_;
    append_attributes(line, core_->format, attributes);
    if (core_->format == LogFormat::kJson) {
        line += '}';
    }
    core_->sink->write(line);
}

}  // namespace base
