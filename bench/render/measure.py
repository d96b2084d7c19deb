# SPDX-License-Identifier: 0BSD
"""Renders two inputs with kustomize and with us, in one process and as a whole command: wall, CPU, peak memory, side by side.

    measure.py --inputs FOLDER --kustomize PROGRAM --kustomize-timed PROGRAM --ours-timed PROGRAM --ours-command COMMAND

In COMMAND {folder} stands for the input's folder and {root} for the directory to build.
"""

import argparse
import hashlib
import json
import pathlib
import shlex
import subprocess
import tempfile

# How often each is built: the original needs many seconds for the large input.
REPEATS = {("large", "kustomize"): 1, ("large", "ours"): 20, ("small", "kustomize"): 100, ("small", "ours"): 1000}
COMMAND_REPEATS = {("large", "kustomize"): 1, ("large", "ours"): 5, ("small", "kustomize"): 10, ("small", "ours"): 20}
FASTER_GOALS = {"in process": 20, "command": 10}
MEMORY_GOAL = 1 / 4


def run_once(launcher, arguments):
    """Wall and CPU seconds, peak KiB and the output's hash of one run."""
    with tempfile.NamedTemporaryFile() as file:
        output = subprocess.check_output([launcher, "--run", file.name, *arguments], stderr=subprocess.DEVNULL)
        return json.load(file) | {"sha256": hashlib.sha256(output).hexdigest()}


def run_command(launcher, arguments, repeats):
    """The fastest of some runs, which is the one that others on the machine disturbed least."""
    return min((run_once(launcher, arguments) for _ in range(repeats)), key=lambda found: found["wall_s"])


def in_process(program, folder, repeats):
    return json.loads(subprocess.check_output([program, str(folder), "overlay", str(repeats)], stderr=subprocess.DEVNULL))


def measure(options, name):
    """All four readings of one input."""
    folder = pathlib.Path(options.inputs) / name
    ours = [part.format(folder=folder, root="overlay") for part in shlex.split(options.ours_command)]
    original = [options.kustomize, "build", "--reorder", "none", str(folder / "overlay")]
    return {
        ("in process", "kustomize"): in_process(options.kustomize_timed, folder, REPEATS[name, "kustomize"]),
        ("in process", "ours"): in_process(options.ours_timed, folder, REPEATS[name, "ours"]),
        ("command", "kustomize"): run_command(options.ours_timed, original, COMMAND_REPEATS[name, "kustomize"]),
        ("command", "ours"): run_command(options.ours_timed, ours, COMMAND_REPEATS[name, "ours"]),
    }


def report(name, found):
    for way in ("in process", "command"):
        original, ours = found[way, "kustomize"], found[way, "ours"]
        for who, reading in (("kustomize", original), ("ours", ours)):
            first = f"  first {reading['first_s'] * 1e3:10.2f} ms" if "first_s" in reading else ""
            print(f"{name:6} {way:11} {who:10} wall {reading['wall_s'] * 1e3:10.2f} ms  cpu {reading['cpu_s'] * 1e3:10.2f} ms  "
                  f"peak {reading['peak_kib'] / 1024:7.1f} MiB{first}")
        faster, memory = original["cpu_s"] / max(ours["cpu_s"], 1e-9), ours["peak_kib"] / original["peak_kib"]
        goal = FASTER_GOALS[way]
        verdict = "within" if faster >= goal and memory <= MEMORY_GOAL else "misses"
        print(f"{name:6} {way:11} {faster:.0f} times less CPU, {memory:.2f} of the memory: {verdict} the budget "
              f"({goal} times, {MEMORY_GOAL})")
    # The command brings objects into the form that is applied, so its text is its own.
    same = len({reading["sha256"] for way, reading in found.items() if way != ("command", "ours")}) == 1
    print(f"{name:6} outputs are {'the same' if same else 'DIFFERENT'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("inputs", "kustomize", "kustomize-timed", "ours-timed"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--ours-command", required=True)
    parser.add_argument("--results", help="write the readings to this file as JSON")
    options = parser.parse_args()
    readings = {}
    for name in ("large", "small"):
        found = measure(options, name)
        report(name, found)
        readings[name] = {f"{way}, {who}": reading for (way, who), reading in found.items()}
    if options.results:
        pathlib.Path(options.results).write_text(json.dumps(readings, indent=1))


if __name__ == "__main__":
    main()
