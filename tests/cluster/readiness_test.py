# SPDX-License-Identifier: 0BSD
"""A stage waits for what it applied: when the next one comes, what fails it, what ends the wait, what users read meanwhile."""

import re
import time

from support.kube import wait_for
from support.stagesets import config_map, deployment, stateful_set, waits


def events(env, reason):
    return [event for event in env.kube.list("Event", env.namespace) if event["reason"] == reason]


def test_scenario_19_the_next_stage_waits_until_the_one_before_is_available(env):
    env.controller()
    env.sources.plant("first", {"d.yaml": [deployment("web", env.namespace, ready_after="20s")]})
    env.sources.plant("second", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", ["first", "second"])
    waits(env, "app", "first", "Deployment/" + env.namespace + "/web: 0 of 1 replicas available")
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    env.stagesets.wait("app", "True", "Succeeded", timeout=40)
    conditions = env.kube.get("Deployment", "web", env.namespace)["status"]["conditions"]
    available = next(c for c in conditions if c["type"] == "Available")
    created = env.kube.get("ConfigMap", "after", env.namespace)["metadata"]["creationTimestamp"]
    assert created >= available["lastTransitionTime"]


def test_a_stage_that_got_ready_is_seen_within_a_second(env):
    env.controller()
    env.sources.plant("first", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.sources.plant("second", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", ["first", "second"])
    waits(env, "app", "first")
    time.sleep(6)  # past every read that a fresh watch may need
    pod = env.kube.list("Pod", env.namespace)[0]["metadata"]["name"]
    env.kube.patch("Pod", pod, {"metadata": {"labels": {"testcluster/behaviour": None}}}, env.namespace)
    def is_available():
        return env.kube.get("Deployment", "web", env.namespace)["status"].get("availableReplicas") == 1
    wait_for(is_available, timeout=20, every=0.02)
    wait_for(lambda: env.kube.get("ConfigMap", "after", env.namespace), timeout=1, every=0.02)


def test_scenario_20_a_stage_that_never_gets_ready_stops_the_line(env):
    env.controller()
    env.sources.plant("a", {"cm.yaml": [config_map("a", env.namespace)]})
    env.sources.plant("b", {"d.yaml": [deployment("web", env.namespace, behaviour="image-pull-error")]})
    env.sources.plant("c", {"cm.yaml": [config_map("c", env.namespace)]})
    started = time.monotonic()
    env.stagesets.apply("app", ["a", {"name": "b", "sourceRef": {"name": "b"}, "timeout": "20s"}, "c"])
    # The container's own words come while it waits already, not only at the end.
    message = waits(env, "app", "b", "ImagePullBackOff")
    assert re.search(rf"Deployment/{env.namespace}/web: .*, pod web-\S+: container main: ImagePullBackOff", message), message
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=30)
    assert 19 < time.monotonic() - started < 26
    assert f'stage "b" verify: timed out waiting for Deployment/{env.namespace}/web: InProgress' in message
    assert "ImagePullBackOff" in message
    stages = env.stagesets.stages("app")
    assert [stages[name]["phase"] for name in "abc"] == ["Ready", "Failed", "Pending"]
    assert "ImagePullBackOff" in stages["b"]["message"]
    assert env.kube.get("ConfigMap", "c", env.namespace) is None


def test_scenario_60_a_verify_timeout_is_the_cause_and_stays_it_while_the_run_is_retried(env):
    controller = env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.stagesets.apply("app", [{"name": "src", "sourceRef": {"name": "src"}, "timeout": "1h",
                                 "readyChecks": {"timeout": "3s"}}], retryInterval="2s")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=20)
    assert 'stage "src" verify: timed out waiting for Deployment/' in message
    wait_for(lambda: (controller.metric("stageset_reconcile_total", name="app", reason="StageFailed") or 0) >= 2, timeout=20)
    assert 'stage "src" verify: timed out' in env.stagesets.ready("app")[2]
    assert len(events(env, "StageFailed")) == 1, "the retry is no news"


def test_scenario_96_without_the_wait_a_stage_is_done_when_it_is_applied(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.stagesets.apply("app", [{"name": "src", "sourceRef": {"name": "src"}, "readyChecks": {"disableWait": True}}])
    env.stagesets.wait("app", "True", "Succeeded", timeout=5)


def test_a_stateful_set_fails_with_its_crashing_pod_long_before_the_timeout(env):
    env.controller()
    env.sources.plant("src", {"s.yaml": [stateful_set("db", env.namespace, behaviour="crash-loop")]})
    env.stagesets.apply("app", ["src"], timeout="10m")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=20)
    assert f"StatefulSet/{env.namespace}/db failed: pod db-0: container main: CrashLoopBackOff" in message


def test_a_job_is_awaited_until_it_completed_and_may_vanish_then(env):
    env.controller()
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": env.namespace},
           "spec": {"ttlSecondsAfterFinished": 0, "template": {
               "metadata": {"annotations": {"testcluster/ready-after": "3s"}},
               "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "registry.example/app:1"}]}}}}
    env.sources.plant("first", {"j.yaml": [job]})
    env.sources.plant("second", {"cm.yaml": [config_map("after", env.namespace)]})
    env.stagesets.apply("app", ["first", "second"])
    waits(env, "app", "first", f"Job/{env.namespace}/once: the job ")
    time.sleep(1)
    assert env.kube.get("ConfigMap", "after", env.namespace) is None
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)


def test_a_job_that_fails_fails_the_stage_at_once(env):
    env.controller()
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once", "namespace": env.namespace},
           "spec": {"backoffLimit": 0, "template": {
               "metadata": {"labels": {"testcluster/behaviour": "fail"}},
               "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "registry.example/app:1"}]}}}}
    env.sources.plant("src", {"j.yaml": [job]})
    env.stagesets.apply("app", ["src"], timeout="10m")
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=20)
    assert f"Job/{env.namespace}/once failed: the job failed" in message


def test_a_newer_revision_replaces_a_hopeless_one_within_seconds_and_that_is_told(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace)]}, revision="v1")
    env.stagesets.apply("app", ["src"], timeout="10m")
    env.stagesets.wait("app", "True", "Succeeded")
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, behaviour="image-pull-error")]}, revision="v2")
    waits(env, "app", "src")
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, replicas=2)]}, revision="v3")
    env.stagesets.wait_revision("app", "src", "v3", timeout=5)
    event = wait_for(lambda: events(env, "RolloutInterrupted"), timeout=10)[0]
    assert event["type"] == "Normal"
    assert f"interrupted by {env.namespace}/src moving from v2 to v3 while waiting for Deployment/" in event["note"]
    assert env.stagesets.stages("app")["src"]["phase"] == "Ready"


