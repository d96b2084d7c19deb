# SPDX-License-Identifier: 0BSD
"""A controller that may read, but not list or watch: the wait names the right that is missing, and ends all the same."""

import time

import pytest

from support.identity import limited_kubeconfig
from support.stagesets import config_map, deployment, waits

DEPLOYMENTS = {"apiGroups": ["apps"], "resources": ["deployments"]}


@pytest.fixture
def limited(env):
    """Answers a function that starts a controller with the given rules, beside those that each controller needs."""
    yield lambda *rules: env.controller(kubeconfig=limited_kubeconfig(env, list(rules)))
    env.kube.delete("ClusterRoleBinding", env.namespace)
    env.kube.delete("ClusterRole", env.namespace)


@pytest.mark.parametrize("verbs, missing", [
    (["get", "create", "patch", "delete"], "cannot list resource"),
    (["get", "list", "create", "patch", "delete"], "cannot watch resource"),
])
def test_the_missing_right_is_named_and_the_wait_ends(env, limited, verbs, missing):
    limited({**DEPLOYMENTS, "verbs": verbs})
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, ready_after="14s")]})
    started = time.monotonic()
    env.stagesets.apply("app", ["src"])
    message = waits(env, "app", "src", "changes cannot be watched")
    for part in (f'User "system:serviceaccount:{env.namespace}:controller" {missing} "deployments"', 'API group "apps"',
                 "at the cluster scope"):
        assert part in message, message
    env.stagesets.wait("app", "True", "Succeeded", timeout=40)
    assert time.monotonic() - started > 13


def test_pods_that_may_not_be_listed_are_no_obstacle(env, limited):
    limited({**DEPLOYMENTS, "verbs": ["*"]})
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, ready_after="14s")]})
    env.stagesets.apply("app", ["src"])
    message = waits(env, "app", "src", "their pods cannot be looked at")
    assert f'cannot list resource "pods" in API group "" in the namespace "{env.namespace}"' in message
    env.stagesets.wait("app", "True", "Succeeded", timeout=30)


def test_a_right_that_is_taken_away_during_the_wait_does_not_end_it(env, limited):
    limited({**DEPLOYMENTS, "verbs": ["*"]}, {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]})
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.stagesets.apply("app", ["src"])
    waits(env, "app", "src")
    role = env.kube.get("ClusterRole", env.namespace)
    for rule in role["rules"]:
        if rule["resources"] == ["deployments"]:
            rule["verbs"] = ["get", "create", "patch", "delete"]
    env.kube.request("PUT", env.kube.path("ClusterRole", None, env.namespace), role)
    time.sleep(2)
    pod = env.kube.list("Pod", env.namespace)[0]["metadata"]["name"]
    env.kube.patch("Pod", pod, {"metadata": {"labels": {"testcluster/behaviour": None}}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)


def test_a_named_object_that_may_not_be_read_fails_the_stage_with_the_right_that_is_missing(env, limited):
    limited({"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]})
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", [{"name": "src", "sourceRef": {"name": "src"}, "readyChecks": {
        "checks": [{"apiVersion": "v1", "kind": "Secret", "name": "s"}]}}])
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=10, containing="verify: ")
    assert f'cannot get resource "secrets" in API group "" in the namespace "{env.namespace}"' in message
