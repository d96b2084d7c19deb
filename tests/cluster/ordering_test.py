# SPDX-License-Identifier: 0BSD
"""Stages in their order, gated by readiness; definitions first inside a stage (scenarios 19, 20, 25)."""

import time

from support.kube import wait_for
from support.stagesets import config_map, deployment


def test_scenario_19_the_next_stage_waits_for_readiness(env):
    env.controller()
    env.sources.plant("one", {"d.yaml": [deployment("web", env.namespace, ready_after="5s")]})
    env.sources.plant("two", {"cm.yaml": [config_map("late", env.namespace)]})
    env.sources.plant("zero", {"cm.yaml": [config_map("early", env.namespace)]})
    env.stagesets.apply("app", ["zero", "one", "two"])

    waiting = wait_for(lambda: env.stagesets.stages("app").get("one", {}).get("phase") == "Verifying"
                       and env.stagesets.stages("app")["one"].get("message"), timeout=30)
    assert f"Deployment/{env.namespace}/web" in waiting, "the wait says what it waits for"
    assert [env.stagesets.stages("app")[stage]["phase"] for stage in ("zero", "two")] == ["Ready", "Pending"]
    env.stagesets.wait("app", "True", "Succeeded")
    conditions = env.kube.get("Deployment", "web", env.namespace)["status"]["conditions"]
    available = next(c for c in conditions if c["type"] == "Available")
    created = env.kube.get("ConfigMap", "late", env.namespace)["metadata"]["creationTimestamp"]
    assert available["status"] == "True" and created >= available["lastTransitionTime"]


def test_scenario_19_readiness_is_seen_within_a_second(env):
    env.controller()
    env.sources.plant("one", {"d.yaml": [deployment("web", env.namespace, ready_after="3s")]})
    env.stagesets.apply("app", ["one"])

    def available():
        found = env.kube.get("Deployment", "web", env.namespace) or {}
        return any(c["type"] == "Available" and c["status"] == "True" for c in found.get("status", {}).get("conditions", []))
    wait_for(available, timeout=30, every=0.02)
    seen = time.monotonic()
    env.stagesets.wait("app", "True", "Succeeded", timeout=5)
    assert time.monotonic() - seen < 1.5


def test_scenario_20_a_failure_stops_the_line(env):
    env.controller()
    env.sources.plant("a", {"cm.yaml": [config_map("a", env.namespace)]})
    env.sources.plant("b", {"d.yaml": [deployment("stuck", env.namespace, behaviour="never-ready")]})
    env.sources.plant("c", {"cm.yaml": [config_map("c", env.namespace)]})
    started = time.monotonic()
    env.stagesets.apply("app", ["a", {"name": "b", "sourceRef": {"name": "b"}, "timeout": "6s"}, "c"], retryInterval="1m")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=30)

    assert time.monotonic() - started < 20
    assert 'stage "b" verify' in message and f"Deployment/{env.namespace}/stuck" in message
    stages = env.stagesets.stages("app")
    assert [stages[name]["phase"] for name in "abc"] == ["Ready", "Failed", "Pending"]
    assert stages["b"]["message"].startswith("verify: ")
    assert env.kube.get("ConfigMap", "c", env.namespace) is None


CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %(plural)s.%(group)s}
spec:
  group: %(group)s
  scope: Namespaced
  names: {kind: Ledger, listKind: LedgerList, plural: %(plural)s, singular: ledger}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def test_scenario_25_namespaces_and_definitions_come_first(env):
    env.controller()
    group = f"{env.namespace}.example"
    inner = env.namespace + "-inner"
    env.sources.plant("src", {
        "1-object.yaml": f"apiVersion: {group}/v1\nkind: Ledger\nmetadata: {{name: main, namespace: {inner}}}\nspec: {{a: 1}}\n",
        "2-crd.yaml": CRD % {"group": group, "plural": "ledgers"},
        "3-namespace.yaml": f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {inner}}}\n"})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")

    found = env.kube.request("GET", f"/apis/{group}/v1/namespaces/{inner}/ledgers/main")
    assert found["spec"] == {"a": 1}
    events = [e["reason"] for e in env.kube.list("Event", env.namespace) if e["regarding"]["kind"] == "StageSet"]
    assert "StageFailed" not in events, "one run, without errors"
    env.stagesets.delete("app")
    wait_for(lambda: env.kube.get("Namespace", inner) is None, what="the stage's namespace to go")


def test_a_definition_in_one_stage_and_its_object_in_the_next(env):
    controller = env.controller()
    group = f"{env.namespace}.example"
    ledger = f"/apis/{group}/v1/namespaces/{env.namespace}/ledgers/main"
    crd = CRD % {"group": group, "plural": "ledgers"}
    env.sources.plant("src", {
        "definitions/crd.yaml": crd,
        "objects/ledger.yaml": f"apiVersion: {group}/v1\nkind: Ledger\nmetadata: {{name: main, namespace: {env.namespace}}}\nspec: {{a: 1}}\n"})
    env.stagesets.apply("app", [{"name": name, "path": name, "sourceRef": {"name": "src"}} for name in ("definitions", "objects")],
                        interval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    assert env.kube.request("GET", ledger)["spec"] == {"a": 1}
    assert controller.metric("stageset_reconcile_total", name="app", reason="StageFailed") is None, "one run, without errors"

    # Its drift is healed, too; then the object goes before its definition.
    env.kube.request("PATCH", ledger, {"spec": {"a": 2}}, "application/merge-patch+json")
    wait_for(lambda: env.kube.request("GET", ledger)["spec"] == {"a": 1}, timeout=10, what="the custom resource to be healed")
    env.stagesets.delete("app")
    wait_for(lambda: env.kube.get("CustomResourceDefinition", f"ledgers.{group}") is None, what="the definition to go")
