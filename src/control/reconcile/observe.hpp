// SPDX-License-Identifier: 0BSD
// observe: reads all that a run needs into a Snapshot.
#pragma once

#include "control/reconcile/options.hpp"
#include "control/reconcile/snapshot.hpp"
#include "engine/apply/inventory_store.hpp"
#include "rules/readiness/health_expressions.hpp"

namespace reconcile {

// Reads spec, status, sources and inventories of the StageSet `object`. Errors: kCancelled only; everything that can be
// wrong with input stands in the snapshot.
base::Task<Snapshot> observe(kube::ObjectPtr object, source::SourceReader& sources,
                             apply::InventoryStore& inventories, readiness::HealthCompiler& health,
                             Options options);

// Fields of the spec that this program does not act on: to ignore one could apply what nobody asked for, so they are refused
// by name. Empty when there are none.
std::string unsupported_fields(const model::StageSetSpec& spec);

}  // namespace reconcile
