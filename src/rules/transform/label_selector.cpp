// SPDX-License-Identifier: 0BSD
// LabelSelector: Kubernetes' syntax of selectors, read by a small recursive descent.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "rules/transform/id_view.hpp"
#include "rules/transform/selector.hpp"

namespace transform {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_special(char c) { return std::string_view("=!(),<>").find(c) != std::string_view::npos; }

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr std::size_t kNameCharactersMax = 63;     // of a label's name or value
constexpr std::size_t kPrefixCharactersMax = 253;  // of the domain before the slash

bool is_name(std::string_view text) {
    const auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
    return !text.empty() && text.size() <= kNameCharactersMax && is_alphanumeric(text.front()) &&
           is_alphanumeric(text.back()) && std::ranges::all_of(text, fits);
}

bool is_domain(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !text.empty() && text.size() <= kPrefixCharactersMax && is_alphanumeric(text.front()) &&
           is_alphanumeric(text.back()) && std::ranges::all_of(text, fits);
}

bool is_key(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash == std::string_view::npos
               ? is_name(text)
               : is_domain(text.substr(0, slash)) && is_name(text.substr(slash + 1));
}

bool is_value(std::string_view text) { return text.empty() || is_name(text); }

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(result) : std::nullopt;
}

}  // namespace

class LabelSelectorParser {
public:
    explicit LabelSelectorParser(std::string_view text) : text_(text) {}

    base::Result<LabelSelector> parse() {
        LabelSelector selector;
        if (peek().empty()) {
            return selector;
        }
        for (;;) {
            auto requirement = parse_requirement();
            if (!requirement) {
                return *std::move(error_);
            }
            selector.requirements_.push_back(*std::move(requirement));
            if (peek().empty()) {
                return selector;
            }
            if (next() != "," || peek().empty()) {
                return fail("expected ',' and a further requirement");
            }
        }
    }

private:
    using Operator = LabelSelector::Operator;
    using Requirement = LabelSelector::Requirement;

    // The next word or symbol, or empty at the end.
    std::string_view peek() {
        while (at_ < text_.size() && is_space(text_[at_])) {
            ++at_;
        }
        std::size_t end = at_;
        if (end < text_.size() && is_special(text_[end])) {
            const std::string_view two = text_.substr(end, 2);
            end += two == "==" || two == "!=" ? 2 : 1;
        } else {
            while (end < text_.size() && !is_special(text_[end]) && !is_space(text_[end])) {
                ++end;
            }
        }
        return text_.substr(at_, end - at_);
    }
    std::string_view next() {
        const std::string_view token = peek();
        at_ += token.size();
        return token;
    }
    base::Error fail(std::string_view reason) {
        base::Error error{base::ErrorCode::kInvalid,
                          fmt::format("unable to parse selector \"{}\": {}", text_, reason)};
        error_ = error;
        return error;
    }
    std::nullopt_t refuse(std::string_view reason) {
        error_ = fail(reason);
        return std::nullopt;
    }

    std::optional<Requirement> parse_requirement() {
        Requirement requirement;
        const bool negated = peek() == "!";
        if (negated) {
            next();
        }
        requirement.key = next();
        if (!is_key(requirement.key)) {
            return refuse(fmt::format("\"{}\" is no label key", requirement.key));
        }
        const std::string_view token = peek();
        if (negated || token.empty() || token == ",") {
            requirement.op = negated ? Operator::kMissing : Operator::kExists;
            return requirement;
        }
        return parse_values(std::move(requirement));
    }

    std::optional<Requirement> parse_values(Requirement requirement) {
        const std::string_view op = next();
        if (op == "in" || op == "notin") {
            requirement.op = op == "in" ? Operator::kIn : Operator::kNotIn;
            return parse_set(std::move(requirement));
        }
        if (op == "=" || op == "==" || op == "!=") {
            requirement.op = op == "!=" ? Operator::kNotIn : Operator::kIn;
        } else if (op == ">" || op == "<") {
            requirement.op = op == ">" ? Operator::kGreater : Operator::kLess;
        } else {
            return refuse(fmt::format("\"{}\" is no operator", op));
        }
        const std::string_view value = peek().empty() || peek() == "," ? std::string_view() : next();
        const bool is_order = op == ">" || op == "<";
        if (!is_value(value) || (is_order && !number(value))) {
            return refuse(fmt::format("\"{}\" is no value for {}", value, op));
        }
        requirement.values.emplace_back(value);
        return requirement;
    }

    // "(a, b, )": empty values count.
    std::optional<Requirement> parse_set(Requirement requirement) {
        if (next() != "(") {
            return refuse("expected '(' after in or notin");
        }
        for (;;) {
            std::string_view value;
            if (peek() != "," && peek() != ")") {
                value = next();
            }
            if (!is_value(value)) {
                return refuse(fmt::format("\"{}\" is no label value", value));
            }
            requirement.values.emplace_back(value);
            const std::string_view token = next();
            if (token == ")") {
                return requirement;
            }
            if (token != ",") {
                return refuse("expected ',' or ')'");
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<base::Error> error_;
};

base::Result<LabelSelector> LabelSelector::parse(std::string_view text) {
    return LabelSelectorParser(text).parse();
}

bool LabelSelector::matches(const model::Object* pairs) const {
    const auto satisfied = [pairs](const Requirement& requirement) {
        const model::Value* found = pairs == nullptr ? nullptr : pairs->if_contains(requirement.key);
        const boost::json::string* text = found == nullptr ? nullptr : found->if_string();
        const std::string_view value = text == nullptr ? std::string_view() : text_view(*text);
        const bool listed = std::ranges::find(requirement.values, value) != requirement.values.end();
        switch (requirement.op) {
            case Operator::kIn: return found != nullptr && listed;
            case Operator::kNotIn: return found == nullptr || !listed;
            case Operator::kExists: return found != nullptr;
            case Operator::kMissing: return found == nullptr;
            case Operator::kGreater:
            case Operator::kLess: break;
        }
        const auto left = found == nullptr ? std::nullopt : number(value);
        const auto right = number(requirement.values.front());
        return left && right && (requirement.op == Operator::kGreater ? *left > *right : *left < *right);
    };
    return std::ranges::all_of(requirements_, satisfied);
}

}  // namespace transform
