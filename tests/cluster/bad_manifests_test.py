# SPDX-License-Identifier: 0BSD
"""Manifests that cannot be built or applied: the message names stage, object and cause; a fixed revision heals."""

import pytest

from support.identity import limited_kubeconfig
from support.kube import wait_for
from support.stagesets import config_map, deployment


def apply_one(env, files):
    env.sources.plant("src", files)
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}], retryInterval="1h")


@pytest.mark.parametrize("files, operation, causes", [
    ({"bad.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n bad: indent\n"}, "build", ["bad.yaml:5"]),
    ({"twice.yaml": "apiVersion: v1\nkind: ConfigMap\nkind: Secret\n"}, "build", ["twice.yaml:3", "kind"]),
    ({"anonymous.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: b}}\n"}, "build", ["anonymous.yaml", "name"]),
    ({"values.yaml": "replicas: 3\n"}, "build", ["values.yaml"]),
    ({"x.yaml": "apiVersion: nowhere.example/v1\nkind: Unknown\nmetadata: {name: x, namespace: default}\n"}, "apply",
     ["Unknown", "nowhere.example"]),
    ({"cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: homeless}\n"}, "apply", ["ConfigMap/homeless", "namespace"]),
    ({"cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: no-such-namespace}\n"}, "apply",
     ["no-such-namespace", "does not exist; create it"]),
    ({"kustomization.yaml": "namePrefixes: a-\nresources: []\n"}, "build", ["kustomization.yaml", "namePrefixes"]),
    ({"kustomization.yaml": "resources: ['https://example.com/x.yaml']\n"}, "build", ["https://example.com/x.yaml"]),
    ({"README.md": "no manifests here"}, "build", []),
], ids=["syntax", "duplicate-key", "no-name", "no-object", "unknown-kind", "no-namespace", "missing-namespace",
        "kustomize-field", "remote-resource", "empty"])
def test_the_message_names_file_object_and_cause(env, files, operation, causes):
    env.controller()
    apply_one(env, files)
    message = env.stagesets.wait("app", "False", "StageFailed")
    assert f'stage "app" {operation}: ' in message, message
    for cause in causes:
        assert cause in message, message
    env.sources.plant("src", {"cm.yaml": [config_map("healed", env.namespace)]})
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)


def test_every_failing_object_is_reported_and_nothing_of_the_step_is_written(env):
    env.controller()
    broken = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": env.namespace},
              "spec": {"ports": [{"port": 700000}]}}
    worse = deployment("d", env.namespace)
    worse["spec"]["selector"]["matchLabels"] = {"app": "other"}
    apply_one(env, {"all.yaml": [config_map("fine", env.namespace), broken, worse]})
    message = env.stagesets.wait("app", "False", "StageFailed", containing="apply: ")
    assert f"Service/{env.namespace}/s" in message and f"Deployment/{env.namespace}/d" in message
    assert env.kube.get("ConfigMap", "fine", env.namespace) is None


def test_a_malformed_stageset_is_reported_and_hurts_nobody_else(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("broken", ["src"], timeout="5 parsecs")
    message = env.stagesets.wait("broken", "False", "InvalidSpec")
    assert "spec.timeout" in message and "5 parsecs" in message
    env.stagesets.apply("twins", ["src", "src"])
    assert "another stage is named" in env.stagesets.wait("twins", "False", "InvalidSpec")
    env.stagesets.apply("later", ["src"], rollbackOnFailure=True)
    assert "spec.rollbackOnFailure" in env.stagesets.wait("later", "False", "InvalidSpec")
    env.stagesets.apply("fine", ["src"])
    env.stagesets.wait("fine", "True", "Succeeded")


def test_a_missing_right_is_named_and_granting_it_heals(env):
    kubeconfig = limited_kubeconfig(env, [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]}])
    try:
        env.controller(kubeconfig=kubeconfig)
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": env.namespace}}
        env.sources.plant("src", {"all.yaml": [config_map("a", env.namespace), secret]})
        env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}}], retryInterval="1s")
        message = env.stagesets.wait("app", "False", "StageFailed", containing="apply: ")
        assert f"Secret/{env.namespace}/s" in message and "forbidden" in message
        assert f"system:serviceaccount:{env.namespace}:controller" in message
        assert env.kube.get("Secret", "s", env.namespace) is None

        role = env.kube.get("ClusterRole", env.namespace)
        role["rules"].append({"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]})
        env.kube.request("PUT", env.kube.path("ClusterRole", None, env.namespace), role)
        env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    finally:
        env.kube.delete("ClusterRoleBinding", env.namespace)
        env.kube.delete("ClusterRole", env.namespace)


def test_without_the_right_to_watch_a_kind_waiting_still_works(env):
    kubeconfig = limited_kubeconfig(env, [
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "create", "patch", "delete"]}])
    try:
        env.controller(kubeconfig=kubeconfig)
        env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, ready_after="3s")]})
        env.stagesets.apply("app", ["src"])
        env.stagesets.wait("app", "True", "Succeeded", timeout=30)
        wait_for(lambda: env.stagesets.stages("app")["src"]["phase"] == "Ready")
    finally:
        env.kube.delete("ClusterRoleBinding", env.namespace)
        env.kube.delete("ClusterRole", env.namespace)
