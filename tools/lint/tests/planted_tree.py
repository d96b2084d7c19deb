# SPDX-License-Identifier: 0BSD
"""A throw-away checkout for the tests of the checks: plant files, run a check, look at what it says."""

import contextlib
import io
import subprocess
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import SimpleNamespace

LINT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(LINT))


def load(name):
    """A check as a module, so that a table of a hundred cases does not start a hundred programs."""
    loader = SourceFileLoader(f"check_{name}", str(LINT / name))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


sys.dont_write_bytecode = True
CHECKS = {name: load(name) for name in ("layers", "sizes", "words", "format", "shell", "headers")}


class PlantedTree(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        self.plant("tools/lint/layers.txt", (LINT / "layers.txt").read_text())

    def plant(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run_check(self, name, *arguments):
        if arguments:
            return self.run_program(name, *arguments)
        report, out = CHECKS[name].source_tree.Report(), io.StringIO()
        CHECKS[name].check(self.root.resolve(), report)
        with contextlib.redirect_stdout(out):
            status = report.finish()
        return SimpleNamespace(returncode=status, stdout=out.getvalue(), stderr="")

    def run_program(self, name, *arguments):
        command = [sys.executable, str(LINT / name), "--root", str(self.root), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)

    def assert_accepts(self, name, *arguments):
        run = self.run_check(name, *arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        return run.stdout

    def assert_refuses(self, name, *expected, arguments=()):
        """The check fails, and each of `expected` begins one of its lines; there are no other lines but warnings."""
        run = self.run_check(name, *arguments)
        self.assertEqual((run.returncode, run.stderr), (1, ""), run.stdout)
        lines = [line for line in run.stdout.splitlines() if ": warning: " not in line and not line.startswith("headers: ")]
        for start in expected:
            self.assertTrue(any(line.startswith(start) for line in lines), f"no line begins with {start!r}:\n{run.stdout}")
        self.assertEqual(len(lines), len(expected), run.stdout)
        for line in lines:
            self.assertRegex(line, r"^[^:]+:\d+: [\w-]+: \S")
        return run.stdout
