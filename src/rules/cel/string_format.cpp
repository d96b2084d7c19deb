// SPDX-License-Identifier: 0BSD
// Writes one argument after the other and pays for the text as it grows.
#include "rules/cel/string_format.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/utf8.hpp"
#include "rules/cel/code_points.hpp"
#include "rules/cel/english_number.hpp"
#include "rules/cel/format_clause.hpp"
#include "rules/cel/library_cost.hpp"
#include "rules/cel/number_text.hpp"
#include "rules/cel/quoted.hpp"
#include "rules/cel/time_text.hpp"

namespace cel {
namespace {

constexpr int kDefaultPrecision = 6;
constexpr int kPrecisionMax = 100;
// Versions without a bound of their own: a double has no more than 1,100 digits that are not zero.
constexpr int kPrecisionMaxUnbounded = 10'000;
// Texts grow by a few bytes at a time; they are paid for in larger steps, so that rounding up costs little.
constexpr std::uint64_t kBytesPaidAtOnce = 1000;

int precision_max(FormatDialect dialect) {
    return dialect == FormatDialect::kPlainBounded ? kPrecisionMax : kPrecisionMaxUnbounded;
}

class Writer {
public:
    Writer(CallContext& context, std::uint64_t covered, bool english)
        : context_(context), english_(english), paid_(covered) {}

    // The text of `value`, or of an element below it, in a clause; nothing when failure() tells why.
    bool clause(const FormatPart& part, const Value& value, std::string& to);
    bool append(std::string_view text, std::string& to);
    const Value& failure() const { return failure_; }

private:
    bool fail(std::string message) {
        failure_ = Value::error(std::move(message));
        return false;
    }
    bool refuse(char verb, const Value& value) {
        return fail(clause_error(verb, value.type().name(), english_));
    }

    bool real(const FormatPart& part, const Value& value, std::string& to);
    bool binary_or_octal(const FormatPart& part, const Value& value, std::string& to);
    bool hexadecimal(const FormatPart& part, const Value& value, std::string& to);
    bool decimal(const FormatPart& part, const Value& value, std::string& to);
    bool plain(const Value& value, std::string& to);
    bool list(const Value& value, std::string& to);
    bool map(const Value& value, std::string& to);
    bool element(const Value& value, std::string& to);
    bool literal(const Value& value, std::string& to);
    bool key(const Value& value, std::string& to);
    std::string real_text(double value) const;
    // The later dialect shows times in UTC.
    std::string time_text(TimestampValue time) const {
        return timestamp_text({time.seconds, time.nanos, english_ ? time.offset_minutes : 0});
    }

    CallContext& context_;
    bool english_;
    std::uint64_t written_ = 0;  // bytes
    std::uint64_t paid_;         // for as many bytes
    Value failure_;
};

bool Writer::append(std::string_view text, std::string& to) {
    written_ += text.size();
    if (written_ > paid_) {
        const std::uint64_t more = std::max(written_ - paid_, kBytesPaidAtOnce);
        if (!pay_for_text(context_, more, 0)) {
            failure_ = cost_exceeded();
            return false;
        }
        paid_ += more;
    }
    to += text;
    return true;
}

bool Writer::clause(const FormatPart& part, const Value& value, std::string& to) {
    switch (part.verb) {
        case 's': return plain(value, to);
        case 'd': return decimal(part, value, to);
        case 'f':
        case 'e': return real(part, value, to);
        case 'b':
        case 'o': return binary_or_octal(part, value, to);
        default: return hexadecimal(part, value, to);
    }
}

std::optional<double> number_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::kInt: return static_cast<double>(value.as_int());
        case ValueKind::kUint: return static_cast<double>(value.as_uint());
        case ValueKind::kDouble: return value.as_double();
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kString:
        case ValueKind::kBytes:
        case ValueKind::kDuration:
        case ValueKind::kTimestamp:
        case ValueKind::kType:
        case ValueKind::kList:
        case ValueKind::kMap:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: return std::nullopt;
    }
    return std::nullopt;
}

// The texts that the older dialect takes for doubles.
std::optional<double> named_number(const Value& value) {
    if (value.kind() != ValueKind::kString) {
        return std::nullopt;
    }
    const std::string_view text = value.as_string();
    if (text == "NaN") {
        return std::nan("");
    }
    if (text == "Infinity" || text == "-Infinity") {
        return text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    }
    return std::nullopt;
}

std::string worded(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    return value > 0 ? "Infinity" : "-Infinity";
}

