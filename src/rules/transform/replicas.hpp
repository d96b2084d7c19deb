// SPDX-License-Identifier: 0BSD
// Replicas: `replicas` and the ReplicaCountTransformer.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

struct Replicas {
    std::string name;  // present or previous
    std::int64_t count = 0;
};

// Reads an entry of `replicas`, {name, count}. Errors: kInvalid.
base::Result<Replicas> parse_replicas(const model::Value& entry);

struct ReplicasTransformer {
    Replicas replicas;
    FieldSpecs fields;
};
// Reads a ReplicaCountTransformer, {replica, fieldSpecs}. Errors: kInvalid.
base::Result<ReplicasTransformer> parse_replicas_transformer(const model::Value& plugin);

// Errors: kInvalid (no object of that name and one of the kinds of `fields`).
base::Result<void> apply(Resources& resources, const Replicas& replicas, const FieldSpecs& fields);

}  // namespace transform
