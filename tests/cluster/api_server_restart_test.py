# SPDX-License-Identifier: 0BSD
"""The API server goes away in the middle of a rollout and comes back (on a cluster of its own: others would notice)."""

import os
import subprocess

import pytest

from conftest import ROOT, TESTCLUSTER, Cluster
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


def test_the_client_library_holds_against_a_real_api_server(cluster):
    """The C++ client's own suite (create, apply, watch, resume, restart of the server), run against this cluster."""
    environment = dict(
        os.environ, STAGESET_TEST_KUBECONFIG=cluster.kubeconfig,
        STAGESET_TEST_RESTART_APISERVER=f"{TESTCLUSTER} restart apiserver --name restarting")
    program = ROOT / os.environ.get("STAGESET_BUILD", "build/release") / "src/io/kube/rest/kube_rest_cluster_test"
    done = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "[  PASSED  ]" in done.stdout and "[  SKIPPED ]" not in done.stdout, done.stdout[-2000:]
