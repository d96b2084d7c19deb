# SPDX-License-Identifier: 0BSD
"""Encrypted sources: what sops encrypted is applied in plain text, and nothing of it is told (scenarios 34 and 35)."""

import base64
import json
import os
import pathlib

import pytest
import yaml

from support.command_line import CommandLine
from support.kms_doubles import VaultTransitDouble
from support.kube import wait_for
from support.sops import ROOT, AgeKey, encrypt
from support.stagesets import config_map
from support.tenants import CONFIG_MAPS, grant, logged, multi_tenant_controller, put_secret, tenant

CONFORMANCE = pathlib.Path(os.environ.get("STAGESET_CONFORMANCE_DIR", str(ROOT.parent / "shared/conformance"))) / "sops"
VALUE = "hunter2-plain"
DECRYPTION = {"provider": "sops", "secretRef": {"name": "sops-age"}}
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch", "delete"]}


@pytest.fixture(scope="module")
def key():
    return AgeKey()


def manifest(namespace, name="db", value=VALUE):
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace},
                           "stringData": {"password": value}})


def encrypted(namespace, key, name="db", value=VALUE):
    return encrypt(manifest(namespace, name, value), key, "s.yaml", "--encrypted-regex", "^(data|stringData)$")


def value_of(env, name="db", entry="password"):
    secret = env.kube.get("Secret", name, env.namespace)
    return base64.b64decode(secret["data"][entry]).decode() if secret else None


def told(env, controller):
    """Everything that people other than the Secret's readers see."""
    events = env.kube.list("Event", env.namespace)
    return controller.log() + yaml.safe_dump(env.stagesets.get("app")) + yaml.safe_dump(events)


def test_scenario_34_an_encrypted_secret_is_applied_in_plain_text(env, key):
    """Scenario 34: neither key nor value is told."""
    controller = env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity, "README": "ignored"})
    env.sources.plant("src", {"s.yaml": encrypted(env.namespace, key), "cm.yaml": [config_map("plain", env.namespace)]})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
    env.stagesets.wait("app", "True", "Succeeded")
    assert value_of(env) == VALUE
    assert env.kube.get("ConfigMap", "plain", env.namespace)
    for secret in (VALUE, key.secret, base64.b64encode(VALUE.encode()).decode()):
        assert secret not in told(env, controller)
    # The next revision, with another value.
    revision = env.sources.plant("src", {"s.yaml": encrypted(env.namespace, key, value="next")})
    env.stagesets.wait_revision("app", "src", revision)
    assert value_of(env) == "next"


def test_every_format_feeds_the_build(env, key):
    env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    kustomization = yaml.safe_dump({
        "namespace": env.namespace, "generatorOptions": {"disableNameSuffixHash": True}, "resources": ["s.yaml"],
        "secretGenerator": [{"name": "env", "envs": ["app.env"]}, {"name": "files", "files": ["a.ini", "b.json", "key.pem"]}]})
    env.sources.plant("src", {
        "kustomization.yaml": kustomization, "s.yaml": encrypted(env.namespace, key),
        "app.env": encrypt("TOKEN=abc def\nN=1\n", key, "app.env"), "a.ini": encrypt("[x]\ny = z\n", key, "a.ini"),
        "b.json": encrypt('{"a": {"b": 1.5}}', key, "b.json"), "key.pem": encrypt("-----BEGIN\nbytes\n", key, "key.pem")})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
    env.stagesets.wait("app", "True", "Succeeded")
    assert value_of(env, "env", "TOKEN") == "abc def"
    assert value_of(env, "files", "key.pem") == "-----BEGIN\nbytes\n"
    assert json.loads(value_of(env, "files", "b.json")) == {"a": {"b": 1.5}}
    assert value_of(env, "files", "a.ini").split() == ["[x]", "y", "=", "z"]


