// SPDX-License-Identifier: 0BSD
// Actions: what a stage or a migration does besides applying objects; and the references that they share with the spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace model {

// Names an artifact. Empty members are absent: kind means ExternalArtifact, ns the StageSet's namespace.
struct SourceReference {
    std::string api_version;
    std::string kind;
    std::string ns;
    std::string name;

    bool operator==(const SourceReference&) const = default;
};

// Names one object of any kind; an empty ns is the StageSet's namespace.
struct ObjectReference {
    std::string api_version;
    std::string kind;
    std::string ns;
    std::string name;

    bool operator==(const ObjectReference&) const = default;
};

// Names a Secret and, unless empty, one of its keys.
struct SecretKeyReference {
    std::string name;
    std::string key;

    bool operator==(const SecretKeyReference&) const = default;
};

enum class PatchType { kMerge, kJson6902 };

struct PatchAction {
    ObjectReference target;
    PatchType type = PatchType::kMerge;
    std::string patch;
};

struct HttpAction {
    std::string url;
    std::string method;  // empty means POST
    std::string body;
    std::optional<SecretKeyReference> body_from;  // beats `body`
    std::vector<SecretKeyReference> headers_from;
    std::vector<std::int32_t> expected_status;  // empty means any of 200–299
};

struct WaitAction {
    std::optional<base::Duration> duration;
    std::optional<ObjectReference> target;
    std::string expr;  // CEL; empty is absent
    std::optional<base::Duration> timeout;
};

struct JobAction {
    SourceReference source_ref;
    std::string path;
};

struct DeleteAction {
    ObjectReference target;
};

struct ApplyAction {
    SourceReference source_ref;
    std::string path;
    bool wait = false;
};

// A valid action sets exactly one operation; validate_spec() says so when it does not.
struct Action {
    std::string name;
    std::optional<base::Duration> timeout;
    std::int32_t retries = 0;  // as written; below 0 means 0
    std::optional<PatchAction> patch;
    std::optional<HttpAction> http;
    std::optional<WaitAction> wait;
    std::optional<JobAction> job;
    std::optional<DeleteAction> remove;  // the field `delete`
    std::optional<ApplyAction> apply;

    int operation_count() const {
        return int{patch.has_value()} + int{http.has_value()} + int{wait.has_value()} + int{job.has_value()} +
               int{remove.has_value()} + int{apply.has_value()};
    }
};

}  // namespace model
