# SPDX-License-Identifier: 0BSD
"""What leaves a stage is pruned, after success only, and nothing is forgotten (scenarios 76, 77, 79, 80)."""

import time

from support.kube import open_definition, wait_for
from support.stagesets import config_map, deployment


def maps(env, *names):
    return {"cm.yaml": [config_map(name, env.namespace) for name in names]}


def exists(env, name):
    return env.kube.get("ConfigMap", name, env.namespace) is not None


def test_scenario_76_removed_objects_are_pruned(env):
    controller = env.controller()
    env.sources.plant("src", maps(env, "a", "b"))
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}])
    env.stagesets.wait("app", "True", "Succeeded")
    revision = env.sources.plant("src", maps(env, "a"))
    env.stagesets.wait_revision("app", "src", revision)

    assert exists(env, "a") and not exists(env, "b")
    shard = env.kube.get("StageInventory", "app-app-00", env.namespace)
    assert shard["spec"]["entries"] == [{"id": f"{env.namespace}_a__ConfigMap", "v": "v1"}]
    time.sleep(1)
    assert controller.metric("stageset_reconcile_total", name="app") == 2, "our own inventory writes wake nobody"


def test_scenario_77_nothing_is_pruned_when_a_later_stage_fails(env):
    env.controller()
    env.sources.plant("one", maps(env, "a", "b"))
    env.sources.plant("two", maps(env, "c"))
    stages = ["one", {"name": "two", "sourceRef": {"name": "two"}, "timeout": "2s"}]
    env.stagesets.apply("app", stages, retryInterval="1s")
    env.stagesets.wait("app", "True", "Succeeded")
    env.sources.plant("two", {"d.yaml": [deployment("stuck", env.namespace, behaviour="never-ready")]})
    env.stagesets.wait("app", "False", "StageFailed")
    env.sources.plant("one", maps(env, "a"))
    env.stagesets.wait("app", "False", "StageFailed")
    assert exists(env, "b") and exists(env, "c")
    assert f"{env.namespace}_b__ConfigMap" in env.stagesets.entries("app", "one")

    env.sources.plant("two", maps(env, "d"))
    env.stagesets.wait("app", "True", "Succeeded")
    wait_for(lambda: not exists(env, "b") and not exists(env, "c"), timeout=10)
    assert exists(env, "a") and exists(env, "d")


def test_a_revision_that_hung_in_between_leaves_no_orphans(env):
    """Failure 1 of the reference: v2 drops b and hangs, v3 renders a only: b must go."""
    env.controller()
    env.sources.plant("src", maps(env, "a", "b"))
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, "timeout": "6s"}], retryInterval="2s")
    env.stagesets.wait("app", "True", "Succeeded")
    env.sources.plant("src", {**maps(env, "a"), "d.yaml": [deployment("stuck", env.namespace, behaviour="never-ready")]})
    env.stagesets.wait("app", "False", "StageFailed")
    revision = env.sources.plant("src", maps(env, "a"))
    env.stagesets.wait_revision("app", "src", revision)
    assert not exists(env, "b")
    assert env.kube.get("Deployment", "stuck", env.namespace) is None
    assert env.stagesets.entries("app", "app") == [f"{env.namespace}_a__ConfigMap"]


