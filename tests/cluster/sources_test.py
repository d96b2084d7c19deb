# SPDX-License-Identifier: 0BSD
"""Sources that are missing or not ready (scenarios 10, 11), and such as many StageSets share."""

from support.stagesets import config_map

RUNBOOKS = "(runbook: https://stageset.projects.metio.wtf/runbooks/"


def test_scenario_10_a_missing_source_is_awaited(env):
    env.controller()
    env.stagesets.apply("app", ["src"])
    message = env.stagesets.wait("app", "False", "ArtifactNotFound")
    assert 'stage "src"' in message and message.endswith(RUNBOOKS + "artifactnotfound/)")

    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)


def test_scenario_11_a_source_that_is_not_ready_is_awaited(env):
    env.controller()
    files = {"cm.yaml": [config_map("a", env.namespace)]}
    env.sources.plant("src", files, ready=False)
    env.stagesets.apply("app", ["src"])
    message = env.stagesets.wait("app", "False", "SourceNotReady")
    assert 'stage "src"' in message and message.endswith(RUNBOOKS + "sourcenotready/)")
    assert env.kube.get("ConfigMap", "a", env.namespace) is None

    env.sources.plant("src", files, ready=True)
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)


def test_a_cross_namespace_source_is_refused_on_demand(env):
    env.controller("--no-cross-namespace-refs")
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src", "namespace": "kube-system"}}])
    message = env.stagesets.wait("app", "False", "ResolveFailed")
    assert 'cross-namespace ExternalArtifact "src" is not reachable' in message


def test_an_artifact_of_many_stagesets_is_fetched_once(env):
    """A new revision for fifty StageSets is one download; a revision whose files did not change is none."""
    env.controller()
    names = [f"app-{i}" for i in range(50)]
    for name in names:
        env.stagesets.apply(name, [{"name": "app", "sourceRef": {"name": "src"},
                                    "postBuild": {"substitute": {"NAME": name}}}])
    for round_number in (1, 2):
        objects = [config_map("cm-${NAME}", env.namespace, round=f"r{round_number}")]
        revision = env.sources.plant("src", {"cm.yaml": objects})
        for name in names:
            env.stagesets.wait_revision(name, "src", revision)
            assert env.kube.get("ConfigMap", f"cm-{name}", env.namespace)["data"] == {"round": f"r{round_number}"}
        assert len(env.server.requests) == round_number, env.server.requests
    env.sources.plant("src", {"cm.yaml": objects}, revision="main@sha1:2")
    for name in names:
        env.stagesets.wait_revision(name, "src", "main@sha1:2")
    assert len(env.server.requests) == 2, env.server.requests
