// SPDX-License-Identifier: 0BSD
// The routes of the probe and metrics listeners.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/http/server/router.hpp"

namespace http {

struct Check {
    std::string name;
    // Ok, or why not; called on the loop, so it must answer from what is known.
    std::function<base::Result<void>()> healthy;
};

// `path` ("/healthz", "/readyz") answers 200 "ok" when all checks pass, otherwise 500 and the list; "?verbose" lists always,
// "?exclude=name" leaves one out. `path`/name answers for one check. Without checks it answers ok.
void add_probe(Router& router, const std::string& path, std::vector<Check> checks);

struct Exposition {
    std::string text;
    std::string content_type = "text/plain; version=0.0.4; charset=utf-8";
};

// /metrics: `expose` is told the request's Accept header.
void add_metrics(Router& router, std::function<Exposition(std::string_view accept)> expose);

}  // namespace http
