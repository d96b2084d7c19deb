// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/json_body.hpp"

#include "model/json.hpp"

namespace kube {

namespace {

base::Result<model::Value> parse(std::string_view body) {
    auto value = model::parse_json(body, "the server's answer");
    if (!value) {
        return base::Error{base::ErrorCode::kUnavailable, value.error().text()};
    }
    return value;
}

}  // namespace

base::Task<model::Value> parse_json_body(base::Compute& compute, std::string body) {
    if (body.size() <= kParseInlineBytesMax) {
        co_return parse(body);
    }
    co_return co_await compute.run([text = std::move(body)] { return parse(text); });
}

}  // namespace kube
