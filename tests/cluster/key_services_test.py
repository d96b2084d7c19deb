# SPDX-License-Identifier: 0BSD
"""Key services: keys are opened with credentials of the surroundings, against doubles that check signatures and tokens.

Most need no cluster: a probe stands for the controller, with the same key service.
"""

import base64
import json
import os
import pathlib
import subprocess

import pytest
import yaml

from support.kms_doubles import (AwsKmsDouble, AzureVaultDouble, GcpKmsDouble, VaultTransitDouble, aws_signature, new_rsa_key,
                                 openssl, rs256_verifies)
from support.sops import encrypt

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = os.environ.get("STAGESET_KMS_PROBE", str(ROOT / "build/release/src/io/kms/ambient/kms_ambient_probe"))
DATA_KEY = bytes(range(32))


def probe(environment, *keys):
    """What opening each key, (kind, entry), gave: its bytes, or "code: message"."""
    lines = "".join(json.dumps({"kind": kind, **entry}) + "\n" for kind, entry in keys)
    run = subprocess.run([PROBE], input=lines, env={"HOME": "/nonexistent", **environment}, capture_output=True, text=True,
                         check=True, timeout=60)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    return [base64.b64decode(a["key"]) if "key" in a else f"{a['code']}: {a['message']}" for a in answers]


@pytest.fixture
def double(request, tmp_path):
    kind = request.param
    made = kind(tmp_path) if kind in (GcpKmsDouble, AzureVaultDouble) else kind()
    yield made
    made.close()


def of(kind):
    return pytest.mark.parametrize("double", [kind], indirect=True, ids=lambda kind: kind.__name__)


def test_doubles_sign_as_published():
    """The doubles' own arithmetic: AWS' published example, and a signature of openssl's."""
    headers = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z",
               "content-type": "application/x-www-form-urlencoded"}
    secret, scope = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830/us-east-1/service/aws4_request"
    assert (aws_signature("POST", "/", headers, ["host", "x-amz-date"], b"", secret, scope)
            == "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
    assert (aws_signature("POST", "/", headers, ["content-type", "host", "x-amz-date"], b"Param1=value1", secret, scope)
            == "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")


def test_doubles_verify_what_openssl_signed(tmp_path):
    private, public = new_rsa_key(tmp_path, "key")
    signature = openssl("dgst", "-sha256", "-sign", str(private), text_input=b"text")
    assert rs256_verifies(public, b"text", signature)
    assert not rs256_verifies(public, b"texts", signature)
    assert not rs256_verifies(public, b"text", signature[:-1] + bytes([signature[-1] ^ 1]))


@of(AwsKmsDouble)
def test_aws_opens_with_keys_of_the_environment(double):
    other = double.lock(DATA_KEY[::-1], context={"team": "ä/b", "app": "c d"})
    assert probe(double.environment, ("aws", double.lock(DATA_KEY)), ("aws", other)) == [DATA_KEY, DATA_KEY[::-1]]


@of(AwsKmsDouble)
def test_aws_exchanges_a_web_identity_once(double, tmp_path):
    keys = [("aws", double.lock(DATA_KEY)), ("aws", double.lock(DATA_KEY))]
    assert probe(double.web_identity(tmp_path), *keys) == [DATA_KEY, DATA_KEY]
    assert double.actions == ["AssumeRoleWithWebIdentity", "TrentService.Decrypt", "TrentService.Decrypt"]


@of(AwsKmsDouble)
def test_aws_assumes_the_keys_role(double, tmp_path):
    key = ("aws", double.lock(DATA_KEY, role=double.ROLE))
    assert probe(double.environment, key, key) == [DATA_KEY, DATA_KEY]
    assert double.actions == ["AssumeRole", "TrentService.Decrypt", "TrentService.Decrypt"]
    assert probe(double.web_identity(tmp_path), key) == [DATA_KEY]
    assert double.actions[3:] == ["AssumeRoleWithWebIdentity", "AssumeRole", "TrentService.Decrypt"]


@of(AwsKmsDouble)
def test_aws_takes_keys_from_the_agent_beside_the_pod(double, tmp_path):
    keys = [("aws", double.lock(DATA_KEY)), ("aws", double.lock(DATA_KEY))]
    environment = double.pod_identity(tmp_path)
    assert probe(environment, *keys) == [DATA_KEY, DATA_KEY]
    assert double.actions == ["agent", "TrentService.Decrypt", "TrentService.Decrypt"]
    (tmp_path / "eks-token").write_text("another")
    assert probe(environment, *keys[:1]) == ["forbidden: the agent for AWS credentials refused: AccessDenied (status 403)"]


@of(AwsKmsDouble)
def test_aws_takes_the_keys_profile(double, tmp_path):
    path = tmp_path / "credentials"
    secret = double.environment["AWS_SECRET_ACCESS_KEY"]
    path.write_text(f"[team]\naws_access_key_id = AKIAUSER\naws_secret_access_key = {secret}\n")
    environment = {"AWS_ENDPOINT_URL": double.url, "AWS_SHARED_CREDENTIALS_FILE": str(path)}
    key = double.lock(DATA_KEY) | {"aws_profile": "team"}
    assert probe(environment, ("aws", key)) == [DATA_KEY]


@of(AwsKmsDouble)
def test_aws_refuses_wrong_keys_and_contexts(double):
    service = "AWS KMS in eu-central-1"
    key = double.lock(DATA_KEY, context={"team": "a"})
    wrong = double.environment | {"AWS_SECRET_ACCESS_KEY": "another"}
    assert probe(wrong, ("aws", key)) == [f"forbidden: {service} refused: SignatureDoesNotMatch (status 400)"]
    assert probe(double.environment, ("aws", key | {"context": {"team": "b"}}), ("aws", key)) == [
        f"invalid: {service} refused: InvalidCiphertextException (status 400)", DATA_KEY]
    double.refuse(400, '{"__type": "com.amazonaws.kms#ThrottlingException"}')
    assert probe(double.environment, ("aws", key), ("aws", key)) == [
        f"unavailable: {service} cannot answer now: ThrottlingException (status 400)", DATA_KEY]


@of(GcpKmsDouble)
def test_gcp_opens_with_a_service_accounts_key(double):
    keys = [("gcp", double.lock(DATA_KEY)), ("gcp", double.lock(DATA_KEY))]
    assert probe(double.environment, *keys) == [DATA_KEY, DATA_KEY]
    assert double.asked("/token") == 1


@of(GcpKmsDouble)
def test_gcp_opens_with_the_metadata_servers_token(double):
    keys = [("gcp", double.lock(DATA_KEY)), ("gcp", double.lock(DATA_KEY))]
    assert probe(double.metadata_environment(), *keys) == [DATA_KEY, DATA_KEY]
    assert double.asked("/computeMetadata") == 1


@of(GcpKmsDouble)
def test_gcp_refuses_another_accounts_key(double, tmp_path):
    path = pathlib.Path(double.environment["GOOGLE_APPLICATION_CREDENTIALS"])
    private, _ = new_rsa_key(tmp_path, "other")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"private_key": private.read_text()}))
    assert probe(double.environment, ("gcp", double.lock(DATA_KEY))) == [
        "forbidden: Google's token server refused: invalid_grant (status 400)"]


