// SPDX-License-Identifier: 0BSD
#include "engine/source/resolve.hpp"

#include <utility>

#include <fmt/format.h>

namespace source {

namespace {

using model::Value;

constexpr std::string_view kDefaultApiVersion = "source.toolkit.fluxcd.io/v1";
constexpr std::string_view kExternalArtifact = "ExternalArtifact";

std::string_view kind_of(const SourceRequest& request) {
    return request.kind.empty() ? kExternalArtifact : std::string_view(request.kind);
}
std::string_view namespace_of(const SourceRequest& request) {
    return request.ns.empty() ? request.stageset_namespace : request.ns;
}

// "ExternalArtifact t/app", as messages name the source.
std::string text_of(const SourceRequest& request) {
    return fmt::format("{} {}/{}", kind_of(request), namespace_of(request), request.name);
}

// What is wrong behind a reference into another namespace may be none of the reader's business: the message says only that
// it did not work.
Unresolved unresolved(const SourceRequest& request, Reason reason, Retry retry, std::string_view cause) {
    if (namespace_of(request) != request.stageset_namespace) {
        return {reason, retry,
                fmt::format("stage \"{}\": cross-namespace {} \"{}\" is not reachable", request.stage,
                            kind_of(request), request.name)};
    }
    return {reason, retry, fmt::format("stage \"{}\": {}", request.stage, cause)};
}

Unresolved unreadable(const SourceRequest& request, const base::Error& error) {
    if (error.code == base::ErrorCode::kNotFound) {
        return unresolved(request, Reason::kArtifactNotFound, Retry::kWait,
                          fmt::format("{} does not exist", text_of(request)));
    }
    return unresolved(request, Reason::kResolveFailed, Retry::kBackoff,
                      fmt::format("{} cannot be read: {}", text_of(request), error.text()));
}

const Value* ready_condition(const Value& object) {
    const model::Array* conditions = model::find_array(object, {"status", "conditions"});
    if (conditions == nullptr) {
        return nullptr;
    }
    for (const Value& condition : *conditions) {
        if (model::find_string(condition, {"type"}) == "Ready") {
            return &condition;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::kSourceNotReady: return "SourceNotReady";
        case Reason::kArtifactNotFound: return "ArtifactNotFound";
        case Reason::kResolveFailed: return "ResolveFailed";
    }
    return "ResolveFailed";
}

Outcome judge_source(const Value& object, const SourceRequest& request) {
    const Value* ready = ready_condition(object);
    if (ready == nullptr) {
        return unresolved(request, Reason::kSourceNotReady, Retry::kWait,
                          fmt::format("{} has no Ready condition yet", text_of(request)));
    }
    if (model::find_string(*ready, {"status"}) != "True") {
        const std::string_view why = model::find_string(*ready, {"message"});
        return unresolved(request, Reason::kSourceNotReady, Retry::kWait,
                          fmt::format("{} is not ready{}{}", text_of(request), why.empty() ? "" : ": ", why));
    }
    ResolvedSource resolved;
    resolved.ns = namespace_of(request);
    resolved.name = request.name;
    resolved.kind = kind_of(request);
    resolved.url = model::find_string(object, {"status", "artifact", "url"});
    resolved.digest = model::find_string(object, {"status", "artifact", "digest"});
    resolved.revision = model::find_string(object, {"status", "artifact", "revision"});
    if (resolved.url.empty() || resolved.digest.empty()) {
        return unresolved(request, Reason::kArtifactNotFound, Retry::kWait,
                          fmt::format("{} is ready, but its status names no artifact {}", text_of(request),
                                      resolved.url.empty() ? "URL" : "digest"));
    }
    return resolved;
}

base::Task<Outcome> resolve(SourceReader& reader, SourceRequest request) {
    if (!request.cross_namespace_allowed && namespace_of(request) != request.stageset_namespace) {
        co_return unresolved(request, Reason::kResolveFailed, Retry::kTerminal, "");
    }
    if (kind_of(request) != kExternalArtifact) {
        co_return unresolved(request, Reason::kResolveFailed, Retry::kTerminal,
                             fmt::format("a source of kind {} is not supported yet", kind_of(request)));
    }
    if (request.name.empty()) {
        co_return unresolved(request, Reason::kResolveFailed, Retry::kTerminal, "its sourceRef has no name");
    }
    const std::string_view api_version =
        request.api_version.empty() ? kDefaultApiVersion : request.api_version;
    auto object = co_await reader.get(model::parse_gvk(api_version, kind_of(request)),
                                      std::string(namespace_of(request)), request.name);
    if (!object) {
        if (object.error().code == base::ErrorCode::kCancelled) {
            co_return object.error();
        }
        co_return unreadable(request, object.error());
    }
    co_return judge_source(*object, request);
}

}  // namespace source
