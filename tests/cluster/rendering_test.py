# SPDX-License-Identifier: 0BSD
"""What a stage renders to: overlays, patches, variables, Helm hooks (scenarios 15 and 16, rendering in 7 and 25)."""

import json

import pytest

from support.kube import wait_for
from support.stagesets import config_map, deployment


def data_of(env, name):
    return (env.kube.get("ConfigMap", name, env.namespace) or {}).get("data")


def variable_source(env, kind, name, **data):
    field = "stringData" if kind == "Secret" else "data"
    env.kube.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": env.namespace}, field: data})


def apply_stage(env, name="app", **stage):
    env.stagesets.apply(name, [{"name": "app", "sourceRef": {"name": "src"}, **stage}], retryInterval="1h")


def test_scenario_15_sub_path_patches_and_substitution(env):
    env.controller()
    env.sources.plant("src", {
        "base/web.yaml": [deployment("web", env.namespace)],
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\ncommonAnnotations: {cluster: '${cluster_name}'}\n"
                                            "configMapGenerator: [{name: settings, literals: [a=b]}]\n"
                                            f"namespace: {env.namespace}\n"})
    apply_stage(env, path="./overlays/prod", postBuild={"substitute": {"cluster_name": "prod-eu"}}, patches=[
        {"target": {"kind": "Deployment", "name": "web"}, "patch": '[{"op": "replace", "path": "/spec/replicas", "value": 6}]'}])
    env.stagesets.wait("app", "True", "Succeeded")
    web = env.kube.get("Deployment", "web", env.namespace)
    assert web["spec"]["replicas"] == 6
    assert web["metadata"]["annotations"]["cluster"] == "prod-eu"
    names = env.stagesets.entries("app", "app")
    assert [n for n in names if n.startswith(f"{env.namespace}_settings-") and n.endswith("__ConfigMap")], names


def test_scenario_16_later_variables_override_earlier_ones(env):
    env.controller()
    variable_source(env, "ConfigMap", "a", X="1", Y="1")
    variable_source(env, "Secret", "b", X="2")
    env.sources.plant("src", {"cm.yaml": [config_map("c", env.namespace, x="is ${X}", y="is ${Y}", d="${Z:=d}", dollar="$${Z}")]})
    references = [{"kind": "ConfigMap", "name": "a"}, {"kind": "Secret", "name": "b"},
                  {"kind": "ConfigMap", "name": "missing", "optional": True}]
    apply_stage(env, postBuild={"substituteFrom": references, "substitute": {"Y": "3"}})
    env.stagesets.wait("app", "True", "Succeeded")
    assert data_of(env, "c") == {"x": "is 2", "y": "is 3", "d": "d", "dollar": "${Z}"}


def test_scenario_16_a_missing_source_and_an_undefined_variable_fail_the_stage(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("c", env.namespace, z="${Z}")]})
    apply_stage(env, postBuild={"substituteFrom": [{"kind": "Secret", "name": "missing"}]})
    message = env.stagesets.wait("app", "False", "StageFailed")
    assert 'stage "app" build: ' in message and f"Secret {env.namespace}/missing" in message, message
    apply_stage(env, postBuild={"substitute": {"X": "1"}})
    message = env.stagesets.wait("app", "False", "StageFailed", containing="Z")
    assert f"ConfigMap/{env.namespace}/c" in message, message
    assert data_of(env, "c") is None
    apply_stage(env)
    env.stagesets.wait("app", "True", "Succeeded")
    assert data_of(env, "c") == {"z": "${Z}"}, "without variables text stays as it is"


def test_a_number_stays_a_number(env):
    """What is inserted is read as YAML again; the API server says where it needs a text."""
    env.controller()
    web = deployment("web", env.namespace)
    web["spec"]["replicas"] = "${REPLICAS}"
    env.sources.plant("src", {"web.yaml": [web]})
    apply_stage(env, postBuild={"substitute": {"REPLICAS": "2"}})
    env.stagesets.wait("app", "True", "Succeeded")
    assert env.kube.get("Deployment", "web", env.namespace)["spec"]["replicas"] == 2


def test_an_object_may_opt_out_of_substitution(env):
    env.controller()
    script = config_map("script", env.namespace, run="echo ${HOME}")
    script["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
    env.sources.plant("src", {"cm.yaml": [script, config_map("c", env.namespace, x="is ${X}")]})
    apply_stage(env, postBuild={"substitute": {"X": "1"}})
    env.stagesets.wait("app", "True", "Succeeded")
    assert data_of(env, "script") == {"run": "echo ${HOME}"} and data_of(env, "c") == {"x": "is 1"}


def test_helm_hooks_are_told_of_and_left_out_on_request(env):
    env.controller()
    hook = config_map("hook", env.namespace)
    hook["metadata"]["annotations"] = {"helm.sh/hook": "pre-install"}
    env.sources.plant("src", {"cm.yaml": [hook, config_map("c", env.namespace)]})
    apply_stage(env)
    env.stagesets.wait("app", "True", "Succeeded")
    assert env.kube.get("ConfigMap", "hook", env.namespace)
    [event] = wait_for(lambda: [e for e in env.kube.list("Event", env.namespace) if e["reason"] == "HelmHookResource"], 10)
    assert event["type"] == "Warning" and f"ConfigMap/{env.namespace}/hook" in json.dumps(event)
    apply_stage(env, applyHelmHookResources=False)
    wait_for(lambda: env.kube.get("ConfigMap", "hook", env.namespace) is None, 30)
    assert env.kube.get("ConfigMap", "c", env.namespace)


@pytest.mark.parametrize("files, stage, causes", [
    ({"cm.yaml": [config_map("c", "default")]},
     {"patches": [{"patch": "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}"}]}, ["other"]),
    ({"kustomization.yaml": "resources: [gone.yaml]\n"}, {}, ["kustomization.yaml", "gone.yaml"]),
    ({"kustomization.yaml": "resources: [../up.yaml]\n"}, {}, ["kustomization.yaml", "../up.yaml"]),
    ({"kustomization.yaml": "resources: []\nhelmCharts: [{name: web}]\n"}, {}, ["kustomization.yaml", "helmCharts"]),
    ({"a.yaml": [config_map("c", "default")], "b.yaml": [config_map("c", "default")]}, {}, ["ConfigMap", "c"]),
], ids=["patch-without-match", "missing-file", "escape", "helm", "duplicate"])
def test_what_cannot_be_built_is_named(env, files, stage, causes):
    env.controller()
    env.sources.plant("src", files)
    apply_stage(env, **stage)
    message = env.stagesets.wait("app", "False", "StageFailed")
    assert 'stage "app" build: ' in message, message
    for cause in causes:
        assert cause in message, message


def test_values_of_secrets_are_in_no_message(env):
    controller = env.controller()
    variable_source(env, "Secret", "s", PASSWORD="hunter2: [")
    env.sources.plant("src", {"cm.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: {env.namespace}}}\n"
                                         "data:\n  p: ${PASSWORD}\n"})
    apply_stage(env, postBuild={"substituteFrom": [{"kind": "Secret", "name": "s"}]})
    env.stagesets.wait("app", "False", "StageFailed")
    assert "hunter2" not in json.dumps(env.stagesets.get("app"))
    assert "hunter2" not in json.dumps(env.kube.list("Event", env.namespace))
    assert "hunter2" not in controller.log()
