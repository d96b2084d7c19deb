# SPDX-License-Identifier: 0BSD
"""A first rollout: status, ownership marks, kubectl's view, the default interval (scenarios 1 to 4)."""

from support.kube import wait_for
from support.stagesets import config_map


def roll_out_hello(env, **spec):
    revision = env.sources.plant("src", {"cm.yaml": [config_map("hello", env.namespace, **{"from": "smoke"})]})
    env.kube.apply({
        "apiVersion": "stages.metio.wtf/v1", "kind": "StageSet",
        "metadata": {"name": "hello", "namespace": env.namespace},
        "spec": {**spec, "stages": [{"name": "app", "sourceRef": {"name": "src"}}]}})
    env.stagesets.wait("hello", "True", "Succeeded")
    return revision


def test_scenario_1_the_smallest_stageset_rolls_out(env):
    env.controller()
    revision = roll_out_hello(env)

    assert env.kube.get("ConfigMap", "hello", env.namespace)["data"] == {"from": "smoke"}
    stageset = env.stagesets.get("hello")
    status = stageset["status"]
    assert status["observedGeneration"] == stageset["metadata"]["generation"]
    assert status["lastAppliedRevisions"] == {f"{env.namespace}/src": revision}
    assert status["lastAttemptedRevisions"] == {f"{env.namespace}/src": revision}
    [stage] = status["stages"]
    assert stage["name"] == "app" and stage["phase"] == "Ready"
    assert stage["appliedRevision"] == revision and stage["entriesCount"] == 1 and stage["shards"] == 1
    assert "stages.metio.wtf/finalizer" in stageset["metadata"]["finalizers"]
    [condition] = status["conditions"]
    assert condition["message"] == "All 1 stage applied"
    assert condition["observedGeneration"] == stageset["metadata"]["generation"]
    assert env.stagesets.entries("hello", "app") == [f"{env.namespace}_hello__ConfigMap"]


def test_scenario_2_applied_objects_carry_ownership_marks(env):
    env.controller()
    roll_out_hello(env)

    metadata = env.kube.get("ConfigMap", "hello", env.namespace)["metadata"]
    assert metadata["labels"]["stages.metio.wtf/name"] == "hello"
    assert metadata["labels"]["stages.metio.wtf/namespace"] == env.namespace
    assert ("stageset-controller", "Apply") in [(m["manager"], m["operation"]) for m in metadata["managedFields"]]


def test_scenario_3_kubectl_shows_ready_and_status(env):
    env.controller()
    roll_out_hello(env)

    lines = env.cluster.kubectl("get", "stageset", "-n", env.namespace).stdout.splitlines()
    assert lines[0].split() == ["NAME", "READY", "STATUS", "AGE"]
    assert lines[1].split()[:2] == ["hello", "True"] and "All 1 stage applied" in lines[1]
    described = env.cluster.kubectl("describe", "stageset", "hello", "-n", env.namespace).stdout
    assert "Succeeded" in described and "All 1 stage applied" in described


def test_scenario_4_the_default_interval_paces_a_stageset_without_one(env):
    controller = env.controller("--default-interval=3s")
    roll_out_hello(env)

    def runs():
        return controller.metric("stageset_reconcile_total", name="hello", reason="Succeeded") or 0
    before = runs()
    wait_for(lambda: runs() > before, timeout=10, what="another reconcile")


def test_scenario_4_without_the_flag_the_interval_is_ten_minutes(env):
    controller = env.controller()
    roll_out_hello(env)
    wait_for(lambda: controller.metric("stageset_reconcile_total", name="hello"), timeout=5)
    assert controller.metric("stageset_reconcile_total", name="hello", reason="Succeeded") == 1
    [requeue] = [r["requeueAfter"] for r in controller.records() if r["msg"] == "run finished"][-1:]
    assert "9m3" <= requeue[:3] or requeue.startswith("10m"), requeue


def test_a_new_revision_rolls_and_is_announced_once(env):
    controller = env.controller()
    roll_out_hello(env)
    revision = env.sources.plant("src", {"cm.yaml": [config_map("hello", env.namespace, **{"from": "two"})]})
    env.stagesets.wait_revision("hello", "src", revision, timeout=10)

    assert env.kube.get("ConfigMap", "hello", env.namespace)["data"] == {"from": "two"}
    reasons = wait_for(lambda: [e["reason"] for e in env.kube.list("Event", env.namespace)
                                if e["regarding"]["kind"] == "StageSet"], timeout=10)
    assert reasons == ["Succeeded"], "one event for the transition to Ready, none for the second success"
    # Each create or change of ours must not wake us again: one run for the first rollout, one for the revision.
    assert controller.metric("stageset_reconcile_total", name="hello") == 2
    assert controller.metric("stageset_stage_applied_total", name="hello", stage="app") == 2
    assert controller.metric("stageset_stage_ready", stageset="hello", stage="app") == 1
    assert not controller.metric("stageset_drift_corrected_total", name="hello"), "a new revision is no drift"