@pytest.mark.parametrize("name", ["k8s-pgp", "k8s-pgp-ecc"])
def test_an_openpgp_key_opens_files(env, name):
    """Files and keys are those of the conformance set."""
    if not CONFORMANCE.exists():
        pytest.skip(f"no conformance data at {CONFORMANCE}")
    controller = env.controller()
    case = json.loads((CONFORMANCE / f"yaml/{name}.json").read_text(encoding="utf-8"))
    keys = {f"{key}.asc": base64.b64decode((CONFORMANCE / f"keys/{key}.asc.b64").read_text(encoding="utf-8")).decode()
            for key in case["keys"]}
    put_secret(env.kube, env.namespace, "sops-age", **keys)
    env.sources.plant("src", {"s.yaml": case["encrypted"], "kustomization.yaml": yaml.safe_dump(
        {"namespace": env.namespace, "resources": ["s.yaml"]})})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
    env.stagesets.wait("app", "True", "Succeeded")
    expected = yaml.safe_load(case["expected"])
    value = expected["stringData"]["url"]
    assert value_of(env, expected["metadata"]["name"], "url") == value
    assert value not in told(env, controller) and "PRIVATE KEY" not in told(env, controller)


def test_files_that_sops_did_not_encrypt_stay_as_they_are(env, key):
    """Lists, templates, comments and odd lines fail with the reference's probe."""
    env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    odd = {"list.yaml": "- a\n- b\n", "template.yaml": "{{ if .sops }}\na: {{ .b }}\n{{ end }}\n", "comment.yaml": "# sops: {}\n",
           "array.json": '[{"sops": 1}]', "odd.env": "# only\nLINE WITHOUT EQUALS\n"}
    files = [{"name": "odd", "files": sorted(odd)}]
    env.sources.plant("src", {**odd, "kustomization.yaml": yaml.safe_dump({
        "namespace": env.namespace, "generatorOptions": {"disableNameSuffixHash": True}, "configMapGenerator": files})})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
    env.stagesets.wait("app", "True", "Succeeded")
    assert env.kube.get("ConfigMap", "odd", env.namespace)["data"] == odd


def test_scenario_35_a_missing_key_secret_is_named_and_heals(env, key):
    """Scenario 35, first half."""
    env.controller()
    env.sources.plant("src", {"s.yaml": encrypted(env.namespace, key)})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION, retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing='stage "src" configure decryption: ')
    assert f"Secret {env.namespace}/sops-age, named by spec.decryption.secretRef" in message
    assert env.stagesets.stages("app")["src"]["phase"] == "Failed"
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)


def test_scenario_35_a_wrong_key_applies_nothing(env, key):
    """Scenario 35, second half: nothing of the stage is applied until the right key is there."""
    controller = env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": AgeKey().identity})
    env.sources.plant("src", {"a.yaml": [config_map("plain", env.namespace)], "s.yaml": encrypted(env.namespace, key)})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION, retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing='stage "src" decrypt: file "s.yaml": ')
    assert "no key at hand opens the file" in message
    assert key.recipient not in message, "who may read a file is not told"
    assert env.kube.get("ConfigMap", "plain", env.namespace) is None
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": AgeKey().identity + key.identity})
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)
    assert value_of(env) == VALUE and VALUE not in told(env, controller)


@pytest.mark.parametrize("content", ["no key at all", "AGE-SECRET-KEY-1QQQQQQ"])
def test_a_key_that_cannot_be_read_fails_the_pass(env, key, content):
    controller = env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"bad.agekey": content, "good.agekey": key.identity})
    env.sources.plant("src", {"cm.yaml": [config_map("plain", env.namespace)]})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
    message = env.stagesets.wait("app", "False", "StageFailed", containing="configure decryption: ")
    assert "bad.agekey" in message and content not in told(env, controller)
    assert env.kube.get("ConfigMap", "plain", env.namespace) is None


