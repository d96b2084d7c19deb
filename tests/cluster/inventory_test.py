# SPDX-License-Identifier: 0BSD
"""What a StageSet records of its objects: modes, shards, names, and inventories of another controller (scenario 82)."""

import base64
import hashlib
import subprocess

import pytest

from support.kube import wait_for
from support.stagesets import config_map

MARK = "applyset.kubernetes.io/part-of"


def applyset_id(shard, namespace):
    digest = hashlib.sha256(f"{shard}.{namespace}.StageInventory.stages.metio.wtf".encode()).digest()
    return f"applyset-{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}-v1"


def labels(env, name):
    return env.kube.get("ConfigMap", name, env.namespace)["metadata"].get("labels", {})


def maps(env, *names):
    return {"cm.yaml": [config_map(name, env.namespace) for name in names]}


def shard_names(env, stageset):
    shards = env.kube.list("StageInventory", env.namespace, f"stages.metio.wtf/stage-set={stageset}")
    return sorted(shard["metadata"]["name"] for shard in shards)


@pytest.mark.parametrize("mode", ["entries", "hybrid", "applyset"])
def test_scenario_82_modes(env, mode):
    """Scenario 82: whether objects carry the mark of their stage's ApplySet."""
    env.controller(f"--inventory-mode={mode}")
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "namespace": env.namespace}}
    env.sources.plant("one", {**maps(env, "a", "b"), "sa.yaml": [account]})
    env.sources.plant("two", maps(env, "c"))
    env.stagesets.apply("app", ["one", "two"])
    env.stagesets.wait("app", "True", "Succeeded")
    assert env.stagesets.status("app")["inventoryMode"] == mode
    shard = env.kube.get("StageInventory", "app-one-00", env.namespace)["metadata"]
    if mode == "entries":
        assert not any(MARK in labels(env, name) for name in "abc")
        assert "applyset.kubernetes.io/id" not in shard["labels"] and "annotations" not in shard
        return
    one, two = applyset_id("app-one-00", env.namespace), applyset_id("app-two-00", env.namespace)
    assert [labels(env, name)[MARK] for name in "abc"] == [one, one, two]
    assert shard["labels"]["applyset.kubernetes.io/id"] == one
    assert shard["annotations"] == {
        "applyset.kubernetes.io/tooling": "stageset-controller/v1",
        "applyset.kubernetes.io/contains-group-kinds": "ConfigMap,ServiceAccount"}
    definition = env.kube.get("CustomResourceDefinition", "stageinventories.stages.metio.wtf")
    assert definition["metadata"]["labels"]["applyset.kubernetes.io/is-parent-type"] == "true"


def test_scenario_82_shards(env):
    """Scenario 82: five objects in shards of two; what is left of one object is one shard."""
    env.controller("--inventory-shard-cap=2")
    env.sources.plant("app", maps(env, "a", "b", "c", "d", "e"))
    env.stagesets.apply("app", ["app"])
    env.stagesets.wait("app", "True", "Succeeded")
    assert shard_names(env, "app") == ["app-app-00", "app-app-01", "app-app-02"]
    stage = env.stagesets.stages("app")["app"]
    assert (stage["shards"], stage["entriesCount"]) == (3, 5)
    revision = env.sources.plant("app", maps(env, "c"))
    env.stagesets.wait_revision("app", "app", revision)
    assert shard_names(env, "app") == ["app-app-00"]
    stage = env.stagesets.stages("app")["app"]
    assert (stage["shards"], stage["entriesCount"]) == (1, 1)
    assert env.kube.get("ConfigMap", "e", env.namespace) is None


def test_another_mode_relabels_and_touches_nothing_else(env):
    controller = env.controller("--inventory-mode=hybrid")
    env.sources.plant("app", maps(env, "a"))
    env.stagesets.apply("app", ["app"])
    env.stagesets.wait("app", "True", "Succeeded")
    uid = env.kube.get("ConfigMap", "a", env.namespace)["metadata"]["uid"]
    assert MARK in labels(env, "a")
    for mode in ("entries", "applyset"):
        controller.stop()
        controller = env.controller(f"--inventory-mode={mode}")
        wait_for(lambda: env.stagesets.status("app")["inventoryMode"] == mode, timeout=20, what=f"mode {mode}")
        assert (MARK in labels(env, "a")) == (mode == "applyset")
        shard = env.kube.get("StageInventory", "app-app-00", env.namespace)["metadata"]
        assert ("applyset.kubernetes.io/id" in shard["labels"]) == (mode == "applyset")
    assert env.kube.get("ConfigMap", "a", env.namespace)["metadata"]["uid"] == uid
    events = [event["reason"] for event in env.kube.list("Event", env.namespace)]
    assert "DriftCorrected" not in events, "nobody but the operator changed anything"


