# SPDX-License-Identifier: 0BSD
"""Objects that somebody else delivered before: whose fields they are, and who is told when two deliver one object."""

import json
import time

import pytest

from support.kube import wait_for
from support.stagesets import config_map


def managers(env, name):
    fields = env.kube.get("ConfigMap", name, env.namespace)["metadata"]["managedFields"]
    return sorted((entry["manager"], entry["operation"]) for entry in fields)


def data(env, name):
    return env.kube.get("ConfigMap", name, env.namespace)["data"]


def server_side_apply(env, manager, manifest):
    metadata = manifest["metadata"]
    env.kube.request("PATCH", env.kube.path(manifest["kind"], metadata["namespace"], metadata["name"]), manifest,
                     "application/apply-patch+yaml", {"fieldManager": manager, "force": "true"})


def roll_out(env, *objects, name="app", source="src"):
    revision = env.sources.plant(source, {"all.yaml": list(objects)})
    env.stagesets.apply(name, [{"name": "app", "sourceRef": {"name": source}}])
    env.stagesets.wait(name, "True", "Succeeded", timeout=30)
    env.stagesets.wait_revision(name, source, revision, timeout=30)


def test_what_kubectl_applied_and_the_stage_does_not_want_goes(env):
    """Scenario 91, adoption: after `kubectl apply` a field that the manifests lack is removed, and so is kubectl's copy."""
    env.controller()
    before = config_map("a", env.namespace, keep="1", old="x")
    env.cluster.kubectl("apply", "-f", "-", input=json.dumps(before))
    uid = env.kube.get("ConfigMap", "a", env.namespace)["metadata"]["uid"]
    roll_out(env, config_map("a", env.namespace, keep="1"))
    live = env.kube.get("ConfigMap", "a", env.namespace)
    assert live["data"] == {"keep": "1"} and live["metadata"]["uid"] == uid
    assert "kubectl.kubernetes.io/last-applied-configuration" not in live["metadata"].get("annotations", {})
    assert managers(env, "a") == [("stageset-controller", "Apply")]


@pytest.mark.parametrize("manager", ["kustomize-controller", "kubectl"])
def test_a_server_side_deliverers_fields_go_too(env, manager):
    """Scenario 91, adoption: fields of Flux' kustomize-controller and of `kubectl apply --server-side`."""
    env.controller()
    server_side_apply(env, manager, config_map("a", env.namespace, keep="1", old="x"))
    roll_out(env, config_map("a", env.namespace, keep="1"))
    assert data(env, "a") == {"keep": "1"}
    assert managers(env, "a") == [("stageset-controller", "Apply")]


def test_fields_that_nobody_owned_go(env):
    """Scenario 91, adoption: an object without managedFields, as objects from before server-side apply are."""
    env.controller()
    env.kube.create(config_map("a", env.namespace, keep="1", old="x"))
    env.kube.request("PATCH", env.kube.path("ConfigMap", env.namespace, "a"),
                     [{"op": "replace", "path": "/metadata/managedFields", "value": [{}]}], "application/json-patch+json")
    assert "managedFields" not in env.kube.get("ConfigMap", "a", env.namespace)["metadata"]
    roll_out(env, config_map("a", env.namespace, keep="1"))
    assert data(env, "a") == {"keep": "1"}


def test_fields_of_other_controllers_stay(env):
    """Scenario 91, adoption: only deliverers lose fields, and only before the first apply."""
    env.controller()
    server_side_apply(env, "some-operator", config_map("a", env.namespace, theirs="x"))
    roll_out(env, config_map("a", env.namespace, keep="1"))
    assert data(env, "a") == {"keep": "1", "theirs": "x"}
    env.cluster.kubectl("patch", "configmap", "a", "-n", env.namespace, "--type=merge", "-p", '{"data":{"later":"y"}}')
    roll_out(env, config_map("a", env.namespace, keep="2"))
    assert data(env, "a") == {"keep": "2", "theirs": "x", "later": "y"}


def test_two_stagesets_that_render_one_object_are_told(env):
    """Scenario 91: who takes an object over from a living StageSet says so, once for a revision, and names it."""
    controller = env.controller()
    roll_out(env, config_map("shared", env.namespace, v="one"), name="first", source="one")
    roll_out(env, config_map("shared", env.namespace, v="two"), name="second", source="two")
    assert data(env, "shared") == {"v": "two"}
    message = env.stagesets.stages("second")["app"]["message"]
    assert f"ConfigMap/{env.namespace}/shared of StageSet {env.namespace}/first" in message, message

    def told(name):
        events = [e for e in env.kube.list("Event", env.namespace)
                  if e["reason"] == "ObjectTakenOver" and e["regarding"]["name"] == name]
        return sum(e.get("series", {}).get("count", 1) for e in events)
    wait_for(lambda: told("second") == 1, timeout=10, what="the event")
    before = controller.metric("stageset_reconcile_total", name="first")
    for token in range(2):
        for name in ("first", "second"):
            env.kube.patch("StageSet", name, {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": str(token)}}},
                           env.namespace)
            wait_for(lambda n=name, t=token: env.stagesets.status(n).get("lastHandledReconcileAt") == str(t), timeout=20)
            time.sleep(0.3)
    assert controller.metric("stageset_reconcile_total", name="first") > before
    assert told("second") == 1, "once for the object and revision"
    wait_for(lambda: told("first") == 1, timeout=10, what="the other StageSet's event")


def test_an_object_of_a_stageset_that_is_gone_is_taken_silently(env):
    """Scenario 91: labels of a StageSet that does not exist any more are no quarrel."""
    env.controller()
    left = config_map("a", env.namespace, v="1")
    left["metadata"]["labels"] = {"stages.metio.wtf/name": "gone", "stages.metio.wtf/namespace": env.namespace}
    env.kube.create(left)
    roll_out(env, config_map("a", env.namespace, v="2"))
    assert env.stagesets.stages("app")["app"].get("message", "") == ""
    assert not [e for e in env.kube.list("Event", env.namespace) if e["reason"] == "ObjectTakenOver"]
