# SPDX-License-Identifier: 0BSD
"""What a rollout costs the API server: failures 4 and 5 of the reference, kept from coming back."""

import time

import pytest

from support.stagesets import config_map, deployment


def reads(controller):
    return sum(controller.metric("rest_client_requests_total", method=method) or 0 for method in ("GET", "LIST", "WATCH"))


def test_a_new_stageset_is_reconciled_once(env):
    """Failure 4 of the reference: its own inventory and status writes woke it for a second full pass."""
    controller = env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map(f"c{i}", env.namespace) for i in range(5)]})
    env.stagesets.apply("app", ["src"], interval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    time.sleep(3)
    assert controller.metric("stageset_reconcile_total", name="app") == 1
    assert controller.metric("rest_client_requests_total", method="PATCH", code="201") == 10, "a dry run and a write of each object"


@pytest.mark.parametrize("stages", [2, 12])
def test_reads_do_not_grow_with_the_number_of_stages(env, stages):
    """Failure 5 of the reference: readiness listed all objects of a kind in the namespace, for each stage and pass."""
    controller = env.controller()
    names = [f"s{i}" for i in range(stages)]
    env.sources.plant("src", {f"{name}/all.yaml": [deployment(name, env.namespace), config_map(name, env.namespace)]
                              for name in names})
    before = reads(controller)
    env.stagesets.apply("app", [{"name": name, "path": name, "sourceRef": {"name": "src"}} for name in names], interval="1h")
    env.stagesets.wait("app", "True", "Succeeded", timeout=90)
    # A list and a watch for each of the two kinds, and the server's discovery.
    print(f"{reads(controller) - before:.0f} reads for {stages} stages")
    assert reads(controller) - before <= 10
