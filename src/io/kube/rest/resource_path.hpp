// SPDX-License-Identifier: 0BSD
// Paths and queries of the Kubernetes API.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/kube/client.hpp"

namespace kube {

// Escapes all but unreserved characters.
std::string percent_encode(std::string_view text);

// "/apis/apps/v1/namespaces/t/deployments"; `ns` counts for namespaced kinds only, and empty means all namespaces.
// Errors: kInvalid (a namespace that no path can hold).
base::Result<std::string> collection_path(const Resource& resource, std::string_view ns);

// The collection's path with "/<name>" and, unless empty, "/<subresource>".
// Errors: kInvalid: no name (which would mean the whole collection), no namespace where one is needed, "." or "..".
base::Result<std::string> object_path(const Resource& resource, std::string_view ns, std::string_view name,
                                      std::string_view subresource);

// Builds "?a=b&c=d"; empty values are left out.
class Query {
public:
    Query& add(std::string_view key, std::string_view value);
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

}  // namespace kube
