// SPDX-License-Identifier: 0BSD
// Console: where a command's data, warnings and errors go.
#pragma once

#include <string_view>

namespace stagesetctl {

// What a process says when it ends.
enum ExitCode : int {
    kSuccess = 0,
    kChanges = 1,  // `diff` found some
    kUsage = 2,    // the command line is wrong: trying again cannot help
    kFailure = 3,  // everything else
};

class Console {
public:
    virtual ~Console() = default;
    // Data, as it is. False when it cannot be written.
    virtual bool out(std::string_view text) = 0;
    // "warning: …", one line.
    virtual void warn(std::string_view text) = 0;
    // "Error: …", one line, whatever `text` holds.
    virtual void error(std::string_view text) = 0;
};

// Standard output, buffered until the process ends, and standard error.
class ProcessConsole final : public Console {
public:
    bool out(std::string_view text) override;
    void warn(std::string_view text) override;
    void error(std::string_view text) override;
    // Writes what is buffered; false when something could not be written.
    bool flush();
};

}  // namespace stagesetctl
