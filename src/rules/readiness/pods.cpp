// SPDX-License-Identifier: 0BSD
#include "rules/readiness/pods.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/utf8.hpp"
#include "rules/readiness/kinds.hpp"

namespace readiness {

namespace {

using model::Value;

// What a kubelet writes about a container is for people, but may hold a whole log line.
constexpr std::size_t kDetailBytesMax = 300;

struct Workload {
    std::string_view group;
    std::string_view kind;
    std::array<std::string_view, 2> counts;  // fields of the status; empty: none
};
constexpr std::array kWorkloads = {
    Workload{"apps", "DaemonSet", {"currentNumberScheduled", ""}},
    Workload{"apps", "Deployment", {"replicas", ""}},
    Workload{"apps", "ReplicaSet", {"replicas", ""}},
    Workload{"apps", "StatefulSet", {"replicas", ""}},
    Workload{"batch", "Job", {"active", "failed"}},
    Workload{"extensions", "Deployment", {"replicas", ""}},
    Workload{"extensions", "ReplicaSet", {"replicas", ""}},
};

bool fails_by_pods(const Value& workload) {
    const model::GroupVersionKind gvk = model::gvk_of(workload);
    return gvk.kind == "StatefulSet" || gvk.kind == "ReplicaSet";
}

// ": <text>" cut to a readable length, or nothing.
std::string detail(std::string_view text) {
    return text.empty() ? std::string() : fmt::format(": {}", model::utf8_prefix(text, kDetailBytesMax));
}

// "exit code 1 (Error)": how a container's run ended.
std::string exit_text(const Value& terminated) {
    const std::string_view reason = model::find_string(terminated, {"reason"});
    return fmt::format("exit code {}{}{}", model::find_integer(terminated, {"exitCode"}).value_or(0),
                       reason.empty() ? "" : fmt::format(" ({})", reason),
                       detail(model::find_string(terminated, {"message"})));
}

// What keeps a container from running, or empty.
std::string trouble_of_container(const Value& status) {
    if (const Value* waiting = model::find(status, {"state", "waiting"})) {
        const std::string_view reason = model::find_string(*waiting, {"reason"});
        if (reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing") {
            return {};
        }
        // The kubelet's own words about a crash name ids and a delay; how the last run ended says more.
        const Value* last = model::find(status, {"lastState", "terminated"});
        if (reason == "CrashLoopBackOff" && last != nullptr) {
            return fmt::format("{}: its last run ended with {}", reason, exit_text(*last));
        }
        return std::string(reason) + detail(model::find_string(*waiting, {"message"}));
    }
    const Value* ended = model::find(status, {"state", "terminated"});
    if (ended != nullptr && model::find_integer(*ended, {"exitCode"}).value_or(0) != 0) {
        return "ended with " + exit_text(*ended);
    }
    return {};
}

std::string trouble_of_containers(const Value& pod) {
    for (const std::string_view field : {"initContainerStatuses", "containerStatuses"}) {
        const model::Array* statuses = model::find_array(pod, {"status", field});
        if (statuses == nullptr) {
            continue;
        }
        for (const Value& status : *statuses) {
            if (std::string trouble = trouble_of_container(status); !trouble.empty()) {
                return fmt::format("container {}: {}", model::find_string(status, {"name"}), trouble);
            }
        }
    }
    return {};
}

// What is wrong with a pod, or empty.
std::string trouble_of(const Value& pod) {
    const std::string_view phase = model::find_string(pod, {"status", "phase"});
    if (phase == "Succeeded" || !model::find_string(pod, {"metadata", "deletionTimestamp"}).empty()) {
        return {};
    }
    if (std::string trouble = trouble_of_containers(pod); !trouble.empty()) {
        return trouble;
    }
    if (phase == "Failed") {
        const std::string_view reason = model::find_string(pod, {"status", "reason"});
        return fmt::format("failed{}{}", detail(reason),
                           detail(model::find_string(pod, {"status", "message"})));
    }
    if (const Value* scheduled = model::find_condition(pod, "PodScheduled");
        scheduled != nullptr && is_unschedulable(pod)) {
        return "no node takes it" + detail(model::find_string(*scheduled, {"message"}));
    }
    return {};
}

const Value* controller_of(const Value& pod) {
    const model::Array* owners = model::find_array(pod, {"metadata", "ownerReferences"});
    if (owners == nullptr) {
        return nullptr;
    }
    for (const Value& owner : *owners) {
        if (model::find_bool(owner, {"controller"}).value_or(false)) {
            return &owner;
        }
    }
    return nullptr;
}

// Whether the pod belongs to the workload and not to another one that selects the same labels.
bool is_behind(const Value& workload, const Value& pod) {
    const Value* controller = controller_of(pod);
    if (controller == nullptr) {
        return false;
    }
    if (model::gvk_of(workload).kind != "Deployment") {
        return model::find_string(*controller, {"uid"}) == model::uid_of(workload);
    }
    // Between a Deployment and its pods stand replica sets, named after it.
    return model::find_string(*controller, {"kind"}) == "ReplicaSet" &&
           model::find_string(*controller, {"name"}).starts_with(std::string(model::name_of(workload)) + "-");
}

std::string named(const Value& pod, std::string_view trouble) {
    return fmt::format("pod {}: {}", model::name_of(pod), trouble);
}

// "key in (a,b)", "key notin (a)", "key", "!key".
std::string requirement_text(const Value& requirement) {
    const std::string_view key = model::find_string(requirement, {"key"});
    const std::string_view op = model::find_string(requirement, {"operator"});
    if (op == "Exists" || op == "DoesNotExist") {
        return fmt::format("{}{}", op == "Exists" ? "" : "!", key);
    }
    std::string values;
    if (const model::Array* list = model::find_array(requirement, {"values"})) {
        for (const Value& value : *list) {
            values += values.empty() ? "" : ",";
            values += value.is_string() ? std::string_view(value.get_string()) : std::string_view();
        }
    }
    return fmt::format("{} {} ({})", key, op == "NotIn" ? "notin" : "in", values);
}

}  // namespace

bool has_pods(const Value& object) {
    const model::GroupVersionKind gvk = model::gvk_of(object);
    const auto workload = std::ranges::find_if(
        kWorkloads, [&gvk](const Workload& row) { return row.group == gvk.group && row.kind == gvk.kind; });
    return workload != kWorkloads.end() &&
           std::ranges::any_of(workload->counts, [&object](std::string_view field) {
               return !field.empty() && model::find_integer(object, {"status", field}).value_or(0) > 0;
           });
}

std::string pod_selector(const Value& workload) {
    std::string text;
    const auto add = [&text](const std::string& requirement) {
        text += text.empty() ? requirement : "," + requirement;
    };
    if (const model::Object* labels = model::find_object(workload, {"spec", "selector", "matchLabels"})) {
        for (const auto& label : *labels) {
            if (label.value().is_string()) {
                add(fmt::format("{}={}", std::string_view(label.key()),
                                std::string_view(label.value().get_string())));
            }
        }
    }
    const model::Array* expressions = model::find_array(workload, {"spec", "selector", "matchExpressions"});
    if (expressions != nullptr) {
        for (const Value& requirement : *expressions) {
            add(requirement_text(requirement));
        }
    }
    return text;
}

PodsVerdict judge_pods(const Value& workload, std::span<const Value> pods, base::WallTime now) {
    struct Troubled {
        const Value* pod;
        std::string text;
    };
    std::vector<Troubled> troubled;
    for (const Value& pod : pods) {
        if (!is_behind(workload, pod)) {
            continue;
        }
        std::string text = trouble_of(pod);
        if (fails_by_pods(workload)) {
            const Verdict verdict = evaluate(pod, now);
            if (verdict.state == State::kFailed && !is_unschedulable(pod)) {
                return {true, named(pod, text.empty() ? verdict.message : text)};
            }
        }
        if (!text.empty()) {
            troubled.push_back({&pod, std::move(text)});
        }
    }
    if (troubled.empty()) {
        return {};
    }
    // The newest is of the newest revision. Its time is text of one form, in UTC.
    const auto newest = std::ranges::max_element(troubled, {}, [](const Troubled& one) {
        return model::find_string(*one.pod, {"metadata", "creationTimestamp"});
    });
    const std::size_t others = troubled.size() - 1;
    return {false, named(*newest->pod, newest->text) +
                       (others == 0 ? std::string() : fmt::format(" (and {} more of its pods)", others))};
}

}  // namespace readiness
