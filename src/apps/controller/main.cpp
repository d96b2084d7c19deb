// SPDX-License-Identifier: 0BSD
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "apps/controller/flags.hpp"
#include "apps/controller/program.hpp"

int main(int argc, char** argv) {
    const char* namespaces = std::getenv("STAGESET_WATCH_NAMESPACES");
    const auto outcome = controller::parse_flags(std::vector<std::string>(argv + 1, argv + argc),
                                                 namespaces == nullptr ? "" : namespaces);
    std::fputs(outcome.out.c_str(), stdout);
    std::fputs(outcome.err.c_str(), stderr);
    return outcome.flags ? controller::run_controller(*outcome.flags) : outcome.exit_code;
}
