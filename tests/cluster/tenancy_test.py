# SPDX-License-Identifier: 0BSD
"""A StageSet does exactly what its ServiceAccount may: no more, and in its name."""

import pytest

from support.kube import wait_for
from support.stagesets import config_map, deployment, waits
from support.tenants import CONFIG_MAPS, connections, grant, logged, multi_tenant_controller, put_secret, requests_of, tenant

SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch", "delete"]}
DEPLOYMENTS = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "create", "patch", "delete"]}


@pytest.fixture
def tenants(env):
    """Answers a function that starts a controller that may only make tokens."""
    yield lambda *flags, **options: multi_tenant_controller(env, *flags, **options)
    env.kube.delete("ClusterRoleBinding", env.namespace)
    env.kube.delete("ClusterRole", env.namespace)


def secret(name, namespace):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace},
            "stringData": {"k": "v"}}


def user_of(env, account):
    return f"system:serviceaccount:{env.namespace}:{account}"


def test_scenarios_26_and_27_a_stageset_is_bounded_by_its_service_account(env, tenants):
    """Scenarios 26 and 27: without any right to impersonate, each write is the tenant's own."""
    tenants()
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS)
    env.sources.plant("ok", {"cm.yaml": [config_map("a", env.namespace)]})
    env.sources.plant("denied", {"s.yaml": [secret("s", env.namespace)]})
    env.stagesets.apply("ok", ["ok"], serviceAccountName="deployer")
    env.stagesets.apply("denied", ["denied"], serviceAccountName="deployer", retryInterval="1s")
    env.stagesets.wait("ok", "True", "Succeeded")
    message = env.stagesets.wait("denied", "False", "StageFailed")
    for part in (f'User "{user_of(env, "deployer")}" cannot patch resource "secrets"', f'in the namespace "{env.namespace}"',
                 f'grant {user_of(env, "deployer")} a Role in namespace "{env.namespace}"',
                 '{apiGroups: [""], resources: [secrets], verbs: [get, create, patch, delete]}'):
        assert part in message, message
    assert env.kube.get("Secret", "s", env.namespace) is None
    # The rule that the message names is what was missing.
    grant(env.kube, env.namespace, "deployer", [CONFIG_MAPS, SECRETS])
    env.stagesets.wait("denied", "True", "Succeeded", timeout=15)

    assert {entry[0] for entry in logged(env.cluster, env.namespace, name="a", verb="patch")} == {user_of(env, "deployer")}
    own = {entry[2] for entry in requests_of(env.cluster, env.namespace) if entry[0] == user_of(env, "controller")}
    assert own <= {"stagesets", "stageinventories", "events", "serviceaccounts", "externalartifacts"}, own
    minted = [entry for entry in requests_of(env.cluster, env.namespace, resource="serviceaccounts")
              if entry[0] == user_of(env, "controller")]
    assert len(minted) == 1, "one token for all StageSets of a ServiceAccount"


def test_a_stageset_without_service_account_fails_closed(env, tenants):
    tenants()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"])
    message = env.stagesets.wait("app", "False", "StageFailed")
    assert f'User "{user_of(env, "controller")}" cannot patch resource "configmaps"' in message
    assert "spec.serviceAccountName" in message
    assert env.kube.get("ConfigMap", "a", env.namespace) is None


def test_a_missing_service_account_is_named_and_heals(env, tenants):
    tenants()
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], serviceAccountName="deployer", retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing="connect to target cluster: ")
    assert f"ServiceAccount {env.namespace}/deployer does not exist; create it" in message
    assert env.stagesets.stages("app")["src"]["phase"] == "Failed"
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS)
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)


def test_a_service_account_that_is_made_anew_during_a_rollout_goes_on(env, tenants):
    """The token of the first one is refused from then on."""
    controller = tenants()
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS, DEPLOYMENTS)
    env.sources.plant("one", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.sources.plant("two", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["one", "two"], serviceAccountName="deployer", retryInterval="1s")
    waits(env, "app", "one", "Deployment")
    env.kube.delete("ServiceAccount", "deployer", env.namespace)
    wait_for(lambda: env.kube.get("ServiceAccount", "deployer", env.namespace) is None)
    env.kube.create({"apiVersion": "v1", "kind": "ServiceAccount",
                     "metadata": {"name": "deployer", "namespace": env.namespace}})
    pod = env.kube.list("Pod", env.namespace)[0]["metadata"]["name"]
    env.kube.patch("Pod", pod, {"metadata": {"labels": {"testcluster/behaviour": None}}}, env.namespace)
    env.stagesets.wait("app", "True", "Succeeded", timeout=60)
    assert env.kube.get("ConfigMap", "a", env.namespace)
    mints = requests_of(env.cluster, env.namespace, resource="serviceaccounts", name="deployer", verb="create")
    assert len([entry for entry in mints if entry[4] == 201]) >= 2, controller.log()[-2000:]


def test_a_right_that_is_taken_away_during_a_rollout_shows_and_heals(env, tenants):
    tenants()
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS, DEPLOYMENTS)
    env.sources.plant("one", {"d.yaml": [deployment("web", env.namespace, behaviour="never-ready")]})
    env.sources.plant("two", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["one", "two"], serviceAccountName="deployer", retryInterval="1s")
    waits(env, "app", "one", "Deployment")
    grant(env.kube, env.namespace, "deployer", [DEPLOYMENTS])
    pod = env.kube.list("Pod", env.namespace)[0]["metadata"]["name"]
    env.kube.patch("Pod", pod, {"metadata": {"labels": {"testcluster/behaviour": None}}}, env.namespace)
    message = env.stagesets.wait("app", "False", "StageFailed", timeout=40, containing='stage "two" apply: ')
    assert 'cannot patch resource "configmaps"' in message
    grant(env.kube, env.namespace, "deployer", [DEPLOYMENTS, CONFIG_MAPS])
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)


