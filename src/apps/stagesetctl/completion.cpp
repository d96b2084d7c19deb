// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/completion.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/stagesetctl/verbs.hpp"

namespace stagesetctl {

namespace {

constexpr std::string_view kBash = R"sh(_stagesetctl() {
    local answer
    answer=$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
    compopt +o default
    [ "${answer##*:}" = 0 ] && compopt -o default
    mapfile -t COMPREPLY < <(compgen -W "$(sed -e '/^:/d' -e 's/\t.*//' <<<"$answer")" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _stagesetctl stagesetctl
)sh";

constexpr std::string_view kZsh = R"sh(#compdef stagesetctl
_stagesetctl() {
    local answer line
    local -a candidates
    answer=$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null) || return
    for line in "${(@f)answer}"; do
        [[ $line == :* ]] || candidates+=("${line/$'\t'/:}")
    done
    [[ "${answer##*:}" == 0 ]] && _files
    (( $#candidates )) && _describe 'stagesetctl' candidates
}
if [[ $funcstack[1] == _stagesetctl ]]; then _stagesetctl "$@"; else compdef _stagesetctl stagesetctl; fi
)sh";

constexpr std::string_view kFish = R"sh(function __stagesetctl_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer (stagesetctl __complete $words[2..-1] 2>/dev/null)
    string match -v ':*' -- $answer
    test "$answer[-1]" = ':0'; and __fish_complete_path (commandline -ct)
end
complete -c stagesetctl -f -a '(__stagesetctl_complete)'
)sh";

constexpr std::string_view kNothingElse = ":4\n";
constexpr std::string_view kFilesToo = ":0\n";

std::string flag_candidates(const CLI::App& parser, std::string_view start) {
    std::string text;
    for (const CLI::Option* option : parser.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            if (("--" + name).starts_with(start)) {
                text += fmt::format("--{}\t{}\n", name, option->get_description());
            }
        }
    }
    return text;
}

std::string verb_candidates(std::string_view start) {
    std::string text;
    for (const Verb& verb : verbs()) {
        if (verb.name.starts_with(start)) {
            text += fmt::format("{}\t{}\n", verb.name, verb.summary);
        }
    }
    return text;
}

std::string argument_candidates(const Verb* verb, std::string_view start) {
    if (verb == nullptr || verb->name == "help") {
        return verb_candidates(start);
    }
    std::string text;
    for (const std::string_view shell : kShells) {
        if (verb->name == "completion" && shell.starts_with(start)) {
            text += fmt::format("{}\n", shell);
        }
    }
    return text;
}

}  // namespace

std::optional<std::string> completion_script(std::string_view shell) {
    if (shell == "bash") {
        return std::string(kBash);
    }
    if (shell == "zsh") {
        return std::string(kZsh);
    }
    return shell == "fish" ? std::optional<std::string>(kFish) : std::nullopt;
}

std::string complete(std::vector<std::string> words) {
    const std::string start = words.empty() ? "" : words.back();
    if (!words.empty()) {
        words.pop_back();
    }
    const Verb* verb = nullptr;
    for (const std::string& word : words) {
        verb = verb == nullptr ? find_verb(word) : verb;
    }
    ParsedFlags unused;
    const auto parser = make_parser(verb, unused);
    if (start.starts_with('-')) {
        return flag_candidates(*parser, start).append(kNothingElse);
    }
    const CLI::Option* before = words.empty() ? nullptr : parser->get_option_no_throw(words.back());
    if (before != nullptr && before->get_expected_min() > 0) {
        const std::string value = before->get_type_name();
        const bool path = value == "FILE" || value == "DIR" || value.ends_with("PATH");
        return std::string(path ? kFilesToo : kNothingElse);
    }
    return argument_candidates(verb, start).append(kNothingElse);
}

}  // namespace stagesetctl
