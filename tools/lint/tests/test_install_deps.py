# SPDX-License-Identifier: 0BSD
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

INSTALL_DEPS = Path(__file__).resolve().parents[2] / "install-deps"


class InstallDeps(unittest.TestCase):
    """Runs install-deps with made-up apt-get, dpkg-query, sudo and go, which write down how they were called."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in ("bash", "env", "sed", "sort", "tr", "dirname", "basename", "id"):
            (self.bin / name).symlink_to(f"/usr/bin/{name}")
        (self.folder / "packages.txt").write_text("# build\nclang-19\n\nninja-build  # generator\n")
        (self.folder / "os-release").write_text('NAME="Debian"\nVERSION_ID="12"\nID=debian\n')
        self.installed("clang-19", "ninja-build")
        self.program("go", 'echo "go1.26.8"')
        self.program("apt-get", f'echo "apt-get $*" >>{self.folder}/calls')

    def program(self, name, script):
        (self.bin / name).write_text(f"#!/usr/bin/bash\n{script}\n")
        (self.bin / name).chmod(0o755)

    def installed(self, *names):
        self.program("dpkg-query", f'case "${{@: -1}}" in {"|".join(names)}) echo -n installed ;; half) echo -n config-files ;; *) exit 1 ;; esac')

    def run_it(self, *arguments, user_id=0):
        environment = {"PATH": str(self.bin), "STAGESET_PACKAGES_FILE": str(self.folder / "packages.txt"),
                       "STAGESET_OS_RELEASE_FILE": str(self.folder / "os-release"), "STAGESET_USER_ID": str(user_id)}
        return subprocess.run([str(INSTALL_DEPS), *arguments], env=environment, capture_output=True, text=True, check=False)

    def calls(self):
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def test_does_nothing_when_all_is_there(self):
        for arguments in ([], ["--check"]):
            run = self.run_it(*arguments)
            self.assertEqual((run.returncode, run.stderr, self.calls()), (0, "", []))

    def test_installs_only_what_is_missing(self):
        self.installed("clang-19")
        run = self.run_it()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.calls(), ["apt-get update -qq", "apt-get install -qq -y --no-install-recommends ninja-build"])

    def test_counts_a_removed_package_with_left_configuration_as_missing(self):
        (self.folder / "packages.txt").write_text("half\n")
        self.assertIn("missing: half", self.run_it("--check").stderr)

    def test_check_reports_and_installs_nothing(self):
        self.installed("nothing")
        run = self.run_it("--check")
        self.assertEqual((run.returncode, self.calls()), (1, []))
        self.assertIn("missing: clang-19 ninja-build", run.stderr)

    def test_uses_sudo_when_not_root(self):
        self.installed("clang-19")
        self.program("sudo", f'echo "sudo" >>{self.folder}/calls; exec "$@"')
        self.assertEqual(self.run_it(user_id=1000).returncode, 0)
        self.assertEqual(self.calls()[::2], ["sudo", "sudo"])

    def test_says_what_to_do_without_root_and_sudo(self):
        self.installed("clang-19")
        run = self.run_it(user_id=1000)
        self.assertEqual((run.returncode, self.calls()), (1, []))
        self.assertIn("Run as root: apt-get install --no-install-recommends ninja-build", run.stderr)

    def test_fails_when_apt_get_fails(self):
        self.installed("clang-19")
        self.program("apt-get", "exit 100")
        self.assertNotEqual(self.run_it().returncode, 0)

    def test_warns_on_another_system_and_goes_on(self):
        (self.folder / "os-release").write_text("ID=ubuntu\nVERSION_ID=24.04\n")
        run = self.run_it()
        self.assertEqual(run.returncode, 0)
        self.assertIn("made for Debian 12", run.stderr)

    def test_stops_where_there_is_no_dpkg(self):
        (self.bin / "dpkg-query").unlink()
        run = self.run_it()
        self.assertEqual(run.returncode, 1)
        self.assertIn("no Debian", run.stderr)

    def test_says_when_go_is_missing_or_old(self):
        for version, ok in (("go1.26", True), ("go1.27rc1", True), ("go2.0.1", True), ("go1.25.9", False), ("go1.19.8", False),
                            ("devel +abc", False)):
            with self.subTest(version=version):
                self.program("go", f'echo "{version}"')
                run = self.run_it()
                self.assertEqual((run.returncode == 0, "Go 1.26" in run.stderr), (ok, not ok), run.stderr)
        (self.bin / "go").unlink()
        self.assertIn("Go 1.26 or later is missing", self.run_it().stderr)

    def test_refuses_an_unknown_argument(self):
        self.assertEqual(self.run_it("--force").returncode, 2)


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main()
