# SPDX-License-Identifier: 0BSD
"""Sources of other kinds than ExternalArtifact: those of Flux, producers, and kinds that are served later (scenarios 7, 8, 18)."""

import json

import pytest

from support.kube import open_definition, wait_for
from support.stagesets import config_map

SPECS = {
    "GitRepository": {"interval": "1h", "url": "https://git.example/app.git"},
    "OCIRepository": {"interval": "1h", "url": "oci://registry.example/app"},
    "Bucket": {"interval": "1h", "bucketName": "app", "endpoint": "s3.example"},
}


def files(env, text):
    return {"cm.yaml": [config_map("a", env.namespace, k=text)]}


def shows(env, text):
    return (env.kube.get("ConfigMap", "a", env.namespace) or {}).get("data") == {"k": text}


def apply_one(env, **reference):
    """A StageSet whose timers never help: only a watch brings it on."""
    env.stagesets.apply("app", [{"name": "app", "sourceRef": reference}], interval="1h", retryInterval="1h")


def pointer(group, kind, name):
    return {"sourceRef": {"apiVersion": f"{group}/v1", "kind": kind, "name": name}}


@pytest.mark.parametrize("kind", SPECS)
def test_scenario_7_a_source_of_flux_rolls_out_each_revision(env, kind):
    env.controller()
    apply_one(env, kind=kind, name="src")
    env.stagesets.wait("app", "False", "ArtifactNotFound")
    for text in ("one", "two"):
        revision = env.sources.plant("src", files(env, text), kind=kind, spec=SPECS[kind])
        env.stagesets.wait_revision("app", "src", revision, timeout=10)
        assert shows(env, text)


def test_scenario_8_a_producer_is_found_by_its_artifact(env):
    """The artifact's name is the key; a second artifact of the producer is ambiguous, and heals when it goes."""
    group = "p" + env.namespace[-6:] + ".example.com"
    env.kube.create(open_definition(group, "Snippet"))
    try:
        env.controller()
        apply_one(env, apiVersion=f"{group}/v7", kind="Snippet", name="web")
        env.stagesets.wait("app", "False", "ArtifactNotFound")
        spec = pointer(group, "Snippet", "web")
        revision = env.sources.plant("built", files(env, "one"), spec=spec)
        env.stagesets.wait_revision("app", "built", revision, timeout=10)
        revision = env.sources.plant("built", files(env, "two"))
        env.stagesets.wait_revision("app", "built", revision, timeout=10)

        env.sources.plant("second", files(env, "three"), spec=spec)
        message = env.stagesets.wait("app", "False", "ResolveFailed", timeout=10)
        assert "built, second" in message and shows(env, "two")
        env.kube.delete("ExternalArtifact", "second", env.namespace)
        env.stagesets.wait("app", "True", "Succeeded", timeout=10)
    finally:
        env.kube.delete("CustomResourceDefinition", f"snippets.{group}", None)


def test_a_producer_without_api_version_is_invalid(env):
    env.controller()
    apply_one(env, kind="Snippet", name="web")
    message = env.stagesets.wait("app", "False", "InvalidSpec")
    assert "spec.stages[0].sourceRef.apiVersion" in message


def test_two_kinds_of_one_name_are_refused(env):
    env.controller()
    env.sources.plant("src", files(env, "one"))
    env.sources.plant("src", files(env, "two"), kind="GitRepository", spec=SPECS["GitRepository"])
    env.stagesets.apply("app", [{"name": "a", "sourceRef": {"name": "src"}},
                                {"name": "b", "sourceRef": {"name": "src", "kind": "GitRepository"}}])
    message = env.stagesets.wait("app", "False", "ResolveFailed")
    assert f"are both named {env.namespace}/src" in message
    assert env.kube.get("ConfigMap", "a", env.namespace) is None


@pytest.mark.parametrize("watched", ["own namespace", "both namespaces"])
def test_scenario_18_a_source_in_another_namespace_is_used(env, watched):
    """Watched, its changes wake at once; not watched, it is read from the API at the interval."""
    other = env.namespace + "-other"
    env.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}})
    try:
        is_watched = watched == "both namespaces"
        env.controller(watch=f"{env.namespace},{other}" if is_watched else env.namespace)
        sources = type(env.sources)(env.kube, env.server, other)
        sources.plant("src", files(env, "one"))
        env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src", "namespace": other}}],
                            interval="1h" if is_watched else "2s")
        env.stagesets.wait("app", "True", "Succeeded")
        sources.plant("src", files(env, "two"))
        wait_for(lambda: shows(env, "two"), timeout=15, what="the second revision")
    finally:
        env.kube.delete("Namespace", other)


def test_a_kind_that_is_served_later_is_followed_then(env):
    """Nothing but the appearance of the definition, and of the object, brings the rollout on."""
    group = "l" + env.namespace[-6:] + ".example.com"
    env.controller()
    apply_one(env, apiVersion=f"{group}/v1", kind="ExternalArtifact", name="src")
    env.stagesets.wait("app", "False", "ResolveFailed")
    # Under a group of its own the kind carries its artifact as that of Flux does.
    definition = open_definition(group, "Later")
    definition["metadata"]["name"] = f"externalartifacts.{group}"
    definition["spec"]["names"] = {"kind": "ExternalArtifact", "plural": "externalartifacts"}
    del definition["spec"]["versions"][0]["subresources"]
    env.kube.create(definition)
    try:
        revision = env.sources.plant("real", files(env, "one"))
        status = env.kube.get("ExternalArtifact", "real", env.namespace)["status"]
        source = json.dumps({"apiVersion": f"{group}/v1", "kind": "ExternalArtifact", "status": status,
                             "metadata": {"name": "src", "namespace": env.namespace}})
        wait_for(lambda: env.cluster.kubectl("apply", "-f", "-", input=source, check=False).returncode == 0,
                 timeout=20, what="the kind to be served")
        env.stagesets.wait_revision("app", "src", revision, timeout=15)
    finally:
        env.kube.delete("CustomResourceDefinition", definition["metadata"]["name"], None)
