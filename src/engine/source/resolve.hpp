// SPDX-License-Identifier: 0BSD
// From a stage's sourceRef to the artifact that it names, or to the reason why there is none yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/task.hpp"
#include "engine/source/reference.hpp"
#include "model/value.hpp"

namespace source {

// Reads source objects as the controller; answered from an informer's cache or from the API.
class SourceReader {
public:
    virtual ~SourceReader() = default;
    // Errors: kNotFound; kUnsupported (the kind is not served); as kube::Client::get.
    virtual base::Task<model::Value> get(model::GroupVersionKind gvk, std::string ns, std::string name) = 0;
    // The ExternalArtifacts of the producer's namespace: at least those that point back to it. Errors: as get.
    virtual base::Task<std::vector<model::Value>> artifacts_of(SourceId producer) = 0;
};

// A stage's sourceRef as it is written; empty where a field is absent.
struct SourceRequest {
    std::string stage;
    std::string stageset_namespace;
    std::string api_version;
    std::string kind;
    std::string name;
    std::string ns;
    bool cross_namespace_allowed = true;  // false under --no-cross-namespace-refs

    Reference reference() const { return complete({api_version, kind, name, ns, stageset_namespace}); }
};

struct ResolvedSource {
    std::string ns;  // of the object that carries the artifact: for a producer, its ExternalArtifact
    std::string name;
    std::string kind;
    std::string url;
    std::string digest;
    std::string revision;  // may be empty

    // "<namespace>/<name>": the key of all revision maps.
    std::string key() const { return ns + "/" + name; }
};

enum class Reason { kSourceNotReady, kArtifactNotFound, kResolveFailed };
// The Ready reason: "SourceNotReady", …
std::string_view to_string(Reason reason);

// How the run goes on after an unresolved source.
enum class Retry {
    kWait,      // after retryInterval, or when the source changes
    kTerminal,  // only a change of spec or cluster helps: slow re-check
    kBackoff,   // the API could not answer
};

struct Unresolved {
    Reason reason = Reason::kResolveFailed;
    Retry retry = Retry::kWait;
    std::string message;  // stage "x": cause
};

using Outcome = std::variant<ResolvedSource, Unresolved>;

// Errors: kCancelled only; everything else is an Unresolved.
base::Task<Outcome> resolve(SourceReader& reader, SourceRequest request);

// The parts without I/O. What a source object that was read says; the object carries the artifact.
Outcome judge_source(const model::Value& object, const SourceRequest& request);
// Which of these artifacts is the producer's, and what it says.
Outcome judge_producer(const std::vector<model::Value>& artifacts, const SourceRequest& request);
// Two kinds under one key of the revision maps: one would hide the other's revision. nullopt: `source` can be told from `others`.
std::optional<Unresolved> find_collision(const ResolvedSource& source,
                                         const std::vector<ResolvedSource>& others, const std::string& stage);

}  // namespace source
