# SPDX-License-Identifier: 0BSD
"""kill -9 around every single write of a rollout that adds, changes, moves, recreates and removes objects: nothing is orphaned,
nothing is deleted that should stay, and the end is the desired set."""

from collections import Counter
from threading import Lock

import pytest

from support.fault_proxy import FaultProxy
from support.kube import wait_for
from support.stagesets import config_map, deployment

OWNER = "stages.metio.wtf/name"
# Twice what the rollout writes: one that never ends is told.
WRITES_MAX = 60


def immutable(name, namespace, **data):
    return {**config_map(name, namespace, **data), "immutable": True}


def folders(stages):
    return {f"{stage}/{obj['kind'].lower()}-{obj['metadata']['name']}.yaml": [obj] for stage, objects in stages.items()
            for obj in objects}


def kept_when_dropped(obj):
    obj["metadata"]["annotations"] = {"stages.metio.wtf/prune": "disabled"}
    return obj


class Sweep:
    """One StageSet, its first revision and its second, under names of its own."""

    def __init__(self, env, name):
        self.env = env
        self.name = name

    def names(self, *names):
        return {f"{self.name}-{name}" for name in names}

    def maps(self, *names, **data):
        return [config_map(f"{self.name}-{name}", self.env.namespace, **data) for name in names]

    def settings(self, value):
        return immutable(f"{self.name}-settings", self.env.namespace, v=value)

    def web(self, replicas):
        return deployment(f"{self.name}-web", self.env.namespace, replicas=replicas)

    def stages(self, *names):
        return [{"name": name, "path": name, "sourceRef": {"name": self.name}, "force": True} for name in names]

    def roll_out_first(self):
        self.env.sources.plant(self.name, folders({
            "base": [*self.maps("a", "moves", "goes", v="1"), self.settings("1"),
                     kept_when_dropped(self.maps("stays")[0])],
            "app": [self.web(1), *self.maps("goes-too")],
            "old": self.maps("old")}))
        self.env.stagesets.apply(self.name, self.stages("base", "app", "old"), interval="1h", retryInterval="1s")
        self.env.stagesets.wait(self.name, "True", "Succeeded", timeout=30)

    def begin_second(self):
        """Answers when the second revision is Ready: a question for wait_for."""
        revision = self.env.sources.plant(self.name, folders({
            "base": [*self.maps("a", v="2"), *self.maps("new"), self.settings("2")],
            "app": [self.web(2), *self.maps("moves", "new-too", v="1")]}))
        self.env.stagesets.apply(self.name, self.stages("base", "app"), interval="1h", retryInterval="1s")

        def is_over():
            stageset = self.env.stagesets.get(self.name)
            status = stageset["status"]
            return (self.env.stagesets.ready(self.name)[:2] == ("True", "Succeeded")
                    and status.get("observedGeneration") == stageset["metadata"]["generation"]
                    and status.get("lastAppliedRevisions", {}).get(f"{self.env.namespace}/{self.name}") == revision
                    and [stage["name"] for stage in status["stages"]] == ["base", "app"])
        return is_over

    def owned(self):
        return {obj["metadata"]["name"]: obj for kind in ("ConfigMap", "Deployment")
                for obj in self.env.kube.list(kind, self.env.namespace, f"{OWNER}={self.name}")}

    def check_second(self, uid_before):
        owned = self.owned()
        assert set(owned) == self.names("a", "new", "settings", "moves", "new-too", "web", "stays")
        assert owned[f"{self.name}-a"]["data"] == {"v": "2"}
        assert owned[f"{self.name}-settings"]["data"] == {"v": "2"}
        for name in ("a", "moves", "web", "stays"):
            assert owned[f"{self.name}-{name}"]["metadata"]["uid"] == uid_before[f"{self.name}-{name}"], f"{name} was made anew"
        base = self.env.stagesets.entries(self.name, "base")
        app = self.env.stagesets.entries(self.name, "app")
        assert {entry.split("_")[1] for entry in base} == self.names("a", "new", "settings")
        assert {entry.split("_")[1] for entry in app} == self.names("moves", "new-too", "web")
        assert not self.env.stagesets.entries(self.name, "old")


class Killer:
    """Kills the controller at the first write of the rollout that is not among `hit`, before the server sees it or after it was
    done. A write is told by what it is and how often it came, since objects of one step are written in any order."""

    def __init__(self, controller, proxy, sweep, hit, when):
        self.at = None
        seen = Counter()
        lock = Lock()  # the proxy asks from one thread a connection

        def fatal(request):
            with lock:
                return at_write(request) if self.at is None and request.is_write else None

        def at_write(request):
            write = str(request).replace(f"/{sweep.name}", "/").replace(sweep.env.namespace, "t")
            seen[write] += 1
            if (write, seen[write]) in hit:
                return None
            self.at = (write, seen[write])
            controller.kill()
            return "drop"

        proxy.before = (lambda request: (503, b"") if fatal(request) else None) if when == "before" else lambda request: None
        proxy.after = fatal if when == "after" else lambda request: None


@pytest.fixture
def proxy(env):
    proxy = FaultProxy(env.kube)
    yield proxy
    proxy.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rollout_killed_at_any_write_ends_as_if_nothing_had_happened(env, proxy, when):
    env.kube.create(config_map("bystander", env.namespace))
    controller = env.controller(kubeconfig=proxy.kubeconfig(env.tmp_path / "proxied"))
    killed_at = []
    for number in range(WRITES_MAX):
        sweep = Sweep(env, f"s{number}")
        sweep.roll_out_first()
        before = {name: obj["metadata"]["uid"] for name, obj in sweep.owned().items()}
        killer = Killer(controller, proxy, sweep, set(killed_at), when)
        is_over = sweep.begin_second()
        wait_for(lambda: killer.at or is_over(), timeout=30, every=0.02, what="the second rollout or its death")
        if killer.at is None:
            break
        killed_at.append(killer.at)
        controller.start()
        try:
            wait_for(is_over, timeout=30, what="the second rollout's end")
            sweep.check_second(before)
        except AssertionError as error:
            raise AssertionError(f"killed {when} {killer.at}: {env.stagesets.ready(sweep.name)}") from error
        env.stagesets.delete(sweep.name)
        assert set(sweep.owned()) <= sweep.names("stays"), "teardown left something behind"
    else:
        raise AssertionError(f"the rollout still makes new writes: {killed_at[-3:]}")
    print(f"killed {when} each of {len(killed_at)} writes: " + ", ".join(f"{write} ({count})" for write, count in killed_at))
    for path in ("configmaps", "deployments", "stageinventories", "stagesets"):
        assert any(path in write for write, _ in killed_at), f"no write of {path} was hit"
    assert any(write.startswith("DELETE") for write, _ in killed_at)
    assert env.kube.get("ConfigMap", "bystander", env.namespace)
