# SPDX-License-Identifier: 0BSD
"""The examples of docs/guides/readiness.md do what the page says."""

import pathlib
import re

import yaml

from support.kube import open_definition
from support.stagesets import config_map, deployment, waits

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs/guides/readiness.md"


def example(env, name):
    """Applies the StageSet of that name as it stands in the guide."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    stageset = next(s for s in map(yaml.safe_load, blocks) if s["metadata"]["name"] == name)
    stageset["metadata"]["namespace"] = env.namespace
    env.kube.apply(stageset)


def test_not_at_all(env):
    env.controller()
    env.sources.plant("app", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    example(env, "no-wait")
    env.stagesets.wait("no-wait", "True", "Succeeded", timeout=5)


def test_for_named_objects(env):
    env.controller()
    env.sources.plant("app", {"d.yaml": [deployment("web", env.namespace),
                                         deployment("other", env.namespace, behaviour="never-ready")]})
    env.sources.plant("after", {"cm.yaml": [config_map("after", env.namespace)]})
    example(env, "named")
    waits(env, "named", "app", f"Secret/{env.namespace}/web-certificate: does not exist")
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    env.kube.create({"apiVersion": "v1", "kind": "Secret",
                     "metadata": {"name": "web-certificate", "namespace": env.namespace}})
    env.stagesets.wait("named", "True", "Succeeded", timeout=20)


def test_by_expressions(env):
    env.kube.serve(open_definition("rollouts.example.org", "Canary"))
    env.controller()
    env.sources.plant("app", {"c.yaml": [{"apiVersion": "rollouts.example.org/v1", "kind": "Canary",
                                          "metadata": {"name": "web", "namespace": env.namespace}}]})
    env.sources.plant("after", {"cm.yaml": [config_map("after", env.namespace)]})
    example(env, "judged")
    waits(env, "judged", "app", f"Canary/{env.namespace}/web: its expression failed cannot be told yet")
    env.kube.patch("Canary", "web", {"status": {"phase": "Healthy"}}, env.namespace, "status")
    env.stagesets.wait("judged", "True", "Succeeded", timeout=5)
