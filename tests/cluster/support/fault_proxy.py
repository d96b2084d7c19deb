# SPDX-License-Identifier: 0BSD
"""A proxy between the controller and the real API server that tests can make misbehave, request by request."""

import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import yaml

WRITES = ("POST", "PUT", "PATCH", "DELETE")
HOP_HEADERS = ("connection", "transfer-encoding", "content-length", "host", "keep-alive")


class Request:
    def __init__(self, method, path, body):
        self.method = method
        self.path = path
        self.body = body

    @property
    def is_write(self):
        """Whether it changes the cluster; events tell of changes, they are none."""
        return self.method in WRITES and "dryRun=All" not in self.path and "/events" not in self.path

    def __repr__(self):
        return f"{self.method} {urlsplit(self.path).path}"


class FaultProxy:
    """Forwards as the user of `kube`. `before(request)` and `after(request)` are called around each request; they may block or
    kill the controller. What `before` answers, if anything, is (status, body) and takes the place of the server's answer. When
    `after` answers "drop", the connection is cut without an answer."""

    def __init__(self, kube):
        self.kube = kube
        self.before = lambda request: None
        self.after = lambda request: None
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                outer.forward(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 (the names are http.server's)

            def log_message(self, *args):
                pass

            def handle(self):
                try:
                    super().handle()
                except (OSError, http.client.HTTPException):
                    pass  # The controller was killed, or its watch ended.

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def kubeconfig(self, path):
        """Writes a kubeconfig that leads here; answers its path."""
        path.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.server.server_address[1]}"}}],
            "users": [{"name": "u", "user": {"token": "proxied"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
        return path

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def forward(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        request = Request(handler.command, handler.path, handler.rfile.read(length) if length else b"")
        self.requests.append(request)
        answer = self.before(request)
        if answer is not None:
            status, body = answer
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        headers = {key: value for key, value in handler.headers.items()
                   if key.lower() not in (*HOP_HEADERS, "authorization")}
        headers.update(self.kube.headers)
        is_watch = "watch=true" in request.path or "watch=1" in request.path
        upstream = http.client.HTTPSConnection(self.kube.server.hostname, self.kube.server.port, context=self.kube.tls,
                                               timeout=None if is_watch else 60)
        try:
            upstream.request(request.method, request.path, body=request.body or None, headers=headers)
            response = upstream.getresponse()
            if is_watch and response.status == 200:
                self.stream(handler, upstream, response)
                return
            body = response.read()
            if self.after(request) == "drop":
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
                return
            handler.send_response(response.status)
            for key, value in response.getheaders():
                if key.lower() not in HOP_HEADERS:
                    handler.send_header(key, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        finally:
            upstream.close()

    @staticmethod
    def stream(handler, upstream, response):
        handler.send_response(200)
        for key, value in response.getheaders():
            if key.lower() not in HOP_HEADERS:
                handler.send_header(key, value)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while data := response.read1(65536):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            handler.wfile.flush()
        handler.wfile.write(b"0\r\n\r\n")
