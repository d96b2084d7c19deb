// SPDX-License-Identifier: 0BSD
#include "apps/controller/program.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>

#include "apps/controller/cluster_targets.hpp"
#include "apps/controller/telemetry.hpp"
#include "apps/controller/triggers.hpp"
#include "base/build_info.hpp"
#include "base/compute.hpp"
#include "base/log.hpp"
#include "control/reconcile/reconciler.hpp"
#include "engine/apply/managed_objects.hpp"
#include "engine/source/watches.hpp"
#include "io/artifact/fetch/address.hpp"
#include "io/artifact/fetch/http_fetcher.hpp"
#include "io/http/curl/curl_client.hpp"
#include "io/http/server/probes.hpp"
#include "io/http/server/server.hpp"
#include "io/kms/ambient/process.hpp"
#include "io/kube/rest/rest_client.hpp"
#include "io/telemetry/families.hpp"
#include "io/telemetry/prometheus/open_metrics.hpp"
#include "io/telemetry/prometheus/prometheus_metrics.hpp"
#include "model/well_known.hpp"

namespace controller {

namespace {

namespace asio = boost::asio;

// Rendering and unpacking; the loop itself takes the other core.
constexpr std::size_t kComputeThreadsMax = 4;
// Runs at work at once: as many as requests in flight, more would only hold memory while they wait for each other.
constexpr std::size_t kWorkPlaces = 64;
constexpr base::Duration kEventDrainMax = std::chrono::seconds(2);

std::size_t compute_threads() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kComputeThreadsMax);
}

std::string host_name() {
    if (const char* name = std::getenv("HOSTNAME"); name != nullptr && *name != '\0') {
        return name;
    }
    char buffer[256] = {};
    return gethostname(buffer, sizeof(buffer) - 1) == 0 ? buffer : "unknown";
}

std::string temporary_directory() {
    const char* directory = std::getenv("TMPDIR");
    return directory != nullptr && *directory != '\0' ? directory : "/tmp";
}

std::string cache_directory(const Flags& flags) {
    if (!flags.artifact_cache_directory.empty()) {
        return flags.artifact_cache_directory;
    }
    return fmt::format("{}/stageset-artifacts-{}", temporary_directory(), geteuid());
}

// nullptr when there is to be none, or cannot be any: rollouts work without, with more downloads.
std::unique_ptr<artifact::DiskCache> open_cache(const Flags& flags, const base::Logger& log) {
    if (flags.artifact_cache_bytes == 0) {
        return nullptr;
    }
    auto cache = artifact::DiskCache::open(cache_directory(flags), flags.artifact_cache_bytes);
    if (!cache) {
        log.warn("artifacts are not kept on disk; set --artifact-cache-dir, or --artifact-cache-size=0",
                 {{"logger", "setup"}, {"error", cache.error().text()}});
        return nullptr;
    }
    return std::move(*cache);
}

// nullptr when nobody may use the controller's credentials.
std::unique_ptr<kms::KeyService> make_key_services(const Flags& flags, const base::Executor& executor,
                                                   const base::Clock& clock) {
    if (!flags.decryption_ambient_credentials) {
        return nullptr;
    }
    return kms::make_ambient_key_service(executor, clock,
                                         kms::process_surroundings([executor](http::ClientOptions options) {
                                             return http::make_curl_client(executor, std::move(options));
                                         }));
}

artifact::HttpFetcherOptions fetch_options(const Flags& flags, artifact::DiskCache* cache) {
    artifact::HttpFetcherOptions options;
    options.limits = flags.artifact_limits;
    options.timeout = flags.artifact_fetch_timeout;
    options.allow_loopback = flags.allow_loopback_artifacts;
    options.disk_cache = cache;
    // Of one file system with the cache, when there is one: what fills up is that.
    options.spool_directory = cache != nullptr ? cache_directory(flags) : temporary_directory();
    return options;
}

kube::InformerOptions informer_options(const model::GroupVersionKind& gvk, const Flags& flags) {
    kube::InformerOptions options;
    options.gvk = gvk;
    options.namespaces = flags.watch_namespaces;
    return options;
}