bool Writer::real(const FormatPart& part, const Value& value, std::string& to) {
    if (english_) {
        const std::optional<double> number =
            value.kind() == ValueKind::kDouble ? std::optional(value.as_double()) : named_number(value);
        if (!number) {
            return refuse(part.verb, value);
        }
        const int precision = part.precision.value_or(kDefaultPrecision);
        return append(
            part.verb == 'f' ? english_fixed(*number, precision) : english_scientific(*number, precision),
            to);
    }
    const std::optional<double> number = number_of(value);
    if (!number) {
        return refuse(part.verb, value);
    }
    if (!std::isfinite(*number)) {
        return append(worded(*number), to);
    }
    const int precision = part.precision.value_or(kDefaultPrecision);
    return append(part.verb == 'f' ? fixed_text(*number, precision) : scientific_text(*number, precision),
                  to);
}

bool Writer::decimal(const FormatPart& part, const Value& value, std::string& to) {
    if (value.kind() == ValueKind::kInt) {
        return append(fmt::to_string(value.as_int()), to);
    }
    if (value.kind() == ValueKind::kUint) {
        return append(fmt::to_string(value.as_uint()), to);
    }
    if (value.kind() == ValueKind::kDouble && !english_) {
        return append(real_text(value.as_double()), to);
    }
    return refuse(part.verb, value);
}

bool Writer::binary_or_octal(const FormatPart& part, const Value& value, std::string& to) {
    const bool binary = part.verb == 'b';
    if (value.kind() == ValueKind::kBool && binary) {
        return append(value.as_bool() ? "1" : "0", to);
    }
    if (value.kind() == ValueKind::kInt) {
        return append(binary ? fmt::format("{:b}", value.as_int()) : fmt::format("{:o}", value.as_int()), to);
    }
    if (value.kind() == ValueKind::kUint) {
        return append(binary ? fmt::format("{:b}", value.as_uint()) : fmt::format("{:o}", value.as_uint()),
                      to);
    }
    return refuse(part.verb, value);
}

bool Writer::hexadecimal(const FormatPart& part, const Value& value, std::string& to) {
    const bool upper = part.verb == 'X';
    if (value.kind() == ValueKind::kInt) {
        return append(upper ? fmt::format("{:X}", value.as_int()) : fmt::format("{:x}", value.as_int()), to);
    }
    if (value.kind() == ValueKind::kUint) {
        return append(upper ? fmt::format("{:X}", value.as_uint()) : fmt::format("{:x}", value.as_uint()),
                      to);
    }
    if (value.kind() != ValueKind::kString && value.kind() != ValueKind::kBytes) {
        return refuse(part.verb, value);
    }
    const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (const char c : value.kind() == ValueKind::kString ? value.as_string() : value.as_bytes()) {
        const auto byte = static_cast<unsigned char>(c);
        const char pair[] = {digits[byte >> 4U], digits[byte & 0xFU]};
        if (!append(std::string_view(pair, sizeof pair), to)) {
            return false;
        }
    }
    return true;
}

std::string Writer::real_text(double value) const {
    if (english_) {
        return general_text(value);
    }
    return std::isfinite(value) ? plain_text(value) : worded(value);
}

bool Writer::plain(const Value& value, std::string& to) {
    switch (value.kind()) {
        case ValueKind::kNull: return append("null", to);
        case ValueKind::kBool: return append(value.as_bool() ? "true" : "false", to);
        case ValueKind::kInt: return append(fmt::to_string(value.as_int()), to);
        case ValueKind::kUint: return append(fmt::to_string(value.as_uint()), to);
        case ValueKind::kDouble: return append(real_text(value.as_double()), to);
        case ValueKind::kString: return append(value.as_string(), to);
        case ValueKind::kBytes:
            if (english_ && !model::is_utf8(value.as_bytes())) {
                return fail("error during formatting: invalid UTF-8 in bytes, cannot convert to string");
            }
            return append(value.as_bytes(), to);
        case ValueKind::kDuration: return append(duration_text(value.as_duration()), to);
        case ValueKind::kTimestamp: return append(time_text(value.as_timestamp()), to);
        case ValueKind::kType: return append(value.as_type().name(), to);
        case ValueKind::kList: return list(value, to);
        case ValueKind::kMap: return map(value, to);
        case ValueKind::kError:
        case ValueKind::kOptional:
        case ValueKind::kOpaque: return refuse('s', value);
    }
    return refuse('s', value);
}

bool Writer::element(const Value& value, std::string& to) {
    return english_ ? literal(value, to) : plain(value, to);
}

