# SPDX-License-Identifier: 0BSD
"""`stagesetctl build` prints what a StageSet applies (scenarios 15, 16 and 101)."""

import os

import pytest
import yaml

from support.command_line import BINARY, CommandLine
from support.controller import free_port
from support.stagesets import config_map, deployment

OWNER_LABELS = {"stages.metio.wtf/name", "stages.metio.wtf/namespace"}


@pytest.fixture
def ctl(env):
    return CommandLine(env.cluster.kubeconfig)


def secret(name, namespace, **data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace},
            "stringData": data}


def write(folder, files):
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else yaml.safe_dump_all(content), encoding="utf-8")
    return str(folder)


def names(documents):
    return [f"{document['kind']}/{document['metadata']['name']}" for document in documents]


def test_scenario_101_build_prints_what_is_applied(env, ctl):
    files = {"a.yaml": [config_map("a", env.namespace, k="v"), secret("s", env.namespace, password="hunter2")],
             "b.yaml": [deployment("web", env.namespace)]}
    folder = write(env.tmp_path / "manifests", files)
    env.controller()
    env.sources.plant("src", files)
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")

    printed = ctl.documents("build", "app", "-n", env.namespace, "--source-dir", folder)
    assert names(printed) == ["ConfigMap/a", "Secret/s", "Deployment/web"]
    for document in printed:
        assert not OWNER_LABELS & set(document["metadata"].get("labels", {}))
        live = env.kube.get(document["kind"], document["metadata"]["name"], env.namespace)
        assert OWNER_LABELS <= set(live["metadata"]["labels"])
        if document["kind"] == "ConfigMap":
            assert live["data"] == document["data"]
    assert printed[1]["data"] == {"password": "<-- value not shown (#1)"}
    revealed = ctl.documents("build", "app", "-n", env.namespace, "--source-dir", folder, "--show-secrets")
    assert revealed[1]["data"] == env.kube.get("Secret", "s", env.namespace)["data"] == {"password": "aHVudGVyMg=="}


def test_scenario_101_a_built_set_is_the_applied_set(env, ctl):
    """With overlays, patches, variables and a generator: the same objects, field by field, as the controller owns."""
    files = {
        "base/web.yaml": [deployment("web", env.namespace), config_map("where", env.namespace, cluster="${cluster}")],
        "base/kustomization.yaml": "resources: [web.yaml]\nlabels: [{pairs: {team: a}, includeSelectors: true}]\n",
        "prod/secret.yaml": [secret("s", env.namespace, password="${password:=hunter2}")],
        "prod/up.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: "
                        f"{env.namespace}}}\nspec:\n  template:\n    spec:\n"
                        "      containers: [{name: main, ports: [{containerPort: 80}]}, {name: side, image: side}]\n",
        "prod/kustomization.yaml":
            f"resources: [../base, secret.yaml]\nnameSuffix: -prod\nnamespace: {env.namespace}\n"
            "images: [{name: registry.example/app, newTag: '2'}]\npatches: [{path: up.yaml}]\n"
            "configMapGenerator: [{name: settings, literals: ['text=${cluster} ${n}']}]\n"}
    env.controller()
    env.sources.plant("src", files)
    env.stagesets.apply("app", [{
        "name": "app", "sourceRef": {"name": "src"}, "path": "prod",
        "patches": [{"target": {"kind": "Deployment"}, "patch": "- {op: replace, path: /spec/replicas, value: 2}"}],
        "postBuild": {"substitute": {"cluster": "eu", "n": "7"}}}])
    env.stagesets.wait("app", "True", "Succeeded")

    printed = ctl.documents("build", "app", "-n", env.namespace, "--show-secrets")
    ids = [f"{env.namespace}_{document['metadata']['name']}_{'apps' if document['kind'] == 'Deployment' else ''}"
           f"_{document['kind']}" for document in printed]
    assert len(printed) == 4 and sorted(ids) == env.stagesets.entries("app", "app")
    for document in printed:
        live = env.kube.get(document["kind"], document["metadata"]["name"], env.namespace)
        [owned] = [entry for entry in live["metadata"]["managedFields"] if entry["manager"] == "stageset-controller"]
        labels = {key: live["metadata"]["labels"][key] for key in (*OWNER_LABELS, "applyset.kubernetes.io/part-of")}
        document["metadata"]["labels"] = {**document["metadata"].get("labels", {}), **labels}
        # What the command line printed, applied as the controller: it would change nothing, and own the same fields.
        tried = env.kube.apply(document, "stageset-controller", dry_run=True)
        [again] = [entry for entry in tried["metadata"].pop("managedFields") if entry["manager"] == "stageset-controller"]
        assert again["fieldsV1"] == owned["fieldsV1"]
        live["metadata"].pop("managedFields")
        assert tried == live