def test_a_refused_deletion_is_never_reported_as_success(env):
    """Failure 3 of the reference: an admission policy refuses the deletion of b; Ready must stay False until it is gone."""
    controller = env.controller()
    env.sources.plant("src", maps(env, "a", "b"))
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}], retryInterval="1s")
    env.stagesets.wait("app", "True", "Succeeded")
    succeeded = controller.metric("stageset_reconcile_total", name="app", reason="Succeeded")
    policy = env.namespace
    env.kube.apply({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": policy},
        "spec": {"failurePolicy": "Fail", "matchConstraints": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": env.namespace}},
            "resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["DELETE"],
                               "resources": ["configmaps"], "resourceNames": ["b"]}]},
            "validations": [{"expression": "false", "message": "b is protected"}]}})
    env.kube.apply({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": policy}, "spec": {"policyName": policy, "validationActions": ["Deny"]}})
    try:
        def refused():
            answer = env.cluster.kubectl("delete", "configmap", "b", "-n", env.namespace, "--dry-run=server", check=False)
            return "b is protected" in answer.stderr
        wait_for(refused, timeout=20, what="the policy to be enforced")
        env.sources.plant("src", maps(env, "a"))
        message = env.stagesets.wait("app", "False", "StageFailed", containing="prune")
        assert f"ConfigMap/{env.namespace}/b" in message and "b is protected" in message
        failed = controller.metric("stageset_reconcile_total", name="app", reason="StageFailed")
        wait_for(lambda: controller.metric("stageset_reconcile_total", name="app", reason="StageFailed") >= failed + 3,
                 timeout=20, what="three more tries")
        assert exists(env, "b") and f"{env.namespace}_b__ConfigMap" in env.stagesets.entries("app", "app")
        assert env.stagesets.ready("app")[0] == "False"
        assert controller.metric("stageset_reconcile_total", name="app", reason="Succeeded") == succeeded
    finally:
        env.kube.delete("ValidatingAdmissionPolicyBinding", policy)
        env.kube.delete("ValidatingAdmissionPolicy", policy)
    env.stagesets.wait("app", "True", "Succeeded", timeout=30)
    assert not exists(env, "b")


def test_scenario_79_an_object_that_moves_between_stages_is_not_deleted(env):
    env.controller()
    env.sources.plant("one", maps(env, "a", "moving"))
    env.sources.plant("two", maps(env, "b"))
    env.stagesets.apply("app", ["one", "two"])
    env.stagesets.wait("app", "True", "Succeeded")
    uid = env.kube.get("ConfigMap", "moving", env.namespace)["metadata"]["uid"]
    env.kube.patch("StageSet", "app", {"spec": {"suspend": True}}, env.namespace)
    env.stagesets.wait("app", "False", "Suspended")
    env.sources.plant("one", maps(env, "a"))
    env.sources.plant("two", maps(env, "b", "moving"))
    env.kube.patch("StageSet", "app", {"spec": {"suspend": False}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded")
    assert env.kube.get("ConfigMap", "moving", env.namespace)["metadata"]["uid"] == uid
    assert f"{env.namespace}_moving__ConfigMap" in env.stagesets.entries("app", "two")


def test_scenario_80_a_stage_that_leaves_the_spec_takes_its_objects_along(env):
    env.controller()
    env.sources.plant("one", maps(env, "a"))
    env.sources.plant("two", maps(env, "b"))
    env.stagesets.apply("app", ["one", "two"])
    env.stagesets.wait("app", "True", "Succeeded")
    env.stagesets.apply("app", ["one"])
    env.stagesets.wait("app", "True", "Succeeded", containing="All 1 stage applied")
    assert exists(env, "a") and not exists(env, "b")
    wait_for(lambda: env.stagesets.entries("app", "two") == []
             and env.kube.get("StageInventory", "app-two-00", env.namespace) is None, timeout=10)
    assert "two" not in env.stagesets.stages("app")


def test_scenario_78_opt_outs_keep_objects(env):
    env.controller()
    env.sources.plant("src", maps(env, "a", "b"))
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}])
    env.stagesets.wait("app", "True", "Succeeded")
    env.kube.patch("ConfigMap", "b", {"metadata": {"annotations": {"stages.metio.wtf/prune": "disabled"}}}, env.namespace)
    revision = env.sources.plant("src", maps(env, "a"))
    env.stagesets.wait_revision("app", "src", revision)
    assert exists(env, "b"), "the annotation keeps it"
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, "prune": False}])
    env.sources.plant("src", maps(env, "c"))
    env.stagesets.wait("app", "True", "Succeeded")
    wait_for(lambda: exists(env, "c"), timeout=10)
    assert exists(env, "a"), "prune: false keeps it"