def test_suspension_ends_the_wait_and_the_stage_says_so(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.stagesets.apply("app", ["src"], timeout="10m")
    waits(env, "app", "src")
    env.kube.patch("StageSet", "app", {"spec": {"suspend": True}}, env.namespace)
    env.stagesets.wait("app", "False", "Suspended", timeout=5)
    stage = env.stagesets.stages("app")["src"]
    assert stage["phase"] == "Pending"
    assert stage["message"].startswith("interrupted by the suspension of the StageSet while waiting for Deployment/")
    env.kube.patch("StageSet", "app", {"spec": {"suspend": False}}, env.namespace)
    waits(env, "app", "src")


def test_the_message_is_refreshed_but_not_more_often_than_every_ten_seconds(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, replicas=4, behaviour="never-ready")]})
    env.stagesets.apply("app", ["src"], timeout="10m")
    waits(env, "app", "src")
    messages = []
    started = time.monotonic()
    released = 0
    while time.monotonic() - started < 24:
        message = env.stagesets.stages("app")["src"].get("message", "")
        if not messages or messages[-1] != message:
            messages.append(message)
        if released < 3 and time.monotonic() - started > 4 * (released + 1):
            pod = env.kube.list("Pod", env.namespace, "testcluster/behaviour=never-ready")[0]["metadata"]["name"]
            env.kube.patch("Pod", pod, {"metadata": {"labels": {"testcluster/behaviour": None}}}, env.namespace)
            released += 1
        time.sleep(0.2)
    assert "of 4 replicas" in messages[-1], messages
    assert 2 <= len(messages) <= 4, messages
