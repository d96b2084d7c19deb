// SPDX-License-Identifier: 0BSD
#include "io/kube/rest/rest_client.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "io/kube/errors.hpp"
#include "io/kube/rest/json_body.hpp"
#include "io/kube/rest/object_kind.hpp"
#include "io/kube/rest/resource_path.hpp"
#include "io/kube/rest/watch_stream.hpp"
#include "model/json.hpp"

namespace kube {

namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorCode;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kMetadata =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
constexpr std::string_view kMetadataList =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
// Enough to saturate an API server over one HTTP/2 connection; more only makes its own queues longer.
constexpr std::size_t kRequestsInFlightMax = 64;

// A page of large objects takes the server a while.
constexpr base::Duration kListTimeout = 60s;
// The server ends each watch after this; spread, so that watches do not all begin again together.
constexpr base::Duration kWatchLife = 450s;
constexpr double kWatchLifeSpread = 1.0 / 3;
// Bookmarks come once a minute: two missed ones mean that nobody is there any more.
constexpr base::Duration kWatchIdleTimeout = 150s;
// At 500 objects a page more than any cluster holds; stops a server that always says "continue".
constexpr int kPagesMax = 20'000;

// "ConfigMap t/app"
std::string name_object(const ObjectRef& ref) {
    return fmt::format("{} {}{}{}", ref.gvk.kind, ref.ns, ref.ns.empty() ? "" : "/", ref.name);
}

std::string name_collection(const GroupVersionKind& gvk, std::string_view ns) {
    return ns.empty() ? gvk.kind : fmt::format("{} in {}", gvk.kind, ns);
}

// A failure, with what was being done before it.
Error explain(const std::string& what, Error error) {
    return error.code == ErrorCode::kCancelled ? error : base::wrap(what, std::move(error));
}

// A path that nobody serves answers plain text; a missing object answers a Status with a reason.
bool is_unknown_path(const Error& error) {
    const auto* status = status_of(error);
    return status != nullptr && status->http_status == 404 && status->reason.empty();
}

std::string_view verb_of(PatchType type) { return type == PatchType::kApply ? "apply" : "patch"; }

std::string_view content_type_of(PatchType type) {
    switch (type) {
        case PatchType::kApply: return "application/apply-patch+yaml";
        case PatchType::kMerge: return "application/merge-patch+json";
        case PatchType::kStrategic: return "application/strategic-merge-patch+json";
        case PatchType::kJson: return "application/json-patch+json";
    }
    return kJson;
}

Query write_query(const WriteOptions& options) {
    Query query;
    query.add("fieldManager", options.field_manager).add("dryRun", options.dry_run ? "All" : "");
    return query;
}

std::string delete_body(const DeleteRequest& request) {
    model::Object body{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
    if (!request.propagation.empty()) {
        body["propagationPolicy"] = request.propagation;
    }
    model::Object preconditions;
    if (!request.uid.empty()) {
        preconditions["uid"] = request.uid;
    }
    if (!request.resource_version.empty()) {
        preconditions["resourceVersion"] = request.resource_version;
    }
    if (!preconditions.empty()) {
        body["preconditions"] = std::move(preconditions);
    }
    if (request.dry_run) {
        body["dryRun"] = model::Array{"All"};
    }
    return model::to_json(body);
}

class RestClientImpl final : public RestClient {
public:
    RestClientImpl(std::shared_ptr<Caller> caller, SharedCluster shared, RestRuntime runtime)
        : caller_(std::move(caller)), shared_(std::move(shared)), runtime_(runtime) {}

    SharedCluster shared() const override { return shared_; }
    base::Task<Resource> resource_for(GroupVersionKind gvk) override {
        return shared_.discovery->resource_for(std::move(gvk));
    }
    base::Task<Resource> preferred_resource(std::string group, std::string kind) override {
        return shared_.discovery->preferred_resource(std::move(group), std::move(kind));
    }
    void invalidate_discovery() override { shared_.discovery->invalidate(); }

    base::Task<Value> get(ObjectRef ref, GetOptions options) override;
    base::Task<List> list(ListRequest request) override;
    base::Task<Value> create(Value object, WriteOptions options) override;
    base::Task<Value> update(Value object, WriteOptions options) override;
    base::Task<Patched> patch(PatchRequest request) override;
    base::Task<void> remove(DeleteRequest request) override;
    base::Task<std::unique_ptr<Watch>> watch(WatchRequest request) override;

private:
    struct Answer {
        int status = 0;
        Value body;
    };
    struct Page {
        std::vector<Value> items;
        std::string resource_version;
        std::string continue_token;
    };

    // The path of one object, or of its subresource.
    base::Task<std::string> path_of(ObjectRef ref, std::string subresource);
    base::Task<std::string> path_to_create(ObjectRef ref, std::string subresource);
    // Sends, and parses the answer.
    base::Task<Answer> call(Call call);
    base::Task<Answer> call_object(Call call, ObjectRef ref, std::string subresource, Query query);
    base::Task<List> read_pages(ListRequest request, std::string path);
    base::Task<Page> read_page(ListRequest request, std::string path, std::string continue_token);
    base::Task<std::unique_ptr<Watch>> start_watch(WatchRequest request, std::string what);
    Error noticed(Error error);

    std::shared_ptr<Caller> caller_;
    SharedCluster shared_;
    RestRuntime runtime_;
};

// The kind went away since it was discovered.
Error RestClientImpl::noticed(Error error) {
    if (is_unknown_path(error)) {
        shared_.discovery->invalidate();
        error.code = ErrorCode::kUnsupported;
    }
    return error;
}

base::Task<std::string> RestClientImpl::path_of(ObjectRef ref, std::string subresource) {
    auto resource = co_await shared_.discovery->resource_for(ref.gvk);
    if (!resource) {
        co_return resource.error();
    }
    co_return object_path(*resource, ref.ns, ref.name, subresource);
}

base::Task<std::string> RestClientImpl::path_to_create(ObjectRef ref, std::string subresource) {
    if (!subresource.empty()) {
        // TokenRequest, Eviction, Binding: the kind of the body is not the kind of the resource.
        auto parent = co_await shared_.discovery->parent_for(ref.gvk, subresource);
        if (parent) {
            co_return object_path(*parent, ref.ns, ref.name, subresource);
        }
        if (parent.error().code != ErrorCode::kUnsupported) {
            co_return parent.error();
        }
        co_return co_await path_of(std::move(ref), std::move(subresource));
    }
    auto resource = co_await shared_.discovery->resource_for(ref.gvk);
    if (!resource) {
        co_return resource.error();
    }
    if (resource->namespaced && ref.ns.empty()) {
        co_return Error{ErrorCode::kInvalid, fmt::format("{} \"{}\" has no namespace, but its kind needs one",
                                                         ref.gvk.kind, ref.name)};
    }
    co_return collection_path(*resource, ref.ns);
}

base::Task<RestClientImpl::Answer> RestClientImpl::call(Call call) {
    auto response = co_await caller_->send(std::move(call));
    if (!response) {
        co_return noticed(std::move(response.error()));
    }
    auto body = co_await parse_json_body(runtime_.compute, std::move(response->body));
    if (!body) {
        co_return body.error();
    }
    co_return Answer{response->status, std::move(*body)};
}

base::Task<RestClientImpl::Answer> RestClientImpl::call_object(Call call, ObjectRef ref,
                                                               std::string subresource, Query query) {
    auto path = co_await path_of(std::move(ref), std::move(subresource));
    if (!path) {
        co_return path.error();
    }
    call.path = *path + query.text();
    co_return co_await this->call(std::move(call));
}

base::Task<Value> RestClientImpl::get(ObjectRef ref, GetOptions options) {
    Call request;
    request.accept = options.metadata_only ? kMetadata : kJson;
    auto answer = co_await call_object(std::move(request), ref, std::move(options.subresource), {});
    if (!answer) {
        co_return explain("get " + name_object(ref), std::move(answer.error()));
    }
    if (options.metadata_only) {
        set_kind(answer->body, ref.gvk);
    }
    co_return std::move(answer->body);
}

base::Task<RestClientImpl::Page> RestClientImpl::read_page(ListRequest request, std::string path,
                                                           std::string continue_token) {
    Query query;
    query.add("labelSelector", request.label_selector)
        .add("fieldSelector", request.field_selector)
        .add("limit", request.page_size == 0 ? std::string() : std::to_string(request.page_size))
        .add("continue", continue_token);
    Call page;
    page.path = path + query.text();
    page.accept = request.metadata_only ? kMetadataList : kJson;
    page.timeout = kListTimeout;
    auto answer = co_await call(std::move(page));
    if (!answer) {
        co_return answer.error();
    }
    Page result{{},
                std::string(model::find_string(answer->body, {"metadata", "resourceVersion"})),
                std::string(model::find_string(answer->body, {"metadata", "continue"}))};
    Value* listed = answer->body.is_object() ? answer->body.get_object().if_contains("items") : nullptr;
    if (listed != nullptr && listed->is_array()) {
        for (Value& item : listed->get_array()) {
            set_kind(item, request.gvk);
            result.items.push_back(std::move(item));
        }
    }
    co_return result;
}

base::Task<List> RestClientImpl::read_pages(ListRequest request, std::string path) {
    List list;
    std::string continue_token;
    for (int page_count = 0; page_count < kPagesMax; ++page_count) {
        auto page = co_await read_page(request, path, std::move(continue_token));
        if (!page) {
            co_return page.error();
        }
        list.resource_version = std::move(page->resource_version);
        if (request.take_page) {
            request.take_page(std::move(page->items), list.resource_version);
        } else {
            std::ranges::move(page->items, std::back_inserter(list.items));
        }
        continue_token = std::move(page->continue_token);
        if (continue_token.empty() || std::cmp_equal(page_count + 1, request.pages_max)) {
            co_return list;
        }
    }
    co_return Error{ErrorCode::kLimitExceeded, fmt::format("the list has more than {} pages", kPagesMax)};
}

base::Task<List> RestClientImpl::list(ListRequest request) {
    const std::string what = "list " + name_collection(request.gvk, request.ns);
    auto resource = co_await shared_.discovery->resource_for(request.gvk);
    if (!resource) {
        co_return explain(what, std::move(resource.error()));
    }
    const auto path = collection_path(*resource, request.ns);
    if (!path) {
        co_return explain(what, path.error());
    }
    auto list = co_await read_pages(request, *path);
    if (!list && list.error().code == ErrorCode::kGone && !request.take_page) {
        // The page position expired on the way: once from the start.
        list = co_await read_pages(request, *path);
    }
    if (!list) {
        co_return explain(what, std::move(list.error()));
    }
    co_return list;
}

base::Task<Value> RestClientImpl::create(Value object, WriteOptions options) {
    const ObjectRef ref = ref_of(object);
    const std::string what = "create " + name_object(ref);
    auto path = co_await path_to_create(ref, options.subresource);
    if (!path) {
        co_return explain(what, std::move(path.error()));
    }
    Call request;
    request.method = "POST";
    request.path = *path + write_query(options).text();
    request.content_type = kJson;
    request.body = boost::json::serialize(object);
    request.repeat = Call::Repeat::kNever;
    request.limit = options.limit;
    auto answer = co_await call(std::move(request));
    if (!answer) {
        co_return explain(what, std::move(answer.error()));
    }
    co_return std::move(answer->body);
}

base::Task<Value> RestClientImpl::update(Value object, WriteOptions options) {
    const ObjectRef ref = ref_of(object);
    Call request;
    request.method = "PUT";
    request.content_type = kJson;
    request.body = boost::json::serialize(object);
    request.repeat = Call::Repeat::kNever;
    const Query query = write_query(options);
    auto answer = co_await call_object(std::move(request), ref, std::move(options.subresource), query);
    if (!answer) {
        co_return explain("update " + name_object(ref), std::move(answer.error()));
    }
    co_return std::move(answer->body);
}

base::Task<Patched> RestClientImpl::patch(PatchRequest request) {
    const bool is_apply = request.type == PatchType::kApply;
    Call sent;
    sent.method = "PATCH";
    sent.content_type = content_type_of(request.type);
    sent.body = boost::json::serialize(request.body);
    sent.repeat = is_apply ? Call::Repeat::kIdempotent : Call::Repeat::kNever;
    Query query = write_query(request.options);
    query.add("force", is_apply ? (request.force ? "true" : "false") : "");
    auto answer =
        co_await call_object(std::move(sent), request.ref, std::move(request.options.subresource), query);
    if (!answer) {
        co_return explain(fmt::format("{} {}", verb_of(request.type), name_object(request.ref)),
                          std::move(answer.error()));
    }
    co_return Patched{std::move(answer->body), answer->status == 201};
}

base::Task<void> RestClientImpl::remove(DeleteRequest request) {
    Call sent;
    sent.method = "DELETE";
    sent.content_type = kJson;
    sent.body = delete_body(request);
    sent.repeat = Call::Repeat::kNever;
    auto answer = co_await call_object(std::move(sent), request.ref, {}, {});
    if (!answer) {
        co_return explain("delete " + name_object(request.ref), std::move(answer.error()));
    }
    co_return base::Result<void>{};
}

base::Task<std::unique_ptr<Watch>> RestClientImpl::start_watch(WatchRequest request, std::string what) {
    auto resource = co_await shared_.discovery->resource_for(request.gvk);
    if (!resource) {
        co_return resource.error();
    }
    auto path = collection_path(*resource, request.ns);
    if (!path) {
        co_return path.error();
    }
    const auto life =
        std::chrono::duration_cast<std::chrono::seconds>(runtime_.rng.jitter(kWatchLife, kWatchLifeSpread));
    Query query;
    query.add("watch", "true")
        .add("allowWatchBookmarks", "true")
        .add("timeoutSeconds", std::to_string(life.count()))
        .add("resourceVersion", request.resource_version)
        .add("labelSelector", request.label_selector)
        .add("fieldSelector", request.field_selector);
    Call call;
    call.path = *path + query.text();
    call.accept = request.metadata_only ? kMetadata : kJson;
    auto stream = co_await caller_->open(std::move(call), kWatchIdleTimeout);
    if (!stream) {
        co_return noticed(std::move(stream.error()));
    }
    co_return std::make_unique<WatchStream>(std::move(*stream), request.gvk, std::move(what),
                                            runtime_.compute);
}

base::Task<std::unique_ptr<Watch>> RestClientImpl::watch(WatchRequest request) {
    const std::string what = "watch " + name_collection(request.gvk, request.ns);
    auto watch = co_await start_watch(std::move(request), what);
    if (!watch) {
        co_return explain(what, std::move(watch.error()));
    }
    co_return watch;
}

}  // namespace

std::unique_ptr<RestClient> make_rest_client(RestClientOptions options, RestRuntime runtime) {
    SharedCluster shared = std::move(options.shared);
    if (shared.queue == nullptr) {
        shared.queue = std::make_shared<base::FairQueue>(runtime.executor, kRequestsInFlightMax);
    }
    auto caller = std::make_shared<Caller>(
        Caller::Options{std::move(options.cluster), std::move(options.make_http), std::move(options.identity),
                        shared.queue, std::move(options.observer)},
        runtime.clock, runtime.rng);
    if (shared.discovery == nullptr) {
        shared.discovery =
            std::make_shared<Discovery>(caller, runtime.clock, runtime.compute, runtime.executor);
    }
    return std::make_unique<RestClientImpl>(std::move(caller), std::move(shared), runtime);
}

}  // namespace kube
