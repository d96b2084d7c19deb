// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/discovery.hpp"

#include <utility>

#include <fmt/format.h>

#include "io/kube/rest/json_body.hpp"

namespace kube {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json";

Error not_served(const std::string& what) {
    return {ErrorCode::kUnsupported, fmt::format("the server does not serve {}", what)};
}

Error not_known(std::string_view group, const std::string& what) {
    return {
        ErrorCode::kUnavailable,
        fmt::format("the server cannot tell whether it serves {}: the extension server of {} does not answer",
                    what, group)};
}

}  // namespace

Discovery::Discovery(std::shared_ptr<Caller> caller, base::Clock& clock, base::Compute& compute,
                     base::Executor executor)
    : caller_(std::move(caller)), clock_(clock), compute_(compute), flight_(std::move(executor)) {}

base::Task<Resource> Discovery::resource_for(GroupVersionKind gvk) {
    for (const Need need : {Need::kAny, Need::kNewer}) {
        if (auto known = co_await refresh(need); !known) {
            co_return known.error();
        }
        if (const Resource* found = root_of(gvk.group).kinds.find(gvk)) {
            co_return *found;
        }
    }
    const std::string what = fmt::format("kind {} of {}", gvk.kind, gvk.api_version());
    if (root_of(gvk.group).kinds.is_stale(gvk.group, gvk.version)) {
        co_return not_known(gvk.api_version(), what);
    }
    co_return not_served(what);
}

base::Task<Resource> Discovery::preferred_resource(std::string group, std::string kind) {
    for (const Need need : {Need::kAny, Need::kNewer}) {
        if (auto known = co_await refresh(need); !known) {
            co_return known.error();
        }
        if (const Resource* found = root_of(group).kinds.find_preferred(group, kind)) {
            co_return *found;
        }
    }
    const std::string what = fmt::format("kind {} in {}", kind, group.empty() ? "the core group" : group);
    if (root_of(group).kinds.is_stale(group)) {
        co_return not_known(group, what);
    }
    co_return not_served(what);
}

base::Task<Resource> Discovery::parent_for(GroupVersionKind gvk, std::string subresource) {
    for (const Need need : {Need::kAny, Need::kNewer}) {
        if (auto known = co_await refresh(need); !known) {
            co_return known.error();
        }
        for (const Root* root : {&core_, &groups_}) {
            if (const Resource* found = root->kinds.find_parent(gvk, subresource)) {
                co_return *found;
            }
        }
    }
    co_return not_served(fmt::format("kind {} of {} at the subresource \"{}\" of one resource", gvk.kind,
                                     gvk.api_version(), subresource));
}

base::Task<void> Discovery::refresh(Need need) {
    // Again when somebody invalidated while the server was being asked; bounded because a refresh that began after the
    // question satisfies it.
    const std::uint64_t wanted = invalidation_count_;
    while (known_count_ < wanted || need == Need::kNewer) {
        const bool is_recent = refreshed_ && clock_.steady_now() - *refreshed_ < kUnknownKindInterval;
        if (known_count_ >= wanted && is_recent) {
            break;
        }
        if (auto fetched = co_await flight_.run([this] { return fetch_all(); }); !fetched) {
            co_return fetched;
        }
    }
    co_return base::Result<void>{};
}

base::Task<void> Discovery::fetch_all() {
    const std::uint64_t since = invalidation_count_;
    for (Root* root : {&core_, &groups_}) {
        if (auto fetched = co_await fetch(*root); !fetched) {
            co_return base::wrap("discover the kinds that the server serves", fetched.error());
        }
    }
    known_count_ = since;
    refreshed_ = clock_.steady_now();
    co_return base::Result<void>{};
}

base::Task<void> Discovery::fetch(Root& root) {
    Call call;
    call.path = root.path;
    call.accept = kAccept;
    if (!root.etag.empty()) {
        call.headers.push_back({"If-None-Match", root.etag});
    }
    auto response = co_await caller_->send(std::move(call));
    if (!response) {
        co_return response.error();
    }
    if (response->status == 304) {
        co_return base::Result<void>{};
    }
    std::string etag(response->header("ETag"));
    auto document = co_await parse_json_body(compute_, std::move(response->body));
    if (!document) {
        co_return document.error();
    }
    if (is_aggregated_discovery(*document)) {
        auto kinds = parse_aggregated_discovery(*document);
        if (!kinds) {
            co_return kinds.error();
        }
        root.kinds = std::move(*kinds);
        root.etag = std::move(etag);
        co_return base::Result<void>{};
    }
    auto kinds = co_await fetch_legacy(std::move(*document), root.path);
    if (!kinds) {
        co_return kinds.error();
    }
    // No tag: a legacy root does not change with the resources below it.
    root.kinds = std::move(*kinds);
    root.etag.clear();
    co_return base::Result<void>{};
}

base::Task<ServedKinds> Discovery::fetch_legacy(Value versions, std::string prefix) {
    const auto listed = parse_group_versions(versions);
    if (!listed) {
        co_return listed.error();
    }
    ServedKinds kinds;
    for (const auto& [group, version] : *listed) {
        Call call;
        call.path = fmt::format("{}{}{}/{}", prefix, group.empty() ? "" : "/", group, version);
        auto response = co_await caller_->send(std::move(call));
        if (!response && response.error().code == ErrorCode::kCancelled) {
            co_return response.error();
        }
        if (!response) {
            // One extension server that is down must not hide all other kinds.
            kinds.add_stale(group, version);
            continue;
        }
        const auto document = co_await parse_json_body(compute_, std::move(response->body));
        if (!document && document.error().code == ErrorCode::kCancelled) {
            co_return document.error();
        }
        if (!document || !parse_resource_list(*document, group, version, kinds)) {
            kinds.add_stale(group, version);
        }
    }
    co_return kinds;
}

}  // namespace kube
