// SPDX-License-Identifier: 0BSD
// The libraries of regular expressions: cel-go's regex.replace, extract and extractAll; Kubernetes' find and findAll.
#include <expected>
#include <limits>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <re2/re2.h>

#include "rules/cel/declaration.hpp"
#include "rules/cel/libraries.hpp"
#include "rules/cel/pattern_matches.hpp"
#include "rules/cel/quoted.hpp"

namespace cel {
namespace {

using Arguments = std::span<const Value>;
using Pattern = std::shared_ptr<const re2::RE2>;

Value malformed(std::string_view pattern) {
    return Value::error(fmt::format("error parsing regexp: {}", quoted(pattern)));
}

std::string copied(std::optional<std::string_view> text) {
    return std::string(text.value_or(std::string_view{}));
}

Value find(CallContext& context, Arguments arguments) {
    const Pattern pattern = context.regex(arguments[1].as_string());
    if (pattern == nullptr) {
        return malformed(arguments[1].as_string());
    }
    PatternMatches matches(context, *pattern, arguments[0].as_string());
    return Value::string(matches.next() ? copied(matches.group(0)) : "");
}

// Group `group` of the first `count` matches; empty ones only where `empty_too`.
Value collect(CallContext& context, PatternMatches matches, std::size_t group, std::size_t count,
              bool empty_too) {
    std::vector<Value> found;
    while (found.size() < count && matches.next()) {
        constexpr std::uint64_t kPieceBytes = 96;  // memory of a short text in a list
        const std::string text = copied(matches.group(group));
        if (!context.work(1) || !context.keep(kPieceBytes + text.size())) {
            return cost_exceeded();
        }
        if (empty_too || !text.empty()) {
            found.push_back(Value::string(text));
        }
    }
    return matches.limited() ? cost_exceeded() : Value::list(std::move(found));
}

Value find_all(CallContext& context, Arguments arguments) {
    const Pattern pattern = context.regex(arguments[1].as_string());
    if (pattern == nullptr) {
        return malformed(arguments[1].as_string());
    }
    const std::int64_t limit = arguments.size() > 2 ? arguments[2].as_int() : -1;
    const std::size_t count =
        limit < 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(limit);
    return collect(context, PatternMatches(context, *pattern, arguments[0].as_string()), 0, count, true);
}

// The pattern of extract and extractAll, which has one group at most.
std::expected<Pattern, Value> single_group_pattern(CallContext& context, std::string_view text) {
    Pattern pattern = context.regex(text);
    if (pattern == nullptr) {
        return std::unexpected(malformed(text));
    }
    if (pattern->NumberOfCapturingGroups() > 1) {
        return std::unexpected(Value::error(
            fmt::format("regular expression has more than one capturing group: {}", quoted(text))));
    }
    return pattern;
}

Value extract(CallContext& context, Arguments arguments) {
    const auto pattern = single_group_pattern(context, arguments[1].as_string());
    if (!pattern) {
        return pattern.error();
    }
    const int groups = (*pattern)->NumberOfCapturingGroups();
    PatternMatches matches(context, **pattern, arguments[0].as_string());
    if (!matches.next()) {
        return Value::optional_none();
    }
    std::string text = copied(matches.group(static_cast<std::size_t>(groups)));
    return groups == 1 && text.empty() ? Value::optional_none()
                                       : Value::optional_of(Value::string(std::move(text)));
}

Value extract_all(CallContext& context, Arguments arguments) {
    const auto pattern = single_group_pattern(context, arguments[1].as_string());
    if (!pattern) {
        return pattern.error();
    }
    const auto group = static_cast<std::size_t>((*pattern)->NumberOfCapturingGroups());
    return collect(context, PatternMatches(context, **pattern, arguments[0].as_string()), group,
                   std::numeric_limits<std::size_t>::max(), group == 0);
}

// The replacement of one match: "\1" is its group 1, "\\" a backslash.
std::expected<std::string, std::string> expand(std::string_view replacement, const PatternMatches& matches,
                                               int groups) {
    std::string text;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] != '\\') {
            text += replacement[i];
            continue;
        }
        if (++i == replacement.size()) {
            return std::unexpected(
                fmt::format("invalid replacement string: '{}' \\ not allowed at end", replacement));
        }
        if (replacement[i] == '\\') {
            text += '\\';
            continue;
        }
        if (replacement[i] < '0' || replacement[i] > '9') {
            return std::unexpected(fmt::format(
                "invalid replacement string: '{}' \\ must be followed by a digit or \\", replacement));
        }
        const int group = replacement[i] - '0';
        if (group > groups) {
            return std::unexpected(fmt::format(
                "replacement string references group {} but regex has only {} group(s)", group, groups));
        }
        text += matches.group(static_cast<std::size_t>(group)).value_or(std::string_view{});
    }
    return text;
}

Value replace(CallContext& context, Arguments arguments) {
    const std::string_view text = arguments[0].as_string();
    const std::int64_t limit = arguments.size() > 3 ? arguments[3].as_int() : -1;
    if (limit == 0) {
        return arguments[0];
    }
    const Pattern pattern = context.regex(arguments[1].as_string());
    if (pattern == nullptr) {
        return malformed(arguments[1].as_string());
    }
    PatternMatches matches(context, *pattern, text);
    std::string result;
    std::size_t copied_to = 0;
    std::uint64_t paid = text.size();
    for (std::int64_t i = 0; (limit < 0 || i < limit) && matches.next(); ++i) {
        const auto replacement =
            expand(arguments[2].as_string(), matches, pattern->NumberOfCapturingGroups());
        if (!replacement) {
            return Value::error(replacement.error());
        }
        result += text.substr(copied_to, matches.begin() - copied_to);
        copied_to = matches.end();
        const std::uint64_t needed = result.size() + replacement->size() + (text.size() - copied_to);
        if (needed > paid) {
            if (!pay_for_text(context, 2 * needed, paid)) {
                return cost_exceeded();
            }
            paid = 2 * needed;
        }
        result += *replacement;
    }
    result += text.substr(copied_to);
    return matches.limited() ? cost_exceeded() : Value::string(std::move(result));
}

}  // namespace

void add_regex(FunctionSet& functions) {
    const Type text = string_type();
    Declarations declare(functions);
    declare.global("regex_extract_string_string", "regex.extract", {text, text}, Type::optional(text),
                   extract);
    declare.global("regex_extractAll_string_string", "regex.extractAll", {text, text}, strings_type(),
                   extract_all);
    declare.global("regex_replace_string_string_string", "regex.replace", {text, text, text}, text, replace);
    declare.global("regex_replace_string_string_string_int", "regex.replace", {text, text, text, int_type()},
                   text, replace);
}

void add_kubernetes_regex(FunctionSet& functions) {
    const Type text = string_type();
    Declarations declare(functions);
    declare.member("string_find_string", "find", {text, text}, text, find);
    declare.member("string_find_all_string", "findAll", {text, text}, strings_type(), find_all);
    declare.member("string_find_all_string_int", "findAll", {text, text, int_type()}, strings_type(),
                   find_all);
}

}  // namespace cel