@of(AzureVaultDouble)
@pytest.mark.parametrize("credentials", ["environment", "secret_environment"])
def test_azure_opens_with_each_kind_of_credentials(double, credentials):
    keys = [("azure", double.lock(DATA_KEY)), ("azure", double.lock(DATA_KEY))]
    assert probe(getattr(double, credentials), *keys) == [DATA_KEY, DATA_KEY]
    assert double.asked("/oauth2/") == 1


@of(AzureVaultDouble)
def test_azure_opens_with_a_managed_identity(double):
    keys = [("azure", double.lock(DATA_KEY)), ("azure", double.lock(DATA_KEY))]
    assert probe(double.managed_environment(), *keys) == [DATA_KEY, DATA_KEY]
    assert double.asked("/metadata/") == 1


@of(AzureVaultDouble)
def test_azure_sends_tokens_to_listed_vaults_only(double):
    key = double.lock(DATA_KEY)
    assert probe(double.environment | {"STAGESET_AZURE_VAULT_URLS": ""}, ("azure", key)) == [
        "forbidden: the key's vault is none of Azure's, nor listed in STAGESET_AZURE_VAULT_URLS"]
    assert probe(double.environment | {"AZURE_CLIENT_ID": "other"}, ("azure", key)) == [
        "forbidden: Microsoft Entra ID refused: invalid_client (status 401)"]
    assert double.asked("/keys/") == 0


@of(VaultTransitDouble)
def test_vault_opens_with_the_token(double, tmp_path):
    key = ("vault", double.lock(DATA_KEY))
    assert probe(double.environment, key) == [DATA_KEY]
    (tmp_path / ".vault-token").write_text(double.token + "\n")
    assert probe({"VAULT_ADDR": double.url, "HOME": str(tmp_path)}, key) == [DATA_KEY]
    double.namespace = "team"
    assert probe(double.environment | {"VAULT_NAMESPACE": "team"}, key) == [DATA_KEY]
    assert probe(double.environment, key) == ["forbidden: HashiCorp Vault refused (status 403)"]


@of(VaultTransitDouble)
def test_vault_is_trusted_by_the_operators_roots(double, tmp_path):
    certificate = double.use_tls(tmp_path)
    environment = {"VAULT_ADDR": double.url, "VAULT_TOKEN": double.token}
    key = ("vault", double.lock(DATA_KEY))
    refused, = probe(environment, key)
    assert refused.startswith("unavailable: HashiCorp Vault: "), refused
    assert probe(environment | {"VAULT_CACERT": str(certificate)}, key) == [DATA_KEY]


