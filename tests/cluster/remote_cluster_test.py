# SPDX-License-Identifier: 0BSD
"""StageSets that are applied to another cluster: a second control plane beside that of the tests."""

import time

import pytest
import yaml

import conftest
from support.controller import free_port
from support.kube import wait_for
from support.sops import AgeKey, encrypt
from support.stagesets import config_map, deployment, waits
from support.tenants import grant, kubeconfig_of, multi_tenant_controller, put_secret, requests_of, tenant, token_of

REMOTE_FLAG = "--allow-loopback-clusters"


@pytest.fixture(scope="module")
def second():
    """The other cluster."""
    name = conftest.CLUSTER_NAME + "-other"
    conftest.Cluster.command("up", "--name", name)
    try:
        yield conftest.Cluster(name)
    finally:
        conftest.Cluster.command("down", "--name", name, check=False)


@pytest.fixture
def remote(env, second):
    """The other cluster with a namespace like that of the test, where ServiceAccount `robot` may do everything."""
    second.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": env.namespace}})
    second.kube.create({"apiVersion": "v1", "kind": "ServiceAccount",
                        "metadata": {"name": "robot", "namespace": env.namespace}})
    second.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                        "metadata": {"name": env.namespace},
                        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
                        "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": env.namespace}]})
    yield second
    second.kube.delete("ClusterRoleBinding", env.namespace)
    second.kube.delete("Namespace", env.namespace)


def robot_kubeconfig(env, remote, **cluster):
    return kubeconfig_of(remote.kube, {"token": token_of(remote.kube, env.namespace, "robot")}, **cluster)


def point_at(env, name="other"):
    return {"kubeConfig": {"secretRef": {"name": name}}, "retryInterval": "1s"}


def test_scenario_30_objects_live_on_the_other_cluster_only(env, remote):
    """Scenario 30: rollout, drift and teardown; inventory and status stay on the first cluster."""
    controller = env.controller(REMOTE_FLAG)
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    env.sources.plant("src", {"x.yaml": [config_map("a", env.namespace, k="1"), deployment("web", env.namespace)]})
    env.stagesets.apply("app", ["src"], interval="4s", **point_at(env))
    env.stagesets.wait("app", "True", "Succeeded")
    assert remote.kube.get("ConfigMap", "a", env.namespace)["data"] == {"k": "1"}
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    assert env.kube.get("Deployment", "web", env.namespace) is None
    assert env.stagesets.entries("app", "src") == [f"{env.namespace}_a__ConfigMap", f"{env.namespace}_web_apps_Deployment"]

    remote.kube.patch("ConfigMap", "a", {"data": {"k": "2"}}, env.namespace)
    wait_for(lambda: remote.kube.get("ConfigMap", "a", env.namespace)["data"] == {"k": "1"}, timeout=20)

    env.sources.plant("src", {"x.yaml": [config_map("a", env.namespace, k="3")]})
    wait_for(lambda: remote.kube.get("Deployment", "web", env.namespace) is None, timeout=30)
    env.stagesets.delete("app")
    assert remote.kube.get("ConfigMap", "a", env.namespace) is None
    assert "panic" not in controller.log()


def test_the_tenants_account_is_impersonated_there_and_reads_the_kubeconfig_here(env, remote):
    multi_tenant_controller(env, REMOTE_FLAG)
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    tenant(env.kube, env.namespace, "deployer")
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], serviceAccountName="deployer", **point_at(env))
    user = f"system:serviceaccount:{env.namespace}:deployer"
    message = env.stagesets.wait("app", "False", "StageFailed", containing="connect to target cluster: ")
    assert f'User "{user}" cannot get resource "secrets"' in message
    env.kube.delete("RoleBinding", "deployer", env.namespace)
    env.kube.delete("Role", "deployer", env.namespace)
    grant(env.kube, env.namespace, "deployer",
          [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["other"], "verbs": ["get"]}])
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=20, containing="apply: ")
    assert f'User "{user}" cannot patch resource "configmaps"' in message
    grant(remote.kube, env.namespace, "deployer",
          [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "create", "patch", "delete"]}])
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert remote.kube.get("ConfigMap", "a", env.namespace)
    wait_for(lambda: requests_of(remote, env.namespace, name="a", verb="patch"), timeout=10)
    assert not any(entry[0] == f"system:serviceaccount:{env.namespace}:controller"
                   for entry in requests_of(env.cluster, env.namespace, resource="secrets"))
    env.stagesets.delete("app")
    env.kube.delete("ClusterRoleBinding", env.namespace)
    env.kube.delete("ClusterRole", env.namespace)


