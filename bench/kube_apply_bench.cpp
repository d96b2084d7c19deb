// SPDX-License-Identifier: 0BSD
// Server-side applies of ConfigMaps against a real API server (the one of KUBECONFIG): wall time and our own CPU time.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/task_group.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/kube/rest/rest_client.hpp"

namespace {

constexpr int kObjectCount = 5000;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

kube::Value object(const std::string& kind, const std::string& ns, const std::string& name) {
    model::Object metadata{{"name", name}};
    if (!ns.empty()) {
        metadata["namespace"] = ns;
    }
    return model::Object{{"apiVersion", "v1"}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

base::Task<void> apply_some(kube::Client& client, std::string ns, int& next) {
    while (next < kObjectCount) {
        const auto name = fmt::format("object-{}", next++);
        auto config_map = object("ConfigMap", ns, name);
        config_map.as_object()["data"] =
            model::Object{{"key", "some value of ordinary length"}, {"other", name}};
        kube::PatchRequest request{
            {{"", "v1", "ConfigMap"}, ns, name}, kube::PatchType::kApply, std::move(config_map), true, {}};
        const auto applied = co_await client.patch(std::move(request));
        if (!applied) {
            co_return applied.error();
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> measure(kube::Client& client, base::Clock& clock, std::string prefix, int in_flight) {
    const auto ns = fmt::format("{}-{}", prefix, in_flight);
    const auto made = co_await client.create(object("Namespace", "", ns), {});
    if (!made) {
        co_return made.error();
    }
    const auto start = clock.steady_now();
    const double cpu = cpu_seconds();
    int next = 0;
    base::TaskGroup group(co_await boost::asio::this_coro::executor);
    for (int i = 0; i < in_flight; ++i) {
        group.spawn(apply_some(client, ns, next));
    }
    auto joined = co_await group.join();
    const std::chrono::duration<double> wall = clock.steady_now() - start;
    fmt::print("{:>9} {:>9} {:>9.2f} {:>9.2f} {:>9.0f}\n", in_flight, kObjectCount, wall.count(),
               cpu_seconds() - cpu, kObjectCount / wall.count());
    kube::DeleteRequest removal{{{"", "v1", "Namespace"}, "", ns}, "Background", "", "", false};
    const auto removed = co_await client.remove(std::move(removal));
    co_return !joined || removed ? joined : base::Result<void>(removed.error());
}

base::Task<void> measure_all(kube::Client& client, base::Clock& clock, std::string prefix,
                             std::vector<int> in_flight_counts) {
    fmt::print("{:>9} {:>9} {:>9} {:>9} {:>9}\n", "in flight", "applies", "wall s", "CPU s", "per s");
    for (const int in_flight : in_flight_counts) {
        if (auto measured = co_await measure(client, clock, prefix, in_flight); !measured) {
            co_return measured;
        }
    }
    co_return base::Result<void>{};
}

boost::asio::awaitable<void> run(base::Task<void> task, boost::asio::io_context& loop,
                                 base::Result<void>& result) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    result = co_await std::move(task);
    loop.stop();
}

}  // namespace

// Arguments: the numbers of requests in flight to measure with; by default 64, 16 and 1.
int main(int argument_count, char** arguments) {
    std::vector<int> in_flight_counts;
    for (int i = 1; i < argument_count; ++i) {
        in_flight_counts.push_back(std::max(1, std::atoi(arguments[i])));
    }
    if (in_flight_counts.empty()) {
        in_flight_counts = {64, 16, 1};
    }
    boost::asio::io_context loop;
    base::SystemClock clock;
    base::Rng rng;
    base::Compute compute(1);
    auto config = kube::load_cluster_config(kube::ConfigSources::of_process(), {clock, loop.get_executor()});
    if (!config) {
        fmt::print(stderr, "{}\n", config.error().text());
        return 1;
    }
    const auto make_http = [&loop](http::ClientOptions options) -> std::shared_ptr<http::Client> {
        return http::make_curl_client(loop.get_executor(), std::move(options));
    };
    const auto client = kube::make_rest_client({std::move(*config), make_http, "", {}, {}},
                                               {clock, rng, compute, loop.get_executor()});
    base::Result<void> result;
    boost::asio::co_spawn(
        loop,
        run(measure_all(*client, clock, "bench-" + rng.uuid().substr(0, 8), in_flight_counts), loop, result),
        [](std::exception_ptr thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        });
    loop.run();
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().text());
        return 1;
    }
    return 0;
}
