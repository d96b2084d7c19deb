# SPDX-License-Identifier: 0BSD
"""Random objects that the paths of generate/cel_grammar.py lead into; each part may be missing or of another kind."""

ODD = [None, True, 0, -1, 1.5, "", "x", [], {}, [1], {"a": 1}, 9007199254740993, -0.0, 1e300]


def condition(rng):
    result = {"type": rng.choice(["Ready", "Available", "Stalled", "Progressing"]), "status": rng.choice(["True", "False", "Unknown"])}
    if rng.random() < 0.6:
        result["reason"] = rng.choice(["Succeeded", "Failed", "é"])
    if rng.random() < 0.6:
        result["message"] = rng.choice(["", "all is well", "two\nlines"])
    if rng.random() < 0.8:
        result["lastTransitionTime"] = rng.choice(["2024-03-01T10:05:00Z", "2024-03-01T10:05:00.25+01:00", "never"])
    return result


def container(rng):
    return {"name": rng.choice(["main", "side"]), "image": rng.choice(["nginx:1.25", "busybox@sha256:abc", ""]), "args": rng.sample(["a", "-v", "é"], 2),
            "ports": [{"containerPort": rng.choice([80, 8080])}], "resources": {"limits": {"memory": rng.choice(["1Gi", "500m", "x"]), "cpu": "1"}}}


def spoil(rng, value):
    """Leaves something out or puts something else in its place."""
    if isinstance(value, dict):
        return {key: rng.choice(ODD) if rng.random() < 0.03 else spoil(rng, child) for key, child in value.items() if rng.random() > 0.04}
    return value


def make_object(rng):
    generation = rng.randint(1, 3)
    return spoil(rng, {
        "apiVersion": rng.choice(["apps/v1", "v1", "example.io/v1"]),
        "kind": rng.choice(["Deployment", "Widget"]),
        "metadata": {"name": "web", "namespace": rng.choice(["prod", "default"]), "generation": generation, "creationTimestamp": "2024-03-01T10:00:00Z",
                     "labels": {"app": "web", "app.kubernetes.io/version": "1.2.3"}, "annotations": {"a/b": "true", "n": "5"}, "finalizers": ["x/y", "z"]},
        "spec": {"replicas": rng.randint(0, 3), "paused": rng.random() < 0.5, "ratio": 0.5, "nothing": None, "ports": [80, 443, 8080], "list": [3, 1, 2],
                 "mixed": [1, "a", 1.5, None, {"k": [True]}], "emptyList": [], "empty": {}, "big": rng.choice([9223372036854775807, 2**53]),
                 "template": {"spec": {"containers": [container(rng) for _ in range(rng.randint(0, 2))]}}},
        "status": {"observedGeneration": rng.choice([generation, generation - 1]), "readyReplicas": rng.randint(0, 3), "phase": rng.choice(["Ready", "Failed"]),
                   "ready": True, "nothing": None, "conditions": [condition(rng) for _ in range(rng.randint(0, 3))]},
        "data": {"key": "value"},
    })  # fmt: skip
