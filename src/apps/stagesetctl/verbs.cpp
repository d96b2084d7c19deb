// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/verbs.hpp"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace stagesetctl {

namespace {

constexpr const char* kVerbFlags = "Flags";

constexpr std::string_view kBuildText =
    R"(Renders each stage as the controller would (fetch, kustomize, patches, variables) and prints
its objects as YAML, in the order of the stages. Nothing on the cluster changes.

The StageSet is read from the cluster by NAME, or from a file with -f. With -f and a local
directory for each stage no cluster is contacted, unless a stage reads variables from one, or the
build meets encrypted files and no --decryption-key opens them.

Examples:
  # What does StageSet "shop" apply, from the artifacts that its sources publish now?
  {0} build shop -n team-a

  # The same with the manifests on this machine in place of the artifacts
  {0} build shop --source-dir ./manifests

  # Without a cluster: everything local; "web" has its own directory
  {0} build -f stageset.yaml --source-dir ./manifests --source-dir web=../web/deploy

  # Encrypted files, with a key of this machine
  {0} build -f stageset.yaml --source-dir ./manifests --decryption-key ~/age.agekey

  # One stage, Secret values included, compared with what is live
  {0} build shop --stage web --show-secrets | kubectl diff -f -
)";

constexpr std::string_view kCompletionText =
    R"(Prints a script that completes verbs and flags on the tab key.

Examples:
  source <({0} completion bash)                              # bash, this terminal
  {0} completion zsh > "${{fpath[1]}}/_stagesetctl"            # zsh, from the next start
  {0} completion fish > ~/.config/fish/completions/stagesetctl.fish

For `kubectl stageset`, kubectl asks a program named kubectl_complete-stageset. Put this in an
executable file of that name in your PATH:
  #!/bin/sh
  exec stagesetctl __complete "$@"
)";

constexpr std::string_view kVersionText = R"(Prints the same line as --version.

Examples:
  {0} version
)";

constexpr std::string_view kHelpText = R"(Explains a verb, or lists all.

Examples:
  {0} help build
)";

constexpr std::array<Verb, 4> kVerbs{{
    {"build", "NAME [flags]", "Print what a StageSet would apply", kBuildText, 1, 1},
    {"completion", "bash|zsh|fish", "Print a script for completion in your shell", kCompletionText, 1, 1},
    {"help", "[VERB]", "Explain a verb", kHelpText, 0, 1},
    {"version", "", "Print the version of this program", kVersionText, 0, 0},
}};

void define_build_flags(CLI::App& app, BuildFlags& flags) {
    app.add_flag("--as-tenant{true}", flags.as_tenant,
                 "read sources and variables as spec.serviceAccountName")
        ->group(kVerbFlags);
    app.add_option("--decryption-key", flags.decryption_keys,
                   "open encrypted files with the age or OpenPGP keys in this file; may be repeated")
        ->allow_extra_args(false)
        ->type_name("FILE")
        ->group(kVerbFlags);
    app.add_option("-f,--filename", flags.file, "read the StageSet from this file, - for standard input")
        ->type_name("FILE")
        ->group(kVerbFlags);
    app.add_flag("--show-secrets{true}", flags.show_secrets, "print the values of Secrets")
        ->group(kVerbFlags);
    app.add_option("--source-dir", flags.source_dirs,
                   "use a directory in place of a stage's artifact, or of all; may be repeated")
        ->allow_extra_args(false)
        ->type_name("[STAGE=]PATH")
        ->group(kVerbFlags);
    app.add_option("--stage", flags.stages, "only this stage; may be repeated, or a list with commas")
        ->allow_extra_args(false)
        ->type_name("NAME")
        ->group(kVerbFlags);
}

// "  -n, --namespace NAME   description", the descriptions in one column.
std::string flag_table(const CLI::App& app, const std::string& group) {
    std::vector<std::pair<std::string, std::string>> rows;
    std::size_t width = 0;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group() != group || option->get_lnames().empty()) {
            continue;
        }
        const auto& shorts = option->get_snames();
        const bool takes_value = option->get_expected_min() > 0;
        std::string left = fmt::format("  {:<4}--{}{}{}", shorts.empty() ? "" : "-" + shorts.front() + ",",
                                       option->get_lnames().front(), takes_value ? " " : "",
                                       takes_value ? option->get_type_name() : "");
        width = std::max(width, left.size());
        rows.emplace_back(std::move(left), option->get_description());
    }
    std::string text;
    for (const auto& [left, right] : rows) {
        text += fmt::format("{:<{}}   {}\n", left, width, right);
    }
    return text;
}

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

const Verb* find_verb(std::string_view name) {
    const auto found = std::ranges::find(kVerbs, name, &Verb::name);
    return found == kVerbs.end() ? nullptr : &*found;
}

std::unique_ptr<CLI::App> make_parser(const Verb* verb, ParsedFlags& flags) {
    auto app = std::make_unique<CLI::App>();
    app->set_help_flag();
    app->add_flag("-h,--help{true}", flags.help, "print this text")->group(kVerbFlags);
    if (verb == nullptr) {
        app->add_flag("-v,--version{true}", flags.version, "print the version")->group(kVerbFlags);
    } else if (verb->name == "build") {
        define_build_flags(*app, flags.invocation.build);
    }
    define_connection_flags(*app, flags.invocation.connection);
    return app;
}

std::string root_help(std::string_view program) {
    std::string text = fmt::format(
        "Shows what StageSets (stages.metio.wtf/v1) do, and would do.\n\n"
        "Usage:\n  {0} VERB [flags]\n\nVerbs:\n",
        program);
    for (const Verb& verb : kVerbs) {
        text += fmt::format("  {:<12}{}\n", verb.name, verb.summary);
    }
    ParsedFlags flags;
    const auto parser = make_parser(nullptr, flags);
    return text + fmt::format(
                      "\nFlags:\n{1}\nGlobal flags, before or after the verb:\n{2}\n"
                      "\"{0} help VERB\" explains a verb, with examples. Installed as kubectl-stageset, this "
                      "program "
                      "is\n`kubectl stageset`; \"{0} help completion\" says how to complete that.\n",
                      program, flag_table(*parser, kVerbFlags), flag_table(*parser, "Global flags"));
}

std::string verb_help(const Verb& verb, std::string_view program) {
    ParsedFlags flags;
    const auto parser = make_parser(&verb, flags);
    return fmt::format("{}.\n\nUsage:\n  {} {}{}{}\n\n", verb.summary, program, verb.name,
                       verb.arguments.empty() ? "" : " ", verb.arguments) +
           fmt::format(fmt::runtime(verb.text), program) +
           fmt::format("\nFlags:\n{}\nGlobal flags:\n{}", flag_table(*parser, kVerbFlags),
                       flag_table(*parser, "Global flags"));
}

}  // namespace stagesetctl
