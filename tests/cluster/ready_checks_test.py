# SPDX-License-Identifier: 0BSD
"""readyChecks.checks: a stage waits for the objects that it names, ours or not, and for nothing else (scenario 94)."""

import time

from support.kube import open_definition
from support.stagesets import config_map, deployment, waits


def staged(name, **ready_checks):
    return {"name": name, "sourceRef": {"name": name}, "readyChecks": ready_checks}


def check(kind, name, api_version="v1", **more):
    return {"apiVersion": api_version, "kind": kind, "name": name, **more}


def test_scenario_94_only_the_named_object_is_awaited(env):
    env.controller()
    definition = open_definition("named.example.org", "Gadget")
    env.sources.plant("src", {"all.yaml": [definition, deployment("web", env.namespace, behaviour="never-ready")]})
    # Its kind has no namespace: one that is given does not count.
    env.stagesets.apply("app", [staged("src", checks=[check(
        "CustomResourceDefinition", "gadgets.named.example.org", "apiextensions.k8s.io/v1", namespace=env.namespace)])])
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)
    status = env.kube.get("Deployment", "web", env.namespace)["status"]
    assert not status.get("readyReplicas"), status


def test_scenario_94_an_object_of_somebody_else_is_awaited(env):
    env.controller()
    env.sources.plant("first", {"cm.yaml": [config_map("mine", env.namespace)]})
    env.sources.plant("second", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", [staged("first", checks=[check("Deployment", "theirs", "apps/v1")]), "second"])
    waits(env, "app", "first", f"waiting for Deployment/{env.namespace}/theirs: does not exist")
    env.kube.create(deployment("theirs", env.namespace, behaviour="never-ready"))
    waits(env, "app", "first", f"Deployment/{env.namespace}/theirs: 0 of 1 replicas available", timeout=25)
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    pod = env.kube.list("Pod", env.namespace)[0]["metadata"]["name"]
    env.kube.patch("Pod", pod, {"metadata": {"labels": {"testcluster/behaviour": None}}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert env.kube.get("ConfigMap", "after", env.namespace)


def test_a_named_object_fails_the_stage_at_once(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("mine", env.namespace)]})
    env.kube.serve(open_definition("failing.example.org", "Appliance"))
    env.kube.create({"apiVersion": "failing.example.org/v1", "kind": "Appliance",
                     "metadata": {"name": "a", "namespace": env.namespace}})
    env.kube.patch("Appliance", "a", {"status": {"conditions": [
        {"type": "Stalled", "status": "True", "reason": "Broken", "message": "no power"}]}}, env.namespace, "status")
    env.stagesets.apply("app", [staged("src", checks=[check("Appliance", "a", "failing.example.org/v1")])], timeout="10m")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=10)
    assert f"Appliance/{env.namespace}/a failed: no power" in message


def test_a_kind_that_is_not_served_yet_is_waited_for(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("mine", env.namespace)]})
    env.stagesets.apply("app", [staged("src", checks=[check("Latecomer", "l", "late.example.org/v1")])])
    waits(env, "app", "src", "Latecomer")
    env.kube.serve(open_definition("late.example.org", "Latecomer", scope="Cluster"))
    env.kube.apply({"apiVersion": "late.example.org/v1", "kind": "Latecomer", "metadata": {"name": "l"}})
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)


def test_named_objects_gate_without_the_default_wait_and_within_their_own_timeout(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    started = time.monotonic()
    env.stagesets.apply("app", [{**staged("src", disableWait=True, timeout="4s", checks=[check("ConfigMap", "never")]),
                                 "timeout": "1h"}], timeout="2h", retryInterval="1h")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=15)
    assert 3 < time.monotonic() - started < 9
    assert f'stage "src" verify: timed out waiting for ConfigMap/{env.namespace}/never: NotFound, does not exist' in message
    assert "Deployment" not in message


def test_a_controller_killed_while_it_waits_for_named_objects_goes_on_waiting(env):
    controller = env.controller()
    env.sources.plant("first", {"cm.yaml": [config_map("mine", env.namespace)]})
    env.sources.plant("second", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", [staged("first", checks=[check("ConfigMap", "theirs"), check("ConfigMap", "mine")]), "second"])
    before = waits(env, "app", "first", f"ConfigMap/{env.namespace}/theirs: does not exist")
    version = env.kube.get("ConfigMap", "mine", env.namespace)["metadata"]["resourceVersion"]
    controller.kill()
    controller.start()
    time.sleep(3)
    stage = env.stagesets.stages("app")["first"]
    assert (stage["phase"], stage["message"]) == ("Verifying", before)
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    controller.kill()
    env.kube.create(config_map("theirs", env.namespace))
    controller.start()
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)
    assert env.kube.get("ConfigMap", "mine", env.namespace)["metadata"]["resourceVersion"] == version


def test_a_newer_revision_ends_a_wait_for_a_named_object(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("mine", env.namespace, v="1")]}, revision="v1")
    env.stagesets.apply("app", [staged("src", checks=[check("ConfigMap", "theirs")])], timeout="1h")
    waits(env, "app", "src")
    env.sources.plant("src", {"cm.yaml": [config_map("mine", env.namespace, v="2"), config_map("theirs", env.namespace)]},
                      revision="v2")
    env.stagesets.wait_revision("app", "src", "v2", timeout=5)
    assert env.kube.get("ConfigMap", "mine", env.namespace)["data"] == {"v": "2"}
