# SPDX-License-Identifier: 0BSD
"""Writes the cases of the CEL benchmark: generate.py FILE. Typical health expressions, over a small object and one of 100 conditions."""

import json
import pathlib
import sys

EXPRESSIONS = {
    "constant": "true",
    "phase": "status.phase == 'Ready'",
    "guarded phase": "has(status.phase) && status.phase in ['Ready', 'Succeeded', 'Bound']",
    "generation": "metadata.generation == status.observedGeneration",
    "arithmetic": "status.readyReplicas * 100 / spec.replicas >= 90 && status.updatedReplicas - spec.replicas == 0",
    "condition": "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
    "two conditions": "status.conditions.filter(c, c.type in ['Ready', 'Synced']).all(c, c.status == 'True' && c.reason != 'Stalled')",
    "no failure": "!has(status.failureReason) && status.conditions.all(c, c.type != 'Failed' || c.status == 'False')",
    "strings": "metadata.name.startsWith('web-') && spec.image.split(':')[1].matches('^v[0-9]+[.][0-9]+$')",
    "optional": "status.?ready.orValue(false) || status.?replicas.orValue(0) > 2",
    "map": "status.conditions.map(c, c.type).size() == size(status.conditions)",
    "time": "timestamp(metadata.creationTimestamp) + duration('1h') < timestamp('2030-01-01T00:00:00Z')",
    "labels": "metadata.labels.all(k, size(k) <= 63) && 'app' in metadata.labels",
}


def condition(kind, status):
    return {"type": kind, "status": status, "reason": "AsExpected", "message": "all is well", "lastTransitionTime": "2024-03-01T10:05:00Z"}


def make_object(conditions):
    return {
        "apiVersion": "example.io/v1",
        "kind": "Widget",
        "metadata": {"name": "web-1", "namespace": "prod", "generation": 3, "labels": {"app": "web", "tier": "backend"},
                     "creationTimestamp": "2024-03-01T10:00:00Z"},
        "spec": {"replicas": 3, "image": "registry.example.com/web:v1.25"},
        "status": {"observedGeneration": 3, "phase": "Ready", "readyReplicas": 3, "updatedReplicas": 3, "replicas": 3, "conditions": conditions},
    }  # fmt: skip


def cases():
    few = make_object([condition("Synced", "True"), condition("Progressing", "False"), condition("Ready", "True")])
    # What is looked for stands last.
    many = make_object([*(condition(f"Check{index}", "True") for index in range(99)), condition("Ready", "True")])
    for environment in ("flux", "kubernetes"):
        for name, text in EXPRESSIONS.items():
            yield {"name": name, "environment": environment, "text": text, "object": few}
        for name in ("condition", "two conditions", "no failure", "map"):
            yield {"name": f"{name}, of 100", "environment": environment, "text": EXPRESSIONS[name], "object": many}


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).write_text(json.dumps(list(cases()), indent=1))
