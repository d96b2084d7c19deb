// SPDX-License-Identifier: 0BSD
#include <string>
#include <vector>

#include "apps/stagesetctl/program.hpp"

int main(int argc, char** argv) {
    return stagesetctl::run_program(std::vector<std::string>(argv, argv + argc));
}
