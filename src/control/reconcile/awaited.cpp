// SPDX-License-Identifier: 0BSD
#include "control/reconcile/awaited.hpp"

#include <algorithm>
#include <utility>

namespace reconcile {

namespace {

// Named objects take the place of the applied ones; false: they come in addition to them.
constexpr bool kChecksNarrowTheWait = true;

apply::Awaited named(const model::ObjectReference& check, const std::string& ns) {
    return {{model::parse_gvk(check.api_version.empty() ? "v1" : check.api_version, check.kind),
             check.ns.empty() ? ns : check.ns, check.name},
            "",
            false};
}

// One object, whatever version it is named in; an applied object without a namespace is cluster-scoped.
bool is_same(const apply::AppliedObject& applied, const apply::Awaited& named) {
    const kube::ObjectRef& ref = named.ref;
    return applied.id.group == ref.gvk.group && applied.id.kind == ref.gvk.kind &&
           applied.id.name == ref.name && (applied.id.ns.empty() || applied.id.ns == ref.ns);
}

apply::Awaited applied_one(apply::AppliedObject object) {
    const bool ours = object.ours;
    return {{std::move(object.gvk), std::move(object.id.ns), std::move(object.id.name)},
            std::move(object.resource_version),
            ours};
}

}  // namespace

std::vector<apply::Awaited> awaited_of(const StageInput& stage, const std::string& ns,
                                       std::vector<apply::AppliedObject> applied) {
    std::vector<apply::Awaited> awaited;
    for (const model::ObjectReference& check : stage.checks) {
        apply::Awaited wanted = named(check, ns);
        const auto ours = std::ranges::find_if(
            applied, [&](const apply::AppliedObject& object) { return is_same(object, wanted); });
        if (ours != applied.end()) {
            // A watch tells of our own objects, and they may not be older than our write.
            wanted = applied_one(std::move(*ours));
            applied.erase(ours);
        }
        awaited.push_back(std::move(wanted));
    }
    if (!awaited.empty() && kChecksNarrowTheWait) {
        return awaited;
    }
    for (apply::AppliedObject& object : applied) {
        if (!stage.wait_disabled || (stage.health && stage.health->judges(object.id.group, object.id.kind))) {
            awaited.push_back(applied_one(std::move(object)));
        }
    }
    return awaited;
}

}  // namespace reconcile
