// SPDX-License-Identifier: 0BSD
// Router: which handler answers a path and method.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "io/http/client.hpp"

namespace http {

struct ServerRequest {
    std::string method;
    std::string path;   // without the query, percent-decoded
    std::string query;  // without "?", as it came
    std::vector<Header> headers;
    std::string body;

    // The first header of that name (any case), or empty.
    std::string_view header(std::string_view name) const;
    // True when the query has that parameter, with any value or none.
    bool has_query(std::string_view name) const;
};

struct ServerResponse {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body = {};
    std::vector<Header> headers = {};
};

// An Error is answered as 500 and logged; the client does not see it.
using Handler = std::function<base::Task<ServerResponse>(ServerRequest)>;

// Methods a route takes; any other is answered 405. Empty: the handler decides.
using Methods = std::vector<std::string>;

class Router {
public:
    // A path that ends in "/" takes all paths below it; the longest match wins.
    void add(Methods methods, std::string path, Handler handler);
    // The handler's answer, or 404, 405 or 500.
    base::Task<ServerResponse> answer(ServerRequest request) const;

private:
    struct Route {
        Methods methods;
        std::string path;
        Handler handler;
    };
    const Route* find(std::string_view path) const;

    std::vector<Route> routes_;
};

// Decodes "%2F" and the like; a broken escape stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace http
