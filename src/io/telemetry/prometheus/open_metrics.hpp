// SPDX-License-Identifier: 0BSD
// The OpenMetrics text form, for scrapers that ask for it.
#pragma once

#include <string>
#include <string_view>

namespace telemetry_prometheus {

inline constexpr std::string_view kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

// Does a request's Accept header name OpenMetrics with a quality above 0? (RFC 9110 §12.5.1; Prometheus asks so by default.)
bool accepts_open_metrics(std::string_view accept);

// `text` of Metrics::expose() as OpenMetrics 1.0: a counter's family is named without "_total", bounds of buckets are floats,
// and "# EOF" ends it.
std::string open_metrics_of(std::string_view text);

}  // namespace telemetry_prometheus