class Program {
public:
    Program(const Flags& flags, kube::ClusterConfig cluster, asio::io_context& loop, base::SystemClock& clock,
            base::Logger log);

    // Starts everything; the loop does the rest. False when starting failed.
    bool start();

private:
    base::Task<void> supervise();
    base::Task<void> await_signal();
    base::Task<void> work_when_synced();
    base::Task<void> run_key(queue::Key key);
    base::Result<void> check_synced() const;
    bool listen(const std::string& address, http::Router router);
    std::unique_ptr<kube::RestClient> make_client(kube::ClusterConfig cluster);
    kube::MakeHttpClient make_http() const;
    RemoteOptions remote_options() const;
    kube::RequestObserver observer();
    reconcile::Collaborators collaborators();
    http::Exposition expose_metrics(std::string_view accept);

    const Flags& flags_;
    base::Executor executor_;
    base::SystemClock& clock_;
    base::Logger log_;
    base::Rng rng_;
    std::unique_ptr<artifact::DiskCache> disk_cache_;
    base::Compute compute_;
    telemetry::PrometheusMetrics metrics_;
    QueueTelemetry queue_telemetry_;
    std::unique_ptr<kube::RestClient> client_;
    kube::TenantClients tenants_;
    std::unique_ptr<http::Client> artifact_http_;
    artifact::HttpFetcher fetcher_;
    kube::Informer stagesets_;
    kube::Informer inventories_;
    apply::InventoryStore inventory_store_;
    apply::ManagedObjects managed_objects_;
    kube::EventRecorder events_;
    source::SourceWatches sources_;
    std::unique_ptr<kms::KeyService> key_services_;
    render::Renderer renderer_;
    apply::ObservedStages observed_stages_;
    base::FairQueue work_places_;
    ClusterTargets targets_;
    reconcile::Engine engine_;
    reconcile::Reconciler reconciler_;
    queue::Queue queue_;
    std::vector<std::unique_ptr<http::Server>> servers_;
    base::TaskGroup tasks_;
    base::TaskGroup supervisor_;
    asio::signal_set signals_;
};

Program::Program(const Flags& flags, kube::ClusterConfig cluster, asio::io_context& loop,
                 base::SystemClock& clock, base::Logger log)
    : flags_(flags),
      executor_(loop.get_executor()),
      clock_(clock),
      log_(std::move(log)),
      disk_cache_(open_cache(flags, log_)),
      compute_(compute_threads()),
      queue_telemetry_(metrics_),
      client_(make_client(cluster.with_own_identity())),
      tenants_(cluster, *client_, make_http(), observer(), {clock_, rng_, compute_, executor_}),
      artifact_http_(
          http::make_curl_client(executor_, artifact::http_options(flags.allow_loopback_artifacts))),
      fetcher_({*artifact_http_, compute_, clock_, rng_, log_}, executor_,
               fetch_options(flags, disk_cache_.get())),
      stagesets_(*client_, clock_, rng_, log_, executor_,
                 informer_options({std::string(model::kGroup), "v1", "StageSet"}, flags)),
      inventories_(*client_, clock_, rng_, log_, executor_,
                   informer_options({std::string(model::kGroup), "v1", "StageInventory"}, flags)),
      inventory_store_(*client_, inventories_, flags.inventory_shard_cap, flags.inventory_mode),
      managed_objects_(*client_, clock_, rng_, log_, executor_, compute_, flags.watch_namespaces),
      events_(*client_, clock_, rng_, log_, executor_, host_name()),
      sources_(*client_, metrics_, log_, {clock_, rng_, executor_}, flags.watch_namespaces),
      key_services_(make_key_services(flags, executor_, clock_)),
      renderer_(compute_, key_services_.get()),
      work_places_(executor_, kWorkPlaces),
      targets_({*client_, managed_objects_, tenants_}, remote_options(), {clock_, rng_, compute_, executor_},
               log_),
      engine_{*client_, managed_objects_, *client_,         inventory_store_,
              fetcher_, renderer_,        observed_stages_, clock_},
      reconciler_(collaborators()),
      queue_(
          clock_, executor_, [this](queue::Key key) { return run_key(std::move(key)); }, {},
          &queue_telemetry_),
      tasks_(executor_),
      supervisor_(executor_),
      signals_(loop, SIGINT, SIGTERM) {
    inventories_.add_index(apply::kInventoryOwnerIndex, apply::inventory_owner_keys);
    connect(stagesets_, sources_, inventories_, inventory_store_, queue_);
    const auto wake = [this](const apply::ObjectChange& change) {
        if (const auto soon = reconciler_.object_changed(change)) {
            queue_.add_after({change.owner.ns, change.owner.name}, *soon);
        }
    };
    managed_objects_.on_change(wake);
    targets_.on_change(wake);
}

