# SPDX-License-Identifier: 0BSD
"""Sources that attack: refused with the cause, in bounded memory, while other StageSets roll on."""

import pathlib
import socket
import time

import pytest

from support import attacks
from support.artifacts import ArtifactServer, Sources
from support.stagesets import config_map
from support.tenants import kubeconfig_of, put_secret

# What an attack may cost beyond an idle controller, in MiB. A download is held in memory up to 1 MiB and unpacked in pieces of
# 64 KiB; what is left is the program's own pages that are touched for the first time, and what a run costs.
MEMORY_MAX = 24
# An archive's files are held in memory: up to 64 MiB of them before the archive is refused, and the largest stands twice
# while it is put together.
CONTENT_MEMORY_MAX = 64 + 16 + MEMORY_MAX

ARCHIVES = [
    # name, archive, what the message says, MiB
    ("bomb", attacks.bomb, "inflates to more than is allowed", MEMORY_MAX),
    ("pax-header", attacks.pax_bomb, "no valid tar", MEMORY_MAX),
    ("long-name", attacks.long_name_bomb, "no valid tar", MEMORY_MAX),
    ("many-entries", attacks.many_entries, "more than 50000 entries", MEMORY_MAX),
    ("much-content", attacks.much_content, "more than 67108864 bytes together", CONTENT_MEMORY_MAX),
]
SERVERS = [
    ("drip-header", attacks.drip_header, "timeout"),
    ("drip-body", attacks.drip_body, "timeout"),
    ("endless-body", attacks.endless_body, "longer than 67108864 bytes"),
    ("endless-header", attacks.endless_header, "longer than"),
    ("redirect-to-metadata", attacks.redirect_to("http://169.254.169.254/latest/meta-data/"), "169.254.169.254"),
    ("redirect-to-metadata-in-hex", attacks.redirect_to("http://0xa9fea9fe/latest/meta-data/"), "169.254.169.254"),
    ("redirect-to-a-file", attacks.redirect_to("file:///etc/passwd"), "neither http nor https"),
]


class Bystander:
    """A StageSet beside the attack, which has to roll as if nothing were."""

    def __init__(self, env):
        self.env = env
        self.roll("one")
        env.stagesets.apply("bystander", ["good"])
        env.stagesets.wait("bystander", "True", "Succeeded")

    def roll(self, revision):
        self.env.sources.plant("good", {"cm.yaml": [config_map("good", self.env.namespace, k=revision)]}, revision=revision)

    def rolls_on(self):
        started = time.monotonic()
        self.roll("two")
        self.env.stagesets.wait_revision("bystander", "good", "two", timeout=15)
        return time.monotonic() - started


def without_development_flag(env):
    controller = env.controller(wait=False)
    controller.kill()
    controller.flags.remove("--allow-loopback-artifacts")
    return controller.start()


def attack(env, controller, cause, memory_max, **spec):
    """Rolls out what `src` points at beside a bystander; answers the message."""
    bystander = Bystander(env)
    before = controller.memory_mib()
    env.stagesets.apply("victim", ["src"], retryInterval="1s", **spec)
    seconds = bystander.rolls_on()
    message = env.stagesets.wait("victim", "False", "StageFailed", containing="fetch artifact" if cause != "timeout" else "")
    above = controller.memory_mib("VmHWM") - before
    print(f"peak {above:.1f} MiB above {before:.1f} MiB; the bystander rolled in {seconds:.2f} s; {message}")
    assert cause in message
    assert above < memory_max, "memory is not bounded as it should be"
    assert env.kube.list("ConfigMap", env.namespace, "stages.metio.wtf/name=victim") == []
    return message


@pytest.mark.parametrize("build, cause, memory_max", [row[1:] for row in ARCHIVES], ids=[row[0] for row in ARCHIVES])
def test_an_archive_that_bursts_is_refused(env, build, cause, memory_max):
    """Bombs of all kinds: each ends at its bound."""
    controller = env.controller()
    env.sources.plant_bytes("src", build())
    attack(env, controller, cause, memory_max)


