# SPDX-License-Identifier: 0BSD
"""A controller serves the namespaces that it was told, and none else (scenario 32)."""

import pytest

from support.stagesets import StageSets, config_map
from support.artifacts import Sources


@pytest.fixture
def other(env):
    """A second namespace with a source and a StageSet in it."""
    namespace = env.namespace + "-b"
    env.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    Sources(env.kube, env.server, namespace).plant("src", {"cm.yaml": [config_map("b", namespace)]})
    stagesets = StageSets(env.kube, namespace)
    stagesets.apply("app", ["src"])
    yield stagesets
    env.kube.delete("Namespace", namespace)


@pytest.mark.parametrize("by", ["flag", "environment", "flag over environment"])
def test_scenario_32_stagesets_of_other_namespaces_are_not_touched(env, other, by, monkeypatch):
    """Scenario 32: no finalizer, no status, no object, and no request about them."""
    if by != "flag":
        monkeypatch.setenv("STAGESET_WATCH_NAMESPACES", env.namespace if by == "environment" else other.namespace)
    controller = env.controller(watch=None if by == "environment" else env.namespace)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    # It was there first: a controller that watched it would have come by.
    untouched = other.get("app")
    assert "finalizers" not in untouched["metadata"] and "status" not in untouched
    assert env.kube.get("ConfigMap", "b", other.namespace) is None
    assert other.namespace not in controller.log()
    assert '"watch scope restricted"' in controller.log()