def test_build_by_name_fetches_the_artifacts(env, ctl):
    base = {"cm.yaml": [config_map("base", env.namespace)]}
    env.sources.plant("base", base)
    env.sources.plant("web", {"cm.yaml": [config_map("web", env.namespace)]})
    env.stagesets.apply("app", ["base", "web"])
    fetched = ctl.run("--namespace", env.namespace, "build", "app")
    assert fetched.returncode == 0, fetched.stderr
    assert names(yaml.safe_load_all(fetched.stdout)) == ["ConfigMap/base", "ConfigMap/web"]
    assert fetched.stdout.count("---\n") == 1 and not fetched.stdout.startswith("---")
    assert len(env.server.requests) == 2

    # Artifacts and directories may be mixed; a directory's stage asks no server.
    folder = write(env.tmp_path / "base", base)
    mixed = ctl.run("build", "app", "-n", env.namespace, "--source-dir", f"base={folder}")
    assert mixed.stdout == fetched.stdout
    assert len(env.server.requests) == 3
    assert names(ctl.documents("build", "app", "-n", env.namespace, "--stage", "web")) == ["ConfigMap/web"]
    assert 'stage "none" not found' in ctl.error("build", "app", "-n", env.namespace, "--stage", "none")


def test_scenario_15_build_follows_path_patches_and_variables(env, ctl):
    files = {"base/web.yaml": [deployment("web", env.namespace),
                               config_map("where", env.namespace, cluster="${cluster_name}")],
             "base/kustomization.yaml": "resources: [web.yaml]\n",
             "overlays/prod/kustomization.yaml": "resources: [../../base]\nnameSuffix: -prod\n"}
    env.sources.plant("src", files)
    env.stagesets.apply("app", [{
        "name": "app", "sourceRef": {"name": "src"}, "path": "./overlays/prod",
        "patches": [{"target": {"kind": "Deployment", "name": "web"},
                     "patch": "- {op: replace, path: /spec/replicas, value: 6}"}],
        "postBuild": {"substitute": {"cluster_name": "prod-eu"}}}])
    printed = {document["metadata"]["name"]: document for document in ctl.documents("build", "app", "-n", env.namespace)}
    assert printed["web-prod"]["spec"]["replicas"] == 6
    assert printed["where-prod"]["data"] == {"cluster": "prod-eu"}


def test_scenario_16_build_reads_variables_in_their_order(env, ctl):
    env.kube.apply(config_map("a", env.namespace, X="1", Y="1"))
    env.kube.apply(secret("b", env.namespace, X="2"))
    references = [{"kind": "ConfigMap", "name": "a"}, {"kind": "Secret", "name": "b"}]

    def build(text, post_build):
        stage = {"name": "app", "sourceRef": {"name": "none"}}
        env.stagesets.apply("app", [{**stage, "postBuild": post_build} if post_build else stage])
        folder = write(env.tmp_path / "src", {"cm.yaml": [config_map("c", env.namespace, text=text)]})
        return ["build", "app", "-n", env.namespace, "--source-dir", folder]

    def text_of(*given):
        return ctl.documents(*build(*given))[0]["data"]["text"]

    both = {"substituteFrom": references, "substitute": {"Y": "v3"}}
    assert text_of("x${X} ${Y} ${Z:=d} $${Z}", both) == "x2 v3 d ${Z}"
    assert "variable not set" in ctl.error(*build("${Z}", both))
    assert text_of("${Z} ${Z:=d} $${Z}", None) == "${Z} ${Z:=d} $${Z}"
    missing = {"kind": "ConfigMap", "name": "missing"}
    assert text_of("x${X}", {"substituteFrom": [*references, {**missing, "optional": True}]}) == "x2"
    error = ctl.error(*build("x${X}", {"substituteFrom": [*references, missing]}))
    assert "not found" in error and "missing" in error and 'stage "app"' in error


