# SPDX-License-Identifier: 0BSD
"""What one controller process costs: memory and CPU from /proc, requests from its own metrics."""

import collections
import contextlib
import os
import re
import time
import urllib.request

from support.controller import Controller

TICKS = os.sysconf("SC_CLK_TCK")
# Work that follows the last Ready (events, a second run) belongs to the figures: nothing sent for this long ends them.
QUIET_SECONDS = 1.5


class MeasuredController(Controller):
    """The controller of the cluster tests, logging as in production, with the readings that benchmarks need."""

    def __init__(self, *args, log_level="info", **kwargs):
        super().__init__(*args, **kwargs)
        self.flags = [f"--log-level={log_level}" if flag.startswith("--log-level") else flag for flag in self.flags]
        self.started_at = self.started_wall = None
        self.ready_after = None

    def start(self, wait=True):
        self.started_at = time.monotonic()
        self.started_wall = time.time()
        return super().start(wait)

    def is_ready(self):
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.probe_port}/readyz", timeout=2):
                return True
        return False

    def wait_ready(self, timeout=60):
        """As inherited, but asks often enough to measure the time from exec to /readyz."""
        while not self.is_ready():
            assert self.process.poll() is None, f"the controller exited:\n{self.log()[-3000:]}"
            assert time.monotonic() < self.started_at + timeout, f"the controller is not ready:\n{self.log()[-3000:]}"
            time.sleep(0.003)
        self.ready_after = self.ready_after or time.monotonic() - self.started_at

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def requests(self):
        """(method, code) -> count of all requests to the API server so far."""
        counts = collections.Counter()
        for labels, value in re.findall(r"^rest_client_requests_total\{(.*)\} (\S+)", self.metrics(), re.MULTILINE):
            found = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            counts[found["method"], found["code"]] += int(float(value))
        return counts

    def runs(self):
        return int(self.metric("controller_runtime_reconcile_total") or 0)

    def wait_quiet(self, timeout=60, seconds=QUIET_SECONDS):
        """Returns when no request was sent for so long."""
        deadline = time.monotonic() + timeout
        before = None
        while time.monotonic() < deadline:
            now = self.requests()
            if now == before:
                return
            before = now
            time.sleep(seconds)


class Cost:
    """What the controller spent between the start and stop(): wall is the caller's, up to its goal."""

    def __init__(self, controller, server):
        self.controller = controller
        self.server = server
        self.requests_before = controller.requests()
        self.runs_before = controller.runs()
        self.downloads_before = len(server.requests)
        self.cpu_before = controller.cpu_seconds()
        self.started = time.monotonic()

    def stop(self, goal_at):
        self.wall = goal_at - self.started
        self.cpu_at_goal = self.controller.cpu_seconds() - self.cpu_before
        self.controller.wait_quiet()
        self.cpu = self.controller.cpu_seconds() - self.cpu_before
        spent = self.controller.requests() - self.requests_before
        self.by_method = collections.Counter()
        self.refused = collections.Counter()
        for (method, code), count in spent.items():
            self.by_method[method] += count
            if not code.startswith("2"):
                self.refused[f"{method} {code}"] += count
        self.requests = sum(spent.values())
        self.runs = self.controller.runs() - self.runs_before
        self.downloads = len(self.server.requests) - self.downloads_before
        self.peak = self.controller.memory_mib("VmHWM")
        return self

    def verbs(self):
        text = ", ".join(f"{method} {count}" for method, count in sorted(self.by_method.items()))
        if self.refused:
            text += "; of these " + ", ".join(f"{what}: {count}" for what, count in sorted(self.refused.items()))
        return text
