// SPDX-License-Identifier: 0BSD
#include "apps/controller/flags.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/duration.hpp"

namespace controller {

namespace {

constexpr const char* kDescription =
    "Rolls out software in ordered, gated stages from Flux artifacts.\n"
    "Watches StageSets (stages.metio.wtf/v1) on the cluster of KUBECONFIG, else of the pod it runs in, else "
    "of ~/.kube/config.";

// What CLI11 fills; converted to Flags afterwards.
struct RawFlags {
    Flags flags;
    std::string watch_namespaces;
    std::string default_interval = "10m";
    std::string inventory_mode = "hybrid";
    std::string max_teardown_wait = "1h";
    std::string artifact_cache_size = "512Mi";
    std::string artifact_compressed_size_max = "64Mi";
    std::string artifact_inflated_size_max = "512Mi";
    std::string artifact_entry_size_max = "16Mi";
    std::string artifact_content_size_max = "64Mi";
    long long artifact_entry_count_max = 50'000;
    std::string artifact_fetch_timeout = "5m";
    long long shard_cap = 5000;
};

// "512Mi", "1Gi", "64Ki" or plain bytes; nullopt for anything else.
std::optional<std::size_t> parse_bytes(std::string_view text) {
    unsigned shift = 0;
    for (const auto& [unit, bits] : {std::pair{"Ki", 10U}, {"Mi", 20U}, {"Gi", 30U}}) {
        if (text.ends_with(unit)) {
            text.remove_suffix(2);
            shift = bits;
            break;
        }
    }
    std::size_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool whole = !text.empty() && read.ec == std::errc{} && read.ptr == text.data() + text.size();
    if (!whole || count > (std::numeric_limits<std::size_t>::max() >> shift)) {
        return std::nullopt;
    }
    return count << shift;
}

void define_artifact_limits(CLI::App& app, RawFlags& raw) {
    app.add_option("--artifact-compressed-size-max", raw.artifact_compressed_size_max,
                   "A longer artifact is refused while it is downloaded")
        ->capture_default_str();
    app.add_option("--artifact-inflated-size-max", raw.artifact_inflated_size_max,
                   "An artifact that inflates to more is refused")
        ->capture_default_str();
    app.add_option("--artifact-entry-size-max", raw.artifact_entry_size_max,
                   "An artifact with a larger file is refused")
        ->capture_default_str();
    app.add_option("--artifact-content-size-max", raw.artifact_content_size_max,
                   "An artifact whose files are larger together is refused; they are held in memory")
        ->capture_default_str();
    app.add_option("--artifact-entry-count-max", raw.artifact_entry_count_max,
                   "An artifact with more files, folders and links is refused")
        ->capture_default_str();
    app.add_option("--artifact-fetch-timeout", raw.artifact_fetch_timeout,
                   "Time for an artifact's download, with all its attempts and redirects")
        ->capture_default_str();
}

void define(CLI::App& app, RawFlags& raw) {
    app.set_help_flag("-h,--help", "Print this text and exit");
    app.add_option("--health-probe-bind-address", raw.flags.health_probe_bind_address,
                   "Address of the probes /healthz and /readyz")
        ->capture_default_str();
    app.add_option("--metrics-bind-address", raw.flags.metrics_bind_address,
                   "Address of /metrics; 0 disables it")
        ->capture_default_str();
    app.add_option(
        "--watch-namespaces", raw.watch_namespaces,
        "Comma-separated namespaces to serve; empty serves all. Default: $STAGESET_WATCH_NAMESPACES");
    app.add_option("--default-interval", raw.default_interval,
                   "Reconcile interval of StageSets without spec.interval")
        ->capture_default_str();
    app.add_option(
           "--inventory-mode", raw.inventory_mode,
           "entries: StageInventories alone; hybrid, applyset: objects and inventories also carry the "
           "marks of kubectl's ApplySets")
        ->capture_default_str();
    app.add_option("--inventory-shard-cap", raw.shard_cap,
                   "Entries in one StageInventory object; more make further objects (0 or less: 5000)")
        ->capture_default_str();
    app.add_option(
           "--max-teardown-wait", raw.max_teardown_wait,
           "A deleted StageSet whose objects cannot be deleted is let go after this time, and they stay "
           "behind; 0 never lets it go")
        ->capture_default_str();
    app.add_flag("--no-cross-namespace-refs{true}", raw.flags.no_cross_namespace_refs,
                 "Refuse sourceRefs into other namespaces");
    app.add_option(
        "--default-service-account", raw.flags.default_service_account,
        "ServiceAccount of each namespace whose rights StageSets without spec.serviceAccountName have; "
        "without it they act as the controller");
    app.add_flag("--require-service-account{true}", raw.flags.require_service_account,
                 "Refuse StageSets that have no ServiceAccount");
    app.add_flag(
        "--decryption-ambient-credentials{true}", raw.flags.decryption_ambient_credentials,
        "Open encrypted files at key services (AWS KMS, GCP KMS, Azure Key Vault, HashiCorp Vault) with the "
        "credentials of the controller. Default: true; with --require-service-account or "
        "--default-service-account: false");
    app.add_option("--artifact-cache-size", raw.artifact_cache_size,
                   "Downloaded artifacts kept on disk, such as 512Mi or 2Gi; 0 keeps none")
        ->capture_default_str();
    app.add_option("--artifact-cache-dir", raw.flags.artifact_cache_directory,
                   "Where they are kept. Default: stageset-artifacts-UID below $TMPDIR or /tmp");
    define_artifact_limits(app, raw);
    app.add_flag(
        "--allow-loopback-artifacts{true}", raw.flags.allow_loopback_artifacts,
        "DEVELOPMENT ONLY: fetch artifacts from loopback addresses, as the quickstart and the tests do");
    app.add_flag("--allow-loopback-clusters{true}", raw.flags.allow_loopback_clusters,
                 "DEVELOPMENT ONLY: spec.kubeConfig may lead to loopback addresses, as in the tests");
    app.add_option("--log-level", raw.flags.log_level, "debug, info, warn or error")->capture_default_str();
    app.add_option("--log-format", raw.flags.log_format, "json or text")->capture_default_str();
}

// Rewrites Go's spelling ("-flag", "-flag value") to CLI11's and cuts at the first argument that is no flag.
std::vector<std::string> normalise(const CLI::App& app, const std::vector<std::string>& arguments) {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string argument = arguments[i];
        if (argument.size() < 2 || argument[0] != '-' || argument == "--") {
            break;
        }
        if (argument[1] != '-' && argument != "-h") {
            argument.insert(0, "-");
        }
        const std::string name = argument.substr(0, argument.find('='));
        const CLI::Option* option = app.get_option_no_throw(name);
        const bool takes_next =
            option != nullptr && option->get_expected_min() > 0 && argument.find('=') == std::string::npos;
        if (takes_next && i + 1 < arguments.size()) {
            argument += "=" + arguments[++i];
        }
        if (argument.ends_with('=')) {
            // CLI11 takes an empty value only as a word of its own.
            result.push_back(name);
            argument.clear();
        }
        result.push_back(std::move(argument));
    }
    return result;
}

std::vector<std::string> split_namespaces(const std::string& text) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string entry; std::getline(stream, entry, ',');) {
        const auto first = entry.find_first_not_of(" \t");
        const auto last = entry.find_last_not_of(" \t");
        if (first != std::string::npos) {
            result.push_back(entry.substr(first, last - first + 1));
        }
    }
    return result;
}

