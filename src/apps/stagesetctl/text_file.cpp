// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/text_file.hpp"

#include <unistd.h>

#include "base/read_file.hpp"

namespace stagesetctl {

std::string shown_path(std::string_view path) { return path == "-" ? "standard input" : std::string(path); }

base::Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
    return path == "-" ? base::read_descriptor(STDIN_FILENO, shown_path(path), bytes_max)
                       : base::read_file(path, bytes_max);
}

}  // namespace stagesetctl
