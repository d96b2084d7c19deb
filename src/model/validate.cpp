// SPDX-License-Identifier: 0BSD
#include "model/validate.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace model {
namespace {

constexpr std::string_view kFluxSources = "source.toolkit.fluxcd.io";

using Errors = std::vector<FieldError>;

void add(Errors& errors, std::string path, std::string reason) {
    errors.push_back({std::move(path), std::move(reason)});
}

// A producer publishes an ExternalArtifact that points back to it; the kinds of Flux carry their artifact themselves.
bool is_producer(const SourceReference& source) {
    if (source.kind.empty() || source.kind == "ExternalArtifact") {
        return false;
    }
    const std::string group = parse_gvk(source.api_version, source.kind).group;
    const bool flux_kind =
        source.kind == "GitRepository" || source.kind == "OCIRepository" || source.kind == "Bucket";
    return !(flux_kind && (group.empty() || group == kFluxSources));
}

void check_source(Errors& errors, const std::string& path, const SourceReference& source) {
    if (is_producer(source) && source.api_version.empty()) {
        add(errors, path + ".sourceRef.apiVersion", fmt::format("is required for the kind {}", source.kind));
    }
}

void check_wait(Errors& errors, const std::string& path, const WaitAction& wait) {
    if (!wait.expr.empty() && !wait.target) {
        add(errors, path + ".wait.target", "is required with expr");
    }
    if (wait.expr.empty() && !wait.duration) {
        add(errors, path + ".wait", "needs a duration or an expr");
    }
}

// `names` are those of actions that share a ledger with these.
void check_actions(Errors& errors, const std::string& path, const std::vector<Action>& actions,
                   std::string_view where, std::set<std::string>& names) {
    for (std::size_t index = 0; index < actions.size(); ++index) {
        const Action& action = actions[index];
        const std::string at = fmt::format("{}[{}]", path, index);
        if (const int count = action.operation_count(); count != 1) {
            add(errors, at,
                fmt::format("action \"{}\" of {} must set exactly one of patch, http, wait, job, delete, "
                            "apply; it sets {}",
                            action.name, where, count));
        }
        if (action.name.empty()) {
            add(errors, at + ".name", "must not be empty: the name tells which actions were done");
        } else if (!names.insert(action.name).second) {
            add(errors, at + ".name",
                fmt::format("another action of {} is named \"{}\" too", where, action.name));
        }
        if (action.wait) {
            check_wait(errors, at, *action.wait);
        }
        if (action.job) {
            check_source(errors, at + ".job", action.job->source_ref);
        }
        if (action.apply) {
            check_source(errors, at + ".apply", action.apply->source_ref);
        }
    }
}

void check_stage_actions(Errors& errors, const std::string& path, const Stage& stage) {
    if (!stage.actions) {
        return;
    }
    std::set<std::string> names;
    const auto check = [&](std::string_view phase, const std::vector<Action>& actions) {
        check_actions(errors, fmt::format("{}.actions.{}", path, phase), actions,
                      fmt::format("stage \"{}\" ({})", stage.name, phase), names);
    };
    check("pre", stage.actions->pre);
    check("post", stage.actions->post);
    check("onFailure", stage.actions->on_failure);
}

void check_migrations(Errors& errors, const StageSetSpec& spec, const std::set<std::string>& stages) {
    if (!spec.migrations.empty() && !spec.version) {
        add(errors, "spec.version", "is required with spec.migrations");
    }
    for (std::size_t index = 0; index < spec.migrations.size(); ++index) {
        const Migration& migration = spec.migrations[index];
        const std::string path = fmt::format("spec.migrations[{}]", index);
        if (!stages.contains(migration.stage)) {
            add(errors, path + ".stage",
                fmt::format("migration \"{}\" names the stage \"{}\", which does not exist", migration.name,
                            migration.stage));
        }
        std::set<std::string> names;
        check_actions(errors, path + ".actions", migration.actions,
                      fmt::format("migration \"{}\"", migration.name), names);
    }
}

void check_version(Errors& errors, const StageSetSpec& spec) {
    if (!spec.version) {
        return;
    }
    const VersionSource& version = *spec.version;
    const int count = int{!version.value.empty()} + int{version.from_object.has_value()} +
                      int{version.from_artifact.has_value()};
    if (count != 1) {
        add(errors, "spec.version",
            fmt::format("must set exactly one of value, fromObject, fromArtifact; it sets {}", count));
    }
}

void check_decryption(Errors& errors, const StageSetSpec& spec) {
    if (!spec.decryption) {
        return;
    }
    if (spec.decryption->provider != "sops") {
        add(errors, "spec.decryption.provider",
            fmt::format("\"{}\" is not supported; the only provider is sops", spec.decryption->provider));
    }
    if (spec.decryption->secret_name && spec.decryption->secret_name->empty()) {
        add(errors, "spec.decryption.secretRef.name", "must not be empty");
    }
}

void check_kube_config(Errors& errors, const StageSetSpec& spec) {
    if (!spec.kube_config) {
        return;
    }
    if (spec.kube_config->config_map_name) {
        add(errors, "spec.kubeConfig.configMapRef", "is not supported; use secretRef");
    } else if (!spec.kube_config->secret_ref) {
        add(errors, "spec.kubeConfig.secretRef", "is required");
    }
}

void check_window(Errors& errors, const std::string& path, const UpdateWindow& window) {
    const bool recurring = !window.schedule.empty() || window.duration;
    const bool absolute = window.from || window.to;
    if (recurring == absolute) {
        add(errors, path,
            recurring ? "must not set both schedule and duration, and from and to"
                      : "must set either schedule and duration, or from and to");
        return;
    }
    if (absolute && !(window.from && window.to)) {
        add(errors, path + (window.from ? ".to" : ".from"), "is required: from and to belong together");
    } else if (absolute && *window.to <= *window.from) {
        add(errors, path + ".to", "must be later than from");
    }
    if (recurring && window.schedule.empty()) {
        add(errors, path + ".schedule", "is required: schedule and duration belong together");
    } else if (recurring && !window.duration) {
        add(errors, path + ".duration", "is required: schedule and duration belong together");
    } else if (recurring && *window.duration <= base::Duration::zero()) {
        add(errors, path + ".duration", "must be above zero");
    }
}

}  // namespace

std::vector<FieldError> validate_spec(const StageSetSpec& spec) {
    Errors errors;
    std::set<std::string> stages;
    for (std::size_t index = 0; index < spec.stages.size(); ++index) {
        const Stage& stage = spec.stages[index];
        const std::string path = fmt::format("spec.stages[{}]", index);
        if (!stages.insert(stage.name).second) {
            add(errors, path + ".name", fmt::format("another stage is named \"{}\" too", stage.name));
        }
        check_source(errors, path, stage.source_ref);
        check_stage_actions(errors, path, stage);
    }
    check_migrations(errors, spec, stages);
    check_version(errors, spec);
    check_decryption(errors, spec);
    check_kube_config(errors, spec);
    for (std::size_t index = 0; index < spec.update_windows.size(); ++index) {
        check_window(errors, fmt::format("spec.updateWindows[{}]", index), spec.update_windows[index]);
    }
    return errors;
}

}  // namespace model
