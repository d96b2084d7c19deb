// SPDX-License-Identifier: 0BSD
// Writes into one text and pays for it as it grows.
#include "rules/cel/json_text.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "rules/cel/code_points.hpp"
#include "rules/cel/library_cost.hpp"
#include "rules/cel/number_text.hpp"
#include "rules/cel/time_text.hpp"

namespace cel {
namespace {

constexpr std::int64_t kWholeMax = (std::int64_t{1} << 53) - 1;  // that every reader of JSON keeps exactly
constexpr std::uint64_t kBytesPaidAtOnce = 1000;

std::string number_text(double value) {
    constexpr double kPlainMin = 1e-6;
    constexpr double kPlainEnd = 1e21;
    const double magnitude = std::fabs(value);
    if (magnitude == 0 || (magnitude >= kPlainMin && magnitude < kPlainEnd)) {
        return plain_text(value);
    }
    std::string text = general_text(value);
    const std::size_t mark = text.find("e-0");
    if (mark != std::string::npos) {
        text.erase(mark + 2, 1);  // no zero before a negative exponent of one digit
    }
    return text;
}

// What stands for `point` within quotes.
std::string escaped(std::string_view point) {
    switch (point[0]) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\b': return "\\b";
        case '\f': return "\\f";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
    }
    const auto byte = static_cast<unsigned char>(point[0]);
    if (byte < 0x20 || byte == '<' || byte == '>' || byte == '&') {
        return fmt::format("\\u{:04x}", byte);
    }
    if (point == "\u2028" || point == "\u2029") {
        return point.back() == '\xA8' ? "\\u2028" : "\\u2029";
    }
    return std::string(point);
}

class Writer {
public:
    explicit Writer(CallContext& context) : context_(context) {}

    bool write(const Value& value);
    Value result() { return Value::string(std::move(text_)); }
    const Value& failure() const { return failure_; }

private:
    bool fail(std::string message) {
        failure_ = Value::error(std::move(message));
        return false;
    }
    bool append(std::string_view text);
    bool quote(std::string_view text);
    bool real(double value);
    bool list(const Value& value);
    bool map(const Value& value);

    CallContext& context_;
    std::string text_;
    std::uint64_t paid_ = 0;
    Value failure_;
};

bool Writer::append(std::string_view text) {
    const std::uint64_t size = text_.size() + text.size();
    if (size > paid_) {
        const std::uint64_t more = std::max(size - paid_, kBytesPaidAtOnce);
        if (!pay_for_text(context_, more, 0)) {
            failure_ = cost_exceeded();
            return false;
        }
        paid_ += more;
    }
    text_ += text;
    return true;
}

bool Writer::quote(std::string_view text) {
    if (!append("\"")) {
        return false;
    }
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = code_point_bytes(text, at);
        if (!append(escaped(text.substr(at, bytes)))) {
            return false;
        }
        at += bytes;
    }
    return append("\"");
}

bool Writer::real(double value) {
    return std::isfinite(value) ? append(number_text(value))
                                : fail("JSON has no number for NaN and infinity");
}

bool Writer::list(const Value& value) {
    if (!append("[")) {
        return false;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        if ((i > 0 && !append(",")) || !write(value.element(i))) {
            return false;
        }
    }
    return append("]");
}

bool Writer::map(const Value& value) {
    std::vector<std::pair<std::string, Value>> entries;
    for (const Value& key : value.keys()) {
        if (key.kind() != ValueKind::kString) {
            return fail(fmt::format("unsupported type conversion from '{}' to string", key.type().name()));
        }
        entries.emplace_back(key.as_string(), value.entry(key).value_or(Value()));
    }
    std::ranges::sort(entries, {}, &std::pair<std::string, Value>::first);
    if (!append("{")) {
        return false;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if ((i > 0 && !append(",")) || !quote(entries[i].first) || !append(":") ||
            !write(entries[i].second)) {
            return false;
        }
    }
    return append("}");
}

bool Writer::write(const Value& value) {
    switch (value.kind()) {
        case ValueKind::kNull: return append("null");
        case ValueKind::kBool: return append(value.as_bool() ? "true" : "false");
        case ValueKind::kInt: {
            const std::string digits = fmt::to_string(value.as_int());
            return value.as_int() > kWholeMax || value.as_int() < -kWholeMax ? quote(digits) : append(digits);
        }
        case ValueKind::kUint: {
            const std::string digits = fmt::to_string(value.as_uint());
            return value.as_uint() > static_cast<std::uint64_t>(kWholeMax) ? quote(digits) : append(digits);
        }
        case ValueKind::kDouble: return real(value.as_double());
        case ValueKind::kString: return quote(value.as_string());
        case ValueKind::kBytes: return quote(base::encode_base64(value.as_bytes()));
        case ValueKind::kDuration: return quote(duration_text(value.as_duration()));
        case ValueKind::kTimestamp: return quote(timestamp_text(value.as_timestamp()));
        case ValueKind::kList: return list(value);
        case ValueKind::kMap: return map(value);
        case ValueKind::kOptional: {
            const std::optional<Value> held = value.held();
            return held ? write(*held) : fail("optional.none() dereference");
        }
        case ValueKind::kError:
        case ValueKind::kType:
        case ValueKind::kOpaque: break;
    }
    return fail(fmt::format("type conversion error from '{}' to JSON", value.type().name()));
}

}  // namespace

Value json_text(CallContext& context, const Value& value) {
    Writer writer(context);
    return writer.write(value) ? writer.result() : writer.failure();
}

}  // namespace cel