// Texts to values; answers what is wrong with the first that is no value.
std::optional<std::string> convert_artifact_flags(RawFlags& raw) {
    artifact::FetchLimits& limits = raw.flags.artifact_limits;
    struct Size {
        std::string_view name;
        const std::string& text;
        std::size_t& bytes;
        std::size_t bytes_min;  // 1 where 0 would refuse every artifact
    };
    for (const Size& size : {
             Size{"--artifact-cache-size", raw.artifact_cache_size, raw.flags.artifact_cache_bytes, 0},
             Size{"--artifact-compressed-size-max", raw.artifact_compressed_size_max,
                  limits.compressed_bytes_max, 1},
             Size{"--artifact-inflated-size-max", raw.artifact_inflated_size_max, limits.inflated_bytes_max,
                  1},
             Size{"--artifact-entry-size-max", raw.artifact_entry_size_max, limits.entry_bytes_max, 1},
             Size{"--artifact-content-size-max", raw.artifact_content_size_max, limits.content_bytes_max, 1},
         }) {
        const auto bytes = parse_bytes(size.text);
        if (!bytes || *bytes < size.bytes_min) {
            return fmt::format("{}: \"{}\" is no size{}; use 512Mi, 2Gi or bytes", size.name, size.text,
                               size.bytes_min > 0 ? " above 0" : "");
        }
        size.bytes = *bytes;
    }
    if (raw.artifact_entry_count_max <= 0) {
        return fmt::format("--artifact-entry-count-max: {} is no number above 0",
                           raw.artifact_entry_count_max);
    }
    limits.entry_count_max = static_cast<std::size_t>(raw.artifact_entry_count_max);
    const auto timeout = base::parse_duration(raw.artifact_fetch_timeout);
    if (!timeout || *timeout <= base::Duration::zero()) {
        return fmt::format("--artifact-fetch-timeout: \"{}\" is no duration above 0",
                           raw.artifact_fetch_timeout);
    }
    raw.flags.artifact_fetch_timeout = *timeout;
    return std::nullopt;
}

}  // namespace

