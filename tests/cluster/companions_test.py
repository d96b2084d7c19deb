# SPDX-License-Identifier: 0BSD
"""Sources as users have them: Flux's own source-controller, a git server, a registry and S3 (scenarios 7, 10, 11, 13, 18)."""

import datetime
import statistics

import pytest

from support.companions import patches
from support.kube import wait_for
from support.stagesets import config_map, deployment, waits

KINDS = ("GitRepository", "OCIRepository", "Bucket")
# The first is the rollout of a new StageSet; the others measure how soon a revision follows its artifact.
REVISIONS = 6


def files(env, text):
    return {"cm.yaml": [config_map("a", env.namespace, k=text)]}


def shows(env, text):
    return (env.kube.get("ConfigMap", "a", env.namespace) or {}).get("data") == {"k": text}


def apply_one(env, kind, **spec):
    """A StageSet whose timers never help, unless told otherwise."""
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"kind": kind, "name": "src"}}],
                        **{"interval": "1h", "retryInterval": "1h", **spec})


def milliseconds(env, source, pushed_at):
    """From source-controller's write of an artifact that was pushed after a time to the first apply (a dry run), both as the
    API server received them: the fetch is a part of it."""
    def sent(agent, resource):
        return patches(env.cluster, agent, env.namespace, resource, pushed_at)
    applied = wait_for(lambda: sent("stageset-controller", "configmaps"), timeout=10, what="an apply in the audit log")[0]
    written = [at for at in sent("source-controller", source.resource) if at < applied][-1]
    return (applied - written).total_seconds() * 1000


@pytest.mark.parametrize("kind", KINDS)
def test_scenario_7_what_is_pushed_rolls_out(env, companions, kind):
    """Nobody does more than to push: source-controller polls, the StageSet follows its artifact, and stays Ready while
    source-controller makes it."""
    controller = env.controller()
    source = companions.source(kind, env.namespace)
    source.push({**files(env, "r1"), "deep/old.yaml": [config_map("old", env.namespace)]})
    source.create()
    apply_one(env, kind)
    env.stagesets.wait("app", "True", "Succeeded")
    assert shows(env, "r1") and env.kube.get("ConfigMap", "old", env.namespace)

    def not_ready():
        return controller.metric("stageset_reconcile_total", name="app", reason="SourceNotReady") or 0
    before = not_ready()
    delays = []
    for number in range(2, REVISIONS + 1):
        pushed_at = datetime.datetime.now(datetime.timezone.utc)
        pushed = source.push(files(env, f"r{number}"))
        wait_for(lambda: shows(env, f"r{number}"), timeout=20, what=f"revision {number} to roll out")
        revision = source.artifact()["revision"]
        assert pushed in (None, revision)
        env.stagesets.wait_revision("app", "src", revision, timeout=10)
        delays.append(milliseconds(env, source, pushed_at))
    assert not_ready() == before
    assert env.kube.get("ConfigMap", "old", env.namespace) is None
    print(f"{kind}: artifact to first apply in {statistics.median(delays):.0f} ms "
          f"(median of {', '.join(f'{delay:.0f}' for delay in delays)})")


def test_an_oci_tag_in_another_place_rolls_out(env, companions):
    """The source is pointed to a new tag, then pinned by a digest."""
    env.controller()
    source = companions.source("OCIRepository", env.namespace)
    source.push(files(env, "one"), tag="v1")
    second = source.push(files(env, "two"), tag="v2")
    source.create(ref={"tag": "v1"})
    apply_one(env, "OCIRepository")
    env.stagesets.wait("app", "True", "Succeeded")
    assert shows(env, "one")
    source.point(ref={"tag": "v2"})
    env.stagesets.wait_revision("app", "src", second, timeout=20)
    assert shows(env, "two")
    third = source.push(files(env, "three"), tag="v3")
    source.point(ref={"tag": None, "digest": third.split("@")[1]})
    wait_for(lambda: shows(env, "three"), timeout=20, what="the digest to roll out")


def test_scenario_10_a_repository_that_comes_after_its_stageset_is_awaited(env, companions):
    env.controller()
    apply_one(env, "GitRepository")
    message = env.stagesets.wait("app", "False", "ArtifactNotFound")
    assert f"GitRepository {env.namespace}/src" in message
    source = companions.source("GitRepository", env.namespace)
    source.push(files(env, "one"))
    source.create()
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert shows(env, "one")


def test_scenario_11_a_branch_that_comes_later_is_awaited(env, companions):
    """source-controller says that it is not ready, and there is no artifact."""
    env.controller()
    source = companions.source("GitRepository", env.namespace)
    source.push(files(env, "other"), branch="another")
    source.create()
    wait_for(lambda: source.ready() == "False", timeout=20, what="source-controller to miss the branch")
    apply_one(env, "GitRepository")
    message = env.stagesets.wait("app", "False", "SourceNotReady")
    assert f"GitRepository {env.namespace}/src" in message
    assert env.kube.get("ConfigMap", "a", env.namespace) is None

    revision = source.push(files(env, "one"))
    source.poll()
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    env.stagesets.wait_revision("app", "src", revision)
    assert shows(env, "one")


@pytest.fixture
def elsewhere(env, companions):
    """A repository in a namespace that the controller does not serve."""
    namespace = env.namespace + "-s"
    env.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    source = companions.source("GitRepository", namespace)
    source.push(files(env, "one"))
    source.create()
    wait_for(source.artifact, timeout=20, what="the repository's artifact")
    yield source
    env.kube.delete("Namespace", namespace)


