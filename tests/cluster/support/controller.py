# SPDX-License-Identifier: 0BSD
"""Runs the real stageset-controller as a process of a test."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Controller:
    """One controller process, restarted at will with the same flags; serves one namespace unless told otherwise."""

    def __init__(self, binary, kubeconfig, namespace, log_path, flags=()):
        self.binary = binary
        self.kubeconfig = str(kubeconfig)
        self.log_path = log_path
        self.metrics_port = free_port()
        self.probe_port = free_port()
        self.flags = [
            f"--metrics-bind-address=127.0.0.1:{self.metrics_port}",
            f"--health-probe-bind-address=127.0.0.1:{self.probe_port}",
            "--allow-loopback-artifacts",
            f"--artifact-cache-dir={log_path}-artifacts",
            "--log-level=debug",
        ]
        if namespace:
            self.flags.append(f"--watch-namespaces={namespace}")
        self.flags += flags
        self.process = None

    def start(self, wait=True):
        log = open(self.log_path, "ab")
        environment = dict(os.environ, KUBECONFIG=self.kubeconfig)
        self.process = subprocess.Popen(
            [self.binary, *self.flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        log.close()
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, timeout=30):
        deadline = time.monotonic() + timeout
        while True:
            assert self.process.poll() is None, f"the controller exited with {self.process.returncode}:\n{self.log()[-3000:]}"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.probe_port}/readyz", timeout=2) as response:
                    if response.status == 200:
                        return
            except OSError:
                pass
            assert time.monotonic() < deadline, f"the controller is not ready:\n{self.log()[-3000:]}"
            time.sleep(0.05)

    def kill(self):
        """SIGKILL: no chance to tidy up."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self, timeout=40):
        """SIGTERM; answers the exit code."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout)
        return self.process.returncode if self.process else None

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def records(self):
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as response:
            return response.read().decode()

    def metric(self, metric_name, /, **labels):
        """The sum of all series of `metric_name` that carry `labels`; None when there is none."""
        total = None
        for line in self.metrics().splitlines():
            match = re.match(r"^(\w+)(?:\{(.*)\})? (\S+)", line)
            if not match or match.group(1) != metric_name:
                continue
            found = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match.group(2) or ""))
            if all(found.get(key) == value for key, value in labels.items()):
                total = (total or 0.0) + float(match.group(3))
        return total

    def memory_mib(self, field="VmRSS"):
        """VmRSS: what it holds now; VmHWM: the most that it ever held."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return int(re.search(rf"{field}:\s+(\d+)", file.read()).group(1)) / 1024
