# SPDX-License-Identifier: 0BSD
"""Objects that cannot be changed in place, by conflictPolicy, force and annotation (scenarios 87, 88, 89)."""

import json
import time

import pytest

from support.kube import wait_for
from support.stagesets import config_map, deployment, stateful_set


def job(env, name="j", image="registry.example/job:1", **annotations):
    """A Job that completes after a moment."""
    return {"apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": name, "namespace": env.namespace, "annotations": annotations},
            "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": image}]}}}}


def claim(env, storage_class):
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": env.namespace},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class,
                     "resources": {"requests": {"storage": "1Gi"}}}}


def roll_out(env, *objects, name="app", **stage):
    """Plants `objects` and waits until they are applied; without a wait for health, which is not what this is about."""
    revision = env.sources.plant("src", {"all.yaml": list(objects)})
    apply(env, name, **stage)
    env.stagesets.wait(name, "True", "Succeeded", timeout=30)
    env.stagesets.wait_revision(name, "src", revision, timeout=30)


def apply(env, name="app", **stage):
    env.stagesets.apply(name, [{"name": "app", "sourceRef": {"name": "src"}, "readyChecks": {"disableWait": True}, **stage}],
                        retryInterval="1h")


def get(env, kind, name):
    if kind == "PersistentVolumeClaim":
        return env.kube.request("GET", f"/api/v1/namespaces/{env.namespace}/persistentvolumeclaims/{name}")
    return env.kube.get(kind, name, env.namespace)


def uid(env, kind, name):
    return get(env, kind, name)["metadata"]["uid"]


def job_image(env, name="j"):
    return env.kube.get("Job", name, env.namespace)["spec"]["template"]["spec"]["containers"][0]["image"]


def deletions(env, resource):
    """How often objects of the test were deleted by the controller, from the API server's audit log."""
    count = 0
    with open(env.cluster.kubeconfig.replace("kubeconfig", "logs/audit.log"), encoding="utf-8") as file:
        for line in file:
            if env.namespace in line and '"verb":"delete"' in line and '"ResponseComplete"' in line:
                event = json.loads(line)
                if event["objectRef"]["resource"] == resource and event.get("userAgent", "").startswith("stageset") \
                        and "dryRun" not in event["requestURI"]:
                    count += 1
    return count


def test_scenario_87_an_immutable_field_fails_by_default(env):
    """Scenario 87: the stage fails and says what is immutable; the Job and the rest of its step stay as they are."""
    env.controller()
    roll_out(env, job(env))
    before = uid(env, "Job", "j")
    env.sources.plant("src", {"all.yaml": [job(env, image="registry.example/job:2"), config_map("new", env.namespace)]})
    message = env.stagesets.wait("app", "False", "StageFailed", containing="immutable", timeout=20)
    assert f"Job/{env.namespace}/j" in message and "spec.template: field is immutable" in message, message
    assert "registry.example" not in message, "the values are nobody's business"
    assert uid(env, "Job", "j") == before and job_image(env) == "registry.example/job:1"
    assert env.kube.get("ConfigMap", "new", env.namespace) is None, "nothing of the step is written"


WAYS = {
    "rule": {"conflictPolicy": {"rules": [{"target": {"apiVersion": "batch/v1", "kind": "Job"}, "action": "Recreate"}]}},
    "default": {"conflictPolicy": {"default": "Recreate"}},
    "force": {"force": True},
    "annotation": {},
}


@pytest.mark.parametrize("way", WAYS)
def test_scenario_88_recreate(env, way):
    """Scenario 88: by a rule, by the default, by force and by annotation the Job is made anew."""
    env.controller()
    annotations = {"stages.metio.wtf/force": "enabled"} if way == "annotation" else {}
    roll_out(env, job(env, **annotations), config_map("a", env.namespace), **WAYS[way])
    before = uid(env, "Job", "j")
    kept = uid(env, "ConfigMap", "a")
    roll_out(env, job(env, image="registry.example/job:2", **annotations), config_map("a", env.namespace, v="2"), **WAYS[way])
    assert uid(env, "Job", "j") != before and job_image(env) == "registry.example/job:2"
    assert uid(env, "ConfigMap", "a") == kept, "what can be changed in place is"
    assert get(env, "Job", "j")["metadata"]["annotations"]["stages.metio.wtf/force"] == "enabled"
    assert env.stagesets.entries("app", "app") == sorted([f"{env.namespace}_j_batch_Job", f"{env.namespace}_a__ConfigMap"])