def test_an_unknown_mode_is_refused(env):
    controller = env.controller()
    answer = subprocess.run([controller.binary, "--inventory-mode=both"], capture_output=True, text=True, timeout=20, check=False)
    assert answer.returncode == 1
    assert '"both" is no mode; use entries, hybrid or applyset' in answer.stderr


def test_two_stagesets_whose_shards_share_a_name(env):
    env.controller()
    for source in ("c", "b-c"):
        env.sources.plant(source, maps(env, f"of-{source}"))
    env.stagesets.apply("a-b", ["c"])
    env.stagesets.wait("a-b", "True", "Succeeded")
    env.stagesets.apply("a", ["b-c"])
    env.stagesets.wait("a", "True", "Succeeded")
    assert shard_names(env, "a-b") == ["a-b-c-00"]
    (fallback,) = shard_names(env, "a")
    assert fallback.startswith("a-b-c-") and fallback != "a-b-c-00"
    assert labels(env, "of-b-c")[MARK] == applyset_id(fallback, env.namespace) != labels(env, "of-c")[MARK]
    env.stagesets.delete("a")
    assert env.kube.get("ConfigMap", "of-b-c", env.namespace) is None
    assert env.kube.get("ConfigMap", "of-c", env.namespace) is not None


def test_a_rollout_of_the_other_controller_is_taken_over(env):
    """Shards and objects as the existing Go controller leaves them: nothing is made anew, what was dropped is pruned."""
    env.sources.plant("src", maps(env, "kept", "added"))
    stageset = env.stagesets.apply("app", [{"name": "main", "sourceRef": {"name": "src"}}])
    owner = {"apiVersion": "stages.metio.wtf/v1", "kind": "StageSet", "name": "app", "controller": True,
             "blockOwnerDeletion": True, "uid": stageset["metadata"]["uid"]}
    marks = {"stages.metio.wtf/name": "app", "stages.metio.wtf/namespace": env.namespace,
             MARK: applyset_id("app-main-00", env.namespace)}
    for name in ("kept", "dropped", "dropped-too"):
        manifest = config_map(name, env.namespace)
        manifest["metadata"]["labels"] = marks
        env.kube.apply(manifest, manager="stageset-controller")
    for index, names in enumerate([["dropped", "dropped-too"], ["kept"]]):
        env.kube.create({
            "apiVersion": "stages.metio.wtf/v1", "kind": "StageInventory",
            "metadata": {"name": f"app-main-{index:02}", "namespace": env.namespace, "ownerReferences": [owner],
                         "labels": {"stages.metio.wtf/stage-set": "app", "stages.metio.wtf/stage": "main",
                                    "stages.metio.wtf/shard": str(index)}},
            "spec": {"stagePosition": 0, "entries": [
                {"id": f"{env.namespace}_{name}__ConfigMap", "v": "v1"} for name in names]}})
    env.kube.patch("StageSet", "app", {"status": {
        "inventoryMode": "hybrid", "observedGeneration": 1, "lastAppliedRevisions": {f"{env.namespace}/src": "old"},
        "stages": [{"name": "main", "phase": "Ready", "appliedRevision": "old", "entriesCount": 3}]}},
        env.namespace, "status")
    before = {name: env.kube.get("ConfigMap", name, env.namespace)["metadata"] for name in ("kept", "dropped")}
    shard_uid = env.kube.get("StageInventory", "app-main-00", env.namespace)["metadata"]["uid"]

    env.controller()
    env.stagesets.wait("app", "True", "Succeeded")
    kept = env.kube.get("ConfigMap", "kept", env.namespace)["metadata"]
    assert kept["uid"] == before["kept"]["uid"] and kept["resourceVersion"] == before["kept"]["resourceVersion"]
    assert env.kube.get("ConfigMap", "added", env.namespace)
    for name in ("dropped", "dropped-too"):
        assert env.kube.get("ConfigMap", name, env.namespace) is None, name
    assert shard_names(env, "app") == ["app-main-00"]
    assert env.kube.get("StageInventory", "app-main-00", env.namespace)["metadata"]["uid"] == shard_uid
    assert len(env.stagesets.entries("app", "main")) == 2
    assert "InventoryRebuilt" not in [event["reason"] for event in env.kube.list("Event", env.namespace)]
