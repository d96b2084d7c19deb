// SPDX-License-Identifier: 0BSD
// LibraryCall: calls a library's functions without a parser and an evaluator, and shows what they answer as text.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>

#include "rules/cel/function.hpp"
#include "rules/cel/number_text.hpp"
#include "rules/cel/quoted.hpp"
#include "rules/cel/time_text.hpp"

namespace cel::testing {

// Compiles each pattern anew and pays from a purse.
class PurseContext final : public CallContext {
public:
    explicit PurseContext(std::uint64_t units) : left_(units) {}

    std::shared_ptr<const re2::RE2> regex(std::string_view pattern) override {
        re2::RE2::Options options;
        options.set_log_errors(false);
        auto compiled =
            std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
        return compiled->ok() ? compiled : nullptr;
    }
    bool charge(std::uint64_t units) override {
        if (units > left_) {
            return false;
        }
        left_ -= units;
        return true;
    }
    bool work(std::uint64_t elements) override { return charge(elements); }
    bool keep(std::uint64_t bytes) override { return charge(bytes / 10 + (bytes % 10 != 0 ? 1 : 0)); }

private:
    std::uint64_t left_;
};

inline Value text(std::string_view value) { return Value::string(std::string(value)); }
inline Value number(std::int64_t value) { return Value::integer(value); }
inline Value real(double value) { return Value::real(value); }
inline Value list(std::vector<Value> elements) { return Value::list(std::move(elements)); }

// 1, 2u, 0.5, "a", b"a", [1, 2], {"k": 1}, optional(1), none, error: why, and of a library's values their text.
inline std::string shown(const Value& value) {
    std::string result;
    switch (value.kind()) {
        case ValueKind::kError: return fmt::format("error: {}", value.as_error());
        case ValueKind::kNull: return "null";
        case ValueKind::kBool: return value.as_bool() ? "true" : "false";
        case ValueKind::kInt: return fmt::to_string(value.as_int());
        case ValueKind::kUint: return fmt::format("{}u", value.as_uint());
        case ValueKind::kDouble: return plain_text(value.as_double());
        case ValueKind::kString: return quoted(value.as_string());
        case ValueKind::kBytes: return "b" + quoted(value.as_bytes());
        case ValueKind::kDuration: return duration_text(value.as_duration());
        case ValueKind::kTimestamp: return timestamp_text(value.as_timestamp());
        case ValueKind::kType: return std::string(value.as_type().name());
        case ValueKind::kList:
            for (std::size_t i = 0; i < value.size(); ++i) {
                result += (i > 0 ? ", " : "") + shown(value.element(i));
            }
            return "[" + result + "]";
        case ValueKind::kMap:
            for (const Value& key : value.keys()) {
                result += (result.empty() ? "" : ", ") + shown(key) + ": " +
                          shown(value.entry(key).value_or(Value()));
            }
            return "{" + result + "}";
        case ValueKind::kOptional:
            return value.held() ? fmt::format("optional({})", shown(*value.held())) : "none";
        case ValueKind::kOpaque: return value.as_opaque().text();
    }
    return result;
}

// Whether an argument may be passed for a parameter of that type; a list's first element speaks for all.
inline bool fits(const Type& parameter, const Value& value) {
    if (parameter.kind() == TypeKind::kDyn || parameter.kind() == TypeKind::kParameter) {
        return true;
    }
    const Type type = value.type();
    if (type.kind() != parameter.kind()) {
        return false;
    }
    if (parameter.kind() == TypeKind::kList) {
        return value.size() == 0 || fits(parameter.parameters()[0], value.element(0));
    }
    return parameter.kind() != TypeKind::kOpaque || type == parameter;
}

class LibraryCall {
public:
    explicit LibraryCall(void (*add)(FunctionSet&), std::uint64_t units = 10'000'000) : units_(units) {
        add(functions_);
    }
    LibraryCall(FunctionSet functions, std::uint64_t units)
        : functions_(std::move(functions)), units_(units) {}

    // "join" of a target and arguments, or "lists.range"; members are looked for first.
    const Overload* overload(std::string_view function, std::span<const Value> arguments) const {
        for (const bool member : {true, false}) {
            for (const Overload& overload : functions_.find(function, member)) {
                bool fit = overload.parameters.size() == arguments.size();
                for (std::size_t i = 0; fit && i < arguments.size(); ++i) {
                    fit = fits(overload.parameters[i], arguments[i]);
                }
                if (fit) {
                    return &overload;
                }
            }
        }
        return nullptr;
    }
    Value operator()(std::string_view function, const std::vector<Value>& arguments) const {
        const Overload* found = overload(function, arguments);
        PurseContext context(units_);
        return found == nullptr ? Value::error("no such overload") : found->call(context, arguments);
    }
    const FunctionSet& functions() const { return functions_; }

private:
    FunctionSet functions_;
    std::uint64_t units_;
};

// A row of a table: what a call answers.
struct Row {
    std::string_view function;
    std::vector<Value> arguments;
    std::string_view expected;
};

}  // namespace cel::testing
