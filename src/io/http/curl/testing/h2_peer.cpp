// SPDX-License-Identifier: 0BSD
#include "io/http/curl/testing/h2_peer.hpp"

#include <array>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/invariant.hpp"

extern char** environ;

namespace http_curl::testing {

namespace {

std::string read_line(int fd) {
    std::string line;
    char c = 0;
    while (::read(fd, &c, 1) == 1 && c != '\n') {
        line += c;
    }
    return line;
}

}  // namespace

H2Peer::H2Peer(const char* program) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    base::invariant(::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0, "pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::string name = program;
    std::array<char*, 2> arguments{name.data(), nullptr};
    const int spawned = posix_spawn(&process_, program, &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    base::invariant(spawned == 0, "the Go test server cannot be started");
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    const auto told = boost::json::parse(read_line(out[0]));
    ::close(out[0]);
    listeners_ = boost::json::serialize(told.at("addresses"));
    ca_pem_ = told.at("ca").as_string();
    certificate_pem_ = told.at("certificate").as_string();
    key_pem_ = told.at("key").as_string();
}

H2Peer::~H2Peer() {
    ::close(input_);
    ::waitpid(process_, nullptr, 0);
}

std::string H2Peer::url(const std::string& listener, const std::string& path) const {
    return "https://" + std::string(boost::json::parse(listeners_).at(listener).as_string()) + path;
}

}  // namespace http_curl::testing
