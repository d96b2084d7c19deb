# SPDX-License-Identifier: 0BSD
"""Fixtures of the cluster tests: one real control plane for all, a namespace and a controller process for each."""

import os
import pathlib
import re
import subprocess
import sys
import time
import types

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.artifacts import ArtifactServer, Sources  # noqa: E402
from support.companions import Companions  # noqa: E402
from support.controller import Controller  # noqa: E402
from support.kube import Kube, wait_for  # noqa: E402
from support.stagesets import StageSets  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("STAGESET_CONTROLLER", str(ROOT / "build/release/bin/stageset-controller"))
TESTCLUSTER = os.environ.get("STAGESET_TESTCLUSTER", str(ROOT / "build/testcluster/testcluster"))
CLUSTER_NAME = os.environ.get("STAGESET_TEST_CLUSTER_NAME", "test")


class Cluster:
    """The control plane that tests/cluster/run started."""

    def __init__(self, name):
        self.name = name
        self.kubeconfig = self.command("kubeconfig", "--name", name).stdout.strip()
        self.kube = Kube(self.kubeconfig)

    @staticmethod
    def command(*args, check=True, text_input=None):
        done = subprocess.run([TESTCLUSTER, *args], check=False, capture_output=True, text=True, input=text_input)
        assert not check or done.returncode == 0, f"testcluster {' '.join(args)}: {done.stderr}"
        return done

    def kubectl(self, *args, input=None, check=True):  # noqa: A002 (subprocess' word)
        environment = dict(os.environ, KUBECONFIG=self.kubeconfig)
        return subprocess.run([TESTCLUSTER, "kubectl", *args], check=check, capture_output=True, text=True,
                              input=input, env=environment)


@pytest.fixture(scope="session")
def cluster():
    return Cluster(CLUSTER_NAME)


@pytest.fixture(scope="session")
def companions(cluster):
    """Flux's source-controller and what it reads, started for the first test that asks: one file has all of those tests."""
    return Companions(cluster)


@pytest.fixture
def env(cluster, request, tmp_path):
    """Everything a scenario needs: namespace, sources, StageSets, and controller(): starts one for this namespace."""
    slug = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40].strip("-")
    namespace = f"{slug}-{time.time_ns() % 1_000_000:06d}"
    cluster.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    wait_for(lambda: cluster.kube.get("ServiceAccount", "default", namespace), what="the default service account")
    server = ArtifactServer()
    started = []

    def start_controller(*flags, kubeconfig=None, wait=True, watch=namespace):
        log_path = tmp_path / f"controller-{len(started)}.log"
        controller = Controller(BINARY, kubeconfig or cluster.kubeconfig, watch, log_path, flags)
        started.append(controller)
        return controller.start(wait)

    yield types.SimpleNamespace(
        cluster=cluster, kube=cluster.kube, namespace=namespace, server=server, tmp_path=tmp_path,
        sources=Sources(cluster.kube, server, namespace), stagesets=StageSets(cluster.kube, namespace),
        controller=start_controller)

    for stageset in cluster.kube.list("StageSet", namespace):
        # The controller of a failed test may be gone: do not wait for its finalizer.
        cluster.kube.patch("StageSet", stageset["metadata"]["name"], {"metadata": {"finalizers": None}}, namespace)
    for controller in started:
        controller.kill()
    server.close()
    cluster.kube.delete("Namespace", namespace)
    if getattr(request.node, "failed_call", False):
        for controller in started:
            print(f"--- {controller.log_path}\n{controller.log()[-6000:]}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        item.failed_call = True
