# SPDX-License-Identifier: 0BSD
"""Runs the real stagesetctl as a process of a test."""

import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("STAGESET_CTL", str(ROOT / "build/release/bin/stagesetctl"))


class CommandLine:
    """The program as the user of one kubeconfig; None: a user without any."""

    def __init__(self, kubeconfig, binary=BINARY):
        self.binary = binary
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("KUBE")}
        self.environment["HOME"] = "/nonexistent"
        if kubeconfig:
            self.environment["KUBECONFIG"] = str(kubeconfig)

    def run(self, *arguments, stdin=None):
        """The finished process, whatever its exit code."""
        return subprocess.run([self.binary, *arguments], capture_output=True, text=True, input=stdin, timeout=60,
                              env=self.environment)

    def documents(self, *arguments, stdin=None):
        """The objects that a successful run printed."""
        result = self.run(*arguments, stdin=stdin)
        assert result.returncode == 0, result.stderr
        return list(yaml.safe_load_all(result.stdout))

    def error(self, *arguments, code=3, stdin=None):
        """The error of a run that failed with `code`: one line, and nothing else on stderr."""
        result = self.run(*arguments, stdin=stdin)
        assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("Error: "), result.stderr
        return lines[0].removeprefix("Error: ")