def test_a_changed_file_is_not_applied(env, key):
    env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    text = encrypted(env.namespace, key).replace("name: db", "name: evil")
    assert "name: evil" in text
    env.sources.plant("src", {"s.yaml": text})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
    env.stagesets.wait("app", "False", "StageFailed", containing='stage "src" decrypt: file "s.yaml": ')
    assert env.kube.get("Secret", "evil", env.namespace) is None


def test_files_for_other_clusters_do_not_matter(env, key):
    """One artifact for several clusters, each with its own key."""
    env.controller()
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    env.sources.plant("src", {"here/s.yaml": encrypted(env.namespace, key), "there/s.yaml": encrypted(env.namespace, AgeKey())})
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, "path": "here"}], decryption=DECRYPTION)
    env.stagesets.wait("app", "True", "Succeeded")
    assert value_of(env) == VALUE


def test_without_decryption_encrypted_files_stay_encrypted(env, key):
    env.controller()
    env.sources.plant("src", {"kustomization.yaml": yaml.safe_dump({
        "namespace": env.namespace, "generatorOptions": {"disableNameSuffixHash": True},
        "configMapGenerator": [{"name": "raw", "files": ["a.env"]}]}), "a.env": encrypt("A=b\n", key, "a.env")})
    env.stagesets.apply("app", ["src"])
    env.stagesets.wait("app", "True", "Succeeded")
    assert "ENC[AES256_GCM" in env.kube.get("ConfigMap", "raw", env.namespace)["data"]["a.env"]


def test_the_key_is_read_as_the_tenant(env, key):
    multi_tenant_controller(env)
    tenant(env.kube, env.namespace, "deployer", CONFIG_MAPS)
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    env.sources.plant("src", {"s.yaml": encrypted(env.namespace, key)})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION, serviceAccountName="deployer", retryInterval="1s")
    user = f"system:serviceaccount:{env.namespace}:deployer"
    message = env.stagesets.wait("app", "False", "StageFailed", containing="configure decryption: ")
    assert f'User "{user}" cannot get resource "secrets"' in message
    grant(env.kube, env.namespace, "deployer", [CONFIG_MAPS, SECRETS])
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)
    assert {entry[0] for entry in logged(env.cluster, env.namespace, name="sops-age", verb="get")} == {user}
    env.kube.delete("ClusterRoleBinding", env.namespace)
    env.kube.delete("ClusterRole", env.namespace)


@pytest.fixture
def vault(monkeypatch):
    double = VaultTransitDouble()
    for name, value in double.environment.items():
        monkeypatch.setenv(name, value)
    yield double
    double.close()


def behind(vault, namespace, *flags):
    uri = f"{vault.url}/v1/{vault.ENGINE}/keys/{vault.KEY}"
    return encrypt(manifest(namespace), None, "s.yaml", "--hc-vault-transit", uri, *flags, **vault.environment)


def test_a_data_key_behind_vault_transit_is_asked_for_once(env, vault):
    """Against a double of Vault's documented transit API that checks the token; the file is from the real sops."""
    controller = env.controller()
    text = behind(vault, env.namespace)
    env.sources.plant("src", {"there/unused.yaml": text, "here/s.yaml": text})
    env.stagesets.apply("app", [{"name": "app", "sourceRef": {"name": "src"}, "path": "here"}], decryption={"provider": "sops"})
    env.stagesets.wait("app", "True", "Succeeded")
    assert value_of(env) == VALUE
    assert vault.asked("/decrypt/") == 1
    assert vault.token not in told(env, controller) and VALUE not in told(env, controller)


def test_a_key_service_that_is_away_or_refuses_is_told_and_heals(env, vault):
    env.controller()
    env.sources.plant("src", {"s.yaml": behind(vault, env.namespace)})
    token, vault.token = vault.token, "hvs.rotated"
    env.stagesets.apply("app", ["src"], decryption={"provider": "sops"}, retryInterval="1s")
    message = env.stagesets.wait("app", "False", "StageFailed", containing='stage "src" decrypt: file "s.yaml": ')
    assert "Vault" in message and "403" in message, message
    vault.token = token
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)