def apply_from(env, source):
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"kind": source.kind, "name": source.name,
                                                              "namespace": source.namespace}}], interval="2s")


def test_scenario_18_a_repository_of_another_namespace_rolls_out(env, elsewhere):
    """Scenario 18, by default: its namespace is not watched, so that a commit is found at the interval."""
    env.controller()
    apply_from(env, elsewhere)
    env.stagesets.wait("app", "True", "Succeeded")
    elsewhere.push(files(env, "two"))
    wait_for(lambda: shows(env, "two"), timeout=20, what="the commit to roll out")


def test_scenario_18_a_repository_of_another_namespace_can_be_refused(env, elsewhere):
    """Scenario 18 with --no-cross-namespace-refs: refused without a look at it."""
    controller = env.controller("--no-cross-namespace-refs")
    apply_from(env, elsewhere)
    env.stagesets.wait("app", "False", "ResolveFailed")
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    assert elsewhere.artifact()["digest"] not in controller.log()


def test_scenario_13_an_archive_that_was_tampered_with_is_not_applied(env, companions):
    """Scenario 13: source-controller serves other bytes than its status tells; the next commit mends that."""
    env.controller()
    source = companions.source("GitRepository", env.namespace)
    source.push(files(env, "one"))
    source.create()
    wait_for(source.artifact, timeout=20, what="the repository's artifact")
    source.tamper()
    apply_one(env, "GitRepository", retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing='stage "app" fetch artifact: ')
    assert "digest" in message, message
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    source.push(files(env, "two"))
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert shows(env, "two")


def test_a_commit_ends_a_hopeless_wait(env, companions):
    """The wait for a Deployment that never becomes ready would take an hour; the commit that mends it does not wait for that."""
    env.controller()
    source = companions.source("GitRepository", env.namespace)
    source.push({"web.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    source.create()
    apply_one(env, "GitRepository", timeout="1h")
    waits(env, "app", "app")
    revision = source.push({"web.yaml": [deployment("web", env.namespace)]})
    env.stagesets.wait_revision("app", "src", revision, timeout=20)
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)


def test_a_rollout_goes_on_without_source_controller(env, companions):
    """What a rollout needs was fetched at its start: nothing is asked of source-controller while stages become ready."""
    env.controller()
    for name, objects in (("one", [deployment("web", env.namespace, ready_after="3s")]),
                          ("two", [config_map("late", env.namespace)])):
        source = companions.source("GitRepository", env.namespace, name)
        source.push({"all.yaml": objects})
        source.create(interval="1h")
    stages = [{"name": name, "sourceRef": {"kind": "GitRepository", "name": name}} for name in ("one", "two")]
    env.stagesets.apply("app", stages, interval="1h", retryInterval="1h")
    wait_for(lambda: env.stagesets.stages("app").get("one", {}).get("phase") == "Verifying", timeout=30)
    companions.component("stop", "source-controller")
    try:
        env.stagesets.wait("app", "True", "Succeeded", timeout=30)
    finally:
        companions.component("start", "source-controller")
    assert env.kube.get("ConfigMap", "late", env.namespace)


def test_a_source_controller_that_is_away_is_waited_for(env, companions):
    """A controller without a cache cannot fetch meanwhile, says so, and goes on by itself when it can."""
    source = companions.source("GitRepository", env.namespace)
    source.push(files(env, "one"))
    source.create(interval="1h")
    wait_for(source.artifact, timeout=20, what="the artifact")
    companions.component("stop", "source-controller")
    try:
        env.controller()
        apply_one(env, "GitRepository", retryInterval="1s")
        message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
        assert 'stage "app"' in message
    finally:
        companions.component("start", "source-controller")
    env.stagesets.wait("app", "True", "Succeeded", timeout=30)
    assert shows(env, "one")


@pytest.mark.parametrize("kind", KINDS)
def test_a_restart_of_source_controller_wakes_nobody(env, companions, kind):
    """It looks at each source anew and finds the same: no StageSet runs for that."""
    controller = env.controller()
    source = companions.source(kind, env.namespace)
    source.push(files(env, "one"))
    source.create(interval="1h")
    apply_one(env, kind)
    env.stagesets.wait("app", "True", "Succeeded")

    def runs():
        return controller.metric("stageset_reconcile_total", name="app")
    before = runs()
    companions.component("restart", "source-controller")
    token = source.poll()
    wait_for(lambda: source.polled(token), timeout=20, what="source-controller to look at the source")
    # A StageSet that follows another source of the kind is woken by a later event of the same watch.
    fence = companions.source(kind, env.namespace, "fence")
    fence.push({"cm.yaml": [config_map("fence", env.namespace)]})
    env.stagesets.apply("fence", [{"name": "app", "sourceRef": {"kind": kind, "name": "fence"}}],
                        interval="1h", retryInterval="1h")
    fence.create()
    env.stagesets.wait("fence", "True", "Succeeded", timeout=20)
    assert runs() == before


def test_an_artifact_that_is_gone_is_reported_until_the_next_revision(env, companions):
    """source-controller's status still names it; its server answers 404."""
    source = companions.source("GitRepository", env.namespace)
    source.push(files(env, "one"))
    source.create(interval="1h")
    wait_for(source.artifact, timeout=20, what="the artifact")
    source.forget_artifacts()
    env.controller()
    apply_one(env, "GitRepository")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert "404" in message
    revision = source.push(files(env, "two"))
    source.poll()
    env.stagesets.wait_revision("app", "src", revision, timeout=20)
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)
    assert shows(env, "two")
