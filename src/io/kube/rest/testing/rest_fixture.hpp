// SPDX-License-Identifier: 0BSD
// RestFixture: a client of the real implementation over a scripted HTTP client, on a private loop.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing/run.hpp"
#include "io/kube/rest/rest_client.hpp"
#include "io/kube/rest/testing/discovery_documents.hpp"
#include "io/kube/rest/testing/scripted_http.hpp"

namespace kube::testing {

class RestFixture : public ::testing::Test {
protected:
    RestFixture() {
        http->answer = [this](const http::Request& request) { return answer(request); };
    }

    ClusterConfig cluster() {
        ClusterConfig config;
        config.server = "https://api:6443";
        config.credentials = credentials;
        return config;
    }
    MakeHttpClient make_http() {
        return [this](http::ClientOptions options) {
            http_options.push_back(std::move(options));
            return http;
        };
    }
    RequestObserver observer() {
        return [this](const RequestObservation& seen) {
            observed.push_back(std::string(seen.method) + " " + std::string(seen.code) + " " +
                               std::string(seen.host));
        };
    }
    std::unique_ptr<RestClient> make_client() {
        return make_rest_client({cluster(), make_http(), "", {}, observer()},
                                {clock, rng, compute, loop.get_executor()});
    }
    template <class T>
    base::Result<T> run(base::Task<T> task) {
        return base::testing::run_task(loop, std::move(task));
    }

    // Answers discovery, and everything else from `replies`: the first that is left, the last one again and again.
    base::Result<http::Response> answer(const http::Request& request) {
        if (request.url == "https://api:6443/api") {
            return json_response(200, core);
        }
        if (request.url == "https://api:6443/apis") {
            return json_response(200, groups);
        }
        sent.push_back(request);
        if (replies.empty()) {
            return base::Error{base::ErrorCode::kInternal, "the test expects no request " + request.url};
        }
        auto reply = replies.front();
        if (replies.size() > 1) {
            replies.erase(replies.begin());
        }
        return reply;
    }
    void reply(int status, std::string body, std::vector<http::Header> headers = {}) {
        replies.push_back(json_response(status, std::move(body), std::move(headers)));
    }
    void reply_status(int code, const std::string& reason, std::vector<http::Header> headers = {}) {
        reply(code,
              R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"server says )" + reason +
                  R"(","reason":")" + reason + R"(","code":)" + std::to_string(code) + "}",
              std::move(headers));
    }
    void reply_broken_connection() {
        replies.push_back(base::Error{base::ErrorCode::kUnavailable, "api:6443: connection reset"});
    }
    // The path and query of a request.
    static std::string path_of(const http::Request& request) {
        return request.url.substr(std::string("https://api:6443").size());
    }

    boost::asio::io_context loop;
    InstantClock clock;
    base::Rng rng{1};
    base::Compute compute{1};
    std::shared_ptr<ScriptedHttp> http = std::make_shared<ScriptedHttp>();
    std::shared_ptr<Credentials> credentials = fixed_credentials(bearer_credential(base::Secret("tok")));
    std::string core = core_discovery();
    std::string groups = groups_discovery();
    std::vector<base::Result<http::Response>> replies;
    std::vector<http::Request> sent;  // without discovery
    std::vector<http::ClientOptions> http_options;
    std::vector<std::string> observed;
};

}  // namespace kube::testing
