// SPDX-License-Identifier: 0BSD
// Handlers for /healthz, /readyz and /metrics, as Kubernetes components answer them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/http/server/server.hpp"

namespace http {

// A named condition; `passes` is asked at each request.
struct Check {
    std::string name;
    std::function<bool()> passes;
};

// GET and HEAD of /healthz, /readyz (200 "ok", else 500 and the failing checks), /healthz/<check>, /readyz/<check>, `?verbose`
// for a list ("[+]name ok"); 404 for other paths, 405 for other methods.
Handler probe_handler(std::vector<Check> health, std::vector<Check> ready);

// GET of /metrics answers `expose()` with `content_type`.
Handler metrics_handler(std::function<std::string()> expose, std::string content_type);

}  // namespace http
