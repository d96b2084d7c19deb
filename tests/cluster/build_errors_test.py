# SPDX-License-Identifier: 0BSD
"""What cannot be rendered: `stagesetctl build` answers one line that names the stage, the file and the cause."""

import socketserver
import threading

import pytest
import yaml

from support.command_line import CommandLine
from support.stagesets import config_map


def build(tmp_path, stage=None):
    """Runs without any cluster: nothing of this may need one."""
    stageset = {"apiVersion": "stages.metio.wtf/v1", "kind": "StageSet", "metadata": {"name": "app", "namespace": "t"},
                "spec": {"stages": [{"name": "web", "sourceRef": {"name": "src"}, **(stage or {})}]}}
    arguments = ["build", "-f", "-", "--source-dir", str(tmp_path / "src")]
    return CommandLine(None).error(*arguments, stdin=yaml.safe_dump(stageset))


def write(tmp_path, files):
    for path, content in files.items():
        target = tmp_path / "src" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else yaml.safe_dump_all(content), encoding="utf-8")


def laughs():
    """Nine levels of ten aliases each: a thousand million values of one kilobyte."""
    lines = ["apiVersion: v1", "kind: ConfigMap", "metadata: {name: a}", "a0: &a0 [" + ", ".join("x" * 10) + "]"]
    lines += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]" for i in range(1, 10)]
    return "\n".join(lines) + "\n"


A = config_map("a", "t", k="v")
PATCH = {"target": {"kind": "ConfigMap", "name": "a"}}

CASES = {
    "undefined-variable": (
        {"apps/a.yaml": [config_map("a", "t", text="${Z}")]}, {"postBuild": {"substitute": {"X": "1"}}},
        ["variable not set", "Z", "ConfigMap/t/a"]),
    "missing-file": ({"kustomization.yaml": "resources: [gone.yaml]\n"}, {}, ["kustomization.yaml", "resources", "gone.yaml"]),
    "missing-generator-file": (
        {"kustomization.yaml": "configMapGenerator: [{name: c, files: [gone.txt]}]\n"}, {},
        ["kustomization.yaml", "configMapGenerator", "gone.txt"]),
    "missing-patch-file": (
        {"a.yaml": [A], "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: gone.yaml}]\n"}, {},
        ["kustomization.yaml", "patches", "gone.yaml"]),
    "merge-without-match": (
        {"a.yaml": [A], "p.yaml": [config_map("other", "t")],
         "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n"}, {},
        ["kustomization.yaml: patches[0]: ", "ConfigMap", "other"]),
    "stage-patch-without-match": (
        {"a.yaml": [A]}, {"patches": [{"patch": yaml.safe_dump(config_map("other", "t"))}]}, ["patches", "other"]),
    "operation-without-match": (
        {"a.yaml": [A]}, {"patches": [{**PATCH, "patch": "- {op: remove, path: /data/none}"}]},
        ["patches", "ConfigMap", "/data/none"]),
    "duplicate-object": (
        {"a.yaml": [A], "b.yaml": [A]}, {}, ["b.yaml", "ConfigMap", "already"]),
    "escape-by-dots": ({"kustomization.yaml": "resources: [../x.yaml]\n"}, {}, ["kustomization.yaml", "resources", "../x.yaml"]),
    "stage-path-outside": ({"a.yaml": [A]}, {"path": "../up"}, ["path", "../up"]),
    "laughs": ({"a.yaml": laughs()}, {}, ["a.yaml", "values after anchors are expanded"]),
    "bad-yaml": ({"apps/a.yaml": "a: 1\nb: [\n"}, {"path": "apps"}, ["apps/kustomization.yaml: resources: a.yaml:3:1: "]),
    "helm-chart": ({"kustomization.yaml": "helmCharts: [{name: web}]\n"}, {}, ["kustomization.yaml", "helmCharts"]),
}


@pytest.mark.parametrize("files, stage, causes", CASES.values(), ids=CASES.keys())
def test_bad_input_is_named(tmp_path, files, stage, causes):
    write(tmp_path, files)
    error = build(tmp_path, stage)
    for cause in ['stage "web"', *causes]:
        assert cause in error, error


def test_a_link_that_leads_outside_is_refused(tmp_path):
    (tmp_path / "secret.yaml").write_text(yaml.safe_dump(A), encoding="utf-8")
    write(tmp_path, {"kustomization.yaml": "resources: [link.yaml]\n"})
    (tmp_path / "src" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    error = build(tmp_path)
    assert 'stage "web"' in error and "link.yaml" in error and "symbolic link" in error, error


@pytest.mark.parametrize("base", ["http://127.0.0.1:{}/x.yaml", "git::http://127.0.0.1:{}/repo//base?ref=main",
                                  "http://127.0.0.1:{}/org/repo.git"])
def test_a_remote_base_is_refused_before_any_connection(tmp_path, base):
    connections = []

    class Count(socketserver.BaseRequestHandler):
        def handle(self):
            connections.append(self.client_address)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Count) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = base.format(server.server_address[1])
        write(tmp_path, {"kustomization.yaml": yaml.safe_dump({"resources": [url]})})
        error = build(tmp_path)
        server.shutdown()
    assert 'stage "web"' in error and "kustomization.yaml" in error and url in error, error
    assert connections == []


def test_a_document_of_100_megabytes_is_refused(tmp_path):
    write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: "})
    with open(tmp_path / "src" / "a.yaml", "a", encoding="utf-8") as file:
        for _ in range(100):
            file.write("x" * (1 << 20))
    error = build(tmp_path)
    assert 'stage "web"' in error and "a.yaml" in error and "larger than" in error, error
