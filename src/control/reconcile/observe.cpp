// SPDX-License-Identifier: 0BSD
#include "control/reconcile/observe.hpp"

#include <algorithm>

#include "model/validate.hpp"
#include "model/well_known.hpp"

namespace reconcile {

namespace {

bool has_finalizer(const model::Value& object) {
    const model::Array* finalizers = model::find_array(object, {"metadata", "finalizers"});
    return finalizers != nullptr &&
           std::ranges::find(*finalizers, model::Value(model::kFinalizer)) != finalizers->end();
}

std::string describe(const std::vector<model::FieldError>& errors) {
    std::string text;
    for (const model::FieldError& error : errors) {
        text += (text.empty() ? "" : "; ") + error.text();
    }
    return text;
}

// Why nothing of the spec can be done, or nullopt.
std::optional<std::string> find_fault(const base::Result<model::StageSetSpec>& spec, const Options& options) {
    if (!spec) {
        return spec.error().text();
    }
    if (const auto errors = model::validate_spec(*spec); !errors.empty()) {
        return describe(errors);
    }
    if (std::string unsupported = unsupported_fields(*spec); !unsupported.empty()) {
        return unsupported;
    }
    if (options.service_account_required && spec->service_account_name.empty() &&
        options.default_service_account.empty()) {
        return "spec.serviceAccountName: is required on this cluster; name the ServiceAccount whose rights "
               "the StageSet is to have";
    }
    return std::nullopt;
}

TargetRequest target_of(const apply::Owner& owner, const model::StageSetSpec& spec, const Options& options) {
    TargetRequest target;
    target.owner = owner;
    target.service_account =
        spec.service_account_name.empty() ? options.default_service_account : spec.service_account_name;
    if (spec.kube_config && spec.kube_config->secret_ref) {
        target.kube_config = spec.kube_config->secret_ref;
        // The default is for this cluster: who wrote a kubeconfig chose its user.
        target.impersonated = kube::service_account_user(owner.ns, spec.service_account_name);
    }
    return target;
}

void read_spec(const model::StageSetSpec& spec, const Options& options, Snapshot& snapshot) {
    snapshot.target = target_of(snapshot.owner, spec, options);
    snapshot.suspended = spec.suspend;
    snapshot.interval = model::requeue_interval(spec, options.default_interval);
    snapshot.retry_interval = model::effective_retry_interval(spec, options.default_interval);
    snapshot.decryption = spec.decryption;
    int position = 0;
    for (const model::Stage& stage : spec.stages) {
        StageInput input;
        input.name = stage.name;
        input.position = position++;
        input.path = stage.path;
        input.patches = stage.patches;
        input.post_build = stage.post_build.value_or(model::PostBuild{});
        input.helm_hooks = stage.apply_helm_hook_resources.value_or(true);
        input.prune_enabled = model::prune_enabled(stage);
        input.conflicts = apply::conflict_rules_of(stage);
        input.timeout = model::effective_timeout(stage, spec);
        if (stage.ready_checks) {
            input.wait_disabled = stage.ready_checks->disable_wait;
            input.checks = stage.ready_checks->checks;
        }
        if (stage.ready_checks &&
            stage.ready_checks->timeout.value_or(base::Duration::zero()) > base::Duration::zero()) {
            input.ready_timeout = stage.ready_checks->timeout;
        }
        snapshot.stages.push_back(std::move(input));
    }
}

// Compiles the stages' readyChecks.exprs. Answers what is wrong with one, or nullopt.
std::optional<std::string> read_health(const model::StageSetSpec& spec, readiness::HealthCompiler& health,
                                       Snapshot& snapshot) {
    for (std::size_t i = 0; i < spec.stages.size(); ++i) {
        const model::Stage& stage = spec.stages[i];
        if (!stage.ready_checks) {
            continue;
        }
        auto rules = health.compile(stage.ready_checks->exprs);
        if (!rules) {
            return fmt::format("stage \"{}\": spec.stages[{}].readyChecks.{}", stage.name, i,
                               rules.error().text());
        }
        snapshot.stages[i].health = *std::move(rules);
    }
    return std::nullopt;
}

base::Task<void> resolve_sources(const model::StageSetSpec& spec, source::SourceReader& sources,
                                 bool cross_namespace_refs, Snapshot& snapshot) {
    for (const model::Stage& stage : spec.stages) {
        const model::SourceReference& ref = stage.source_ref;
        auto outcome = co_await source::resolve(sources, {stage.name, snapshot.owner.ns, ref.api_version,
                                                          ref.kind, ref.name, ref.ns, cross_namespace_refs});
        if (!outcome) {
            co_return outcome.error();
        }
        if (auto* unresolved = std::get_if<source::Unresolved>(&*outcome)) {
            snapshot.unresolved = std::move(*unresolved);
            co_return base::Result<void>{};
        }
        auto& resolved = std::get<source::ResolvedSource>(*outcome);
        snapshot.unresolved = source::find_collision(resolved, snapshot.sources, stage.name);
        if (snapshot.unresolved) {
            co_return base::Result<void>{};
        }
        snapshot.sources.push_back(std::move(resolved));
    }
    co_return base::Result<void>{};
}

}  // namespace

std::string unsupported_fields(const model::StageSetSpec& spec) {
    std::string text;
    const auto refuse = [&text](bool is_set, const std::string& field) {
        if (is_set) {
            text += (text.empty() ? "" : ", ") + field;
        }
    };
    refuse(!spec.depends_on.empty(), "spec.dependsOn");
    refuse(spec.version.has_value(), "spec.version");
    refuse(!spec.migrations.empty(), "spec.migrations");
    refuse(spec.rollback_on_failure, "spec.rollbackOnFailure");
    refuse(!spec.update_windows.empty(), "spec.updateWindows");
    for (std::size_t i = 0; i < spec.stages.size(); ++i) {
        const model::Stage& stage = spec.stages[i];
        const std::string prefix = fmt::format("spec.stages[{}].", i);
        refuse(stage.actions.has_value(), prefix + "actions");
    }
    return text.empty() ? text : "not supported by this version of stageset-controller: " + text;
}

base::Task<Snapshot> observe(kube::ObjectPtr object, source::SourceReader& sources,
                             apply::InventoryStore& inventories, readiness::HealthCompiler& health,
                             Options options) {
    Snapshot snapshot;
    snapshot.owner = {std::string(model::namespace_of(*object)), std::string(model::name_of(*object))};
    snapshot.uid = std::string(model::uid_of(*object));
    snapshot.generation = model::generation_of(*object);
    snapshot.deleting = model::is_deleting(*object);
    if (auto at = base::parse_rfc3339(model::find_string(*object, {"metadata", "deletionTimestamp"}))) {
        snapshot.deleted_at = *at;
    }
    snapshot.has_finalizer = has_finalizer(*object);
    snapshot.requested_at =
        std::string(model::annotation_of(*object, model::kRequestedAtAnnotation).value_or(""));
    snapshot.status = model::parse_status(*object);
    snapshot.inventory_mode = inventories.mode();
    snapshot.stored = inventories.load(snapshot.owner, snapshot.uid);
    // Suspension holds even when the rest of the spec cannot be read.
    snapshot.suspended = model::find_bool(*object, {"spec", "suspend"}).value_or(false);
    snapshot.interval = options.default_interval;
    snapshot.retry_interval = options.default_interval;
    snapshot.target.owner = snapshot.owner;

    const base::Result<model::StageSetSpec> spec = model::parse_spec(*object);
    snapshot.invalid = find_fault(spec, options);
    if (spec) {
        read_spec(*spec, options, snapshot);
    }
    if (spec && !snapshot.invalid) {
        snapshot.invalid = read_health(*spec, health, snapshot);
    }
    if (spec && !snapshot.deleting && !snapshot.suspended && !snapshot.invalid) {
        if (auto resolved = co_await resolve_sources(*spec, sources, options.cross_namespace_refs, snapshot);
            !resolved) {
            co_return resolved.error();
        }
    }
    co_return snapshot;
}

}  // namespace reconcile
