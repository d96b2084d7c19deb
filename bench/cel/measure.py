# SPDX-License-Identifier: 0BSD
"""Compiles and evaluates expressions with cel-go and with us: CPU time of one call, side by side.

    measure.py --cases FILE --original PROGRAM --ours PROGRAM [--seconds N] [--results FILE]
"""

import argparse
import json
import math
import pathlib
import subprocess


def read(program, options):
    """One reading for each case, in their order."""
    output = subprocess.check_output([program, options.cases, str(options.seconds)])
    return [json.loads(line) for line in output.splitlines()]


def comparable(value):
    """A described value without what each side may order or write as it likes."""
    return sorted(map(str, value["entries"])) if value["type"] == "map" else value


def report(cases, readings):
    different = 0
    factors = {"compile_s": [], "evaluate_s": []}
    for case, original, ours in zip(cases, readings["original"], readings["ours"], strict=True):
        same = comparable(original["value"]) == comparable(ours["value"])
        different += not same
        row = f"{case['environment']:10} {case['name']:24}"
        for step in factors:
            faster = original[step] / max(ours[step], 1e-12)
            factors[step].append(faster)
            row += f"  {step[:-2]:8} cel-go {original[step] * 1e6:9.2f} us  ours {ours[step] * 1e6:9.2f} us  {faster:6.1f} times"
        print(row + ("" if same else "  ANOTHER VALUE"))
    for step, values in factors.items():
        mean = math.exp(sum(map(math.log, values)) / len(values))
        print(f"{step[:-2]}: {mean:.1f} times less CPU than cel-go (geometric mean), {min(values):.1f} at worst")
    print(f"values are {'the same' if not different else f'DIFFERENT in {different} cases'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("cases", "original", "ours"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seconds", type=float, default=0.2, help="how long each call is repeated")
    parser.add_argument("--results", help="write the readings to this file as JSON")
    options = parser.parse_args()
    cases = json.loads(pathlib.Path(options.cases).read_text())
    readings = {"original": read(options.original, options), "ours": read(options.ours, options)}
    report(cases, readings)
    if options.results:
        rows = [
            {"name": case["name"], "environment": case["environment"], "cel-go": original, "ours": ours}
            for case, original, ours in zip(cases, readings["original"], readings["ours"], strict=True)
        ]
        pathlib.Path(options.results).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
