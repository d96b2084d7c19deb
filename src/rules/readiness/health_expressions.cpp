// SPDX-License-Identifier: 0BSD
#include "rules/readiness/health_expressions.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "model/utf8.hpp"

namespace readiness {

namespace {

// A stage of more kinds than this does not exist; each expression costs memory and time at every look.
constexpr std::size_t kEntriesMax = 100;
// Lists that are kept though nobody uses them now: a steady pass of a StageSet finds its own again.
constexpr std::size_t kKeptMax = 256;
// Of sources and errors, in messages.
constexpr std::size_t kQuotedBytesMax = 200;

enum class Answer { kTrue, kFalse, kNotYet };

struct Evaluated {
    Answer answer = Answer::kFalse;
    std::string why;  // of kNotYet
};

// "3:14: what" and what follows on more lines becomes "line 3, column 14: what".
std::string placed(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    std::size_t line = 0;
    std::size_t column = 0;
    const char* end = text.data() + text.size();
    const auto line_end = std::from_chars(text.data(), end, line);
    if (line_end.ec != std::errc{} || line_end.ptr == end || *line_end.ptr != ':') {
        return std::string(text);
    }
    const auto column_end = std::from_chars(line_end.ptr + 1, end, column);
    if (column_end.ec != std::errc{} || column_end.ptr == end || *column_end.ptr != ':') {
        return std::string(text);
    }
    std::string_view what(column_end.ptr + 1, end);
    what.remove_prefix(std::min(what.find_first_not_of(' '), what.size()));
    return fmt::format("line {}, column {}: {}", line, column, what);
}

std::string quoted(std::string_view text) {
    return std::string(model::utf8_prefix(text.substr(0, text.find('\n')), kQuotedBytesMax));
}

Evaluated evaluate_bool(const cel::Program& program, const cel::Variables& variables) {
    const auto value = program.evaluate(variables);
    if (!value) {
        return {Answer::kNotYet, quoted(value.error().text())};
    }
    if (value->is_error()) {
        return {Answer::kNotYet, quoted(value->as_error())};
    }
    if (value->kind() != cel::ValueKind::kBool) {
        return {Answer::kNotYet, fmt::format("its result is {}, not bool", value->type().text())};
    }
    return {value->as_bool() ? Answer::kTrue : Answer::kFalse, ""};
}

Verdict not_yet(std::string_view name, std::string_view source, std::string_view why) {
    return {State::kInProgress,
            fmt::format("its expression {} cannot be told yet ({}): {}", name, why, source)};
}

Verdict not_true(std::string_view source) {
    return {State::kInProgress, fmt::format("its expression current is not true yet: {}", source)};
}

// Texts of any content, told apart by their lengths.
std::string key_of(const std::vector<model::ReadyExpression>& expressions) {
    std::string key;
    for (const model::ReadyExpression& one : expressions) {
        for (const std::string* text :
             {&one.api_version, &one.kind, &one.current, &one.in_progress, &one.failed}) {
            key += fmt::format("{} {}", text->size(), *text);
        }
    }
    return key;
}

}  // namespace

base::Result<std::unique_ptr<const HealthExpressions::Expression>> HealthExpressions::compile_one(
    const cel::Environment& environment, const std::string& source) {
    if (source.empty()) {
        return std::unique_ptr<const Expression>();
    }
    auto program = environment.compile(source);
    if (!program) {
        return base::Error{base::ErrorCode::kInvalid, placed(program.error().text())};
    }
    const cel::TypeKind kind = program->result_type().kind();
    if (kind != cel::TypeKind::kBool && kind != cel::TypeKind::kDyn) {
        return base::Error{
            base::ErrorCode::kInvalid,
            fmt::format("line 1, column 1: its result is {}, not bool", program->result_type().text())};
    }
    return std::make_unique<const Expression>(Expression{*std::move(program), quoted(source)});
}

base::Result<std::shared_ptr<const HealthExpressions>> HealthExpressions::compile(
    const std::vector<model::ReadyExpression>& expressions) {
    static const cel::Environment environment = cel::Environment::health();
    if (expressions.size() > kEntriesMax) {
        return base::Error{base::ErrorCode::kInvalid,
                           fmt::format("exprs: more than {} entries", kEntriesMax)};
    }
    auto compiled = std::make_shared<HealthExpressions>();
    for (std::size_t i = 0; i < expressions.size(); ++i) {
        const model::ReadyExpression& one = expressions[i];
        if (one.current.empty() && one.in_progress.empty() && one.failed.empty()) {
            return base::Error{base::ErrorCode::kInvalid,
                               fmt::format("exprs[{}]: needs current, inProgress or failed", i)};
        }
        Entry entry{model::parse_gvk(one.api_version, one.kind).group, one.kind, nullptr, nullptr, nullptr};
        const auto take = [&](std::unique_ptr<const Expression>& into, const std::string& source,
                              const char* field) -> base::Result<void> {
            auto expression = compile_one(environment, source);
            if (!expression) {
                return base::wrap(fmt::format("exprs[{}].{}", i, field), expression.error());
            }
            into = *std::move(expression);
            return {};
        };
        for (const auto& taken : {take(entry.current, one.current, "current"),
                                  take(entry.in_progress, one.in_progress, "inProgress"),
                                  take(entry.failed, one.failed, "failed")}) {
            if (!taken) {
                return taken.error();
            }
        }
        compiled->entries_.push_back(std::move(entry));
    }
    return std::shared_ptr<const HealthExpressions>(std::move(compiled));
}

bool HealthExpressions::judges(std::string_view group, std::string_view kind) const {
    return std::ranges::any_of(
        entries_, [&](const Entry& entry) { return entry.group == group && entry.kind == kind; });
}

Verdict HealthExpressions::judge_by(const Entry& entry, const cel::Variables& variables) {
    if (entry.in_progress) {
        const Evaluated going = evaluate_bool(entry.in_progress->program, variables);
        if (going.answer == Answer::kNotYet) {
            return not_yet("inProgress", entry.in_progress->source, going.why);
        }
        if (going.answer == Answer::kTrue) {
            return {State::kInProgress, "its expression inProgress is true: " + entry.in_progress->source};
        }
    }
    if (entry.failed) {
        const Evaluated failed = evaluate_bool(entry.failed->program, variables);
        if (failed.answer == Answer::kNotYet) {
            return not_yet("failed", entry.failed->source, failed.why);
        }
        if (failed.answer == Answer::kTrue) {
            return {State::kFailed, "its expression failed is true: " + entry.failed->source};
        }
    }
    if (entry.current) {
        const Evaluated current = evaluate_bool(entry.current->program, variables);
        if (current.answer == Answer::kNotYet) {
            return not_yet("current", entry.current->source, current.why);
        }
        if (current.answer == Answer::kFalse) {
            return not_true(entry.current->source);
        }
    }
    return {State::kCurrent, "its expressions say so"};
}

Verdict HealthExpressions::judge(const model::Value& object) const {
    const auto observed = model::find_integer(object, {"status", "observedGeneration"});
    const auto generation = model::find_integer(object, {"metadata", "generation"});
    if (observed && generation && *observed != *generation) {
        return {State::kInProgress,
                fmt::format("its controller has seen generation {} of {}", *observed, *generation)};
    }
    const model::GroupVersionKind gvk = model::gvk_of(object);
    const cel::ObjectVariables variables(object);
    Verdict verdict{State::kCurrent, "its expressions say so"};
    for (const Entry& entry : entries_) {
        if (entry.group != gvk.group || entry.kind != gvk.kind) {
            continue;
        }
        Verdict one = judge_by(entry, variables);
        if (one.state == State::kFailed) {
            return one;
        }
        if (verdict.state == State::kCurrent) {
            verdict = std::move(one);
        }
    }
    return verdict;
}

base::Result<std::shared_ptr<const HealthRules>> HealthCompiler::compile(
    const std::vector<model::ReadyExpression>& expressions) {
    if (expressions.empty()) {
        return std::shared_ptr<const HealthRules>();
    }
    std::string key = key_of(expressions);
    if (const auto found = compiled_.find(key); found != compiled_.end()) {
        return found->second;
    }
    auto compiled = HealthExpressions::compile(expressions);
    if (!compiled) {
        return compiled.error();
    }
    if (compiled_.size() >= kKeptMax) {
        std::erase_if(compiled_, [](const auto& kept) { return kept.second.use_count() == 1; });
    }
    std::shared_ptr<const HealthRules> rules = *std::move(compiled);
    compiled_.emplace(std::move(key), rules);
    return rules;
}

}  // namespace readiness
