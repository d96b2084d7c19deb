# SPDX-License-Identifier: 0BSD
"""StageSets of a test: written, watched, asked."""

from support.kube import wait_for


def config_map(name, namespace, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def deployment(name, namespace, replicas=1, behaviour=None, ready_after=None):
    """A Deployment; `behaviour` and `ready_after` steer the simulated nodes (see testcluster/README.md)."""
    labels = {"app": name}
    template = {"metadata": {"labels": dict(labels), "annotations": {}},
                "spec": {"containers": [{"name": "main", "image": "registry.example/app:1"}]}}
    if behaviour:
        template["metadata"]["labels"]["testcluster/behaviour"] = behaviour
    if ready_after:
        template["metadata"]["annotations"]["testcluster/ready-after"] = ready_after
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}}


def stateful_set(name, namespace, behaviour=None):
    """A StatefulSet of one pod that behaves like that of deployment()."""
    result = deployment(name, namespace, behaviour=behaviour)
    result["kind"] = "StatefulSet"
    result["spec"]["serviceName"] = name
    return result


def waits(env, name, stage, containing="", timeout=20):
    """Waits until the stage is Verifying with `containing` in its message; answers the message."""
    def question():
        entry = env.stagesets.stages(name).get(stage, {})
        found = entry.get("phase") == "Verifying" and containing in entry.get("message", "")
        return entry["message"] if found else None
    return wait_for(question, timeout, what=f"stage {stage} of {name} to wait for {containing!r}")


class StageSets:
    def __init__(self, kube, namespace):
        self.kube = kube
        self.namespace = namespace

    def apply(self, name, stages, **spec):
        """`stages`: names of sources (stage and source share the name), or full stage dicts."""
        full = [s if isinstance(s, dict) else {"name": s, "sourceRef": {"name": s}} for s in stages]
        return self.kube.apply({
            "apiVersion": "stages.metio.wtf/v1", "kind": "StageSet",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {"interval": "1m", **spec, "stages": full}})

    def get(self, name):
        return self.kube.get("StageSet", name, self.namespace)

    def status(self, name):
        return (self.get(name) or {}).get("status", {})

    def ready(self, name):
        """The Ready condition as (status, reason, message); Nones before the first run."""
        for condition in self.status(name).get("conditions", []):
            if condition["type"] == "Ready":
                return condition["status"], condition["reason"], condition["message"]
        return None, None, None

    def wait(self, name, status, reason, timeout=60, containing=""):
        """Waits for Ready=status/reason at the current generation with `containing` in its message; answers the message."""
        def question():
            stageset = self.get(name)
            found, why, message = self.ready(name)
            current = stageset.get("status", {}).get("observedGeneration") == stageset["metadata"]["generation"]
            matches = (found, why) == (status, reason) and containing in message
            return message if matches and (current or reason == "Suspended") else None
        try:
            return wait_for(question, timeout)
        except AssertionError as error:
            raise AssertionError(
                f"{name}: waited for Ready={status}/{reason} {containing!r}; it is {self.ready(name)}, "
                f"stages {self.status(name).get('stages')}") from error

    def wait_revision(self, name, source, revision, timeout=60):
        key = f"{self.namespace}/{source}"
        wait_for(lambda: self.status(name).get("lastAppliedRevisions", {}).get(key) == revision, timeout,
                 what=f"{name} at {key}={revision}")

    def stages(self, name):
        return {stage["name"]: stage for stage in self.status(name).get("stages", [])}

    def entries(self, name, stage):
        """The ids in the stage's inventory, over all shards."""
        shards = self.kube.list("StageInventory", self.namespace,
                                f"stages.metio.wtf/stage-set={name},stages.metio.wtf/stage={stage}")
        return sorted(entry["id"] for shard in shards for entry in shard["spec"].get("entries", []))

    def delete(self, name, timeout=60):
        self.kube.delete("StageSet", name, self.namespace)
        wait_for(lambda: self.get(name) is None, timeout, what=f"the end of StageSet {name}")