def test_an_object_that_two_stages_claim_is_refused_before_anything_is_applied(env):
    env.controller()
    env.sources.plant("one", maps(env, "mine", "shared"))
    env.sources.plant("two", maps(env, "shared", "other"))
    env.stagesets.apply("app", ["one", "two"])
    message = env.stagesets.wait("app", "False", "InvalidSpec")
    assert f"ConfigMap/{env.namespace}/shared" in message and '"one"' in message and '"two"' in message
    assert not any(exists(env, name) for name in ("mine", "shared", "other"))
    env.sources.plant("two", maps(env, "other"))
    env.stagesets.wait("app", "True", "Succeeded")


def test_a_renamed_stage_keeps_its_objects(env):
    controller = env.controller()
    env.sources.plant("src", maps(env, "a", "b"))
    env.stagesets.apply("app", [{"name": "before", "sourceRef": {"name": "src"}}])
    env.stagesets.wait("app", "True", "Succeeded")
    uids = [env.kube.get("ConfigMap", name, env.namespace)["metadata"]["uid"] for name in "ab"]
    env.stagesets.apply("app", [{"name": "after", "sourceRef": {"name": "src"}}])
    env.stagesets.wait("app", "True", "Succeeded")
    assert [env.kube.get("ConfigMap", name, env.namespace)["metadata"]["uid"] for name in "ab"] == uids
    assert [s["metadata"]["name"] for s in env.kube.list("StageInventory", env.namespace)] == ["app-after-00"]
    assert controller.metric("stageset_stage_ready", stage="before") is None
    assert controller.metric("stageset_stage_ready", stage="after") == 1


def test_prune_false_is_remembered_of_a_stage_that_is_removed(env):
    env.controller()
    env.sources.plant("one", maps(env, "a"))
    env.sources.plant("two", maps(env, "b"))
    env.stagesets.apply("app", ["one", {"name": "two", "sourceRef": {"name": "two"}, "prune": False}])
    env.stagesets.wait("app", "True", "Succeeded")
    env.stagesets.apply("app", ["one"])
    env.stagesets.wait("app", "True", "Succeeded", containing="All 1 stage applied")
    wait_for(lambda: env.kube.get("StageInventory", "app-two-00", env.namespace) is None, timeout=10)
    assert exists(env, "b")


def test_a_stage_that_renders_nothing_any_more_is_refused_unless_that_is_said(env):
    env.controller()
    env.sources.plant("src", maps(env, "a"))
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}], retryInterval="1s")
    env.stagesets.wait("app", "True", "Succeeded")
    env.sources.plant("src", {"cm.yaml": "# moved away\n"})
    message = env.stagesets.wait("app", "False", "StageFailed", containing="renders no object any more")
    assert "resources: []" in message and exists(env, "a")
    revision = env.sources.plant("src", {"kustomization.yaml": "resources: []\n"})
    env.stagesets.wait_revision("app", "src", revision)
    assert not exists(env, "a")


def test_objects_of_a_kind_that_is_gone_are_done(env):
    env.controller()
    definition = open_definition("prune.example.com", "Gadget")
    env.kube.serve(definition)
    gadget = {"apiVersion": "prune.example.com/v1", "kind": "Gadget", "metadata": {"name": "g", "namespace": env.namespace}}
    env.sources.plant("src", {**maps(env, "a"), "g.yaml": [gadget]})
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}], retryInterval="1s")
    env.stagesets.wait("app", "True", "Succeeded")
    env.kube.delete("CustomResourceDefinition", definition["metadata"]["name"])
    wait_for(lambda: env.kube.get("CustomResourceDefinition", definition["metadata"]["name"]) is None, timeout=20)
    revision = env.sources.plant("src", maps(env, "a"))
    env.stagesets.wait_revision("app", "src", revision)
    assert env.stagesets.entries("app", "app") == [f"{env.namespace}_a__ConfigMap"]