// As the language would write it, within a list or map of the older dialect.
bool Writer::literal(const Value& value, std::string& to) {
    switch (value.kind()) {
        case ValueKind::kString: return append(quoted(value.as_string()), to);
        case ValueKind::kBytes: {
            std::string text;
            return plain(value, text) && append("b" + quoted(text), to);
        }
        case ValueKind::kDouble: {
            const double number = value.as_double();
            return append(
                std::isfinite(number) ? fixed_text(number, kDefaultPrecision) : quoted(general_text(number)),
                to);
        }
        case ValueKind::kDuration:
            return append(fmt::format("duration({})", quoted(duration_text(value.as_duration()))), to);
        case ValueKind::kTimestamp:
            return append(fmt::format("timestamp({})", quoted(time_text(value.as_timestamp()))), to);
        case ValueKind::kOptional:
        case ValueKind::kOpaque:
            return fail(
                fmt::format("error during formatting: no formatting function for {}", value.type().name()));
        case ValueKind::kError:
        case ValueKind::kNull:
        case ValueKind::kBool:
        case ValueKind::kInt:
        case ValueKind::kUint:
        case ValueKind::kType:
        case ValueKind::kList:
        case ValueKind::kMap: return plain(value, to);
    }
    return plain(value, to);
}

bool Writer::key(const Value& value, std::string& to) {
    if (english_ && value.kind() == ValueKind::kDouble) {
        return fail("error during formatting: no formatting function for map key of type double");
    }
    return element(value, to);
}

bool Writer::list(const Value& value, std::string& to) {
    if (!append("[", to)) {
        return false;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        if ((i > 0 && !append(", ", to)) || !element(value.element(i), to)) {
            return false;
        }
    }
    return append("]", to);
}

// Entries in the order of their keys' texts.
bool Writer::map(const Value& value, std::string& to) {
    std::vector<std::pair<std::string, std::string>> entries;
    entries.reserve(value.size());
    for (const Value& name : value.keys()) {
        auto& [left, right] = entries.emplace_back();
        const std::optional<Value> held = value.entry(name);
        if (!held || !key(name, left) || !element(*held, right)) {
            return false;
        }
    }
    std::ranges::sort(entries);
    const std::string_view colon = english_ ? ":" : ": ";
    std::string_view separator = "{";
    for (const auto& [left, right] : entries) {
        if (!append(separator, to)) {
            return false;
        }
        to += left;  // paid for when it was written
        if (!append(colon, to)) {
            return false;
        }
        to += right;
        separator = ", ";
    }
    return append(entries.empty() ? "{}" : "}", to);
}

}  // namespace

Value format_text(CallContext& context, std::string_view format, const Value& arguments,
                  FormatDialect dialect) {
    Writer writer(context, format.size(), dialect == FormatDialect::kEnglish);
    std::string result;
    std::size_t next = 0;
    while (!format.empty()) {
        if (begins_clause(format) && next >= arguments.size()) {
            return Value::error(fmt::format("index {} out of range", next));
        }
        const auto part = read_format_part(format, precision_max(dialect));
        if (!part) {
            return Value::error(part.error());
        }
        const bool written = part->verb == 0 ? writer.append(part->text, result)
                                             : writer.clause(*part, arguments.element(next++), result);
        if (!written) {
            return writer.failure();
        }
        format.remove_prefix(part->bytes);
    }
    return Value::string(std::move(result));
}

namespace {

bool accepts(char verb, TypeKind kind, bool english) {
    switch (kind) {
        case TypeKind::kDyn:
        case TypeKind::kParameter: return true;
        case TypeKind::kInt:
        case TypeKind::kUint: return !english || (verb != 'f' && verb != 'e');
        case TypeKind::kDouble: return verb == 's' || verb == 'f' || verb == 'e' || (verb == 'd' && !english);
        case TypeKind::kBool: return verb == 's' || verb == 'b';
        case TypeKind::kString:
            return verb == 's' || verb == 'x' || verb == 'X' || (english && (verb == 'f' || verb == 'e'));
        case TypeKind::kBytes: return verb == 's' || verb == 'x' || verb == 'X';
        case TypeKind::kNull:
        case TypeKind::kDuration:
        case TypeKind::kTimestamp:
        case TypeKind::kType:
        case TypeKind::kList:
        case TypeKind::kMap: return verb == 's';
        case TypeKind::kOptional:
        case TypeKind::kOpaque: return false;
    }
    return false;
}

}  // namespace

std::optional<std::string> check_format(std::string_view format, std::span<const Type> arguments,
                                        FormatDialect dialect) {
    const bool english = dialect == FormatDialect::kEnglish;
    std::size_t next = 0;
    while (!format.empty()) {
        const auto part = read_format_part(format, precision_max(dialect));
        if (!part) {
            return part.error();
        }
        format.remove_prefix(part->bytes);
        if (part->verb == 0) {
            continue;
        }
        if (next == arguments.size()) {
            return fmt::format("index {} out of range", next);
        }
        const Type& type = arguments[next++];
        if (!accepts(part->verb, type.kind(), english)) {
            return clause_error(part->verb, type.name(), english);
        }
    }
    if (next < arguments.size()) {
        return fmt::format("too many arguments supplied to string.format (expected {}, got {})", next,
                           arguments.size());
    }
    return std::nullopt;
}

}  // namespace cel