std::unique_ptr<kube::RestClient> Program::make_client(kube::ClusterConfig cluster) {
    return kube::make_rest_client({std::move(cluster), make_http(), "", {}, observer()},
                                  {clock_, rng_, compute_, executor_});
}

kube::MakeHttpClient Program::make_http() const {
    return [executor = executor_](http::ClientOptions options) {
        return std::shared_ptr<http::Client>(http::make_curl_client(executor, std::move(options)));
    };
}

RemoteOptions Program::remote_options() const {
    RemoteOptions remote;
    // Not observed: the host is a label, and tenants could make any number of series.
    remote.allow_loopback = flags_.allow_loopback_clusters;
    remote.make_http = [make = make_http(), loopback = remote.allow_loopback](http::ClientOptions options) {
        options.connect_filter = [loopback](std::string_view address) {
            return artifact::address_allowed(address, loopback);
        };
        return make(std::move(options));
    };
    return remote;
}

kube::RequestObserver Program::observer() {
    return [this](const kube::RequestObservation& request) {
        metrics_.add(telemetry::kRestClientRequestsTotal, {{"code", std::string(request.code)},
                                                           {"method", std::string(request.method)},
                                                           {"host", std::string(request.host)}});
    };
}

reconcile::Collaborators Program::collaborators() {
    reconcile::Options options;
    options.default_interval = flags_.default_interval;
    options.teardown_wait_max = flags_.max_teardown_wait;
    options.default_service_account = flags_.default_service_account;
    options.service_account_required = flags_.require_service_account;
    options.cross_namespace_refs = !flags_.no_cross_namespace_refs;
    return {engine_,  targets_, *client_, stagesets_, sources_, events_,
            metrics_, clock_,   rng_,     log_,       options,  work_places_};
}

base::Result<void> Program::check_synced() const {
    for (const auto& [informer, kind] :
         {std::pair{&stagesets_, "StageSets"}, std::pair{&inventories_, "StageInventories"}}) {
        if (!informer->synced() || !informer->served()) {
            return base::Error{base::ErrorCode::kUnavailable,
                               fmt::format("the cache of {} is not filled", kind)};
        }
    }
    return {};
}

bool Program::listen(const std::string& address, http::Router router) {
    if (http::is_disabled(address)) {
        return true;
    }
    http::ServerOptions options;
    options.address = address;
    options.log = log_;
    auto server = std::make_unique<http::Server>(executor_, options, std::move(router));
    if (auto listening = server->listen(); !listening) {
        log_.error("cannot listen", {{"logger", "setup"}, {"error", listening.error().text()}});
        return false;
    }
    tasks_.spawn(server->run());
    servers_.push_back(std::move(server));
    return true;
}

http::Exposition Program::expose_metrics(std::string_view accept) {
    queue_telemetry_.refresh(queue_);
    std::string text = metrics_.expose();
    if (telemetry_prometheus::accepts_open_metrics(accept)) {
        return {telemetry_prometheus::open_metrics_of(text),
                std::string(telemetry_prometheus::kOpenMetricsType)};
    }
    return {std::move(text), std::string(telemetry::kExpositionType)};
}

