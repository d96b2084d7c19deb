// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/console.hpp"

#include <cstdio>
#include <string>

namespace stagesetctl {

namespace {

void line_to_stderr(std::string_view prefix, std::string_view text) {
    std::string line(prefix);
    for (const char c : text) {
        line += c == '\n' || c == '\r' ? ' ' : c;
    }
    while (line.ends_with(' ')) {
        line.pop_back();
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

bool ProcessConsole::out(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

void ProcessConsole::warn(std::string_view text) { line_to_stderr("warning: ", text); }
void ProcessConsole::error(std::string_view text) { line_to_stderr("Error: ", text); }
bool ProcessConsole::flush() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace stagesetctl