@of(VaultTransitDouble)
def test_answers_are_bounded_and_redirects_are_not_followed(double):
    key = ("vault", double.lock(DATA_KEY))
    double.refuse(200, "a" * 70_000)
    double.refuse(307, headers={"Location": f"{double.url}/elsewhere"})
    assert probe(double.environment, key, key, key) == [
        "invalid: the answer of HashiCorp Vault is not what it should be",
        "forbidden: HashiCorp Vault answered with a redirect (307), which is not followed", DATA_KEY]
    assert double.asked("/elsewhere") == 0


@of(VaultTransitDouble)
def test_vault_is_the_operators_only(double):
    stranger = VaultTransitDouble()
    assert probe(double.environment, ("vault", stranger.lock(DATA_KEY))) == [
        "forbidden: the key's Vault is another one than VAULT_ADDR names"]
    assert stranger.requests == []
    stranger.close()


def test_link_local_addresses_are_not_dialled():
    """A key of a Vault at the address of cloud metadata, which the operator did name: still refused."""
    address = "http://169.254.169.254"
    key = {"vault_address": address, "engine_path": "transit", "key_name": "a", "enc": "vault:v1:abcd"}
    outcome, = probe({"VAULT_ADDR": address, "VAULT_TOKEN": "t"}, ("vault", key))
    assert outcome.startswith("forbidden: HashiCorp Vault: "), outcome


@of(AwsKmsDouble)
@pytest.mark.parametrize("role", ["", "+" + AwsKmsDouble.ROLE], ids=["own", "role"])
def test_aws_opens_what_sops_locked(double, role):
    """The double takes signatures of AWS' own SDK, too."""
    environment = double.environment | {"AWS_REGION": double.REGION}
    text = encrypt("a: b\n", None, "a.yaml", "--kms", double.ARN + role, "--encryption-context", "team:a", **environment)
    entry, = yaml.safe_load(text)["sops"]["kms"]
    opened, = probe(environment, ("aws", entry))
    assert opened == double.locked[entry["enc"]][0]


@of(GcpKmsDouble)
def test_gcp_opens_what_sops_locked(double):
    """The double takes grants that Google's own SDK signs, too."""
    environment = double.environment | {"SOPS_GCP_KMS_CLIENT_TYPE": "rest"}
    entry, = yaml.safe_load(encrypt("a: b\n", None, "a.yaml", "--gcp-kms", double.RESOURCE, **environment))["sops"]["gcp_kms"]
    opened, = probe(environment, ("gcp", entry))
    assert opened == double.locked[entry["enc"]]


def held_by(block, entry, text):
    """A file that sops locked with a double of Vault, with the data key held by another service: `entry(data key)`."""
    vault = VaultTransitDouble()
    try:
        document = yaml.safe_load(encrypt(text, None, "s.yaml", "--hc-vault-transit",
                                          f"{vault.url}/v1/{vault.ENGINE}/keys/{vault.KEY}", **vault.environment))
        data_key = vault.locked[document["sops"].pop("hc_vault")[0]["enc"]]
    finally:
        vault.close()
    document["sops"][block] = [entry(data_key)]
    return yaml.safe_dump(document)


@pytest.mark.parametrize("double, block", [(AwsKmsDouble, "kms"), (GcpKmsDouble, "gcp_kms"), (AzureVaultDouble, "azure_kv")],
                         indirect=["double"], ids=["aws", "gcp", "azure"])
def test_the_controller_decrypts_with_its_own_credentials(env, double, block, monkeypatch, tmp_path):
    """Scenario 34 for each cloud: two encrypted files roll out with one token for both; neither credential nor value is told."""
    environment = double.web_identity(tmp_path) if block == "kms" else double.environment
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    controller = env.controller()

    def locked_secret(name):
        return held_by(block, double.lock, yaml.safe_dump({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": env.namespace},
            "stringData": {"password": "hunter2-plain"}}))

    env.sources.plant("src", {f"{name}.yaml": locked_secret(name) for name in ("db", "cache")})
    env.stagesets.apply("app", ["src"], decryption={"provider": "sops"})
    env.stagesets.wait("app", "True", "Succeeded")
    for name in ("db", "cache"):
        data = env.kube.get("Secret", name, env.namespace)["data"]
        assert base64.b64decode(data["password"]) == b"hunter2-plain"
    exchanges = {"kms": lambda: double.actions.count("AssumeRoleWithWebIdentity"), "gcp_kms": lambda: double.asked("/token"),
                 "azure_kv": lambda: double.asked("/oauth2/")}
    assert exchanges[block]() == 1
    told = controller.log() + yaml.safe_dump(env.stagesets.get("app")) + yaml.safe_dump(env.kube.list("Event", env.namespace))
    issued = getattr(double, "tokens", None) or {part for pair in double.secrets.values() for part in pair if part}
    for hidden in {"hunter2-plain"} | set(issued):
        assert hidden not in told
