# SPDX-License-Identifier: 0BSD
"""Real sources: Flux's source-controller on a git server, a registry and an S3 server, as `testcluster up --with` starts them."""

import datetime
import json
import pathlib
import re
import shutil
import tempfile
import time
import urllib.parse

from .artifacts import encoded


class Companions:
    """The companions of one cluster, added to it when it has none yet."""

    def __init__(self, cluster):
        self.cluster = cluster
        cluster.command("up", "--name", cluster.name, "--with", "flux,git,registry,s3")
        self.servers = json.loads(cluster.command("status", "--name", cluster.name, "-o", "json").stdout)["companions"]

    def source(self, kind, namespace, name="src"):
        return {"GitRepository": GitSource, "OCIRepository": OCISource, "Bucket": BucketSource}[kind](self, namespace, name)

    def component(self, verb, name):
        """Stops, starts or restarts one of them."""
        self.cluster.command(verb, name, "--name", self.cluster.name)


class Source:
    """A source of Flux and the place that it reads, which no other source shares. Nothing exists before push and create."""

    kind = ""
    resource = ""
    push_command = ()

    def __init__(self, companions, namespace, name):
        self.companions = companions
        self.cluster = companions.cluster
        self.namespace = namespace
        self.name = name
        self.place = f"{namespace}-{name}"

    def push(self, files, **options):
        """Publishes `files` (path -> text or objects) instead of what was there; `options` are flags of the command. Answers
        the revision that the source will show, or None for a Bucket, whose revision Flux computes."""
        with tempfile.TemporaryDirectory() as folder:
            for path, content in files.items():
                target = pathlib.Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(encoded(content))
            flags = [f"--{key}={value}" for key, value in options.items()]
            done = self.cluster.command(*self.push_command, self.place, *flags, "--name", self.cluster.name, folder)
        revision = re.search(r"^revision (\S+)$", done.stdout, re.MULTILINE)
        return revision.group(1) if revision else None

    def spec(self):
        raise NotImplementedError

    def create(self, **spec):
        """Makes the object; it polls each second unless told otherwise."""
        self.cluster.kube.create({
            "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": self.kind,
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": {"interval": "1s", **self.spec(), **spec}})

    def point(self, **spec):
        """Changes the object's spec (merge patch)."""
        self.cluster.kube.patch(self.kind, self.name, {"spec": spec}, self.namespace)

    def poll(self):
        """Asks source-controller to look now, as `flux reconcile source` does. Answers what `polled` compares."""
        token = str(time.time_ns())
        self.cluster.kube.patch(self.kind, self.name, {"metadata": {"annotations": {
            "reconcile.fluxcd.io/requestedAt": token}}}, self.namespace)
        return token

    def polled(self, token):
        """Whether source-controller did since."""
        return self.status().get("lastHandledReconcileAt") == token

    def status(self):
        return self.cluster.kube.get(self.kind, self.name, self.namespace).get("status", {})

    def artifact(self):
        return self.status().get("artifact")

    def ready(self):
        """The status of the Ready condition; None before source-controller looked."""
        return next((c["status"] for c in self.status().get("conditions", []) if c["type"] == "Ready"), None)

    def stored(self):
        """Where source-controller keeps the archives of this source."""
        return pathlib.Path(self.cluster.kubeconfig).parent / "sources" / self.kind.lower() / self.namespace / self.name

    def forget_artifacts(self):
        """Removes the stored archives, as source-controller's garbage collection does with old ones."""
        shutil.rmtree(self.stored())

    def tamper(self):
        """Puts other bytes in the place of the archive that is served."""
        for archive in self.stored().glob("*.tar.gz"):
            if not archive.is_symlink():
                archive.write_bytes(archive.read_bytes() + b"more")


class GitSource(Source):
    kind = "GitRepository"
    resource = "gitrepositories"
    push_command = ("push-git", "--repo")

    def spec(self):
        return {"url": f"{self.companions.servers['git']['url']}/{self.place}.git", "ref": {"branch": "main"}}


class OCISource(Source):
    kind = "OCIRepository"
    resource = "ocirepositories"
    push_command = ("push-oci", "--repo")

    def spec(self):
        return {"url": f"{self.companions.servers['registry']['url']}/{self.place}", "insecure": True, "ref": {"tag": "latest"}}


class BucketSource(Source):
    kind = "Bucket"
    resource = "buckets"
    push_command = ("put-object", "--bucket")

    def spec(self):
        server = self.companions.servers["s3"]
        self.cluster.kube.apply({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": self.name, "namespace": self.namespace},
            "stringData": {"accesskey": server["accessKey"], "secretkey": server["secretKey"]}})
        return {"provider": "generic", "bucketName": self.place, "endpoint": urllib.parse.urlsplit(server["url"]).netloc,
                "insecure": True, "secretRef": {"name": self.name}}


def patches(cluster, agent, namespace, resource, after):
    """When the API server received each PATCH (also a dry run, or of a subresource) that a program sent for objects of the
    resource in the namespace after a time, in order, as its audit log tells."""
    found = []
    with open(cluster.kubeconfig.replace("kubeconfig", "logs/audit.log"), encoding="utf-8") as log:
        for line in log:
            if f'"namespace":"{namespace}"' not in line or '"verb":"patch"' not in line:
                continue
            event = json.loads(line)
            ref, received = event["objectRef"], datetime.datetime.fromisoformat(event["requestReceivedTimestamp"])
            if ((ref["resource"], ref["namespace"]) == (resource, namespace) and received > after
                    and event["userAgent"].startswith(agent)):
                found.append(received)
    return sorted(found)
