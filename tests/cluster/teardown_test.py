# SPDX-License-Identifier: 0BSD
"""Deleting a StageSet takes its objects down, last stage first (scenario 81)."""

import threading
import time

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
