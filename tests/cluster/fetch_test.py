# SPDX-License-Identifier: 0BSD
"""Downloads that break off or fail for a moment, failures that nobody can mend by asking again, and the bounds of artifacts."""

import hashlib
import random
import time

import pytest

from support import attacks
from support.artifacts import archive
from support.kube import wait_for
from support.stagesets import config_map

MALFORMED = "sha256:abc"
UNSUPPORTED = "sha512:" + "a" * 128


def plant(env, name="src", **files):
    """A source with a ConfigMap; answers the path at the server."""
    env.sources.plant(name, {"cm.yaml": [config_map(name, env.namespace)], **files})
    return env.sources.path(name)


def failures(env, name="app"):
    return [event["note"] for event in env.kube.list("Event", env.namespace)
            if event["reason"] == "StageFailed" and event["regarding"]["name"] == name]


def test_a_server_that_is_busy_for_a_moment_fails_nobody(env):
    """Three refusals, the second with Retry-After, and then the artifact: one run, no failure."""
    env.controller()
    path = plant(env)
    asked_at = []

    def behave(handler):
        asked_at.append(time.monotonic())
        if len(asked_at) > 3:
            del env.server.behaviours[path]
            handler.do_GET()
            return
        handler.send_response(503)
        if len(asked_at) == 2:
            handler.send_header("Retry-After", "2")
        handler.end_headers()

    env.server.behaviours[path] = behave
    env.stagesets.apply("app", ["src"], retryInterval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    assert len(asked_at) == 4
    assert asked_at[2] - asked_at[1] >= 2, "as long as the server asked for"
    assert failures(env) == []


def test_a_download_that_breaks_off_is_gone_on_with(env):
    """The connection breaks at a third and at two thirds of 3 MiB; no byte comes twice, and the digest is that of the whole."""
    env.controller()
    noise = random.Random(7).randbytes(3 << 20)
    path = plant(env, **{"noise.bin": noise})
    data = env.server.contents[path]
    sent = []

    def behave(handler):
        start = int((handler.headers["Range"] or "bytes=0-")[len("bytes="):-1])
        assert start == 0 or handler.headers["If-Range"] == '"v1"'
        end = min(len(data), start + len(data) // 3 + 1)
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Length", str(len(data) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.end_headers()
        handler.wfile.write(data[start:end])
        sent.append((start, end))

    env.server.behaviours[path] = behave
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, "path": "."}], retryInterval="1h")
    env.stagesets.wait("app", "True", "Succeeded")
    assert [start for start, _ in sent] == [0, *(end for _, end in sent[:-1])] and sent[-1][1] == len(data)
    assert failures(env) == []


def test_scenario_13_a_tampered_artifact_is_asked_for_again_at_the_retry_interval(env):
    """Scenario 13: each run downloads it once; runs are apart, and the right bytes at the same place heal it."""
    env.controller()
    right = archive({"cm.yaml": [config_map("a", env.namespace)]})
    env.sources.plant_bytes("src", b"tampered", digest="sha256:" + hashlib.sha256(right).hexdigest())
    path = env.sources.path("src")
    asked_at = []

    def behave(handler):
        asked_at.append(time.monotonic())
        data = right if len(asked_at) > 3 else b"tampered"
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(data)

    env.server.behaviours[path] = behave
    env.stagesets.apply("app", ["src"], retryInterval="2s", interval="1h")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert 'stage "src"' in message and "digest" in message
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    env.stagesets.wait("app", "True", "Succeeded", timeout=30)
    pauses = [later - earlier for earlier, later in zip(asked_at, asked_at[1:])]
    print("pauses:", " ".join(f"{pause:.2f}" for pause in pauses))
    assert len(asked_at) == 4 and min(pauses) > 1.8, pauses


@pytest.mark.parametrize("spoil, cause, requests", [
    (lambda env: env.sources.plant_bytes("src", attacks.many_entries(50_001)), "more than 50000 entries", 1),
    (lambda env: env.sources.plant_bytes("src", archive({"../outside.yaml": "x"})), "leads out of it", 1),
    (lambda env: env.sources.plant("src", {}, digest=MALFORMED), "64 hex digits", 0),
    (lambda env: env.sources.plant("src", {}, digest=UNSUPPORTED), '"sha512" is not supported', 0),
    (lambda env: env.sources.point("src", "http://169.254.169.254/a.tar.gz", "sha256:" + "a" * 64, "r"),
     "must not be fetched from the address 169.254.169.254", 0),
], ids=["too-much", "unsafe", "malformed-digest", "unknown-digest", "forbidden-address"])
def test_what_asking_again_cannot_mend_is_not_asked_again(env, spoil, cause, requests):
    """Another StageSet, whose artifact is missing, is tried at the same retryInterval and shows the time that passed."""
    controller = env.controller()
    spoil(env)
    env.stagesets.apply("app", ["src"], retryInterval="1s", interval="1h")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert cause in message, message
    missing = plant(env, "missing")
    del env.server.contents[missing]
    env.stagesets.apply("clock", ["missing"], retryInterval="1s", interval="1h")
    wait_for(lambda: env.server.requests.count(missing) >= 4, timeout=20, what="four tries of another StageSet")
    runs = controller.metric("stageset_reconcile_total", name="app", reason="StageFailed")
    assert runs <= 2, "a run, and at most one more for a write of the source's status"
    assert len(env.server.requests) - env.server.requests.count(missing) == requests

    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.wait("app", "True", "Succeeded", timeout=10)


FILES = {"a.yaml": "x: 1\n" * 200, "b.yaml": "x: 1\n" * 200}


@pytest.mark.parametrize("flag, cause", [
    ("--artifact-compressed-size-max=100", "longer than 100 bytes"),
    ("--artifact-inflated-size-max=2Ki", "inflates to more"),
    ("--artifact-entry-size-max=999", "more than 999 bytes"),
    ("--artifact-content-size-max=2000", "more than 2000 bytes together"),
    ("--artifact-entry-count-max=1", "more than 1 entries"),
], ids=lambda value: value.split("=")[0].removeprefix("--artifact-") if value.startswith("--") else None)
def test_a_bound_is_what_its_flag_says(env, flag, cause):
    """Each of the five bounds, set lower than a small artifact needs."""
    env.controller(flag)
    env.sources.plant("src", FILES)
    env.stagesets.apply("app", ["src"])
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert cause in message, message


def test_a_download_ends_with_its_timeout(env):
    """The flag's time, shorter than the stage's: a server that drips for ever."""
    env.controller("--artifact-fetch-timeout=2s")
    env.server.behaviours[plant(env)] = attacks.drip_body
    env.stagesets.apply("app", ["src"], retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert "takes longer than 2s" in message, message


def test_entries_that_are_left_out_are_logged_once(env):
    """A repository's own files do not count as manifests; the log says that they were there."""
    controller = env.controller()
    plant(env, **{".git/config": "x", ".sourceignore": "x"})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    [line] = [record for record in controller.records() if "left out" in record["msg"]]
    assert line["count"] == 2 and line["first"] == [".git/config", ".sourceignore"]
