// SPDX-License-Identifier: 0BSD
// Calls of functions: arguments, the overload that fits them, what it costs.
#include <algorithm>

#include <fmt/format.h>

#include "rules/cel/evaluation.hpp"
#include "rules/cel/operators.hpp"

namespace cel {
namespace {

// Compiled expressions that one evaluation keeps, and the memory of each.
constexpr std::size_t kRegexesMax = 16;
constexpr std::int64_t kRegexBytesMax = 1 << 20;
constexpr std::size_t kArgumentsInline = 4;
constexpr std::uint64_t kWorkPerInstruction = 32;
constexpr int kProgramMax = 10'000;  // instructions, roughly, that fit into kRegexBytesMax

// A list or map is judged by its first element, as cel-go does.
bool runs_with(const Type& type, const Value& value) {
    const TypeKind kind = type.kind();
    if (kind == TypeKind::kDyn || kind == TypeKind::kParameter) {
        return true;
    }
    if (kind == TypeKind::kList && value.kind() == ValueKind::kList) {
        return value.size() == 0 || runs_with(type.parameters()[0], value.element(0));
    }
    if (kind == TypeKind::kMap && value.kind() == ValueKind::kMap) {
        if (value.size() == 0) {
            return true;
        }
        const auto [key, entry] = value.entry_at(0);
        return runs_with(type.parameters()[0], key) && runs_with(type.parameters()[1], entry);
    }
    if (kind == TypeKind::kOptional && value.kind() == ValueKind::kOptional) {
        const std::optional<Value> held = value.held();
        return !held || runs_with(type.parameters()[0], *held);
    }
    const Type actual = value.type();
    return actual.kind() == kind && actual.name() == type.name();
}

bool fits(const Candidate& candidate, std::span<const Value> arguments) {
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        if ((candidate.kinds[at] & (1U << static_cast<unsigned>(arguments[at].kind()))) == 0) {
            return false;
        }
    }
    if (!candidate.nested) {
        return true;
    }
    return std::ranges::equal(candidate.overload->parameters, arguments, runs_with);
}

// Go's syntax where RE2's own differs: no \C, and (?<name>…) beside (?P<name>…).
std::optional<std::string> as_re2(std::string_view pattern) {
    std::string out;
    out.reserve(pattern.size());
    bool in_class = false;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        const char next = at + 1 < pattern.size() ? pattern[at + 1] : '\0';
        if (c == '\\' && next != '\0') {
            if (next == 'C') {
                return std::nullopt;
            }
            const std::size_t literal = next == 'Q' ? pattern.find("\\E", at + 2) : at;
            const std::size_t size = next == 'Q' ? std::min(literal, pattern.size()) - at : 2;
            out.append(pattern.substr(at, size));
            at += size - 1;
            continue;
        }
        out += c;
        if (!in_class && c == '(' && pattern.substr(at + 1).starts_with("?<") && at + 3 < pattern.size() &&
            pattern[at + 3] != '=' && pattern[at + 3] != '!') {
            out += "?P<";
            at += 2;
        }
        in_class = in_class ? c != ']' : c == '[';
    }
    return out;
}

}  // namespace

std::shared_ptr<const re2::RE2> compile_regex(std::string_view pattern) {
    const std::optional<std::string> text = as_re2(pattern);
    if (!text) {
        return nullptr;
    }
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kRegexBytesMax);
    auto made = std::make_shared<const re2::RE2>(*text, options);
    return made->ok() ? made : nullptr;
}

std::shared_ptr<const re2::RE2> Evaluation::regex(std::string_view pattern) {
    for (const Regex& known : plan_.regexes) {
        if (known.pattern.data() == pattern.data() && known.pattern.size() == pattern.size()) {
            return known.compiled;
        }
    }
    const auto found = std::ranges::find(regexes_, pattern, &decltype(regexes_)::value_type::first);
    if (found != regexes_.end()) {
        return found->second;
    }
    // Compiling takes time with the size of what comes of it; what is too large was stopped on the way.
    auto made = compile_regex(pattern);
    work(pattern.size() +
         kWorkPerInstruction * static_cast<std::uint64_t>(made ? made->ProgramSize() : kProgramMax));
    if (regexes_.size() >= kRegexesMax) {
        regexes_.erase(regexes_.begin());
    }
    regexes_.emplace_back(std::string(pattern), made);
    return made;
}

const Overload* Evaluation::choose(const Node& node, std::span<const Value> arguments) const {
    for (const Candidate& candidate : node.candidates) {
        if (fits(candidate, arguments)) {
            return candidate.overload;
        }
    }
    return nullptr;
}

Value Evaluation::call(const Node& node) {
    std::array<Value, kArgumentsInline> few;
    std::vector<Value> many;
    const std::size_t count = node.children.size();
    if (count > few.size()) {
        many.resize(count);
    }
    const std::span<Value> arguments(count > few.size() ? many.data() : few.data(), count);
    const Value* error = nullptr;
    for (std::size_t at = 0; at < count; ++at) {
        arguments[at] = eval(*node.children[at]);
        error = error == nullptr && arguments[at].is_error() ? &arguments[at] : error;
    }
    if (error != nullptr) {
        return *error;
    }
    const Overload* overload = choose(node, arguments);
    if (overload == nullptr) {
        std::string kinds;
        for (const Value& argument : arguments) {
            kinds += kinds.empty() ? "" : ", ";
            kinds += argument.type().name();
        }
        return Value::error(fmt::format("no such overload: {}({})", node.name, kinds));
    }
    Value result = overload->call(*this, arguments);
    const std::uint64_t units = overload->cost != nullptr ? overload->cost(arguments, result) : 1;
    return charge(units) && keep(result.made_bytes()) && work(0) ? result : cost_exceeded();
}

}  // namespace cel