def test_errors_are_one_line_with_exit_code_3(env, ctl):
    env.stagesets.apply("app", ["src"])
    here = ["-n", env.namespace]
    assert ctl.error("build", "nope", *here) == 'stagesets.stages.metio.wtf "nope" not found'
    assert "does not exist" in ctl.error("build", "app", *here)
    denied = ctl.error("build", "app", *here, "--as", "jane")
    assert "forbidden" in denied and '"jane"' in denied
    assert ctl.error("build", "app", *here, "-s", f"https://127.0.0.1:{free_port()}")
    assert "kubeconfig" in ctl.error("build", "app", "--kubeconfig", str(env.tmp_path / "none"))
    assert "invalid --source-dir" in ctl.error("build", "app", "--source-dir", "app=")
    assert "unknown command" in ctl.error("frobnicate", code=2)
    assert "unknown flag" in ctl.error("build", "app", "--frobnicate", code=2)
    assert "accepts 1 arg(s), received 0" in ctl.error("build", code=2)


def test_as_tenant_reads_variables_as_the_service_account(env, ctl):
    env.kube.apply(config_map("vars", env.namespace, X="1"))
    env.kube.apply({"apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": {"name": "deployer", "namespace": env.namespace}})
    env.stagesets.apply("app", [{
        "name": "app", "sourceRef": {"name": "none"},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]}}], serviceAccountName="deployer")
    folder = write(env.tmp_path / "src", {"cm.yaml": [config_map("c", env.namespace, x="x${X}")]})
    build = ["build", "app", "-n", env.namespace, "--source-dir", folder]
    assert ctl.documents(*build)[0]["data"] == {"x": "x1"}
    denied = ctl.error(*build, "--as-tenant")
    assert "forbidden" in denied and f"system:serviceaccount:{env.namespace}:deployer" in denied
    # A given --as is replaced for these reads; the StageSet itself is still read as that user.
    assert '"jane"' in ctl.error(*build, "--as-tenant", "--as", "jane")

    env.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                    "metadata": {"name": "vars", "namespace": env.namespace},
                    "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]})
    env.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                    "metadata": {"name": "vars", "namespace": env.namespace},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "vars"},
                    "subjects": [{"kind": "ServiceAccount", "name": "deployer", "namespace": env.namespace}]})
    assert ctl.documents(*build, "--as-tenant")[0]["data"] == {"x": "x1"}


def test_a_file_and_a_directory_need_no_cluster(env):
    nobody = CommandLine(None)
    folder = write(env.tmp_path / "src", {"cm.yaml": [config_map("c", "t", k="v")]})
    stageset = yaml.safe_dump({"apiVersion": "stages.metio.wtf/v1", "kind": "StageSet", "metadata": {"name": "app"},
                               "spec": {"stages": [{"name": "app", "sourceRef": {"name": "src"}}]}})
    assert names(nobody.documents("build", "-f", "-", "--source-dir", folder, stdin=stageset)) == ["ConfigMap/c"]
    assert "kubeconfig" in nobody.error("build", "-f", "-", stdin=stageset)


def test_as_a_plugin_it_speaks_of_kubectl(env):
    link = env.tmp_path / "kubectl-stageset"
    os.symlink(BINARY, link)
    plugin = CommandLine(env.cluster.kubeconfig, str(link))
    assert plugin.run("version").stdout.startswith("kubectl stageset version ")
    assert "kubectl stageset" in plugin.error("frobnicate", code=2)
