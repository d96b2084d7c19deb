# SPDX-License-Identifier: 0BSD
"""Many StageSets in one namespace, written in parallel and followed by one watch."""

import concurrent.futures
import contextlib
import http.client
import json
import threading
import time

from support.artifacts import Sources, archive
from support.kube import wait_for
from support.stagesets import config_map

WRITERS = 6


class Watcher(threading.Thread):
    """Follows all StageSets of a namespace, so that waiting for them costs the API server next to nothing."""

    def __init__(self, kube, namespace):
        super().__init__(daemon=True)
        self.kube = kube
        self.path = kube.path("StageSet", namespace)
        self.objects = {}
        self.changed = []
        self.condition = threading.Condition()
        self.start()

    def run(self):
        # The API server drops a watcher that cannot keep up with a burst: begin again with all that there is now.
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.follow()
            time.sleep(0.1)

    def follow(self):
        """Without a resource version a watch begins with all objects."""
        connection = http.client.HTTPSConnection(self.kube.server.hostname, self.kube.server.port, context=self.kube.tls)
        with contextlib.closing(connection):
            connection.request("GET", self.path + "?watch=true&timeoutSeconds=7200", headers=self.kube.headers)
            response = connection.getresponse()
            for line in response if response.status == 200 else ():
                event = json.loads(line)
                name = event["object"].get("metadata", {}).get("name")
                with self.condition:
                    self.objects[name] = event["object"] if event["type"] != "DELETED" else None
                    self.changed.append(name)
                    self.condition.notify_all()

    def wait_each(self, names, question, timeout):
        """When `question(object)` became true for the last of `names` (monotonic clock)."""
        deadline = time.monotonic() + timeout
        with self.condition:
            pending = {name for name in names if not self.answers(name, question)}
            self.changed.clear()
            while pending:
                if not self.condition.wait(max(0.0, deadline - time.monotonic())):
                    name = min(pending)
                    status = json.dumps((self.objects.get(name) or {}).get("status", {}))[:2000]
                    raise AssertionError(f"{len(pending)} of {len(names)} not done, such as {name}: {status}")
                pending -= {name for name in self.changed if self.answers(name, question)}
                self.changed.clear()
            return time.monotonic()

    def answers(self, name, question):
        found = self.objects.get(name)
        return bool(found) and question(found)


def ready_at(revision_of):
    """A question: Ready at the current generation with the revision that revision_of(name) tells."""
    def question(stageset):
        status = stageset.get("status", {})
        revisions = set(status.get("lastAppliedRevisions", {}).values())
        return (status.get("observedGeneration") == stageset["metadata"]["generation"]
                and revisions == {revision_of(stageset["metadata"]["name"])}
                and any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions", [])))
    return question


def config_maps(prefix, namespace, count, text):
    return [config_map(f"{prefix}-{i}", namespace, key="some value of ordinary length", text=text) for i in range(count)]


class Fleet:
    """`count` StageSets; each has one source of its own and reads its stages from folders of it."""

    def __init__(self, kube, server, namespace, count, stages, objects, prefix="fleet"):
        self.kube = kube
        self.namespace = namespace
        self.sources = Sources(kube, server, namespace)
        self.stage_names = [f"s{i}" for i in range(stages)]
        self.objects = objects
        self.names = [f"{prefix}-{i}" for i in range(count)]
        self.revisions = {}
        self.interval = "1h"

    def files(self, name, text):
        return {f"{stage}/objects.yaml": config_maps(f"{name}-{stage}", self.namespace, self.objects, text)
                for stage in self.stage_names}

    def each(self, work):
        """Runs work(name) for all, a few at a time."""
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(work, self.names))

    def plant(self, text):
        def work(name):
            self.revisions[name] = self.sources.plant(name, self.files(name, text), f"{text}@{name}")
        self.each(work)

    def revise(self, text):
        """As plant, with all archives made beforehand: answers the function that points the sources at them."""
        archives = {name: archive(self.files(name, text)) for name in self.names}

        def work(name):
            self.revisions[name] = self.sources.plant_bytes(name, archives[name], f"{text}@{name}")
        return lambda: self.each(work)

    def stageset(self, name):
        stages = [{"name": stage, "sourceRef": {"name": name}, "path": stage} for stage in self.stage_names]
        return {"apiVersion": "stages.metio.wtf/v1", "kind": "StageSet",
                "metadata": {"name": name, "namespace": self.namespace},
                "spec": {"interval": self.interval, "timeout": "2h", "stages": stages}}

    def create(self):
        self.each(lambda name: self.kube.create(self.stageset(name)))

    def request(self, token):
        """Asks for one more run of each."""
        body = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}}
        self.each(lambda name: self.kube.patch("StageSet", name, body, self.namespace))

    def ready(self):
        return ready_at(self.revisions.get)


def make_namespace(kube, name):
    kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    wait_for(lambda: kube.get("ServiceAccount", "default", name), what="the default service account")
    return name
