// SPDX-License-Identifier: 0BSD
// Structured logs: one record a line on stderr, JSON or text.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace base {

class Clock;

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kJson, kText };

// An attribute's value may be text of any string type, a number, a bool, a list or an object.
struct LogAttribute {
    LogAttribute(std::string_view name, boost::json::value content) : key(name), value(std::move(content)) {}
    template <std::convertible_to<std::string_view> Text>
    LogAttribute(std::string_view name, const Text& text) : key(name) {
        const std::string_view view = text;
        value.emplace_string().assign(view.data(), view.size());
    }

    std::string_view key;
    boost::json::value value;
};

// "debug", "info", "warn", "error" in any case; anything else is info (as `--log-level` promises).
LogLevel parse_log_level(std::string_view text);
// "text" in any case; anything else is JSON.
LogFormat parse_log_format(std::string_view text);

// Where records go. write() takes one whole line without its newline; called from one thread.
class LogSink {
public:
    virtual ~LogSink() = default;
    virtual void write(std::string_view line) = 0;
};
// Standard error, unbuffered per record.
std::shared_ptr<LogSink> stderr_sink();

// Cheap to copy; with() adds attributes that each later record carries. Values that users must not see never go in.
class Logger {
public:
    Logger(LogLevel level, LogFormat format, std::shared_ptr<LogSink> sink, const Clock& clock);
    // Writes nothing: for tests and library use.
    Logger();

    Logger with(std::initializer_list<LogAttribute> attributes) const;
    bool enabled(LogLevel level) const;

    void debug(std::string_view message, std::initializer_list<LogAttribute> attributes = {}) const;
    void info(std::string_view message, std::initializer_list<LogAttribute> attributes = {}) const;
    void warn(std::string_view message, std::initializer_list<LogAttribute> attributes = {}) const;
    void error(std::string_view message, std::initializer_list<LogAttribute> attributes = {}) const;

private:
    struct Core;
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogAttribute> attributes) const;

    std::shared_ptr<const Core> core_;
    // Attributes of with(), already rendered in the core's format.
    std::string rendered_;
};

}  // namespace base