def test_other_kinds_are_recreated_too(env):
    """Scenario 88 for the answers that servers give in other words: StatefulSet, Service, Deployment's selector."""
    env.controller()
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": env.namespace},
               "spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}}
    headless = {**service, "spec": {**service["spec"], "clusterIP": "None"}}
    other = deployment("d", env.namespace)
    other["spec"]["selector"]["matchLabels"] = other["spec"]["template"]["metadata"]["labels"] = {"app": "d", "x": "y"}
    renamed = stateful_set("set", env.namespace)
    renamed["spec"]["serviceName"] = "another"
    roll_out(env, service, deployment("d", env.namespace), stateful_set("set", env.namespace), force=True)
    before = [uid(env, kind, name) for kind, name in (("Service", "s"), ("Deployment", "d"), ("StatefulSet", "set"))]
    roll_out(env, headless, other, renamed, force=True)
    after = [uid(env, kind, name) for kind, name in (("Service", "s"), ("Deployment", "d"), ("StatefulSet", "set"))]
    assert all(one != two for one, two in zip(before, after))
    assert get(env, "Service", "s")["spec"]["clusterIP"] == "None"


def test_a_typo_deletes_nothing(env):
    """Scenario 88: a change that is immutable and wrong besides could not be created again, and is left alone."""
    env.controller()
    roll_out(env, job(env), deployment("d", env.namespace), force=True)
    before = uid(env, "Job", "j"), uid(env, "Deployment", "d")
    env.sources.plant("src", {"all.yaml": [job(env, image=""), deployment("d", env.namespace, replicas=-1)]})
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=20)
    assert f"Job/{env.namespace}/j" in message and f"Deployment/{env.namespace}/d" in message, message
    assert (uid(env, "Job", "j"), uid(env, "Deployment", "d")) == before
    assert deletions(env, "jobs") == 0


def test_a_volume_is_recreated_only_with_allow_data_loss(env):
    """Scenario 88, ruling 12: a PersistentVolumeClaim needs a rule with allowDataLoss, under whatever policy."""
    env.controller()
    target = {"kind": "PersistentVolumeClaim"}
    roll_out(env, claim(env, "one"), force=True)
    before = uid(env, "PersistentVolumeClaim", "data")
    # A rule over the claim is refused at once, without a conflict.
    apply(env, conflictPolicy={"rules": [{"target": target, "action": "Recreate"}]})
    message = env.stagesets.wait("app", "False", "StageFailed", containing="conflict policy", timeout=20)
    assert "conflictPolicy.rules[0]" in message and "allowDataLoss: true" in message and "data" in message, message
    # A default is refused only when there is a conflict.
    apply(env, force=True)
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    env.sources.plant("src", {"all.yaml": [claim(env, "two")]})
    message = env.stagesets.wait("app", "False", "StageFailed", containing="allowDataLoss: true", timeout=20)
    assert f"PersistentVolumeClaim/{env.namespace}/data" in message, message
    assert uid(env, "PersistentVolumeClaim", "data") == before
    roll_out(env, claim(env, "two"), conflictPolicy={"rules": [{"target": target, "action": "Recreate", "allowDataLoss": True}]})
    assert uid(env, "PersistentVolumeClaim", "data") != before
    assert get(env, "PersistentVolumeClaim", "data")["spec"]["storageClassName"] == "two"


def test_scenario_89_keep_existing(env):
    """Scenario 89: replicas that somebody else set stay over passes and revisions; what is missing is created."""
    controller = env.controller()
    policy = {"conflictPolicy": {"rules": [{"target": {"kind": "Deployment", "name": "web"}, "action": "KeepExisting"}]}}
    roll_out(env, deployment("web", env.namespace), config_map("a", env.namespace), **policy)
    assert get(env, "Deployment", "web")["metadata"]["annotations"]["stages.metio.wtf/keep-existing"] == "true"
    env.kube.patch("Deployment", "web", {"spec": {"replicas": 7}}, env.namespace, "scale")
    before = controller.metric("stageset_reconcile_total", name="app")
    env.kube.patch("StageSet", "app", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "1"}}}, env.namespace)
    wait_for(lambda: controller.metric("stageset_reconcile_total", name="app") > before, timeout=20)
    changed = deployment("web", env.namespace, replicas=2)
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/app:2"
    roll_out(env, changed, config_map("a", env.namespace, v="2"), **policy)
    live = get(env, "Deployment", "web")
    assert live["spec"]["replicas"] == 7
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example/app:1"
    assert get(env, "ConfigMap", "a")["data"] == {"v": "2"}
    env.kube.delete("Deployment", "web", env.namespace)
    env.kube.patch("StageSet", "app", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "2"}}}, env.namespace)
    wait_for(lambda: get(env, "Deployment", "web") and get(env, "Deployment", "web")["spec"]["replicas"] == 2, timeout=20,
             what="the Deployment to be created anew")