@pytest.mark.parametrize("behaviour, cause", [row[1:] for row in SERVERS], ids=[row[0] for row in SERVERS])
def test_a_server_that_means_harm_is_left(env, behaviour, cause):
    """Servers that never end, or lead elsewhere."""
    controller = env.controller()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.server.behaviours[env.sources.path("src")] = behaviour
    attack(env, controller, cause, MEMORY_MAX, timeout="4s" if cause == "timeout" else "1m")


def test_fifty_slow_servers_hold_nobody_up(env):
    """Fifty StageSets wait for sources of another server that send a byte now and then."""
    controller = env.controller()
    slow = ArtifactServer()
    sources = Sources(env.kube, slow, env.namespace)
    for i in range(50):
        sources.plant(f"slow-{i}", {"cm.yaml": [config_map(f"a{i}", env.namespace)]})
        slow.behaviours[sources.path(f"slow-{i}")] = attacks.drip_body
        env.stagesets.apply(f"slow-{i}", [f"slow-{i}"])
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.server.behaviours[env.sources.path("src")] = attacks.drip_header
    attack(env, controller, "timeout", MEMORY_MAX, timeout="4s")
    slow.close()


def test_a_redirect_within_this_machine_is_for_development_only(env):
    """The development switch opens loopback for redirects too; without it no request is sent at all."""
    controller = env.controller()
    other = ArtifactServer()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    path = env.sources.path("src")
    other.contents[path] = env.server.contents[path]
    env.server.behaviours[path] = attacks.redirect_to(other.url + path)
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    assert other.requests == [path]
    controller.stop()
    other.close()


def names_of_this_machine():
    """Names other than localhost that this machine resolves to loopback by itself."""
    names = [socket.gethostname()]
    for line in pathlib.Path("/etc/hosts").read_text(encoding="utf-8").splitlines():
        names += line.split("#")[0].split()[1:]
    found = []
    for name in dict.fromkeys(names):
        try:
            addresses = {info[4][0] for info in socket.getaddrinfo(name, 80)}
        except OSError:
            continue
        loopback = any(address.startswith("127.") or address == "::1" for address in addresses)
        if loopback and name != "localhost" and not name.endswith(".localhost"):
            found.append(name)
    return found


def test_a_name_that_leads_to_loopback_is_refused_when_it_is_dialled(env):
    """No spelling in the URL gives it away: only what the name resolves to does."""
    names = names_of_this_machine()
    if not names:
        pytest.skip("this machine has no name besides localhost that resolves to loopback")
    without_development_flag(env)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    source = env.kube.get("ExternalArtifact", "src", env.namespace)["status"]["artifact"]
    env.sources.point("src", source["url"].replace("127.0.0.1", names[0]), source["digest"], source["revision"])
    env.stagesets.apply("app", ["src"], retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert names[0] in message and "is not allowed" in message
    assert env.server.requests == [], "no request is sent"


@pytest.mark.parametrize("host", ["localhost.", "LocalHost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::1]",
                                  "[::ffff:127.0.0.1]", "0.0.0.0", "0"])
def test_no_spelling_of_loopback_is_contacted(env, host):
    """Whatever a C library would take for this machine."""
    without_development_flag(env)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    source = env.kube.get("ExternalArtifact", "src", env.namespace)["status"]["artifact"]
    env.sources.point("src", source["url"].replace("127.0.0.1", host), source["digest"], source["revision"])
    env.stagesets.apply("app", ["src"], retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="fetch artifact")
    assert "must not be fetched from the address" in message
    assert env.server.requests == [], "no request is sent"


def test_a_kubeconfigs_program_is_never_run(env):
    """A kubeconfig in a Secret may name a program for credentials; whoever writes Secrets would run it as the controller."""
    controller = env.controller("--allow-loopback-clusters")
    trap = env.tmp_path / "ran"
    put_secret(env.kube, env.namespace, "other", value=kubeconfig_of(env.kube, {"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(trap)],
        "interactiveMode": "Never"}}))
    bystander = Bystander(env)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("victim", ["src"], kubeConfig={"secretRef": {"name": "other"}}, retryInterval="1s")
    message = env.stagesets.wait("victim", "False", "StageFailed", containing="connect to target cluster")
    bystander.rolls_on()
    assert '"exec"' in message
    assert not trap.exists()
    assert controller.process.poll() is None
