// SPDX-License-Identifier: 0BSD
// The verbs of the command line: what each is for, which arguments and flags it takes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/stagesetctl/command_line.hpp"

namespace CLI {
class App;
}

namespace stagesetctl {

struct Verb {
    std::string_view name;
    std::string_view arguments;  // of the usage line: "NAME [flags]"
    std::string_view summary;    // one line
    std::string_view text;       // what help says below it; "{0}" is the program's name
    std::size_t arguments_min = 0;
    std::size_t arguments_max = 0;
};

// All of them, in the order of help.
std::span<const Verb> verbs();
// nullptr for a name that is none.
const Verb* find_verb(std::string_view name);
inline constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

// What a parser fills.
struct ParsedFlags {
    Invocation invocation;
    bool help = false;
    bool version = false;
};
// A parser of the verb's flags and the global ones; of the root's for nullptr. `flags` outlives it.
std::unique_ptr<CLI::App> make_parser(const Verb* verb, ParsedFlags& flags);

// `program`: "stagesetctl" or "kubectl stageset".
std::string root_help(std::string_view program);
std::string verb_help(const Verb& verb, std::string_view program);

}  // namespace stagesetctl