def test_scenario_89_a_foreign_object_is_kept_awaited_and_never_pruned(env):
    """Scenario 89: what somebody else made counts for readiness and the inventory, and stays when it leaves the stage."""
    env.controller()
    foreign = deployment("web", env.namespace, ready_after="1s")
    env.kube.create(foreign)
    env.sources.plant("src", {"all.yaml": [deployment("web", env.namespace, replicas=3)]})
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, "conflictPolicy": {"default": "KeepExisting"}}])
    env.stagesets.wait("app", "True", "Succeeded", timeout=30)
    live = get(env, "Deployment", "web")
    assert live["status"]["availableReplicas"] == 1 and "stages.metio.wtf/name" not in live["metadata"].get("labels", {})
    assert env.stagesets.entries("app", "app") == [f"{env.namespace}_web_apps_Deployment"]
    revision = env.sources.plant("src", {"all.yaml": [config_map("a", env.namespace)]})
    env.stagesets.wait_revision("app", "src", revision, timeout=30)
    assert uid(env, "Deployment", "web") == live["metadata"]["uid"]


def test_a_stale_mark_is_removed_and_recreates_nothing(env):
    """Scenario 88: only the desired object decides; a force annotation that somebody left on the live one goes."""
    env.controller()
    roll_out(env, job(env))
    env.kube.patch("Job", "j", {"metadata": {"annotations": {"stages.metio.wtf/force": "enabled"}}}, env.namespace)
    before = uid(env, "Job", "j")
    env.sources.plant("src", {"all.yaml": [job(env, image="registry.example/job:2")]})
    env.stagesets.wait("app", "False", "StageFailed", containing="immutable", timeout=20)
    assert uid(env, "Job", "j") == before
    roll_out(env, job(env), config_map("a", env.namespace))
    assert "stages.metio.wtf/force" not in get(env, "Job", "j")["metadata"].get("annotations", {})


def test_a_finalizer_that_never_ends_is_named(env):
    """Scenario 88: the wait for a deleted object ends with the stage's timeout and names what holds it."""
    env.controller()
    roll_out(env, job(env), config_map("a", env.namespace), force=True)
    env.kube.patch("Job", "j", {"metadata": {"finalizers": ["example.org/hold"]}}, env.namespace)
    before = uid(env, "Job", "j")
    env.sources.plant("src", {"all.yaml": [job(env, image="registry.example/job:2")]})
    apply(env, force=True, timeout="4s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="example.org/hold", timeout=20)
    assert f"Job/{env.namespace}/j" in message, message
    assert uid(env, "Job", "j") == before
    assert env.stagesets.stages("app")["app"]["phase"] == "Failed"
    env.kube.patch("Job", "j", {"metadata": {"finalizers": None}}, env.namespace)
    env.kube.patch("StageSet", "app", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "1"}}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert job_image(env) == "registry.example/job:2"


def test_a_wait_for_termination_blocks_nobody(env):
    """Scenario 88: while one StageSet waits for a deleted object, others of its namespace roll out."""
    env.controller()
    roll_out(env, job(env), force=True)
    env.kube.patch("Job", "j", {"metadata": {"finalizers": ["example.org/hold"]}}, env.namespace)
    env.sources.plant("src", {"all.yaml": [job(env, image="registry.example/job:2")]})
    wait_for(lambda: get(env, "Job", "j")["metadata"].get("deletionTimestamp"), timeout=20)
    env.sources.plant("other", {"cm.yaml": [config_map("other", env.namespace)]})
    env.stagesets.apply("other", ["other"])
    env.stagesets.wait("other", "True", "Succeeded", timeout=10)
    env.kube.patch("Job", "j", {"metadata": {"finalizers": None}}, env.namespace)
    wait_for(lambda: get(env, "Job", "j") and job_image(env) == "registry.example/job:2", timeout=20, what="the new Job")
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)


