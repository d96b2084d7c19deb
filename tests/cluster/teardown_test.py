# SPDX-License-Identifier: 0BSD
"""Deleting a StageSet takes its objects down, last stage first, tells what it waits for, and ends (scenario 81)."""

import threading
import time

from support.identity import limited_kubeconfig
from support.kube import wait_for
from support.stagesets import config_map


def test_scenario_81_deletion_goes_in_reverse_order(env):
    controller = env.controller()
    for stage in ("one", "two", "three", "kept"):
        env.sources.plant(stage, {"cm.yaml": [config_map(stage, env.namespace)]})
    env.stagesets.apply("app", ["one", "two", "three", {"name": "kept", "sourceRef": {"name": "kept"}, "prune": False}])
    env.stagesets.wait("app", "True", "Succeeded")
    assert controller.metric("stageset_stage_ready", stageset="app") == 4
    # A finalizer holds the last stage's object: the others must not go before it has gone.
    env.kube.patch("ConfigMap", "three", {"metadata": {"finalizers": ["example.com/hold"]}}, env.namespace)
    env.kube.delete("StageSet", "app", env.namespace)
    wait_for(lambda: env.kube.get("ConfigMap", "three", env.namespace)["metadata"].get("deletionTimestamp"), timeout=10)
    time.sleep(1.5)
    assert env.kube.get("ConfigMap", "two", env.namespace)["metadata"].get("deletionTimestamp") is None
    assert env.stagesets.get("app") is not None

    gone = []

    def observe():
        left = {"one", "two", "three"}
        while left:
            for name in sorted(left):
                if env.kube.get("ConfigMap", name, env.namespace) is None:
                    gone.append(name)
            left -= set(gone)
    observer = threading.Thread(target=observe, daemon=True)
    observer.start()
    env.kube.patch("ConfigMap", "three", {"metadata": {"finalizers": None}}, env.namespace)
    wait_for(lambda: env.stagesets.get("app") is None, timeout=30)
    observer.join(10)
    assert gone == ["three", "two", "one"]
    assert env.kube.get("ConfigMap", "kept", env.namespace) is not None
    wait_for(lambda: controller.metric("stageset_stage_ready", stageset="app") is None, timeout=5)


def test_a_suspended_stageset_is_torn_down_too(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    env.kube.patch("StageSet", "app", {"spec": {"suspend": True}}, env.namespace)
    env.stagesets.wait("app", "False", "Suspended")
    env.stagesets.delete("app")
    assert env.kube.get("ConfigMap", "a", env.namespace) is None


def test_an_object_that_somebody_else_adopted_survives(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace), config_map("b", env.namespace)]})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    env.kube.patch("ConfigMap", "a", {"metadata": {"labels": {"stages.metio.wtf/name": "another"}}}, env.namespace)
    env.stagesets.delete("app")
    assert env.kube.get("ConfigMap", "a", env.namespace) is not None
    assert env.kube.get("ConfigMap", "b", env.namespace) is None


def hold(env, name):
    env.kube.patch("ConfigMap", name, {"metadata": {"finalizers": ["example.com/hold"]}}, env.namespace)


def release(env, name):
    env.kube.patch("ConfigMap", name, {"metadata": {"finalizers": None}}, env.namespace)


def is_deleting(env, name):
    found = env.kube.get("ConfigMap", name, env.namespace)
    return found is None or "deletionTimestamp" in found["metadata"]


def roll_out_two(env, *flags, **options):
    """A controller and StageSet app of stages one (a, b) and two (c); answers the controller."""
    controller = env.controller(*flags, **options)
    env.sources.plant("one", {"cm.yaml": [config_map("a", env.namespace), config_map("b", env.namespace)]})
    env.sources.plant("two", {"cm.yaml": [config_map("c", env.namespace)]})
    env.stagesets.apply("app", ["one", "two"])
    env.stagesets.wait("app", "True", "Succeeded")
    return controller


def test_what_a_teardown_waits_for_is_told_and_survives_a_crash(env):
    controller = roll_out_two(env)
    hold(env, "c")
    env.kube.delete("StageSet", "app", env.namespace)
    message = wait_for(lambda: env.stagesets.ready("app")[1] == "Terminating" and env.stagesets.ready("app")[2], timeout=20)
    assert f'stage "two": 1 of 1 object(s) still terminate: ConfigMap/{env.namespace}/c (held by example.com/hold)' in message
    assert 'then "one"' in message
    described = env.cluster.kubectl("describe", "stageset", "app", "-n", env.namespace).stdout
    assert "held by example.com/hold" in described and "Pruning" in described
    assert not is_deleting(env, "a")
    controller.kill()
    controller.start()
    time.sleep(1.5)
    assert not is_deleting(env, "a") and env.stagesets.get("app")
    release(env, "c")
    wait_for(lambda: env.stagesets.get("app") is None, timeout=20)
    assert all(env.kube.get("ConfigMap", name, env.namespace) is None for name in "abc")