def test_scenario_31_a_broken_kubeconfig_is_named_and_a_valid_one_taken_up(env, remote):
    """Scenario 31: without a restart; programs, files and proxies of a kubeconfig are never touched."""
    controller = env.controller(REMOTE_FLAG)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], **point_at(env))
    env.stagesets.wait("app", "False", "StageFailed", containing="does not exist")
    trap = env.tmp_path / "ran"
    token = token_of(remote.kube, env.namespace, "robot")
    broken = [
        ({"other": "x"}, 'key "value" is missing'),
        ({"value": "s3cret-garbage: ["}, "holds no kubeconfig"),
        ({"value": kubeconfig_of(remote.kube, {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(trap)],
            "interactiveMode": "Never"}})}, '"exec"'),
        ({"value": kubeconfig_of(remote.kube, {"tokenFile": "/etc/hostname"})}, '"tokenFile"'),
        ({"value": kubeconfig_of(remote.kube, {"token": token}, **{"proxy-url": "http://127.0.0.1:1"})}, '"proxy-url"'),
        ({"value": kubeconfig_of(remote.kube, {"token": "s3cret-token"})}, "cannot be used"),
    ]
    for texts, says in broken:
        env.kube.delete("Secret", "other", env.namespace)
        put_secret(env.kube, env.namespace, "other", **texts)
        message = env.stagesets.wait("app", "False", "StageFailed", timeout=20, containing=says)
        assert "connect to target cluster: " in message
    assert not trap.exists()
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    env.stagesets.wait("app", "True", "Succeeded", timeout=20)
    assert remote.kube.get("ConfigMap", "a", env.namespace)
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    assert "s3cret" not in controller.log() and token not in controller.log()
    env.stagesets.delete("app")


def test_the_decryption_key_is_read_on_the_first_cluster(env, remote):
    """Key here, objects there; a Secret of that name there is none of our business."""
    key = AgeKey()
    env.controller(REMOTE_FLAG)
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    put_secret(remote.kube, env.namespace, "sops-age", **{"keys.agekey": "no key"})
    env.sources.plant("src", {"x.yaml": encrypt(yaml.safe_dump(config_map("a", env.namespace, k="plain")), key)})
    decryption = {"provider": "sops", "secretRef": {"name": "sops-age"}}
    env.stagesets.apply("app", ["src"], decryption=decryption, **point_at(env))
    env.stagesets.wait("app", "True", "Succeeded")
    assert remote.kube.get("ConfigMap", "a", env.namespace)["data"] == {"k": "plain"}
    env.stagesets.delete("app")


def test_addresses_of_this_machine_are_refused(env, remote):
    env.controller()
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], **point_at(env))
    message = env.stagesets.wait("app", "False", "StageFailed", containing="connect to target cluster: ")
    assert "is not allowed" in message
    assert remote.kube.get("ConfigMap", "a", env.namespace) is None
    env.stagesets.delete("app")


def test_a_cluster_that_is_down_is_told_and_does_not_hold_a_deletion_for_ever(env, remote):
    env.controller(REMOTE_FLAG, "--max-teardown-wait=6s")
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], **point_at(env))
    env.stagesets.wait("app", "True", "Succeeded")
    text = robot_kubeconfig(env, remote, server=f"https://127.0.0.1:{free_port()}")
    put_secret(env.kube, env.namespace, "other", value=text)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace, k="2")]})
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=40, containing="connect to target cluster: ")
    assert "cannot be used" in message
    # Others are served meanwhile.
    env.stagesets.apply("here", ["src"])
    env.stagesets.wait("here", "True", "Succeeded", timeout=10)
    env.stagesets.delete("app", timeout=40)
    events = [event for event in env.kube.list("Event", env.namespace) if event["reason"] == "TeardownAbandoned"]
    assert "connect to target cluster" in events[0]["note"]


def test_a_killed_controller_goes_on_with_the_other_cluster(env, remote):
    controller = env.controller(REMOTE_FLAG)
    put_secret(env.kube, env.namespace, "other", value=robot_kubeconfig(env, remote))
    env.sources.plant("one", {"d.yaml": [deployment("web", env.namespace, ready_after="6s")]})
    env.sources.plant("two", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["one", "two"], **point_at(env))
    waits(env, "app", "one", "Deployment")
    controller.kill()
    time.sleep(0.5)
    controller.start()
    env.stagesets.wait("app", "True", "Succeeded", timeout=40)
    assert remote.kube.get("ConfigMap", "a", env.namespace)
    assert len(remote.kube.list("Deployment", env.namespace)) == 1
    env.stagesets.delete("app")
    assert remote.kube.get("ConfigMap", "a", env.namespace) is None