def test_a_controller_killed_between_deletion_and_creation_creates(env):
    """Scenario 88: kill -9 while the object is gone; the next controller creates it, and knew it all the time."""
    controller = env.controller()
    roll_out(env, job(env), job(env, "k"), force=True)
    env.kube.patch("Job", "j", {"metadata": {"finalizers": ["example.org/hold"]}}, env.namespace)
    env.sources.plant("src", {"all.yaml": [job(env, image="registry.example/job:2"), job(env, "k", image="registry.example/job:2")]})
    # Both are deleted; one of them terminates, so that nothing is created yet.
    wait_for(lambda: get(env, "Job", "j")["metadata"].get("deletionTimestamp") and get(env, "Job", "k") is None, timeout=20)
    controller.kill()
    env.kube.patch("Job", "j", {"metadata": {"finalizers": None}}, env.namespace)
    wait_for(lambda: get(env, "Job", "j") is None, timeout=10)
    assert env.stagesets.entries("app", "app") == [f"{env.namespace}_j_batch_Job", f"{env.namespace}_k_batch_Job"]
    controller.start()
    wait_for(lambda: get(env, "Job", "j") and get(env, "Job", "k"), timeout=20, what="both Jobs to be created")
    assert job_image(env) == job_image(env, "k") == "registry.example/job:2"
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)


def test_a_missing_namespace_is_named(env):
    """An object whose namespace does not exist is reported as such."""
    env.controller()
    env.sources.plant("src", {"all.yaml": [config_map("a", "nowhere-to-be-found"), config_map("b", env.namespace)]})
    apply(env)
    env.stagesets.wait("app", "False", "StageFailed", containing='namespace "nowhere-to-be-found" does not exist', timeout=20)
    assert env.kube.get("ConfigMap", "b", env.namespace) is None


def test_large_objects_are_applied(env):
    """A ConfigMap near the server's limit of 1 MiB; server-side apply keeps no second copy in an annotation."""
    env.controller()
    large = "x" * 500_000
    roll_out(env, config_map("large", env.namespace, a=large, b=large))
    assert get(env, "ConfigMap", "large")["data"]["b"] == large
    roll_out(env, config_map("large", env.namespace, a="small", b=large))
    assert get(env, "ConfigMap", "large")["data"]["a"] == "small"


def test_what_may_not_be_deleted_is_told_before_anything_is(env):
    """Scenario 88: one object whose deletion is refused keeps all others of its step from being deleted."""
    env.controller()
    policy = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
              "metadata": {"name": env.namespace},
              "spec": {"matchConstraints": {"resourceRules": [{"apiGroups": ["batch"], "apiVersions": ["v1"], "resources": ["jobs"],
                                                               "operations": ["DELETE"]}],
                                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": env.namespace}}},
                       "validations": [{"expression": "oldObject.metadata.name != 'k'", "message": "k is for ever"}]}}
    binding = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
               "metadata": {"name": env.namespace}, "spec": {"policyName": env.namespace, "validationActions": ["Deny"]}}
    roll_out(env, job(env), job(env, "k"), force=True)
    env.kube.create(policy)
    env.kube.create(binding)
    try:
        def is_refused():
            try:
                env.kube.request("DELETE", env.kube.path("Job", env.namespace, "k"), query={"dryRun": "All"})
                return False
            except Exception as error:  # noqa: BLE001 (the helper's own error type)
                return "for ever" in str(error)
        wait_for(is_refused, timeout=20, what="the policy to be in force")
        before = uid(env, "Job", "j")
        env.sources.plant("src", {"all.yaml": [job(env, image="registry.example/job:2"), job(env, "k", image="registry.example/job:2")]})
        message = env.stagesets.wait("app", "False", "StageFailed", containing="k is for ever", timeout=20)
        assert f"Job/{env.namespace}/k" in message, message
        time.sleep(0.5)
        assert uid(env, "Job", "j") == before
    finally:
        env.kube.delete("ValidatingAdmissionPolicyBinding", env.namespace)
        env.kube.delete("ValidatingAdmissionPolicy", env.namespace)
