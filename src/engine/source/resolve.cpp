// SPDX-License-Identifier: 0BSD
#include "engine/source/resolve.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace source {

namespace {

using model::Value;

// What cannot be told apart is named, but not without end.
constexpr std::size_t kNamedMax = 5;

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

}  // namespace

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::kSourceNotReady: return "SourceNotReady";
        case Reason::kArtifactNotFound: return "ArtifactNotFound";
        case Reason::kResolveFailed: return "ResolveFailed";
    }
    return "ResolveFailed";
}

namespace {

// `text` names the object in messages.
Outcome judge(const Value& object, const SourceRequest& request, ResolvedSource resolved,
              const std::string& text) {
    const Value* ready = model::find_condition(object, "Ready");
    if (ready == nullptr) {
        return unresolved(request, Reason::kSourceNotReady, Retry::kWait,
                          fmt::format("{} has no Ready condition yet", text));
    }
    if (model::find_string(*ready, {"status"}) != "True") {
        const std::string_view why = model::find_string(*ready, {"message"});
        return unresolved(request, Reason::kSourceNotReady, Retry::kWait,
                          fmt::format("{} is not ready{}{}", text, why.empty() ? "" : ": ", why));
    }
    resolved.url = model::find_string(object, {"status", "artifact", "url"});
    resolved.digest = model::find_string(object, {"status", "artifact", "digest"});
    resolved.revision = model::find_string(object, {"status", "artifact", "revision"});
    if (resolved.url.empty() || resolved.digest.empty()) {
        return unresolved(request, Reason::kArtifactNotFound, Retry::kWait,
                          fmt::format("{} is ready, but its status names no artifact {}", text,
                                      resolved.url.empty() ? "URL" : "digest"));
    }
    return resolved;
}

std::string names_of(const std::vector<const Value*>& artifacts) {
    std::vector<std::string_view> names;
    for (const Value* artifact : artifacts) {
        names.push_back(model::name_of(*artifact));
    }
    std::ranges::sort(names);
    const bool more = names.size() > kNamedMax;
    names.resize(std::min(names.size(), kNamedMax));
    return fmt::format("{}{}", fmt::join(names, ", "), more ? ", …" : "");
}

base::Task<Outcome> resolve_producer(SourceReader& reader, SourceRequest request) {
    const auto artifacts = co_await reader.artifacts_of(request.reference().id());
    if (artifacts) {
        co_return judge_producer(*artifacts, request);
    }
    if (artifacts.error().code == base::ErrorCode::kCancelled) {
        co_return artifacts.error();
    }
    co_return unresolved(request, Reason::kResolveFailed, Retry::kBackoff,
                         fmt::format("the ExternalArtifacts of {} cannot be read: {}", text_of(request),
                                     artifacts.error().text()));
}

}  // namespace

Outcome judge_source(const Value& object, const SourceRequest& request) {
    ResolvedSource resolved;
    resolved.ns = namespace_of(request);
    resolved.name = request.name;
    resolved.kind = kind_of(request);
    return judge(object, request, std::move(resolved), text_of(request));
}

Outcome judge_producer(const std::vector<Value>& artifacts, const SourceRequest& request) {
    const SourceId producer = request.reference().id();
    std::vector<const Value*> matches;
    for (const Value& artifact : artifacts) {
        if (producer_of(artifact) == producer) {
            matches.push_back(&artifact);
        }
    }
    if (matches.empty()) {
        return unresolved(
            request, Reason::kArtifactNotFound, Retry::kWait,
            fmt::format("no ExternalArtifact names {} in its spec.sourceRef yet", text_of(request)));
    }
    if (matches.size() > 1) {
        return unresolved(
            request, Reason::kResolveFailed, Retry::kTerminal,
            fmt::format("{} ExternalArtifacts name {} in their spec.sourceRef ({}); name the one "
                        "that is meant in the stage's sourceRef",
                        matches.size(), text_of(request), names_of(matches)));
    }
    ResolvedSource resolved;
    resolved.ns = producer.ns;
    resolved.name = model::name_of(*matches.front());
    resolved.kind = kExternalArtifact;
    const std::string text = fmt::format("ExternalArtifact {} (of {})", resolved.key(), text_of(request));
    return judge(*matches.front(), request, std::move(resolved), text);
}

std::optional<Unresolved> find_collision(const ResolvedSource& source,
                                         const std::vector<ResolvedSource>& others,
                                         const std::string& stage) {
    const auto other = std::ranges::find_if(others, [&source](const ResolvedSource& candidate) {
        return candidate.key() == source.key() && candidate.kind != source.kind;
    });
    if (other == others.end()) {
        return std::nullopt;
    }
    return Unresolved{
        Reason::kResolveFailed, Retry::kTerminal,
        fmt::format("stage \"{}\": {} and {} are both named {}, so their revisions cannot be told apart in "
                    "the status; rename one of them",
                    stage, source.kind, other->kind, source.key())};
}

base::Task<Outcome> resolve(SourceReader& reader, SourceRequest request) {
    if (!request.cross_namespace_allowed && namespace_of(request) != request.stageset_namespace) {
        co_return unresolved(request, Reason::kResolveFailed, Retry::kTerminal, "");
    }
    if (request.name.empty()) {
        co_return unresolved(request, Reason::kResolveFailed, Retry::kTerminal, "its sourceRef has no name");
    }
    Reference reference = request.reference();
    if (reference.is_producer) {
        co_return co_await resolve_producer(reader, std::move(request));
    }
    auto object = co_await reader.get(std::move(reference.gvk), std::move(reference.ns), request.name);
    if (!object) {
        if (object.error().code == base::ErrorCode::kCancelled) {
            co_return object.error();
        }
        co_return unreadable(request, object.error());
    }
    co_return judge_source(*object, request);
}

}  // namespace source
