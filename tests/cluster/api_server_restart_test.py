# SPDX-License-Identifier: 0BSD
"""The API server goes away in the middle of a rollout and comes back (on a cluster of its own: others would notice)."""

import os

import pytest

from conftest import Cluster
from support.kube import wait_for
from support.stagesets import config_map, deployment

CRDS = os.path.join(os.path.dirname(__file__), "../../charts/stageset-controller/crds")


@pytest.fixture(scope="module")
def cluster():
    Cluster.command("up", "--name", "restarting", "--crds", "flux", "--crds", CRDS)
    yield Cluster("restarting")
    Cluster.command("down", "--name", "restarting")


def test_a_rollout_survives_a_restart_of_the_api_server(env):
    controller = env.controller()
    env.sources.plant("one", {"d.yaml": [deployment("web", env.namespace, ready_after="3s")]})
    env.sources.plant("two", {"cm.yaml": [config_map("late", env.namespace)]})
    env.stagesets.apply("app", ["one", "two"], retryInterval="1s")
    wait_for(lambda: env.stagesets.stages("app").get("one", {}).get("phase") == "Verifying", timeout=20)
    Cluster.command("restart", "apiserver", "--name", "restarting")
    env.stagesets.wait("app", "True", "Succeeded", timeout=90)
    assert env.kube.get("ConfigMap", "late", env.namespace)

    revision = env.sources.plant("two", {"cm.yaml": [config_map("later", env.namespace)]})
    env.stagesets.wait_revision("app", "two", revision, timeout=60)
    assert env.kube.get("ConfigMap", "late", env.namespace) is None
    assert controller.process.poll() is None, "the controller itself never restarted"
