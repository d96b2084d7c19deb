# SPDX-License-Identifier: 0BSD
"""Runs the measurements on the control plane of KUBECONFIG and prints the table. Started by bench/run."""

import os
import pathlib
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cluster"))

import measurements  # noqa: E402
from process import MeasuredController  # noqa: E402
from report import Report, load  # noqa: E402
from support.artifacts import ArtifactServer  # noqa: E402
from support.kube import Kube  # noqa: E402


class Bench:
    """What the measurements share."""

    def __init__(self):
        self.output = pathlib.Path(os.environ["STAGESET_BENCH_OUTPUT"])
        self.binary = os.environ["STAGESET_CONTROLLER"]
        self.programs = os.environ["STAGESET_BENCH_PROGRAMS"]
        self.kubeconfig = os.environ["KUBECONFIG"]
        self.scale = float(os.environ.get("BENCH_SCALE", "1"))
        self.kube = Kube(self.kubeconfig)
        self.server = ArtifactServer()
        self.report = Report(self.scale, str(self.output))
        self.controllers = []
        self.plain_rate = None  # applies per second of the plain client
        self.walls = {}  # title -> (wall seconds, requests)
        # What an earlier run downloaded would spare this one its downloads.
        for kept in self.output.glob("*-artifacts"):
            shutil.rmtree(kept)

    def sized(self, count):
        return max(2, round(count * self.scale))

    def progress(self, text):
        print(f"   … {text}", flush=True)

    def controller(self, namespace, **options):
        log = self.output / f"controller-{namespace}.log"
        log.unlink(missing_ok=True)
        controller = MeasuredController(self.binary, self.kubeconfig, namespace, log, **options)
        self.controllers.append(controller)
        return controller

    def close(self):
        for controller in self.controllers:
            controller.kill()
        self.server.close()


def main(selection):
    unknown = set(selection) - set(measurements.ALL) - {"pure"}
    if unknown:
        sys.exit(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(measurements.ALL)}")
    bench = Bench()
    failed = []
    try:
        for name, measure in measurements.ALL.items():
            if selection and name not in selection:
                continue
            print(f"== {name}: {measure.__doc__.splitlines()[0]} (load {load():.1f})", flush=True)
            started = time.monotonic()
            try:
                measure(bench)
            except Exception as error:  # noqa: BLE001 (one measurement that cannot be taken leaves the others)
                failed.append(name)
                bench.report.add(f"{name}: FAILED", str(error)[:120])
            bench.report.loads[name] = load()
            print(f"   took {time.monotonic() - started:.0f} s", flush=True)
        measurements.compare_with_client(bench)
    finally:
        bench.close()
    print(f"\n{os.cpu_count()} cores; load after each: "
          + ", ".join(f"{name} {value:.1f}" for name, value in bench.report.loads.items()))
    if bench.scale != 1:
        print(f"Sizes × {bench.scale:g}: the titles tell the full sizes.")
    print(bench.report.table())
    print(f"written: {bench.report.write()}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
