// SPDX-License-Identifier: 0BSD
// Parts of timestamps and durations: getFullYear, getHours, ….
#include <fmt/format.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/standard.hpp"
#include "rules/cel/time_parse.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;
using Part = std::int64_t (*)(const LocalTime&);

template <Part Read>
Value of_timestamp(CallContext&, Arguments arguments) {
    return Value::integer(Read(utc_time(arguments[0].as_timestamp())));
}

template <Part Read>
Value of_timestamp_in_zone(CallContext&, Arguments arguments) {
    const std::string_view zone = arguments[1].as_string();
    const std::optional<LocalTime> time = local_time(arguments[0].as_timestamp(), zone);
    constexpr std::size_t kShown = 60;
    return time ? Value::integer(Read(*time))
                : Value::error(fmt::format("unknown time zone {}", zone.substr(0, kShown)));
}

template <std::int64_t Seconds>
Value of_duration(CallContext&, Arguments arguments) {
    // As Go counts: in floating point, which rounds the last nanoseconds of long durations.
    const DurationValue duration = arguments[0].as_duration();
    const auto rest = static_cast<double>(duration.seconds % Seconds * 1'000'000'000 + duration.nanos);
    const double whole = static_cast<double>(duration.seconds / Seconds);
    return Value::integer(static_cast<std::int64_t>(whole + rest / (static_cast<double>(Seconds) * 1e9)));
}

Value milliseconds_of_duration(CallContext&, Arguments arguments) {
    return Value::integer(arguments[0].as_duration().nanos / 1'000'000);
}

template <Part Read>
void add_part(Declarations& declare, const std::string& function, const std::string& id) {
    declare.member(id, function, {timestamp_type()}, int_type(), of_timestamp<Read>);
    declare.member(id + "_with_tz", function, {timestamp_type(), string_type()}, int_type(),
                   of_timestamp_in_zone<Read>);
}

}  // namespace

void add_standard_times(FunctionSet& functions) {
    Declarations declare(functions);
    add_part<[](const LocalTime& time) { return time.year; }>(declare, "getFullYear", "timestamp_to_year");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.month; }>(declare, "getMonth",
                                                                               "timestamp_to_month");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.day_of_year; }>(
        declare, "getDayOfYear", "timestamp_to_day_of_year");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.day; }>(declare, "getDayOfMonth",
                                                                             "timestamp_to_day_of_month");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.day + 1; }>(
        declare, "getDate", "timestamp_to_day_of_month_1_based");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.day_of_week; }>(
        declare, "getDayOfWeek", "timestamp_to_day_of_week");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.hour; }>(declare, "getHours",
                                                                              "timestamp_to_hours");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.minute; }>(declare, "getMinutes",
                                                                                "timestamp_to_minutes");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.second; }>(declare, "getSeconds",
                                                                                "timestamp_to_seconds");
    add_part<[](const LocalTime& time) -> std::int64_t { return time.millisecond; }>(
        declare, "getMilliseconds", "timestamp_to_milliseconds");
    declare.member("duration_to_hours", "getHours", {duration_type()}, int_type(), of_duration<3600>);
    declare.member("duration_to_minutes", "getMinutes", {duration_type()}, int_type(), of_duration<60>);
    declare.member("duration_to_seconds", "getSeconds", {duration_type()}, int_type(), of_duration<1>);
    declare.member("duration_to_milliseconds", "getMilliseconds", {duration_type()}, int_type(),
                   milliseconds_of_duration);
}

}  // namespace cel
