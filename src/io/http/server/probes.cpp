// SPDX-License-Identifier: 0BSD
#include "io/http/server/probes.hpp"

#include <algorithm>
#include <memory>

namespace http {

namespace {

struct Probe {
    std::string name;  // "healthz"
    std::string path;  // "/healthz"
    std::vector<Check> checks;
};

bool excluded(const ServerRequest& request, const std::string& check) {
    std::string_view rest = request.query;
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        if (pair.starts_with("exclude=") && percent_decode(pair.substr(8)) == check) {
            return true;
        }
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    }
    return false;
}

// The reason stays in the log of whoever checks: the listener answers anybody.
ServerResponse answer_all(const Probe& probe, const ServerRequest& request) {
    ServerResponse response{.headers = {{"X-Content-Type-Options", "nosniff"}}};
    bool failed = false;
    std::string list;
    for (const Check& check : probe.checks) {
        if (excluded(request, check.name)) {
            list += "[+]" + check.name + " excluded: ok\n";
        } else if (check.healthy()) {
            list += "[+]" + check.name + " ok\n";
        } else {
            failed = true;
            list += "[-]" + check.name + " failed: reason withheld\n";
        }
    }
    list += probe.name + " check " + (failed ? "failed" : "passed") + "\n";
    response.status = failed ? 500 : 200;
    response.body = failed || request.has_query("verbose") ? list : "ok";
    return response;
}

base::Task<ServerResponse> answer(std::shared_ptr<const Probe> probe, ServerRequest request) {
    if (request.path == probe->path || request.path == probe->path + "/") {
        co_return answer_all(*probe, request);
    }
    const std::string name = request.path.substr(probe->path.size() + 1);
    const auto check = std::ranges::find(probe->checks, name, &Check::name);
    if (check == probe->checks.end()) {
        co_return ServerResponse{.status = 404, .body = "404 page not found\n"};
    }
    if (auto healthy = check->healthy(); !healthy) {
        co_return ServerResponse{.status = 500,
                                 .body = "internal server error: " + healthy.error().text() + "\n"};
    }
    co_return ServerResponse{.body = "ok"};
}

base::Task<ServerResponse> answer_metrics(Exposition exposition) {
    co_return ServerResponse{.content_type = std::move(exposition.content_type),
                             .body = std::move(exposition.text)};
}

}  // namespace

void add_probe(Router& router, const std::string& path, std::vector<Check> checks) {
    if (checks.empty()) {
        checks.push_back({"ping", [] { return base::Result<void>{}; }});
    }
    const auto probe = std::make_shared<const Probe>(Probe{path.substr(1), path, std::move(checks)});
    const Handler handler = [probe](ServerRequest request) { return answer(probe, std::move(request)); };
    router.add({"GET", "HEAD"}, path, handler);
    router.add({"GET", "HEAD"}, path + "/", handler);
}

void add_metrics(Router& router, std::function<Exposition(std::string_view accept)> expose) {
    router.add({"GET", "HEAD"}, "/metrics", [expose = std::move(expose)](const ServerRequest& request) {
        return answer_metrics(expose(request.header("Accept")));
    });
}

}  // namespace http
