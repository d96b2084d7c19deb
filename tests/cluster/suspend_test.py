# SPDX-License-Identifier: 0BSD
"""Suspension leaves everything as it is (scenario 93)."""

import time

from support.kube import wait_for
from support.stagesets import config_map


def test_scenario_93_a_suspended_stageset_is_left_alone(env):
    env.controller("--default-interval=2s")
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], interval="2s")
    env.stagesets.wait("app", "True", "Succeeded")
    observed = env.stagesets.status("app")["observedGeneration"]

    env.kube.patch("StageSet", "app", {"spec": {"suspend": True}}, env.namespace)
    message = env.stagesets.wait("app", "False", "Suspended")
    assert "runbook" not in message
    assert env.stagesets.status("app")["observedGeneration"] == observed
    env.kube.delete("ConfigMap", "a", env.namespace)
    env.kube.patch("StageSet", "app",
                   {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "token-1"}}}, env.namespace)
    time.sleep(30)
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    assert env.stagesets.status("app").get("lastHandledReconcileAt") is None

    env.kube.patch("StageSet", "app", {"spec": {"suspend": False}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)
    wait_for(lambda: env.kube.get("ConfigMap", "a", env.namespace), timeout=10)
    assert env.stagesets.status("app")["lastHandledReconcileAt"] == "token-1"


def test_a_request_annotation_runs_at_once_and_is_acknowledged(env):
    controller = env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], interval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    env.kube.delete("ConfigMap", "a", env.namespace)
    env.kube.patch("StageSet", "app",
                   {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now-1"}}}, env.namespace)
    wait_for(lambda: env.stagesets.status("app").get("lastHandledReconcileAt") == "now-1", timeout=10)
    assert env.kube.get("ConfigMap", "a", env.namespace) is not None
    wait_for(lambda: controller.metric("stageset_drift_corrected_total", name="app", stage="src") == 1, timeout=5)
    events = wait_for(lambda: [e for e in env.kube.list("Event", env.namespace) if e["reason"] == "DriftCorrected"], timeout=10)
    assert events[0]["type"] == "Warning" and f"ConfigMap/{env.namespace}/a" in events[0]["note"]
