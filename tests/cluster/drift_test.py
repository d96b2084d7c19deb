# SPDX-License-Identifier: 0BSD
"""Drift is seen when it happens and healed within seconds; what is unchanged costs nothing (scenario 91)."""

import time

from support.identity import limited_kubeconfig
from support.kube import wait_for
from support.stagesets import config_map, deployment

HEALED_WITHIN = 5


def drift_events(env):
    return [event for event in env.kube.list("Event", env.namespace) if event["reason"] == "DriftCorrected"]


def requests(controller):
    return controller.metric("rest_client_requests_total") or 0


def settle(controller):
    """Waits until the controller sent nothing for a second and a half."""
    before = -1
    while before != (before := requests(controller)):
        time.sleep(1.5)
    return before


def ask_for_a_run(env, name, token):
    env.kube.patch("StageSet", name, {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}}, env.namespace)
    wait_for(lambda: env.stagesets.status(name).get("lastHandledReconcileAt") == token, timeout=10)


def test_scenario_91_heal_and_report(env):
    controller = env.controller()
    env.sources.plant("src", {"a.yaml": [config_map("a", env.namespace, key="one")], "b.yaml": [config_map("b", env.namespace)],
                              "d.yaml": [deployment("web", env.namespace)]})
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}], interval="1h", driftDetectionInterval="30m")
    env.stagesets.wait("app", "True", "Succeeded")
    settle(controller)
    started = time.monotonic()
    env.kube.patch("ConfigMap", "a", {"data": {"key": "mine"}}, env.namespace)
    env.kube.delete("ConfigMap", "b", env.namespace)
    wait_for(lambda: env.kube.get("ConfigMap", "a", env.namespace)["data"].get("key") != "mine"
             and env.kube.get("ConfigMap", "b", env.namespace), timeout=HEALED_WITHIN)
    print(f"healed after {time.monotonic() - started:.2f} s")
    wait_for(lambda: controller.metric("stageset_drift_corrected_total", name="app", stage="app") == 2, timeout=5)
    notes = wait_for(lambda: "".join(event["note"] for event in drift_events(env)), timeout=10)
    for name in ("a", "b"):
        assert f"ConfigMap/{env.namespace}/{name}" in notes
    assert all(event["type"] == "Warning" for event in drift_events(env))

    env.kube.patch("Deployment", "web", {"metadata": {"labels": {"stages.metio.wtf/name": "other"}}}, env.namespace)
    wait_for(lambda: env.kube.get("Deployment", "web", env.namespace)["metadata"]["labels"]["stages.metio.wtf/name"] == "app",
             timeout=HEALED_WITHIN)

    revision = env.sources.plant("src", {"a.yaml": [config_map("a", env.namespace, key="two")],
                                         "b.yaml": [config_map("b", env.namespace)], "d.yaml": [deployment("web", env.namespace)]})
    env.stagesets.wait_revision("app", "src", revision)
    assert controller.metric("stageset_drift_corrected_total", name="app", stage="app") == 3, "a new revision is no drift"


def test_an_unchanged_stageset_costs_one_status_write_when_a_run_is_asked_for(env):
    controller = env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map(f"c{i}", env.namespace) for i in range(20)],
                              "d.yaml": [deployment("web", env.namespace)]})
    env.stagesets.apply("app", ["src"], interval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    before = settle(controller)
    ask_for_a_run(env, "app", "one")
    assert settle(controller) - before == 1
    before = settle(controller)
    env.kube.patch("ConfigMap", "c7", {"data": {"theirs": "x"}}, env.namespace)
    time.sleep(2)
    assert settle(controller) - before == 2, "a dry run and a read: a field that is not ours is no drift"
    assert env.kube.get("ConfigMap", "c7", env.namespace)["data"]["theirs"] == "x"
    assert not controller.metric("stageset_drift_corrected_total", name="app")


def test_an_opponent_is_answered_ever_more_slowly(env):
    controller = env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace, key="one")]})
    env.stagesets.apply("app", ["src"], interval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    settle(controller)
    before = requests(controller)
    end = time.monotonic() + 12
    while time.monotonic() < end:
        env.kube.patch("ConfigMap", "a", {"data": {"key": f"mine-{time.monotonic()}"}}, env.namespace)
        time.sleep(0.1)
    assert controller.metric("stageset_drift_corrected_total", name="app") <= 6
    assert requests(controller) - before <= 6 * 4
    wait_for(lambda: not env.kube.get("ConfigMap", "a", env.namespace)["data"].get("key", "").startswith("mine"), timeout=20)


def test_what_changed_while_the_controller_was_down_is_healed_by_its_first_pass(env):
    controller = env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace), config_map("b", env.namespace)]})
    env.stagesets.apply("app", ["src"], interval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    controller.kill()
    env.kube.delete("ConfigMap", "b", env.namespace)
    controller.start()
    wait_for(lambda: env.kube.get("ConfigMap", "b", env.namespace), timeout=HEALED_WITHIN)
    wait_for(lambda: drift_events(env), timeout=10)


def test_without_a_right_to_watch_drift_is_found_at_the_interval_by_one_list(env):
    controller = env.controller(kubeconfig=limited_kubeconfig(env, [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "create", "patch", "delete"]}]))
    try:
        env.sources.plant("src", {"cm.yaml": [config_map(f"c{i}", env.namespace) for i in range(20)]})
        env.stagesets.apply("app", ["src"], interval="1h", driftDetectionInterval="3s")
        env.stagesets.wait("app", "True", "Succeeded")
        time.sleep(4)
        before = requests(controller)
        time.sleep(7)
        # Two or three passes with a list each; the watch is tried again now and then.
        assert requests(controller) - before <= 12
        env.kube.delete("ConfigMap", "c3", env.namespace)
        wait_for(lambda: env.kube.get("ConfigMap", "c3", env.namespace), timeout=10)
        wait_for(lambda: controller.metric("stageset_drift_corrected_total", name="app") == 1, timeout=5)
    finally:
        env.kube.delete("ClusterRoleBinding", env.namespace)
        env.kube.delete("ClusterRole", env.namespace)