def test_a_teardown_that_waits_keeps_nobody_from_work(env):
    controller = roll_out_two(env)
    hold(env, "c")
    env.kube.delete("StageSet", "app", env.namespace)
    wait_for(lambda: env.stagesets.ready("app")[1] == "Terminating", timeout=20)
    assert controller.metric("controller_runtime_active_workers") == 0
    env.sources.plant("other", {"cm.yaml": [config_map("other", env.namespace)]})
    env.stagesets.apply("other", ["other"])
    env.stagesets.wait("other", "True", "Succeeded", timeout=5)


def test_a_teardown_that_takes_too_long_is_given_up(env):
    controller = roll_out_two(env, "--max-teardown-wait=4s")
    hold(env, "c")
    env.kube.delete("StageSet", "app", env.namespace)
    wait_for(lambda: env.stagesets.get("app") is None, timeout=20)
    assert env.kube.get("ConfigMap", "c", env.namespace) is not None
    assert all(env.kube.get("ConfigMap", name, env.namespace) is None for name in "ab"), "all others were deleted before"
    assert controller.metric("stageset_teardown_abandoned_total", namespace=env.namespace, name="app") == 1
    assert controller.metric("stageset_stage_ready", stageset="app") is None
    notes = wait_for(lambda: [event["note"] for event in env.kube.list("Event", env.namespace)
                              if event["reason"] == "TeardownAbandoned"], timeout=10)
    assert f"ConfigMap/{env.namespace}/c" in notes[0]
    release(env, "c")


def delete_namespace(env, timeout=60):
    env.kube.delete("Namespace", env.namespace)
    wait_for(lambda: env.kube.get("Namespace", env.namespace) is None, timeout, what="the end of the namespace")


def test_a_namespace_with_stagesets_in_it_can_be_deleted(env):
    """Also what the StageSet applied to another namespace goes, though the inventory goes as fast as the StageSet."""
    other = env.namespace + "-other"
    env.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}})
    env.controller()
    for index in range(3):
        env.sources.plant(f"s{index}", {"cm.yaml": [config_map(f"in-{index}", env.namespace), config_map(f"out-{index}", other)]})
        env.stagesets.apply(f"app{index}", [f"s{index}"])
    for index in range(3):
        env.stagesets.wait(f"app{index}", "True", "Succeeded")
    delete_namespace(env)
    left = [found["metadata"]["name"] for found in env.kube.list("ConfigMap", other)]
    assert not [name for name in left if name.startswith("out-")], left
    env.kube.delete("Namespace", other)


def test_rights_that_go_with_the_namespace_do_not_keep_it(env):
    other = env.namespace + "-other"
    env.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}})
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]}]
    kubeconfig = limited_kubeconfig(env, rules)
    everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    for namespace in (env.namespace, other):
        env.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": everything,
                         "metadata": {"name": "all", "namespace": namespace}})
        env.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                         "metadata": {"name": "all", "namespace": namespace},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "all"},
                         "subjects": [{"kind": "ServiceAccount", "name": "controller", "namespace": env.namespace}]})
    controller = env.controller(kubeconfig=kubeconfig)
    env.sources.plant("src", {"cm.yaml": [config_map("in", env.namespace), config_map("out", other)]})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    # While the namespace still stands a lack of rights may heal: nothing is let go.
    env.kube.delete("RoleBinding", "all", other)
    env.kube.delete("StageSet", "app", env.namespace)
    wait_for(lambda: env.stagesets.ready("app")[1] == "StageFailed", timeout=20)
    time.sleep(1)
    assert env.stagesets.get("app")
    env.kube.delete("Namespace", env.namespace)
    wait_for(lambda: env.stagesets.get("app") is None, timeout=60)
    assert controller.metric("stageset_teardown_abandoned_total", name="app") == 1
    assert env.kube.get("ConfigMap", "out", other) is not None
    wait_for(lambda: env.kube.get("Namespace", env.namespace) is None, timeout=60)
    env.kube.delete("Namespace", other)
