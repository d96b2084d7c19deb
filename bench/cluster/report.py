# SPDX-License-Identifier: 0BSD
"""The table and the JSON of a run: each figure beside its budget and what the reference needs."""

import dataclasses
import json
import os
import time


def load():
    return os.getloadavg()[0]


@dataclasses.dataclass
class Row:
    figure: str
    measured: object  # a number, or text when there is none to give
    unit: str
    budget: float | None
    reference: str
    note: str

    def text(self):
        if not isinstance(self.measured, (int, float)):
            return str(self.measured)
        digits = 0 if isinstance(self.measured, int) else 1 if self.measured >= 100 else 2
        return f"{self.measured:,.{digits}f} {self.unit}".strip()

    def budget_text(self):
        return "–" if self.budget is None else f"≤ {self.budget:,.{0 if self.budget >= 100 else 1}f} {self.unit}".strip()

    def verdict(self, full_size):
        if self.budget is None or not isinstance(self.measured, (int, float)):
            return "–"
        if not full_size:
            return "(scaled)"
        share = self.measured / self.budget
        return f"holds ({share:.0%})" if share <= 1 else f"misses (×{share:.1f})"


class Report:
    """Collects rows as they are measured; a missed budget is told, it fails nothing."""

    def __init__(self, scale, output):
        self.scale = scale
        self.output = output
        self.rows = []
        self.details = {}
        self.started = time.time()
        self.loads = {}

    def add(self, figure, measured, unit="", budget=None, reference="–", note=""):
        self.rows.append(Row(figure, measured, unit, budget, reference, note))
        print(f"   {figure}: {self.rows[-1].text()}{'  ' + note if note else ''}", flush=True)

    def table(self):
        lines = [("figure", "measured", "budget", "reference", "verdict")]
        lines += [(row.figure, row.text(), row.budget_text(), row.reference, row.verdict(self.scale == 1))
                  for row in self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(5)]
        text = []
        for line in lines:
            cells = [cell.rjust(width) if 1 <= i <= 3 else cell.ljust(width)
                     for i, (cell, width) in enumerate(zip(line, widths))]
            text.append("  ".join(cells).rstrip())
        text.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join(text)

    def write(self):
        path = os.path.join(self.output, "results.json")
        result = {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.started)),
            "scale": self.scale, "cores": os.cpu_count(), "loads": self.loads,
            "figures": [dict(dataclasses.asdict(row), verdict=row.verdict(self.scale == 1)) for row in self.rows],
            "details": self.details}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2, ensure_ascii=False)
            file.write("\n")
        return path
