# SPDX-License-Identifier: 0BSD
"""The controller killed at any moment, other writers, a newer revision: the end state is right and nothing is done twice."""

import json
import time

import pytest

from support.kube import wait_for
from support.stagesets import config_map, deployment


def plant_three_stages(env, suffix=""):
    env.sources.plant("base", {"base.yaml": [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": env.namespace + "-inner"}},
        config_map("settings" + suffix, env.namespace), config_map("common", env.namespace, v=suffix or "1")]})
    env.sources.plant("first", {"d.yaml": [deployment("first", env.namespace, ready_after="700ms")]})
    env.sources.plant("second", {"d.yaml": [deployment("second", env.namespace), config_map("last" + suffix, env.namespace)]})


def creations(env):
    """How often each object of the test was created, from the API server's audit log."""
    counts = {}
    path = env.cluster.kubeconfig.replace("kubeconfig", "logs/audit.log")
    with open(path, encoding="utf-8") as file:
        for line in file:
            if env.namespace not in line or '"ResponseComplete"' not in line:
                continue
            event = json.loads(line)
            created = event.get("responseStatus", {}).get("code") == 201
            if created and event["verb"] in ("create", "patch") and "dryRun=All" not in event["requestURI"] \
                    and event.get("userAgent", "").startswith("stageset"):
                ref = event["objectRef"]
                key = (ref["resource"], ref.get("namespace", ""), ref.get("name", ""))
                counts[key] = counts.get(key, 0) + 1
    return counts


# Seconds after the StageSet appeared; the whole rollout takes about two.
KILL_AFTER = [0.0, 0.02, 0.05, 0.08, 0.12, 0.2, 0.3, 0.45, 0.65, 0.9, 1.2, 1.6]


@pytest.mark.parametrize("delay", KILL_AFTER)
def test_a_killed_controller_ends_ready_with_nothing_created_twice(env, delay):
    controller = env.controller()
    plant_three_stages(env)
    env.stagesets.apply("app", ["base", "first", "second"])
    time.sleep(delay)
    controller.kill()
    phase = [(s["name"], s["phase"]) for s in env.stagesets.status("app").get("stages", [])]
    print(f"killed after {delay} s at {phase}")
    # What was applied when the process died is in an inventory: nothing is forgotten.
    recorded = [e for stage in ("base", "first", "second") for e in env.stagesets.entries("app", stage)]
    for name in ("settings", "common", "last"):
        if env.kube.get("ConfigMap", name, env.namespace):
            assert f"{env.namespace}_{name}__ConfigMap" in recorded
    controller.start()
    env.stagesets.wait("app", "True", "Succeeded", timeout=30)
    assert [s["phase"] for s in env.stagesets.status("app")["stages"]] == ["Ready"] * 3
    for name in ("settings", "common", "last"):
        assert env.kube.get("ConfigMap", name, env.namespace), name
    twice = {key: count for key, count in creations(env).items() if count > 1 and key[0] != "events"}
    assert not twice, twice
    env.stagesets.delete("app")
    for name in ("settings", "common", "last"):
        assert env.kube.get("ConfigMap", name, env.namespace) is None, name


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3, 0.8])
def test_a_controller_killed_during_an_upgrade_prunes_what_left(env, delay):
    controller = env.controller()
    plant_three_stages(env)
    env.stagesets.apply("app", ["base", "first", "second"])
    env.stagesets.wait("app", "True", "Succeeded")
    plant_three_stages(env, "2")
    time.sleep(delay)
    controller.kill()
    controller.start()
    wait_for(lambda: env.stagesets.ready("app")[:2] == ("True", "Succeeded")
             and env.kube.get("ConfigMap", "last2", env.namespace)
             and not env.kube.get("ConfigMap", "last", env.namespace)
             and not env.kube.get("ConfigMap", "settings", env.namespace), timeout=30)
    assert env.kube.get("ConfigMap", "settings2", env.namespace)
    assert env.kube.get("ConfigMap", "common", env.namespace)["data"] == {"v": "2"}
    # The inventory is narrowed after the prune: a moment later than the objects go.
    expected = [f"{env.namespace}_last2__ConfigMap", f"{env.namespace}_second_apps_Deployment"]
    wait_for(lambda: env.stagesets.entries("app", "second") == expected, timeout=10, what="the narrowed inventory")


def test_a_newer_revision_ends_a_hopeless_wait(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("stuck", env.namespace, behaviour="never-ready")]})
    env.stagesets.apply("app", ["src"], timeout="10m")
    wait_for(lambda: env.stagesets.stages("app").get("src", {}).get("phase") == "Verifying", timeout=20)
    env.sources.plant("src", {"cm.yaml": [config_map("fixed", env.namespace)]})
    env.stagesets.wait("app", "True", "Succeeded", timeout=5)
    assert env.kube.get("Deployment", "stuck", env.namespace) is None


def test_a_wait_blocks_nobody_and_deletion_ends_it(env):
    env.controller()
    env.sources.plant("stuck", {"d.yaml": [deployment("stuck", env.namespace, behaviour="never-ready")]})
    env.sources.plant("fine", {"cm.yaml": [config_map("fine", env.namespace)]})
    env.stagesets.apply("waiting", ["stuck"], timeout="10m")
    wait_for(lambda: env.stagesets.stages("waiting").get("stuck", {}).get("phase") == "Verifying", timeout=20)
    env.stagesets.apply("other", ["fine"])
    env.stagesets.wait("other", "True", "Succeeded", timeout=3)
    env.stagesets.delete("waiting", timeout=10)
    assert env.kube.get("Deployment", "stuck", env.namespace) is None


def test_another_writer_of_the_status_is_no_obstacle(env):
    env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("web", env.namespace, ready_after="2s")]})
    env.stagesets.apply("app", ["src"])
    stop = time.monotonic() + 4
    writes = 0
    while time.monotonic() < stop:
        env.kube.patch("StageSet", "app", {"status": {"lastHandledUpdateOverride": f"other-{writes}"}}, env.namespace, "status")
        writes += 1
        time.sleep(0.02)
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert env.stagesets.status("app")["lastHandledUpdateOverride"] == f"other-{writes - 1}", "other writers' fields stay"


def test_sigterm_ends_the_controller_cleanly_even_while_it_waits(env):
    controller = env.controller()
    env.sources.plant("src", {"d.yaml": [deployment("stuck", env.namespace, behaviour="never-ready")]})
    env.stagesets.apply("app", ["src"])
    wait_for(lambda: env.stagesets.stages("app").get("src", {}).get("phase") == "Verifying", timeout=20)
    started = time.monotonic()
    assert controller.stop() == 0
    assert time.monotonic() - started < 5
