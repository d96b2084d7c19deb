# SPDX-License-Identifier: 0BSD
"""StageInventories deleted by hand: nothing becomes an orphan, nothing is deleted wrongly."""

import time

import pytest

from support.kube import wait_for
from support.stagesets import config_map


def service(name, namespace):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
            "spec": {"selector": {"app": name}, "ports": [{"port": 80}]}}


def delete_shards(env):
    for shard in env.kube.list("StageInventory", env.namespace):
        env.kube.delete("StageInventory", shard["metadata"]["name"], env.namespace)


def exists(env, kind, name):
    return env.kube.get(kind, name, env.namespace) is not None


def request_run(env):
    env.kube.patch("StageSet", "app", {"metadata": {"annotations": {
        "reconcile.fluxcd.io/requestedAt": str(time.time_ns())}}}, env.namespace)


@pytest.mark.parametrize("mode", ["hybrid", "entries"])
def test_a_lost_inventory_is_found_again_and_pruned_one_run_later(env, mode):
    controller = env.controller(f"--inventory-mode={mode}")
    env.sources.plant("one", {"a.yaml": [config_map("a", env.namespace), config_map("b", env.namespace),
                                         service("web", env.namespace)]})
    env.sources.plant("two", {"c.yaml": [config_map("c", env.namespace)]})
    env.stagesets.apply("app", ["one", "two"])
    env.stagesets.wait("app", "True", "Succeeded")
    # What others did with the same labels is not ours: a copy, and what controllers made for the Service.
    copy = env.kube.get("ConfigMap", "a", env.namespace)
    env.kube.create({"apiVersion": "v1", "kind": "ConfigMap", "data": {}, "metadata": {
        "name": "copy", "namespace": env.namespace, "labels": copy["metadata"]["labels"]}})
    uid = copy["metadata"]["uid"]
    controller.stop()
    delete_shards(env)
    # b, the Service and c leave while nobody knows of them.
    env.sources.plant("one", {"a.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["one"])
    controller.start()

    message = env.stagesets.wait("app", "True", "Succeeded", containing="nothing was pruned")
    assert '"one"' in message
    assert all(exists(env, "ConfigMap", name) for name in "abc") and exists(env, "Service", "web")
    recorded = [*env.stagesets.entries("app", "one"), *env.stagesets.entries("app", "two")]
    assert sorted(recorded) == sorted([f"{env.namespace}_{n}__ConfigMap" for n in "abc"] + [f"{env.namespace}_web__Service"])
    events = {event["reason"]: event["note"] for event in env.kube.list("Event", env.namespace)}
    assert 'stage "one": ' in events["InventoryRebuilt"]

    request_run(env)
    wait_for(lambda: env.stagesets.ready("app")[2] == "All 1 stage applied", timeout=20, what="the next run")
    assert not any(exists(env, "ConfigMap", name) for name in "bc") and not exists(env, "Service", "web")
    assert exists(env, "ConfigMap", "copy")
    assert env.kube.get("ConfigMap", "a", env.namespace)["metadata"]["uid"] == uid
    assert [shard["metadata"]["name"] for shard in env.kube.list("StageInventory", env.namespace)] == ["app-one-00"]


def test_shards_that_vanish_under_a_running_controller_come_back(env):
    env.controller("--inventory-shard-cap=1")
    env.sources.plant("app", {"a.yaml": [config_map(name, env.namespace) for name in "abc"]})
    env.stagesets.apply("app", ["app"])
    env.stagesets.wait("app", "True", "Succeeded")
    uids = {name: env.kube.get("ConfigMap", name, env.namespace)["metadata"]["uid"] for name in "abc"}
    env.kube.delete("StageInventory", "app-app-01", env.namespace)
    wait_for(lambda: len(env.stagesets.entries("app", "app")) == 3, timeout=20, what="all entries")
    request_run(env)
    wait_for(lambda: env.stagesets.ready("app")[2] == "All 1 stage applied", timeout=20)
    assert {name: env.kube.get("ConfigMap", name, env.namespace)["metadata"]["uid"] for name in "abc"} == uids


def test_a_stageset_without_inventory_is_torn_down_all_the_same(env):
    controller = env.controller()
    env.sources.plant("one", {"a.yaml": [config_map("a", env.namespace), service("web", env.namespace)]})
    env.sources.plant("kept", {"k.yaml": [config_map("kept", env.namespace)]})
    env.stagesets.apply("app", ["one", {"name": "kept", "sourceRef": {"name": "kept"}, "prune": False}])
    env.stagesets.wait("app", "True", "Succeeded")
    controller.stop()
    delete_shards(env)
    env.kube.delete("StageSet", "app", env.namespace)
    controller.start()
    wait_for(lambda: env.stagesets.get("app") is None, timeout=20)
    assert not exists(env, "ConfigMap", "a") and not exists(env, "Service", "web")
    assert exists(env, "ConfigMap", "kept")
