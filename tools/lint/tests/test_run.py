# SPDX-License-Identifier: 0BSD
import shutil
import subprocess
import unittest

from planted_tree import LINT, PlantedTree


class Run(PlantedTree):
    """The whole of tools/lint copied into a throw-away checkout, which it then checks."""

    def setUp(self):
        super().setUp()
        shutil.rmtree(self.root / "tools/lint")
        shutil.copytree(LINT, self.root / "tools/lint", ignore=shutil.ignore_patterns("tests", "__pycache__"))
        shutil.copy(LINT.parent.parent / ".clang-format", self.root)

    def run_all(self, *arguments):
        return subprocess.run([str(self.root / "tools/lint/run"), *arguments], capture_output=True, text=True, check=False)

    def test_sums_up_a_clean_checkout(self):
        run = self.run_all()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        for name in ("layers", "sizes", "words", "format", "shell"):
            self.assertRegex(run.stdout, rf"(?m)^{name} +ok ")

    def test_runs_the_other_checks_after_one_failed(self):
        self.plant("src/stray.cpp", "// SPDX-License-Identifier: 0BSD\nint  f();\n")
        run = self.run_all()
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"(?m)^layers +FAILED ")
        self.assertRegex(run.stdout, r"(?m)^words +ok ")
        self.assertRegex(run.stdout, r"(?m)^format +FAILED ")

    def test_fails_when_a_check_cannot_run(self):
        run = self.run_all(str(self.root / "no-such-build"))
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"(?m)^headers +FAILED ")


if __name__ == "__main__":
    unittest.main()
