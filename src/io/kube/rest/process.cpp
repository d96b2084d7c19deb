// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/process.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/event.hpp"
#include "base/task_group.hpp"
#include "base/wait.hpp"

extern char** environ;  // NOLINT: POSIX names it so

namespace kube {

namespace {

namespace asio = boost::asio;
using base::Error;
using base::ErrorCode;

base::Result<void> ok_or_error(int number, const std::string& command) {
    if (number == 0) {
        return {};
    }
    return Error{number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 fmt::format("cannot run {}: {}", command, std::generic_category().message(number))};
}

// A descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

struct Pipe {
    Descriptor read_end;
    Descriptor write_end;
};

base::Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return Error{ErrorCode::kUnavailable,
                     "cannot make a pipe: " + std::generic_category().message(errno)};
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::string_view name_of_variable(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

// This program's environment; what `added` names is replaced.
std::vector<std::string> environment_with(const std::vector<std::string>& added) {
    std::vector<std::string> all = added;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const auto name = name_of_variable(*variable);
        if (std::ranges::none_of(added, [name](const auto& own) { return name_of_variable(own) == name; })) {
            all.emplace_back(*variable);
        }
    }
    return all;
}

base::Result<pid_t> spawn(const ProcessRequest& request, int out, int err) {
    std::vector<std::string> words = request.args;
    words.insert(words.begin(), request.command);
    auto environment = environment_with(request.environment);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    // Sockets of ours stay ours.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    // A group of its own, so that its children can be killed with it; no signals blocked or ignored by inheritance.
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = 0;
    const int failed = ::posix_spawnp(&pid, request.command.c_str(), &actions, &attributes,
                                      pointers_to(words).data(), pointers_to(environment).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (auto ok = ok_or_error(failed, request.command); !ok) {
        return ok.error();
    }
    return pid;
}

// What the tasks that watch one child share.
struct Child {
    explicit Child(const base::Executor& executor)
        : exit(executor), out(executor), err(executor), changed(executor) {}
    pid_t pid = 0;
    asio::posix::stream_descriptor exit;  // readable once the child has ended
    asio::posix::stream_descriptor out;
    asio::posix::stream_descriptor err;
    base::Event changed;  // set when it ended or wrote too much
    bool ended = false;
    bool too_much = false;
    ProcessOutput output;
};

// Takes what is there; true while more may come.
bool take(asio::posix::stream_descriptor& from, std::string& into, std::size_t bytes_max, bool& too_much) {
    std::array<char, 16384> piece{};
    for (;;) {
        boost::system::error_code error;
        const std::size_t got = from.read_some(asio::buffer(piece), error);
        if (error) {
            return error == asio::error::would_block;
        }
        if (into.size() + got > bytes_max) {
            too_much = true;
            return false;
        }
        into.append(piece.data(), got);
    }
}

base::Task<void> drain(asio::posix::stream_descriptor& from, std::string& into, std::size_t bytes_max,
                       Child& child) {
    while (take(from, into, bytes_max, child.too_much)) {
        co_await from.async_wait(asio::posix::stream_descriptor::wait_read,
                                 asio::as_tuple(asio::use_awaitable));
        if (co_await base::is_cancelled()) {
            co_return base::cancelled_error();
        }
    }
    if (child.too_much) {
        child.changed.set();
    }
    co_return base::Result<void>{};
}

base::Task<void> watch_exit(Child& child) {
    co_await child.exit.async_wait(asio::posix::stream_descriptor::wait_read,
                                   asio::as_tuple(asio::use_awaitable));
    if (co_await base::is_cancelled()) {
        co_return base::cancelled_error();
    }
    child.ended = true;
    child.changed.set();
    co_return base::Result<void>{};
}

// Kills the child's group if it still runs, and takes its exit code. Its end is awaited even when the caller is cancelled:
// else it would stay a zombie.
base::Task<void> reap(Child& child) {
    if (!child.ended) {
        ::kill(-child.pid, SIGKILL);
        co_await child.exit.async_wait(
            asio::posix::stream_descriptor::wait_read,
            asio::bind_cancellation_slot(asio::cancellation_slot(), asio::as_tuple(asio::use_awaitable)));
    }
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED);
    child.output.exit_code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    co_return base::Result<void>{};
}

base::Result<void> start(const ProcessRequest& request, Child& child) {
    auto out = make_pipe();
    auto err = make_pipe();
    if (!out || !err) {
        return out ? err.error() : out.error();
    }
    const auto pid = spawn(request, out->write_end.get(), err->write_end.get());
    if (!pid) {
        return pid.error();
    }
    child.pid = *pid;
    // glibc 2.36 declares pidfd_open without C linkage.
    const int exit = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
    if (exit < 0) {
        const int number = errno;
        ::kill(-*pid, SIGKILL);
        ::waitpid(*pid, nullptr, 0);
        return ok_or_error(number, request.command);
    }
    child.exit.assign(exit);
    child.out.assign(out->read_end.release());
    child.err.assign(err->read_end.release());
    child.out.non_blocking(true);
    child.err.non_blocking(true);
    return {};
}

}  // namespace

base::Task<ProcessOutput> run_process(ProcessRequest request, base::Clock& clock) {
    const base::Executor executor = co_await asio::this_coro::executor;
    Child child(executor);
    const base::SteadyTime deadline = clock.steady_now() + request.timeout;
    if (auto started = start(request, child); !started) {
        co_return started.error();
    }
    base::TaskGroup readers(executor);
    readers.spawn(drain(child.out, child.output.out, request.output_bytes_max, child));
    readers.spawn(drain(child.err, child.output.err, request.output_bytes_max, child));
    readers.spawn(watch_exit(child));
    const auto woken = co_await base::wait_until(child.changed, clock, deadline);
    readers.cancel();
    // Its result is a cancellation of ours, or was seen above.
    static_cast<void>(co_await readers.join());
    const bool ended = child.ended;
    static_cast<void>(co_await reap(child));
    if (!woken) {
        co_return woken.error();
    }
    if (ended) {
        // What it wrote last may still lie in the pipes; a grandchild that holds them open is not waited for.
        take(child.out, child.output.out, request.output_bytes_max, child.too_much);
        take(child.err, child.output.err, request.output_bytes_max, child.too_much);
    }
    if (child.too_much) {
        co_return Error{ErrorCode::kLimitExceeded, fmt::format("{} wrote more than {} bytes", request.command,
                                                               request.output_bytes_max)};
    }
    if (!ended) {
        co_return Error{
            ErrorCode::kDeadlineExceeded,
            fmt::format("{} did not end within {} s", request.command,
                        std::chrono::duration_cast<std::chrono::seconds>(request.timeout).count())};
    }
    co_return std::move(child.output);
}

}  // namespace kube
