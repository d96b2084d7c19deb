# SPDX-License-Identifier: 0BSD
"""readyChecks.exprs: expressions in CEL judge the applied objects of a kind (scenarios 95 and 128)."""

import time

import pytest

from support.kube import open_definition, wait_for
from support.stagesets import config_map, deployment, waits

DATABASE = {"apiVersion": "db.example.org/v1", "kind": "Database"}
EXPRESSIONS = {"current": "status.phase == 'Ready'", "inProgress": "has(status.phase) && status.phase == 'Creating'",
               "failed": "has(status.phase) && status.phase == 'Broken'"}


def plant(env, name="db", **spec):
    env.kube.serve(open_definition("db.example.org", "Database"))
    env.sources.plant(name, {"db.yaml": [
        {**DATABASE, "metadata": {"name": "main", "namespace": env.namespace}, "spec": spec}]})
    env.sources.plant("after", {"cm.yaml": [config_map("after", env.namespace)]})


def judged(name, *exprs, **ready_checks):
    return {"name": name, "sourceRef": {"name": name}, "readyChecks": {**ready_checks, "exprs": list(exprs)}}


def set_status(env, **status):
    env.kube.patch("Database", "main", {"status": status}, env.namespace, "status")


def test_scenario_95_expressions_decide(env):
    plant(env)
    env.controller()
    env.stagesets.apply("app", [judged("db", {**DATABASE, **EXPRESSIONS}), "after"], timeout="10m")
    message = waits(env, "app", "db", f"Database/{env.namespace}/main: its expression current ")
    assert "cannot be told yet" in message or "is not true yet" in message
    # Without its expressions it would be Current, for it has no conditions.
    set_status(env, phase="Creating")
    time.sleep(2)
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    set_status(env, phase="Ready", observedGeneration=0)
    time.sleep(2)
    assert env.kube.get("ConfigMap", "after", env.namespace) is None, "its controller has not seen this generation"
    set_status(env, observedGeneration=1)
    wait_for(lambda: env.kube.get("ConfigMap", "after", env.namespace), timeout=2, every=0.02)
    env.stagesets.wait("app", "True", "Succeeded", timeout=5)


def test_scenario_95_failed_ends_the_stage_at_once(env):
    plant(env)
    env.controller()
    env.stagesets.apply("app", [judged("db", {**DATABASE, **EXPRESSIONS}), "after"], timeout="10m")
    waits(env, "app", "db")
    set_status(env, phase="Broken")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=5)
    assert f'stage "db" verify: Database/{env.namespace}/main failed: its expression failed is true' in message
    assert env.kube.get("ConfigMap", "after", env.namespace) is None


@pytest.mark.parametrize("field, source, position", [
    ("current", "status.phase ==", "line 1, column 16: "),
    ("failed", "status.phase == 'x' &&\n  ] ", "line 2, column 3: "),
    ("inProgress", "1 + 1", "line 1, column 3: the result is int instead of bool"),
    ("current", "status.phase == 'Ready' && isReady(status)", "line 1, column 35: undeclared reference to 'isReady'"),
    ("failed", "false && status.phase.startsWith('a', 1)", "line 1, column 33: no overload of 'startsWith' is called so with 2 arguments"),
])
def test_scenario_95_a_malformed_expression_is_refused_before_anything_is_applied(env, field, source, position):
    plant(env)
    env.controller()
    env.stagesets.apply("app", ["after", judged("db", {**DATABASE, **EXPRESSIONS, field: source})])
    message = env.stagesets.wait("app", "False", "InvalidSpec", timeout=10)
    assert message.startswith(f'stage "db": spec.stages[1].readyChecks.exprs[0].{field}: {position}'), message
    assert env.kube.get("ConfigMap", "after", env.namespace) is None


def rollout(env, name):
    return {"apiVersion": "rollouts.example.org/v1", "kind": "Canary", "metadata": {"name": name, "namespace": env.namespace}}


@pytest.mark.parametrize("phase", ["Healthy", "Degraded"])
def test_scenario_128_waiting_on_a_rollout(env, phase):
    env.kube.serve(open_definition("rollouts.example.org", "Canary"))
    env.controller()
    env.sources.plant("app", {"r.yaml": [rollout(env, "web")]})
    env.sources.plant("after", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", [judged("app", {
        "apiVersion": "rollouts.example.org/v1", "kind": "Canary", "current": "status.phase == 'Healthy'",
        "failed": "status.phase == 'Degraded'"}), "after"], timeout="10m")
    waits(env, "app", "app")
    env.kube.patch("Canary", "web", {"status": {"phase": "Progressing"}}, env.namespace, "status")
    time.sleep(1)
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    env.kube.patch("Canary", "web", {"status": {"phase": phase}}, env.namespace, "status")
    if phase == "Healthy":
        env.stagesets.wait("app", "True", "Succeeded", timeout=5)
        assert env.kube.get("ConfigMap", "after", env.namespace)
    else:
        env.stagesets.wait("app", "False", "StageFailed", timeout=5, containing="Degraded")
        assert env.kube.get("ConfigMap", "after", env.namespace) is None


def test_expressions_gate_without_the_default_wait_and_see_every_field(env):
    env.controller()
    env.sources.plant("app", {"all.yaml": [deployment("web", env.namespace, behaviour="never-ready"),
                                           config_map("switch", env.namespace)]})
    env.sources.plant("after", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", [judged("app", {
        "apiVersion": "v1", "kind": "ConfigMap",
        "current": "metadata.annotations['state'] == 'on' && data.state == 'on'"}, disableWait=True), "after"])
    waits(env, "app", "app", f"ConfigMap/{env.namespace}/switch")
    env.kube.patch("ConfigMap", "switch", {"metadata": {"annotations": {"state": "on"}}, "data": {"state": "on"}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded", timeout=5)


def test_an_expression_over_a_huge_list_ends_by_the_cost_limit_and_hurts_nobody(env):
    plant(env, items=list(range(2000)))
    env.controller()
    env.stagesets.apply("app", [judged("db", {
        **DATABASE, "current": "spec.items.all(a, spec.items.all(b, spec.items.all(c, a + b + c >= 0)))"}, timeout="12s")])
    message = waits(env, "app", "db", "cannot be told yet")
    assert "cost" in message
    started = time.monotonic()
    env.stagesets.apply("other", ["after"])
    env.stagesets.wait("other", "True", "Succeeded", timeout=3)
    assert time.monotonic() - started < 3
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=20)
    assert "timed out waiting for Database/" in message and "cost" in message
