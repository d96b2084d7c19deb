// SPDX-License-Identifier: 0BSD
// Measures what many small PATCH requests over one HTTP/2 connection cost the client: requests a second and CPU time.
#include <cstdlib>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "base/testing/run.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/http/curl/testing/h2_peer.hpp"

namespace {

struct Load {
    http::Client* client;
    std::string url;
    int left;
    int failed = 0;
};

base::Task<void> worker(Load& load) {
    while (load.left > 0) {
        const int number = load.left--;
        http::Request request{.method = "PATCH", .url = load.url + std::to_string(number)};
        request.headers = {{"Content-Type", "application/apply-patch+yaml"}, {"Accept", "application/json"}};
        request.body = std::string(900, 'x');
        request.timeout = std::chrono::seconds(30);
        const auto response = co_await load.client->send(std::move(request));
        if (!response || response->status != 200 || response->body.size() != 900) {
            ++load.failed;
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> run(Load& load, int in_flight) {
    base::TaskGroup group(co_await base::asio::this_coro::executor);
    for (int i = 0; i < in_flight; ++i) {
        group.spawn(worker(load));
    }
    co_return co_await group.join();
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
    const int requests = argc > 1 ? std::atoi(argv[1]) : 5000;
    const int in_flight = argc > 2 ? std::atoi(argv[2]) : 64;
    const std::string listener = argc > 3 ? argv[3] : "h2";
    const http_curl::testing::H2Peer peer(STAGESET_H2SERVER);
    boost::asio::io_context loop(1);
    http::ClientOptions options{.no_proxy = true};
    options.tls.ca_pem = peer.ca_pem();
    const auto client = http::make_curl_client(loop.get_executor(), std::move(options));
    Load load{.client = client.get(), .url = peer.url(listener, "/apply?n="), .left = requests};
    const base::SystemClock clock;
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const auto start = clock.steady_now();
    const auto ran = base::testing::run_task(loop, run(load, in_flight));
    const std::chrono::duration<double> wall = clock.steady_now() - start;
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    fmt::print(
        "{} requests, {} in flight over {}: {:.2f} s, {:.0f}/s; CPU {:.2f} s user, {:.2f} s system; {} "
        "failed\n",
        requests, in_flight, listener, wall.count(), requests / wall.count(),
        seconds(after.ru_utime) - seconds(before.ru_utime),
        seconds(after.ru_stime) - seconds(before.ru_stime), load.failed);
    return ran && load.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
