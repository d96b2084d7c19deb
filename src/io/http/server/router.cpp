// SPDX-License-Identifier: 0BSD
#include "io/http/server/router.hpp"

#include <algorithm>
#include <charconv>

namespace http {

namespace {

bool equal_names(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view ServerRequest::header(std::string_view name) const {
    const auto found =
        std::ranges::find_if(headers, [&](const Header& h) { return equal_names(h.name, name); });
    return found == headers.end() ? std::string_view{} : std::string_view(found->value);
}

bool ServerRequest::has_query(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        if (pair.substr(0, pair.find('=')) == name) {
            return true;
        }
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    }
    return false;
}

void Router::add(Methods methods, std::string path, Handler handler) {
    routes_.push_back({std::move(methods), std::move(path), std::move(handler)});
}

const Router::Route* Router::find(std::string_view path) const {
    const Route* best = nullptr;
    for (const Route& route : routes_) {
        const bool matches =
            route.path == path || (route.path.ends_with('/') && path.starts_with(route.path));
        if (matches && (best == nullptr || route.path.size() > best->path.size())) {
            best = &route;
        }
    }
    return best;
}

base::Task<ServerResponse> Router::answer(ServerRequest request) const {
    const Route* route = find(request.path);
    if (route == nullptr) {
        co_return ServerResponse{.status = 404, .body = "404 page not found\n"};
    }
    if (!route->methods.empty() &&
        std::ranges::find(route->methods, request.method) == route->methods.end()) {
        std::string allowed;
        for (const std::string& method : route->methods) {
            allowed += (allowed.empty() ? "" : ", ") + method;
        }
        co_return ServerResponse{
            .status = 405, .body = "Method Not Allowed\n", .headers = {{"Allow", allowed}}};
    }
    co_return co_await route->handler(std::move(request));
}

std::string percent_decode(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto* end = text.data() + i + 3;
            if (const auto parsed = std::from_chars(text.data() + i + 1, end, byte, 16); parsed.ptr == end) {
                result += static_cast<char>(byte);
                i += 2;
                continue;
            }
        }
        result += text[i];
    }
    return result;
}

}  // namespace http
