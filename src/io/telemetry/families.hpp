// SPDX-License-Identifier: 0BSD
// The families of this program: names, labels and buckets are what dashboards and alert rules of users rely on.
#pragma once

#include <array>

#include "io/telemetry/metrics.hpp"

namespace telemetry {

// Label sets. Counters say `name` where the gauge says `stageset`: both are fixed by existing dashboards.
namespace label_names {

inline constexpr std::array<std::string_view, 2> kStageSet = {"namespace", "name"};
inline constexpr std::array<std::string_view, 3> kStageSetReason = {"namespace", "name", "reason"};
inline constexpr std::array<std::string_view, 3> kStageSetStage = {"namespace", "name", "stage"};
inline constexpr std::array<std::string_view, 3> kStageReady = {"namespace", "stageset", "stage"};
inline constexpr std::array<std::string_view, 1> kGvk = {"gvk"};
inline constexpr std::array<std::string_view, 1> kName = {"name"};
inline constexpr std::array<std::string_view, 1> kController = {"controller"};
inline constexpr std::array<std::string_view, 2> kControllerResult = {"controller", "result"};
inline constexpr std::array<std::string_view, 2> kQueue = {"name", "controller"};
inline constexpr std::array<std::string_view, 3> kQueueDepth = {"name", "controller", "priority"};
inline constexpr std::array<std::string_view, 1> kWebhook = {"webhook"};
inline constexpr std::array<std::string_view, 2> kWebhookCode = {"webhook", "code"};
inline constexpr std::array<std::string_view, 3> kRequest = {"code", "method", "host"};

}  // namespace label_names

// Seconds.
inline constexpr std::array kReconcileBuckets = {
    0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3,  0.35, 0.4,  0.45, 0.5, 0.6,
    0.7,   0.8,  0.9,   1.0,  1.25, 1.5,  1.75, 2.0,  2.5,  3.0,  3.5,  4.0,  4.5, 5.0,
    6.0,   7.0,  8.0,   9.0,  10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0};
inline constexpr std::array kDecadeBuckets = {1e-8, 1e-7, 1e-6, 1e-5, 1e-4,  1e-3,
                                              1e-2, 1e-1, 1.0,  10.0, 100.0, 1000.0};

// What this product counts.
inline constexpr Family kReconcileTotal{
    .name = "stageset_reconcile_total",
    .help = "Reconcile runs by the reason of the Ready condition they ended with.",
    .kind = Kind::kCounter,
    .labels = label_names::kStageSetReason};
inline constexpr Family kStageAppliedTotal{.name = "stageset_stage_applied_total",
                                           .help = "Stages applied and verified.",
                                           .kind = Kind::kCounter,
                                           .labels = label_names::kStageSetStage};
inline constexpr Family kDriftCorrectedTotal{
    .name = "stageset_drift_corrected_total",
    .help = "Objects that were created or changed although the stage's revision was already applied.",
    .kind = Kind::kCounter,
    .labels = label_names::kStageSetStage};
inline constexpr Family kTeardownAbandonedTotal{
    .name = "stageset_teardown_abandoned_total",
    .help = "Deleted StageSets that were let go although objects of theirs were left.",
    .kind = Kind::kCounter,
    .labels = label_names::kStageSet};
inline constexpr Family kUpdateDeferredTotal{.name = "stageset_update_deferred_total",
                                             .help = "Reconcile runs held back by an update window.",
                                             .kind = Kind::kCounter,
                                             .labels = label_names::kStageSet};
// Exposed at 0 from the start.
inline constexpr Family kWebhookCertRenewalFailuresTotal{
    .name = "stageset_webhook_cert_renewal_failures_total",
    .help = "Failed renewals of the self-signed webhook certificate.",
    .kind = Kind::kCounter};
inline constexpr Family kWatchEngagementFailuresTotal{
    .name = "stageset_watch_engagement_failures_total",
    .help = "Failed attempts to start the watch of a producer's kind.",
    .kind = Kind::kCounter,
    .labels = label_names::kGvk};
inline constexpr Family kStageReady{.name = "stageset_stage_ready",
                                    .help = "Whether a stage is ready: 1 is ready, 0 is not.",
                                    .kind = Kind::kGauge,
                                    .labels = label_names::kStageReady};

// What the dashboards of any Kubernetes controller expect.
inline constexpr Family kControllerReconcileTotal{.name = "controller_runtime_reconcile_total",
                                                  .help = "Total number of reconciliations per controller",
                                                  .kind = Kind::kCounter,
                                                  .labels = label_names::kControllerResult};
inline constexpr Family kControllerReconcileErrorsTotal{
    .name = "controller_runtime_reconcile_errors_total",
    .help = "Total number of reconciliation errors per controller",
    .kind = Kind::kCounter,
    .labels = label_names::kController};
inline constexpr Family kControllerTerminalReconcileErrorsTotal{
    .name = "controller_runtime_terminal_reconcile_errors_total",
    .help = "Total number of terminal reconciliation errors per controller",
    .kind = Kind::kCounter,
    .labels = label_names::kController};
inline constexpr Family kControllerReconcilePanicsTotal{
    .name = "controller_runtime_reconcile_panics_total",
    .help = "Total number of reconciliation panics per controller",
    .kind = Kind::kCounter,
    .labels = label_names::kController};
inline constexpr Family kControllerReconcileTimeoutsTotal{
    .name = "controller_runtime_reconcile_timeouts_total",
    .help = "Total number of reconciliation timeouts per controller",
    .kind = Kind::kCounter,
    .labels = label_names::kController};
inline constexpr Family kControllerReconcileTimeSeconds{
    .name = "controller_runtime_reconcile_time_seconds",
    .help = "Length of time per reconciliation per controller",
    .kind = Kind::kHistogram,
    .labels = label_names::kController,
    .buckets = kReconcileBuckets};
inline constexpr Family kControllerMaxConcurrentReconciles{
    .name = "controller_runtime_max_concurrent_reconciles",
    .help = "Maximum number of concurrent reconciles per controller",
    .kind = Kind::kGauge,
    .labels = label_names::kController};
inline constexpr Family kControllerActiveWorkers{.name = "controller_runtime_active_workers",
                                                 .help = "Number of currently used workers per controller",
                                                 .kind = Kind::kGauge,
                                                 .labels = label_names::kController};

inline constexpr Family kWorkqueueDepth{.name = "workqueue_depth",
                                        .help = "Current depth of workqueue by workqueue and priority",
                                        .kind = Kind::kGauge,
                                        .labels = label_names::kQueueDepth};
inline constexpr Family kWorkqueueAddsTotal{.name = "workqueue_adds_total",
                                            .help = "Total number of adds handled by workqueue",
                                            .kind = Kind::kCounter,
                                            .labels = label_names::kQueue};
inline constexpr Family kWorkqueueRetriesTotal{.name = "workqueue_retries_total",
                                               .help = "Total number of retries handled by workqueue",
                                               .kind = Kind::kCounter,
                                               .labels = label_names::kQueue};
inline constexpr Family kWorkqueueQueueDurationSeconds{
    .name = "workqueue_queue_duration_seconds",
    .help = "How long in seconds an item stays in workqueue before being requested",
    .kind = Kind::kHistogram,
    .labels = label_names::kQueue,
    .buckets = kDecadeBuckets};
inline constexpr Family kWorkqueueWorkDurationSeconds{
    .name = "workqueue_work_duration_seconds",
    .help = "How long in seconds processing an item from workqueue takes.",
    .kind = Kind::kHistogram,
    .labels = label_names::kQueue,
    .buckets = kDecadeBuckets};
inline constexpr Family kWorkqueueUnfinishedWorkSeconds{
    .name = "workqueue_unfinished_work_seconds",
    .help =
        "Seconds of work in progress that workqueue_work_duration_seconds does not show yet; a large value "
        "means "
        "stuck work.",
    .kind = Kind::kGauge,
    .labels = label_names::kQueue};
inline constexpr Family kWorkqueueLongestRunningProcessorSeconds{
    .name = "workqueue_longest_running_processor_seconds",
    .help = "How many seconds the longest running processor of the workqueue has been running.",
    .kind = Kind::kGauge,
    .labels = label_names::kQueue};

inline constexpr Family kWebhookRequestsTotal{
    .name = "controller_runtime_webhook_requests_total",
    .help = "Total number of admission requests by HTTP status code.",
    .kind = Kind::kCounter,
    .labels = label_names::kWebhookCode};
inline constexpr Family kWebhookRequestsInFlight{.name = "controller_runtime_webhook_requests_in_flight",
                                                 .help = "Current number of admission requests being served.",
                                                 .kind = Kind::kGauge,
                                                 .labels = label_names::kWebhook};
inline constexpr Family kWebhookLatencySeconds{
    .name = "controller_runtime_webhook_latency_seconds",
    .help = "Histogram of the latency of processing admission requests",
    .kind = Kind::kHistogram,
    .labels = label_names::kWebhook,
    .buckets = kDecadeBuckets};
inline constexpr Family kCertwatcherReadCertificateTotal{.name = "certwatcher_read_certificate_total",
                                                         .help = "Total number of certificate reads",
                                                         .kind = Kind::kCounter};
inline constexpr Family kCertwatcherReadCertificateErrorsTotal{
    .name = "certwatcher_read_certificate_errors_total",
    .help = "Total number of certificate read errors",
    .kind = Kind::kCounter};

inline constexpr Family kRestClientRequestsTotal{
    .name = "rest_client_requests_total",
    .help = "Number of HTTP requests, partitioned by status code, method, and host.",
    .kind = Kind::kCounter,
    .labels = label_names::kRequest};
inline constexpr Family kLeaderElectionMasterStatus{
    .name = "leader_election_master_status",
    .help =
        "Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates "
        "master. 'name' is the string used to identify the lease. Please make sure to group by name.",
    .kind = Kind::kGauge,
    .labels = label_names::kName};

}  // namespace telemetry