def test_tenants_do_not_get_the_controllers_credentials(env, vault):
    env.controller("--default-service-account=deployer")
    tenant(env.kube, env.namespace, "deployer", SECRETS)
    env.sources.plant("src", {"s.yaml": behind(vault, env.namespace)})
    env.stagesets.apply("app", ["src"], decryption={"provider": "sops"})
    message = env.stagesets.wait("app", "False", "StageFailed", containing='stage "src" decrypt: ')
    assert "--decryption-ambient-credentials" in message
    assert vault.asked("/decrypt/") == 0


def test_key_groups_need_a_key_of_each(env, key, vault):
    """Shamir: one share by an age key of the Secret, one by the key service."""
    env.controller()
    config = env.tmp_path / "sops.yaml"
    config.write_text(yaml.safe_dump({"creation_rules": [{"shamir_threshold": 2, "key_groups": [
        {"age": [key.recipient]}, {"hc_vault": [f"{vault.url}/v1/{vault.ENGINE}/keys/{vault.KEY}"]}]}]}), encoding="utf-8")
    text = encrypt(manifest(env.namespace), None, "s.yaml", config=config, **vault.environment)
    env.sources.plant("src", {"s.yaml": text})
    env.stagesets.apply("app", ["src"], decryption={"provider": "sops"}, retryInterval="1s")
    env.stagesets.wait("app", "False", "StageFailed", containing='stage "src" decrypt: ')
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    env.stagesets.apply("app", ["src"], decryption=DECRYPTION, retryInterval="1s")
    env.stagesets.wait("app", "True", "Succeeded", timeout=15)
    assert value_of(env) == VALUE


def test_a_controller_killed_while_it_decrypts_goes_on(env, key):
    """kill -9 right after the key was read: the next one applies what the first could not."""
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    controller = env.controller()
    for number in range(3):
        name = f"db-{number}"
        env.sources.plant("src", {"s.yaml": encrypted(env.namespace, key, name)})
        env.stagesets.apply("app", ["src"], decryption=DECRYPTION)
        wait_for(lambda: len(logged(env.cluster, env.namespace, name="sops-age", verb="get")) > number, every=0.01)
        controller.kill()
        controller.start()
        wait_for(lambda name=name: value_of(env, name) == VALUE, timeout=20)
        env.stagesets.wait("app", "True", "Succeeded")


def test_build_decrypts_with_the_secret_or_with_a_key_file(env, key):
    ctl = CommandLine(env.cluster.kubeconfig)
    folder = env.tmp_path / "manifests"
    folder.mkdir()
    (folder / "s.yaml").write_text(encrypted(env.namespace, key), encoding="utf-8")
    stageset = env.tmp_path / "stageset.yaml"
    stageset.write_text(yaml.safe_dump({
        "apiVersion": "stages.metio.wtf/v1", "kind": "StageSet", "metadata": {"name": "app", "namespace": env.namespace},
        "spec": {"decryption": DECRYPTION, "stages": [{"name": "app", "sourceRef": {"name": "src"}}]}}), encoding="utf-8")
    key_file = env.tmp_path / "key.txt"
    key_file.write_text(key.identity, encoding="utf-8")
    words = ["build", "-f", str(stageset), "--source-dir", str(folder)]

    nowhere = CommandLine(str(env.tmp_path / "no-kubeconfig"))
    printed = nowhere.documents(*words, "--decryption-key", str(key_file), "--show-secrets")
    assert printed[0]["data"] == {"password": base64.b64encode(VALUE.encode()).decode()}
    assert "value not shown" in nowhere.documents(*words, "--decryption-key", str(key_file))[0]["data"]["password"]
    assert "--decryption-key" in nowhere.error(*words)
    assert f"Secret {env.namespace}/sops-age" in ctl.error(*words)
    put_secret(env.kube, env.namespace, "sops-age", **{"keys.agekey": key.identity})
    assert ctl.documents(*words, "--show-secrets") == printed
