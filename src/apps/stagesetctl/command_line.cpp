// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/command_line.hpp"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/stagesetctl/completion.hpp"
#include "apps/stagesetctl/console.hpp"
#include "apps/stagesetctl/verbs.hpp"
#include "base/build_info.hpp"

namespace stagesetctl {

namespace {

using base::Error;
using base::ErrorCode;

ParseOutcome answer(std::string text) { return {std::nullopt, kSuccess, std::move(text), ""}; }
ParseOutcome refuse(std::string why) { return {std::nullopt, kUsage, "", std::move(why)}; }

std::string program_name(const std::vector<std::string>& arguments) {
    const std::string path = arguments.empty() ? "" : arguments.front();
    return path.substr(path.rfind('/') + 1) == "kubectl-stageset" ? "kubectl stageset" : "stagesetctl";
}

bool is_flag(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

// Where the verb stands; the number of words when there is none. A flag takes the next word as its value when any verb's flag
// of that name would.
std::size_t find_verb_word(const std::vector<std::string>& words) {
    ParsedFlags unused;
    const auto root = make_parser(nullptr, unused);
    const auto build = make_parser(find_verb("build"), unused);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {
            return words.size();
        }
        if (!is_flag(word)) {
            return i;
        }
        const CLI::Option* option = root->get_option_no_throw(word);
        option = option == nullptr ? build->get_option_no_throw(word) : option;
        i += option != nullptr && option->get_expected_min() > 0 ? 1 : 0;
    }
    return words.size();
}

struct Words {
    std::vector<std::string> flags;  // "--name=value" or "--name", or two words where the value is empty
    std::vector<std::string> rest;
};

// Splits "-nvalue" and "-n=value" into the flag and its value; a word of several letters that are no flags stays.
std::pair<std::string, std::optional<std::string>> split_flag(const std::string& word) {
    if (!word.starts_with("--") && word.size() > 2) {
        return {word.substr(0, 2), word.substr(word[2] == '=' ? 3 : 2)};
    }
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
        return {word, std::nullopt};
    }
    return {word.substr(0, equals), word.substr(equals + 1)};
}

// Tells flags, their values and arguments apart, in the one form that the parser reads without guessing.
base::Result<Words> sort_words(const CLI::App& parser, const std::vector<std::string>& words) {
    Words sorted;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--") {
            sorted.rest.insert(sorted.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                               words.end());
            break;
        }
        if (!is_flag(words[i])) {
            sorted.rest.push_back(words[i]);
            continue;
        }
        auto [name, value] = split_flag(words[i]);
        const CLI::Option* option = parser.get_option_no_throw(name);
        if (option == nullptr) {
            return Error{ErrorCode::kInvalid, fmt::format("unknown flag: {}", name)};
        }
        if (option->get_expected_min() > 0 && !value) {
            if (++i == words.size()) {
                return Error{ErrorCode::kInvalid, fmt::format("flag needs an argument: {}", name)};
            }
            value = words[i];
        }
        if (value && value->empty()) {
            sorted.flags.push_back("--" + option->get_lnames().front());
            sorted.flags.emplace_back();
            continue;
        }
        sorted.flags.push_back("--" + option->get_lnames().front() + (value ? "=" + *value : ""));
    }
    return sorted;
}

std::string version_line(std::string_view program) {
    return fmt::format("{} version {} (commit {})\n", program, base::version(), base::commit());
}

std::string check_count(const Verb& verb, const BuildFlags& build, std::size_t count) {
    // A file says by itself which StageSet is meant.
    const std::size_t least = build.file.empty() ? verb.arguments_min : 0;
    if (count >= least && count <= verb.arguments_max) {
        return "";
    }
    return fmt::format("accepts {}{} arg(s), received {}", least < verb.arguments_max ? "at most " : "",
                       verb.arguments_max, count);
}

ParseOutcome run_text_verb(const Verb& verb, const std::vector<std::string>& rest,
                           const std::string& program) {
    if (verb.name == "version") {
        return answer(version_line(program));
    }
    if (verb.name == "completion") {
        const auto script = completion_script(rest.front());
        return script ? answer(*script)
                      : refuse(fmt::format("unknown command \"{}\" for \"{} completion\": bash, zsh or fish",
                                           rest.front(), program));
    }
    if (rest.empty()) {
        return answer(root_help(program));
    }
    const Verb* topic = find_verb(rest.front());
    return topic == nullptr
               ? refuse(fmt::format("unknown command \"{}\" for \"{} help\"", rest.front(), program))
               : answer(verb_help(*topic, program));
}

// "a,b" and "c" as one list.
std::vector<std::string> split_lists(const std::vector<std::string>& values) {
    std::vector<std::string> result;
    for (const std::string& value : values) {
        for (std::size_t at = 0; at <= value.size();) {
            const std::size_t end = std::min(value.find(',', at), value.size());
            result.push_back(value.substr(at, end - at));
            at = end + 1;
        }
    }
    return result;
}

ParseOutcome interpret(const Verb* verb, ParsedFlags flags, std::vector<std::string> rest,
                       const std::string& program) {
    if (flags.version) {
        return answer(version_line(program));
    }
    if (flags.help || verb == nullptr) {
        return answer(verb == nullptr ? root_help(program) : verb_help(*verb, program));
    }
    if (const auto timeout = parse_request_timeout(flags.invocation.connection.request_timeout); !timeout) {
        return refuse(timeout.error().message);
    }
    if (const std::string wrong = check_count(*verb, flags.invocation.build, rest.size()); !wrong.empty()) {
        return refuse(wrong);
    }
    if (verb->name != "build") {
        return run_text_verb(*verb, rest, program);
    }
    BuildFlags& build = flags.invocation.build;
    build.stages = split_lists(build.stages);
    build.name = rest.empty() ? "" : rest.front();
    return {std::move(flags.invocation), kSuccess, "", ""};
}

}  // namespace

ParseOutcome parse_command_line(const std::vector<std::string>& arguments) {
    const std::string program = program_name(arguments);
    std::vector<std::string> words(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
    if (!words.empty() && words.front() == "__complete") {
        return answer(complete({words.begin() + 1, words.end()}));
    }
    const std::size_t verb_at = find_verb_word(words);
    const Verb* verb = nullptr;
    if (verb_at < words.size()) {
        verb = find_verb(words[verb_at]);
        if (verb == nullptr) {
            return refuse(fmt::format("unknown command \"{}\" for \"{}\"", words[verb_at], program));
        }
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(verb_at));
    }
    ParsedFlags flags;
    const auto parser = make_parser(verb, flags);
    auto sorted = sort_words(*parser, words);
    if (!sorted) {
        return refuse(sorted.error().message);
    }
    if (verb == nullptr && !sorted->rest.empty()) {
        return refuse(fmt::format("unknown command \"{}\" for \"{}\"", sorted->rest.front(), program));
    }
    std::ranges::reverse(sorted->flags);  // CLI11 takes its vector from the back
    try {
        parser->parse(std::move(sorted->flags));
    } catch (const CLI::ParseError& error) {
        return refuse(fmt::format("invalid argument: {}", error.what()));
    }
    return interpret(verb, std::move(flags), std::move(sorted->rest), program);
}

}  // namespace stagesetctl