bool Program::start() {
    http::Router probes;
    http::add_probe(probes, "/healthz", {{"healthz", [] { return base::Result<void>{}; }}});
    http::add_probe(probes, "/readyz", {{"readyz", [this] { return check_synced(); }}});
    http::Router metrics;
    http::add_metrics(metrics, [this](std::string_view accept) { return expose_metrics(accept); });
    if (!listen(flags_.health_probe_bind_address, std::move(probes)) ||
        !listen(flags_.metrics_bind_address, std::move(metrics))) {
        tasks_.cancel();
        return false;
    }
    tasks_.spawn(stagesets_.run());
    tasks_.spawn(inventories_.run());
    tasks_.spawn(events_.run());
    tasks_.spawn(targets_.run());
    tasks_.spawn(work_when_synced());
    supervisor_.spawn(supervise());
    return true;
}

base::Task<void> Program::work_when_synced() {
    // A run reads both caches, and waits for those of the sources that it reads: before they are filled, missing
    // would look like absent.
    for (kube::Informer* informer : {&stagesets_, &inventories_}) {
        if (auto ready = co_await informer->wait_synced(); !ready) {
            co_return ready;
        }
    }
    log_.info("caches are filled", {{"logger", "setup"}, {"stagesets", stagesets_.size()}});
    co_return co_await queue_.work();
}

base::Task<void> Program::run_key(queue::Key key) {
    const base::SteadyTime started = clock_.steady_now();
    auto end = co_await reconciler_.run(key.ns, key.name);
    queue_telemetry_.count_run(end, clock_.steady_now() - started);
    if (!end) {
        co_return end.error();
    }
    if (end->backoff) {
        queue_.add_rate_limited(key);
        co_return base::Result<void>{};
    }
    queue_.forget(key);
    if (end->requeue_after) {
        queue_.add_after(key, *end->requeue_after);
    }
    co_return base::Result<void>{};
}

base::Task<void> Program::await_signal() {
    co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    // From now on a signal ends the process at once, with its usual code for a failure.
    signals_.clear();
    std::signal(SIGINT, [](int) { std::_Exit(1); });
    std::signal(SIGTERM, [](int) { std::_Exit(1); });
    co_return base::Result<void>{};
}

base::Task<void> Program::supervise() {
    (void)co_await await_signal();
    log_.info("stopping", {{"logger", "setup"}});
    tasks_.cancel();
    (void)co_await tasks_.join();
    (void)co_await sources_.close();
    (void)co_await targets_.close();
    (void)co_await managed_objects_.stop();
    (void)co_await fetcher_.close();
    (void)co_await events_.drain(kEventDrainMax);
    log_.info("stopped", {{"logger", "setup"}});
    co_return base::Result<void>{};
}

}  // namespace

int run_controller(const Flags& flags) {
    asio::io_context loop(1);
    base::SystemClock clock;
    const base::Logger log(base::parse_log_level(flags.log_level), base::parse_log_format(flags.log_format),
                           base::stderr_sink(), clock);
    log.info("starting stageset-controller",
             {{"logger", "setup"}, {"version", base::version()}, {"commit", base::commit()}});
    auto cluster = kube::load_cluster_config(kube::ConfigSources::of_process(), {clock, loop.get_executor()});
    if (!cluster) {
        log.error("no cluster to work on", {{"logger", "setup"}, {"error", cluster.error().text()}});
        return 1;
    }
    if (!flags.watch_namespaces.empty()) {
        model::Array namespaces(flags.watch_namespaces.begin(), flags.watch_namespaces.end());
        log.info("watch scope restricted",
                 {{"logger", "setup"}, {"namespaces", model::Value(std::move(namespaces))}});
    }
    if (flags.allow_loopback_artifacts) {
        log.warn(
            "artifacts may be fetched from loopback addresses; never use --allow-loopback-artifacts in "
            "production",
            {{"logger", "setup"}});
    }
    if (flags.allow_loopback_clusters) {
        log.warn(
            "spec.kubeConfig may lead to loopback addresses; never use --allow-loopback-clusters in "
            "production",
            {{"logger", "setup"}});
    }
    Program program(flags, std::move(*cluster), loop, clock, log);
    const bool started = program.start();
    loop.run();
    return started ? 0 : 1;
}

}  // namespace controller
