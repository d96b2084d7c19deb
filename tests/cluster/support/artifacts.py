# SPDX-License-Identifier: 0BSD
"""Artifacts for tests: tar.gz archives made from dicts, a server that can misbehave, and planted ExternalArtifacts."""

import gzip
import hashlib
import io
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml


def encoded(content):
    """The bytes of a file: of text, of bytes, or of a list of objects written as YAML documents."""
    if not isinstance(content, (str, bytes)):
        content = yaml.safe_dump_all(content)
    return content.encode() if isinstance(content, str) else content


def archive(files):
    """The bytes of a tar.gz with `files` (path -> content, see `encoded`)."""
    tar_bytes = io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w") as tar:
        for path in sorted(files):
            data = encoded(files[path])
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return gzip.compress(tar_bytes.getvalue(), mtime=0)


class ArtifactServer:
    """Serves bytes by path on loopback. `behave(path, f)` replaces the answer: f(handler) writes it."""

    def __init__(self):
        self.contents = {}
        self.behaviours = {}
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802 (the name is http.server's)
                outer.requests.append(self.path)
                if self.path in outer.behaviours:
                    outer.behaviours[self.path](self)
                elif self.path in outer.contents:
                    data = outer.contents[self.path]
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    try:
                        self.wfile.write(data)
                    except OSError:
                        pass  # The controller was killed.
                else:
                    self.send_error(404)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Sources:
    """Plants ExternalArtifacts in one namespace and points them at archives."""

    def __init__(self, kube, server, namespace):
        self.kube = kube
        self.server = server
        self.namespace = namespace
        self.count = 0
        self.paths = {}

    def plant(self, name, files, revision=None, ready=True, **source):
        """Publishes `files` and points the source `name` at them (created when missing). Answers the revision."""
        return self.plant_bytes(name, archive(files), revision, ready, **source)

    def plant_bytes(self, name, data, revision=None, ready=True, digest=None, **source):
        self.count += 1
        path = f"/{self.namespace}/{name}-{self.count}.tar.gz"
        self.paths[name] = path
        self.server.contents[path] = data
        digest = digest or "sha256:" + hashlib.sha256(data).hexdigest()
        return self.point(name, self.server.url + path, digest, revision or digest, ready, **source)

    def path(self, name):
        """Where the server has what was last planted as `name`."""
        return self.paths[name]

    def point(self, name, url, digest, revision, ready=True, kind="ExternalArtifact", spec=None):
        """The same for any kind of Flux that carries an artifact; `spec` is for a new one."""
        if self.kube.get(kind, name, self.namespace) is None:
            self.kube.create({
                "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind,
                "metadata": {"name": name, "namespace": self.namespace}, "spec": spec or {}})
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.kube.patch(kind, name, {"status": {
            "artifact": {"url": url, "digest": digest, "revision": revision, "path": url.split("/", 3)[3],
                         "lastUpdateTime": now},
            "conditions": [{"type": "Ready", "status": "True" if ready else "False", "lastTransitionTime": now,
                            "reason": "Succeeded" if ready else "Failed", "message": "planted"}],
        }}, self.namespace, "status")
        return revision
