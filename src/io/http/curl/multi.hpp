// SPDX-License-Identifier: 0BSD
// Multi: one pool of connections of libcurl, driven by the event loop.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include "base/task.hpp"
#include "io/http/client.hpp"

namespace http_curl {

class Transfer;

// How a pool uses its connections.
struct PoolPolicy {
    bool http2 = true;
    long connections_per_host_max = 0;  // 0: no limit
};

// Shared by its transfers, so that one that outlives the client still has something to leave.
class Multi : public std::enable_shared_from_this<Multi> {
public:
    // `options` is shared because libcurl reads the PEM texts where they are.
    Multi(base::Executor executor, std::shared_ptr<const http::ClientOptions> options, PoolPolicy policy);
    ~Multi();
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;

    const base::Executor& executor() const { return executor_; }
    const http::ClientOptions& options() const { return *options_; }
    const PoolPolicy& policy() const { return policy_; }
    bool closed() const { return multi_ == nullptr; }

    // A handle with the options of all requests set, or null when closed or out of memory.
    CURL* borrow();
    void give_back(CURL* easy);

    bool add(Transfer& transfer);
    void remove(Transfer& transfer);
    // Lets a paused transfer continue.
    void resume(Transfer& transfer);
    // Ends all transfers with kCancelled and closes all connections.
    void close();

private:
    struct Socket;

    static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* socket);
    static int on_timer(CURLM* multi, long milliseconds, void* self);

    CURL* make_easy() const;
    void watch(const std::shared_ptr<Socket>& socket);
    void wait(const std::shared_ptr<Socket>& socket, bool write);
    void forget(curl_socket_t fd);
    void schedule(long milliseconds);
    void act(curl_socket_t fd, int events);
    void collect();

    base::Executor executor_;
    std::shared_ptr<const http::ClientOptions> options_;
    PoolPolicy policy_;
    CURLM* multi_ = nullptr;
    std::unordered_map<curl_socket_t, std::shared_ptr<Socket>> sockets_;
    std::unordered_set<Transfer*> transfers_;
    std::vector<CURL*> idle_;
    boost::asio::steady_timer timer_;
    // Tells a timer's handler whether libcurl has set another time since.
    std::uint64_t timer_round_ = 0;
};

}  // namespace http_curl
