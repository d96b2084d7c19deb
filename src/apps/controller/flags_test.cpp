// SPDX-License-Identifier: 0BSD
#include "apps/controller/flags.hpp"

#include <gtest/gtest.h>

namespace controller {
namespace {

using std::chrono::seconds;

Flags accepted(std::vector<std::string> arguments, const std::string& environment = "") {
    auto outcome = parse_flags(std::move(arguments), environment);
    EXPECT_TRUE(outcome.flags.has_value()) << outcome.err;
    return outcome.flags.value_or(Flags{});
}

TEST(ControllerFlags, DefaultsAreThoseOfTheReference) {
    const Flags flags = accepted({});
    EXPECT_EQ(flags.health_probe_bind_address, ":8081");
    EXPECT_EQ(flags.metrics_bind_address, ":8080");
    EXPECT_EQ(flags.default_interval, seconds(600));
    EXPECT_EQ(flags.inventory_shard_cap, 5000U);
    EXPECT_EQ(flags.inventory_mode, inventory::Mode::kHybrid);
    EXPECT_EQ(flags.max_teardown_wait, seconds(3600));
    EXPECT_TRUE(flags.watch_namespaces.empty());
    EXPECT_FALSE(flags.no_cross_namespace_refs);
    EXPECT_FALSE(flags.allow_loopback_artifacts);
    EXPECT_FALSE(flags.allow_loopback_clusters);
    EXPECT_FALSE(flags.require_service_account);
    EXPECT_EQ(flags.default_service_account, "");
}

TEST(ControllerFlags, ServiceAccountsCanBeGivenAndRequired) {
    const Flags flags = accepted({"--default-service-account=deployer", "--require-service-account"});
    EXPECT_EQ(flags.default_service_account, "deployer");
    EXPECT_TRUE(flags.require_service_account);
}

TEST(ControllerFlags, KeyServicesAreOffForTenantsUnlessAskedFor) {
    EXPECT_TRUE(accepted({}).decryption_ambient_credentials);
    EXPECT_FALSE(accepted({"--require-service-account"}).decryption_ambient_credentials);
    EXPECT_FALSE(accepted({"--default-service-account=d"}).decryption_ambient_credentials);
    EXPECT_TRUE(accepted({"--default-service-account=d", "--decryption-ambient-credentials"})
                    .decryption_ambient_credentials);
    EXPECT_FALSE(accepted({"--decryption-ambient-credentials=false"}).decryption_ambient_credentials);
}

TEST(ControllerFlags, ReadsGoSpellings) {
    const Flags flags = accepted({"-default-interval", "20s", "--log-level=debug", "-no-cross-namespace-refs",
                                  "--metrics-bind-address", "0", "--allow-loopback-artifacts=false"});
    EXPECT_EQ(flags.default_interval, seconds(20));
    EXPECT_EQ(flags.log_level, "debug");
    EXPECT_TRUE(flags.no_cross_namespace_refs);
    EXPECT_FALSE(flags.allow_loopback_artifacts);
    EXPECT_EQ(flags.metrics_bind_address, "0");
}

TEST(ControllerFlags, TheFirstPlainArgumentEndsTheFlags) {
    const Flags flags = accepted({"--no-cross-namespace-refs", "true", "--log-level=debug"});
    EXPECT_TRUE(flags.no_cross_namespace_refs);
    EXPECT_EQ(flags.log_level, "info");
}

TEST(ControllerFlags, WatchNamespacesAreTrimmedAndTheFlagBeatsTheEnvironment) {
    EXPECT_EQ(accepted({"--watch-namespaces= a, ,b "}, "c").watch_namespaces,
              (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(accepted({"--watch-namespaces="}, "c,d").watch_namespaces,
              (std::vector<std::string>{"c", "d"}));
    EXPECT_EQ(accepted({}, "c").watch_namespaces, (std::vector<std::string>{"c"}));
}

TEST(ControllerFlags, NonPositiveValuesMeanTheDefault) {
    EXPECT_EQ(accepted({"--inventory-shard-cap=0"}).inventory_shard_cap, 5000U);
    EXPECT_EQ(accepted({"--inventory-shard-cap=-3"}).inventory_shard_cap, 5000U);
    EXPECT_EQ(accepted({"--default-interval=0s"}).default_interval, seconds(600));
}

TEST(ControllerFlags, RefusesWithUsageAndExitCode2) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--leader-elected"},
                                                      {"--default-interval=5x"},
                                                      {"--inventory-shard-cap=many"},
                                                      {"--max-teardown-wait=soon"},
                                                      {"--kubeconfig=x"},
                                                      {"--default-interval"},
                                                      {"--no-cross-namespace-refs=maybe"}}) {
        const auto outcome = parse_flags(arguments, "");
        EXPECT_FALSE(outcome.flags.has_value()) << arguments.front();
        EXPECT_EQ(outcome.exit_code, 2) << arguments.front();
        EXPECT_NE(outcome.err.find("--watch-namespaces"), std::string::npos)
            << "usage is missing: " << arguments.front();
    }
}

TEST(ControllerFlags, TheTeardownWaitMayBeWithoutEnd) {
    EXPECT_EQ(accepted({"--max-teardown-wait=90s"}).max_teardown_wait, seconds(90));
    EXPECT_EQ(accepted({"--max-teardown-wait=0"}).max_teardown_wait, seconds(0));
}

TEST(ControllerFlags, AnInventoryModeIsOneOfThree) {
    EXPECT_EQ(accepted({"--inventory-mode=entries"}).inventory_mode, inventory::Mode::kEntries);
    EXPECT_EQ(accepted({"-inventory-mode", "applyset"}).inventory_mode, inventory::Mode::kApplySet);
    for (const char* word : {"--inventory-mode=both", "--inventory-mode="}) {
        const auto outcome = parse_flags({word}, "");
        EXPECT_FALSE(outcome.flags.has_value()) << word;
        EXPECT_EQ(outcome.exit_code, 1) << word;
        EXPECT_NE(outcome.err.find("use entries, hybrid or applyset"), std::string::npos) << outcome.err;
    }
}

TEST(ControllerFlags, ACacheSizeIsBytesOrAUnit) {
    for (const auto& [text, bytes] : std::vector<std::pair<std::string, std::size_t>>{
             {"0", 0}, {"1000", 1000}, {"64Ki", 65536}, {"2Gi", std::size_t{2} << 30U}}) {
        const auto outcome =
            parse_flags({"--artifact-cache-size=" + text, "--artifact-cache-dir=/cache"}, "");
        ASSERT_TRUE(outcome.flags) << text << outcome.err;
        EXPECT_EQ(outcome.flags->artifact_cache_bytes, bytes);
        EXPECT_EQ(outcome.flags->artifact_cache_directory, "/cache");
    }
    for (const char* text : {"-1", "1G", "Mi", "1.5Gi", "99999999999999999999", "18446744073709551615Gi"}) {
        const auto outcome = parse_flags({std::string("--artifact-cache-size=") + text}, "");
        EXPECT_FALSE(outcome.flags) << text;
        EXPECT_EQ(outcome.exit_code, 2) << text;
    }
}

TEST(ControllerFlags, TheBoundsOfArtifactsAreThoseOfTheSpecificationUnlessGiven) {
    const Flags flags = accepted({});
    const artifact::FetchLimits& limits = flags.artifact_limits;
    EXPECT_EQ(limits.compressed_bytes_max, std::size_t{64} << 20U);
    EXPECT_EQ(limits.inflated_bytes_max, std::size_t{512} << 20U);
    EXPECT_EQ(limits.entry_bytes_max, std::size_t{16} << 20U);
    EXPECT_EQ(limits.content_bytes_max, std::size_t{64} << 20U);
    EXPECT_EQ(limits.entry_count_max, 50'000U);
    EXPECT_EQ(flags.artifact_fetch_timeout, seconds(300));

    const Flags given = accepted({"--artifact-compressed-size-max=1Mi", "--artifact-inflated-size-max=2Mi",
                                  "--artifact-entry-size-max=3Mi", "-artifact-content-size-max", "4Mi",
                                  "--artifact-entry-count-max=5", "--artifact-fetch-timeout=6s"});
    EXPECT_EQ(given.artifact_limits.compressed_bytes_max, std::size_t{1} << 20U);
    EXPECT_EQ(given.artifact_limits.inflated_bytes_max, std::size_t{2} << 20U);
    EXPECT_EQ(given.artifact_limits.entry_bytes_max, std::size_t{3} << 20U);
    EXPECT_EQ(given.artifact_limits.content_bytes_max, std::size_t{4} << 20U);
    EXPECT_EQ(given.artifact_limits.entry_count_max, 5U);
    EXPECT_EQ(given.artifact_fetch_timeout, seconds(6));
}

TEST(ControllerFlags, ABoundThatWouldRefuseEveryArtifactIsNone) {
    for (const std::string name :
         {"compressed-size", "inflated-size", "entry-size", "content-size", "entry-count"}) {
        for (const char* value : {"0", "-1", "", "many", "1.5Gi"}) {
            const std::string flag = "--artifact-" + name + "-max=" + value;
            const auto outcome = parse_flags({flag}, "");
            EXPECT_FALSE(outcome.flags) << flag;
            EXPECT_EQ(outcome.exit_code, 2) << flag;
            EXPECT_NE(outcome.err.find(name), std::string::npos) << outcome.err;
        }
    }
    for (const char* value : {"0", "-1s", "", "5"}) {
        const auto outcome = parse_flags({std::string("--artifact-fetch-timeout=") + value}, "");
        EXPECT_EQ(outcome.exit_code, 2) << value;
    }
}

TEST(ControllerFlags, HelpExitsWith0) {
    for (const char* help : {"-h", "--help"}) {
        const auto outcome = parse_flags({help}, "");
        EXPECT_FALSE(outcome.flags.has_value());
        EXPECT_EQ(outcome.exit_code, 0);
        EXPECT_NE(outcome.out.find("--default-interval"), std::string::npos);
    }
}

}  // namespace
}  // namespace controller