def test_variables_are_read_as_the_tenant(env, tenants):
    tenants()
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS)
    put_secret(env.kube, env.namespace, "vars", X="s3cret-value")
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace, x="${X}")]})
    stage = {"name": "src", "sourceRef": {"name": "src"},
             "postBuild": {"substituteFrom": [{"kind": "Secret", "name": "vars"}]}}
    env.stagesets.apply("app", [stage], serviceAccountName="deployer", retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed")
    assert f'User "{user_of(env, "deployer")}" cannot get resource "secrets"' in message
    assert "resources: [secrets], verbs: [get]}" in message
    grant(env.kube, env.namespace, "deployer", [CONFIG_MAPS, {**SECRETS, "verbs": ["get"]}])
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)
    assert env.kube.get("ConfigMap", "a", env.namespace)["data"] == {"x": "s3cret-value"}
    readers = {entry[0] for entry in logged(env.cluster, env.namespace, name="vars", verb="get")}
    assert user_of(env, "deployer") in readers and user_of(env, "controller") not in readers


SPIES = {
    "substituteFrom": lambda other: {"postBuild": {"substituteFrom": [{"kind": "Secret", "name": f"../../{other}/secrets/prey"}]}},
    "checks": lambda other: {"readyChecks": {"checks": [
        {"apiVersion": "v1", "kind": "Secret", "name": "prey", "namespace": other}]}},
    "sourceRef": lambda other: {"sourceRef": {"apiVersion": "v1", "kind": "Secret", "name": "prey", "namespace": other}},
    "kubeConfig": lambda other: {},
    "decryption": lambda other: {},
    "manifest": lambda other: {},
}


@pytest.mark.parametrize("field", SPIES)
def test_no_field_reaches_a_secret_of_another_namespace(env, tenants, field):
    controller = tenants()
    other = env.namespace + "-x"
    env.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}})
    put_secret(env.kube, other, "prey", value="s3cret-prey", X="s3cret-prey")
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS, SECRETS)
    stolen = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "prey", "namespace": other}}
    env.sources.plant("src", {"cm.yaml": [stolen if field == "manifest" else config_map("a", env.namespace)]})
    reference = {"secretRef": {"name": f"../../{other}/secrets/prey"}}
    spec = {"kubeConfig": {"kubeConfig": reference},
            "decryption": {"decryption": {"provider": "sops", **reference}}}.get(field, {})
    stage = {"name": "src", "sourceRef": {"name": "src"}, **SPIES[field](other)}
    env.stagesets.apply("app", [stage], serviceAccountName="deployer", timeout="5s", **spec)
    message = wait_for(lambda: env.stagesets.ready("app")[0] == "False" and env.stagesets.ready("app")[2], timeout=30)
    assert "s3cret-prey" not in message + controller.log()
    read = [entry for entry in requests_of(env.cluster, other, name="prey", resource="secrets")
            if entry[0].startswith(f"system:serviceaccount:{env.namespace}:")]
    assert all(entry[4] == 403 for entry in read), read
    env.kube.delete("Namespace", other)


def test_a_default_service_account_serves_stagesets_that_name_none(env, tenants):
    tenants("--default-service-account=deployer")
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    assert {entry[0] for entry in logged(env.cluster, env.namespace, name="a", verb="patch")} == {user_of(env, "deployer")}


def test_a_service_account_can_be_required(env):
    env.controller("--require-service-account")
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"])
    assert "spec.serviceAccountName" in env.stagesets.wait("app", "False", "InvalidSpec")
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    env.stagesets.delete("app")


def test_a_teardown_acts_as_the_tenant_and_survives_the_end_of_its_namespace(env):
    # Its own account must outlive the namespace.
    env.controller()
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS)
    env.sources.plant("src", {"cm.yaml": [config_map("a", env.namespace)]})
    env.stagesets.apply("app", ["src"], serviceAccountName="deployer")
    env.stagesets.wait("app", "True", "Succeeded")
    env.stagesets.delete("app")
    assert env.kube.get("ConfigMap", "a", env.namespace) is None
    assert {entry[0] for entry in logged(env.cluster, env.namespace, name="a", verb="delete")} == {user_of(env, "deployer")}
    # Its ServiceAccount, and so its rights, go before the StageSet when the namespace is deleted.
    env.stagesets.apply("app", ["src"], serviceAccountName="deployer")
    env.stagesets.wait("app", "True", "Succeeded")
    env.kube.delete("ServiceAccount", "deployer", env.namespace)
    env.kube.delete("Namespace", env.namespace)
    wait_for(lambda: env.stagesets.get("app") is None, timeout=40)


def test_many_tenants_share_a_few_connections(env, tenants):
    controller = tenants()
    for i in range(20):
        tenant(env.kube, env.namespace, f"tenant-{i}", CONFIG_MAPS)
        env.sources.plant(f"src-{i}", {"cm.yaml": [config_map(f"a-{i}", env.namespace)]})
        env.stagesets.apply(f"app-{i}", [f"src-{i}"], serviceAccountName=f"tenant-{i}")
    for i in range(20):
        env.stagesets.wait(f"app-{i}", "True", "Succeeded")
        assert {entry[0] for entry in logged(env.cluster, env.namespace, name=f"a-{i}", verb="patch")} == {
            user_of(env, f"tenant-{i}")}
    # Two pools, the controller's and that of all tenants; each opens a few before it knows that one serves all.
    assert 0 < connections(controller.process.pid, env.kube.server.port) < 10
