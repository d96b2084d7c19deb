// SPDX-License-Identifier: 0BSD
#include "apps/stagesetctl/program.hpp"

#include <optional>

#include <boost/asio/io_context.hpp>

#include "apps/stagesetctl/build_command.hpp"
#include "apps/stagesetctl/command_line.hpp"
#include "apps/stagesetctl/connected_outside.hpp"
#include "base/task_group.hpp"

namespace stagesetctl {

namespace {

namespace asio = boost::asio;

base::Task<void> run_command(Invocation invocation, Outside& outside, Console& console,
                             std::optional<base::Result<void>>& result) {
    std::string ns = invocation.connection.ns;
    result = co_await build(std::move(invocation.build), std::move(ns), outside, console);
    (void)co_await outside.close();
    co_return base::Result<void>{};
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, Console& console,
                const MakeOutside& make_outside) {
    auto parsed = parse_command_line(arguments);
    if (!parsed.invocation) {
        if (!parsed.out.empty() && !console.out(parsed.out)) {
            console.error("standard output cannot be written");
            return kFailure;
        }
        if (!parsed.error.empty()) {
            console.error(parsed.error);
        }
        return parsed.exit_code;
    }
    asio::io_context loop(1);
    const auto outside = make_outside(parsed.invocation->connection, loop.get_executor());
    std::optional<base::Result<void>> result;
    base::TaskGroup tasks(loop.get_executor());
    tasks.spawn(run_command(std::move(*parsed.invocation), *outside, console, result));
    // Not until nothing is left to do: idle connections would be kept open for the next request.
    while (tasks.size() > 0 && loop.run_one() > 0) {
    }
    if (!result || !*result) {
        console.error(result ? result->error().text() : "the command never ended");
        return kFailure;
    }
    return kSuccess;
}

int run_program(const std::vector<std::string>& arguments) {
    base::SystemClock clock;
    ProcessConsole console;
    const int code =
        run_program(arguments, console, [&clock](const ConnectionFlags& flags, base::Executor executor) {
            return std::make_unique<ConnectedOutside>(flags, std::move(executor), clock);
        });
    if (!console.flush()) {
        console.error("standard output cannot be written");
        return kFailure;
    }
    return code;
}

}  // namespace stagesetctl
