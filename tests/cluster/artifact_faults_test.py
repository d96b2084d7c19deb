# SPDX-License-Identifier: 0BSD
"""Artifacts that cannot be fetched or trusted: each failure names stage and cause, and heals when the cause goes."""

import gzip
import io
import tarfile
import time

import pytest

from support.artifacts import archive
from support.stagesets import config_map


def answer_500(handler):
    handler.send_error(500)


def answer_endless(handler):
    handler.send_response(200)
    handler.end_headers()
    block = b"\0" * 65536
    try:
        while True:
            handler.wfile.write(block)
    except OSError:
        pass


def answer_slowly(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    try:
        for _ in range(300):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.2)
    except OSError:
        pass


def tar_with(name, data=b"x", kind=tarfile.REGTYPE, link=""):
    tar_bytes = io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size = kind, link, len(data)
        tar.addfile(info, io.BytesIO(data))
    return gzip.compress(tar_bytes.getvalue(), mtime=0)


def apply_one(env, **stage):
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, **stage}], retryInterval="1s")


def heals(env):
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.wait("app", "True", "Succeeded", timeout=25)


@pytest.mark.parametrize("behaviour, cause", [(None, "404"), (answer_500, "500"), (answer_endless, "longer than")],
                         ids=["missing", "server-error", "endless"])
def test_a_broken_download_fails_the_stage(env, behaviour, cause):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    [path] = env.server.contents
    if behaviour:
        env.server.behaviours[path] = behaviour
    else:
        env.server.contents.clear()
    apply_one(env)
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert 'stage "app"' in message and cause in message, message
    heals(env)


def test_a_slow_download_ends_with_the_stage_timeout(env):
    env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    [path] = env.server.contents
    env.server.behaviours[path] = answer_slowly
    apply_one(env, timeout="4s")
    started = time.monotonic()
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=25)
    assert time.monotonic() - started < 20
    assert 'stage "app"' in message and "timeout" in message, message
    heals(env)


@pytest.mark.parametrize("data, cause", [
    (b"this is no archive", "archive"),
    (tar_with("../outside.yaml"), "outside"),
    (tar_with("/etc/passwd"), "/etc/passwd"),
    (archive({"cm.yaml": "a: b\n"})[:-20], ""),
], ids=["no-archive", "traversal", "absolute", "truncated"])
def test_a_hostile_archive_is_refused(env, data, cause):
    env.controller()
    env.sources.plant_bytes("src", data)
    apply_one(env)
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert 'stage "app"' in message and cause in message, message
    heals(env)


def test_loopback_is_refused_without_the_development_flag(env):
    controller = env.controller(wait=False)
    controller.kill()
    controller.flags.remove("--allow-loopback-artifacts")
    controller.start()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    apply_one(env)
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert "127.0.0.1" in message
    assert env.server.requests == [], "no connection is made"