FlagsOutcome parse_flags(std::vector<std::string> arguments,
                         const std::string& environment_watch_namespaces) {
    CLI::App app(kDescription, "stageset-controller");
    RawFlags raw;
    define(app, raw);
    std::vector<std::string> normal = normalise(app, arguments);
    std::ranges::reverse(normal);  // CLI11 takes its vector from the back
    try {
        app.parse(std::move(normal));
    } catch (const CLI::CallForHelp&) {
        return {std::nullopt, 0, app.help(), ""};
    } catch (const CLI::ParseError& error) {
        return {std::nullopt, 2, "", std::string(error.what()) + "\n" + app.help()};
    }
    const auto interval = base::parse_duration(raw.default_interval);
    if (!interval) {
        return {std::nullopt, 2, "", "--default-interval: " + interval.error().text() + "\n" + app.help()};
    }
    const auto teardown_wait = base::parse_duration(raw.max_teardown_wait);
    if (!teardown_wait) {
        return {std::nullopt, 2, "",
                "--max-teardown-wait: " + teardown_wait.error().text() + "\n" + app.help()};
    }
    raw.flags.max_teardown_wait = *teardown_wait;
    if (auto wrong = convert_artifact_flags(raw)) {
        return {std::nullopt, 2, "", *wrong + "\n" + app.help()};
    }
    if (app.count("--decryption-ambient-credentials") == 0) {
        raw.flags.decryption_ambient_credentials =
            !raw.flags.require_service_account && raw.flags.default_service_account.empty();
    }
    const auto mode = inventory::parse_mode(raw.inventory_mode);
    if (!mode) {
        return {std::nullopt, 1, "",
                "--inventory-mode: \"" + raw.inventory_mode +
                    "\" is no mode; use entries, hybrid or applyset\n" + app.help()};
    }
    raw.flags.inventory_mode = *mode;
    raw.flags.default_interval =
        *interval > base::Duration::zero() ? *interval : base::Duration(std::chrono::minutes(10));
    raw.flags.inventory_shard_cap = raw.shard_cap > 0 ? static_cast<std::size_t>(raw.shard_cap) : 5000;
    raw.flags.watch_namespaces = split_namespaces(raw.watch_namespaces);
    if (raw.flags.watch_namespaces.empty()) {
        raw.flags.watch_namespaces = split_namespaces(environment_watch_namespaces);
    }
    return {std::move(raw.flags), 0, "", ""};
}

}  // namespace controller
