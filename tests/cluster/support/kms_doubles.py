# SPDX-License-Identifier: 0BSD
"""Key services on loopback for tests: each checks signatures and tokens as the real one does, and opens only what it locked.

A double gives `environment` (what a process needs to find it and its credentials), `lock(data_key)` (a key's entry in the `sops`
block of a file, by the names of sops), and counts of what it was asked. `refuse(status, body)` answers the next request so.
"""

import base64
import datetime
import hashlib
import hmac
import json
import re
import secrets
import ssl
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIFE_SECONDS = 3600
SKEW_SECONDS_MAX = 300  # what AWS lets clocks differ


class Refused(Exception):
    """An answer that is no success: status, and the body as the service writes it."""

    def __init__(self, status, body, headers=None):
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


class Request:
    def __init__(self, method, target, headers, body):
        self.method = method
        self.path, _, self.query = target.partition("?")
        self.headers = headers  # names in lower case
        self.body = body

    def bearer(self):
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme == "Bearer" else ""

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), strict_parsing=True))


class Double:
    """One server on a free port. Subclasses answer(request) with (content type, text), or raise Refused."""

    def __init__(self):
        self.requests = []  # paths, in the order of arrival
        self.refusals = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                outer.requests.append(request.path)
                try:
                    if outer.refusals:
                        raise outer.refusals.pop(0)
                    content_type, text = outer.answer(request)
                    self.reply(200, {"Content-Type": content_type}, text)
                except Refused as refused:
                    self.reply(refused.status, refused.headers, refused.body)

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815 (the names are http.server's)

            def reply(self, status, headers, text):
                data = text.encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        raise NotImplementedError

    def refuse(self, status, body="", headers=None):
        self.refusals.append(Refused(status, body, headers))

    def asked(self, part):
        """How many requests had `part` in their path."""
        return sum(part in path for path in self.requests)

    def use_tls(self, folder):
        """From now on https, with a certificate of its own; the path of that certificate. Before anybody connects."""
        key, certificate = folder / "tls.pem", folder / "tls.crt"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2",
                "-subj", "/CN=double", "-addext", "subjectAltName=IP:127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = self.url.replace("http://", "https://")
        return certificate

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def openssl(*args, text_input=b""):
    return subprocess.run(["openssl", *args], input=text_input, check=True, capture_output=True).stdout


def new_rsa_key(folder, name):
    """Paths of a fresh private key and its public half, in PEM."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    private.write_bytes(openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"))
    public.write_bytes(openssl("pkey", "-in", str(private), "-pubout"))
    return private, public


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# --- AWS


def aws_signature(method, path, headers, signed_names, body, secret, scope):
    """Signature Version 4 of a request without a query, as AWS' documentation builds it up; `scope` begins with the date."""
    canonical_headers = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed_names)
    canonical = "\n".join([method, path, "", canonical_headers, ";".join(signed_names), hashlib.sha256(body).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class AwsKmsDouble(Double):
    """AWS KMS and the Security Token Service at one address, for the user's keys, web identities and roles."""

    REGION = "eu-central-1"
    ARN = f"arn:aws:kms:{REGION}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    ROLE = "arn:aws:iam::123456789012:role/sops"

    def __init__(self):
        super().__init__()
        self.secrets = {"AKIAUSER": (secrets.token_urlsafe(30), "")}  # access key id -> secret key, session token
        self.identity_tokens = set()
        self.agent_token = None
        self.actions = []
        self.locked = {}
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIAUSER",
            "AWS_SECRET_ACCESS_KEY": self.secrets["AKIAUSER"][0],
        }

    def web_identity(self, folder):
        """The environment of a pod whose service account has a role; its token is projected into `folder`."""
        token = secrets.token_urlsafe(40)
        self.identity_tokens.add(token)
        path = folder / "aws-token"
        path.write_text(token)
        return {"AWS_ENDPOINT_URL": self.url, "AWS_WEB_IDENTITY_TOKEN_FILE": str(path), "AWS_ROLE_ARN": self.ROLE}

    def pod_identity(self, folder):
        """The environment of a pod beside the agent of EKS Pod Identity."""
        self.agent_token = secrets.token_urlsafe(40)
        path = folder / "eks-token"
        path.write_text(self.agent_token + "\n")
        return {"AWS_ENDPOINT_URL": self.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.url}/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(path)}

    def lock(self, data_key, context=None, role=""):
        blob = base64.b64encode(secrets.token_bytes(150)).decode()
        self.locked[blob] = (data_key, context or {})
        entry = {"arn": self.ARN, "created_at": "2026-01-01T00:00:00Z", "enc": blob, "aws_profile": ""}
        if context:
            entry["context"] = context
        if role:
            entry["role"] = role
        return entry

    def answer(self, request):
        if request.method == "GET" and request.path == "/v1/credentials":
            return "application/json", self.agent(request)
        if request.method != "POST" or request.path != "/" or request.query:
            raise Refused(404, "{}")
        target = request.headers.get("x-amz-target", "")
        if target:
            self.actions.append(target)
            return "application/x-amz-json-1.1", self.kms(request, target)
        form = request.form()
        self.actions.append(form.get("Action"))
        return "text/xml", self.sts(request, form)

    def check_signature(self, request, service, refusal):
        """The access key id that signed; else raises refusal(word)."""
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/(\d{8}/[a-z0-9-]+/[a-z]+/aws4_request), "
                             r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})", request.headers.get("authorization", ""))
        if not found:
            raise refusal("IncompleteSignature")
        key_id, scope, names, signature = found.groups()
        date = request.headers.get("x-amz-date", "")
        sent = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs(sent.timestamp() - time.time()) > SKEW_SECONDS_MAX or scope != f"{date[:8]}/{self.REGION}/{service}/aws4_request":
            raise refusal("SignatureDoesNotMatch")
        names = names.split(";")
        must = {"host", "x-amz-date"} | {name for name in request.headers if name.startswith("x-amz-") or name == "content-type"}
        if key_id not in self.secrets:
            raise refusal("UnrecognizedClientException" if service == "kms" else "InvalidClientTokenId")
        secret, session = self.secrets[key_id]
        if names != sorted(names) or must - set(names) or request.headers.get("x-amz-security-token", "") != session:
            raise refusal("SignatureDoesNotMatch")
        if not hmac.compare_digest(signature, aws_signature("POST", "/", request.headers, names, request.body, secret, scope)):
            raise refusal("SignatureDoesNotMatch")
        return key_id

    def kms(self, request, target):
        def refusal(word):
            return Refused(400, json.dumps({"__type": word, "message": "a sentence that stays here"}))

        self.check_signature(request, "kms", refusal)
        if request.headers.get("content-type") != "application/x-amz-json-1.1":
            raise refusal("UnknownOperationException")
        body = json.loads(request.body)
        if body.get("KeyId") not in (None, self.ARN):
            raise refusal("NotFoundException")
        if target == "TrentService.Encrypt":
            entry = self.lock(base64.b64decode(body["Plaintext"]), body.get("EncryptionContext"))
            return json.dumps({"KeyId": self.ARN, "CiphertextBlob": entry["enc"]})
        if target != "TrentService.Decrypt":
            raise refusal("UnknownOperationException")
        data_key, context = self.locked.get(body["CiphertextBlob"], (None, None))
        if data_key is None or body.get("EncryptionContext", {}) != context:
            raise refusal("InvalidCiphertextException")
        return json.dumps({"KeyId": self.ARN, "Plaintext": base64.b64encode(data_key).decode(),
                           "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})

    def temporary_keys(self):
        key_id = "ASIA" + secrets.token_hex(8).upper()
        secret, session = (base64.b64encode(secrets.token_bytes(size)).decode() for size in (30, 90))
        self.secrets[key_id] = (secret, session)
        expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=LIFE_SECONDS)
        return key_id, secret, session, f"{expires:%Y-%m-%dT%H:%M:%SZ}"

    def agent(self, request):
        self.actions.append("agent")
        if self.agent_token is None or request.headers.get("authorization") != self.agent_token:
            raise Refused(403, json.dumps({"code": "AccessDenied", "message": "a sentence that stays here"}))
        names = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
        return json.dumps(dict(zip(names, self.temporary_keys())))

    def sts(self, request, form):
        def refusal(word):
            return Refused(403, f"<ErrorResponse><Error><Type>Sender</Type><Code>{word}</Code></Error></ErrorResponse>")

        action = form.get("Action")
        if action == "AssumeRole":
            self.check_signature(request, "sts", refusal)
        elif action != "AssumeRoleWithWebIdentity" or form.get("WebIdentityToken") not in self.identity_tokens:
            raise refusal("InvalidIdentityToken")
        if form.get("Version") != "2011-06-15" or form.get("RoleArn") != self.ROLE or not form.get("RoleSessionName"):
            raise refusal("AccessDenied")
        key_id, secret, session, expires = self.temporary_keys()
        return (f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><AssumedRoleUser>'
                f"<Arn>arn:aws:sts::123456789012:assumed-role/sops/x</Arn></AssumedRoleUser><Credentials>"
                f"<AccessKeyId>{key_id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
                f"<SessionToken>{session}</SessionToken><Expiration>{expires}</Expiration>"
                f"</Credentials></{action}Result></{action}Response>")


# --- Google


def rs256_verifies(public_pem, text, signature):
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.2), by the public key alone."""
    described = openssl("pkey", "-pubin", "-in", str(public_pem), "-noout", "-text").decode()
    modulus = int(re.sub(r"[\s:]", "", re.search(r"Modulus:\n(.*?)Exponent", described, re.DOTALL).group(1)), 16)
    exponent = int(re.search(r"Exponent: (\d+)", described).group(1))
    size = (modulus.bit_length() + 7) // 8
    digest_info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(text).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(digest_info) - 3) + b"\x00" + digest_info
    return len(signature) == size and pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big") == expected


class GcpKmsDouble(Double):
    """Cloud KMS, the token server of service accounts, and the metadata server, at one address."""

    RESOURCE = "projects/team/locations/global/keyRings/sops/cryptoKeys/deploy"
    EMAIL = "sops@team.iam.gserviceaccount.com"
    SCOPE = "https://www.googleapis.com/auth/cloudkms"

    def __init__(self, folder):
        super().__init__()
        private, self.public = new_rsa_key(folder, "gcp")
        self.tokens = set()
        self.locked = {}
        key_file = folder / "gcp-key.json"
        key_file.write_text(json.dumps({
            "type": "service_account", "project_id": "team", "private_key_id": "key-1", "private_key": private.read_text(),
            "client_email": self.EMAIL, "token_uri": f"{self.url}/token"}))
        self.environment = {"SOPS_GCP_KMS_ENDPOINT": self.url, "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}

    def metadata_environment(self):
        """The environment of a pod that has its identity from the metadata server."""
        return {"SOPS_GCP_KMS_ENDPOINT": self.url, "GCE_METADATA_HOST": self.url.removeprefix("http://")}

    def lock(self, data_key):
        enc = base64.b64encode(secrets.token_bytes(113)).decode()
        self.locked[enc] = data_key
        return {"resource_id": self.RESOURCE, "created_at": "2026-01-01T00:00:00Z", "enc": enc}

    def answer(self, request):
        if request.path == "/token":
            return "application/json", self.exchange(request.form())
        if request.path == "/computeMetadata/v1/instance/service-accounts/default/token":
            if request.method != "GET" or request.headers.get("metadata-flavor") != "Google":
                raise Refused(403, "")
            return "application/json", self.token()
        if request.path in (f"/v1/{self.RESOURCE}:decrypt", f"/v1/{self.RESOURCE}:encrypt") and request.method == "POST":
            return "application/json", self.kms(request)
        raise Refused(404, json.dumps({"error": {"code": 404, "status": "NOT_FOUND"}}))

    def token(self):
        token = "ya29." + secrets.token_urlsafe(40)
        self.tokens.add(token)
        return json.dumps({"access_token": token, "expires_in": LIFE_SECONDS, "token_type": "Bearer"})

    def exchange(self, form):
        refusal = Refused(400, json.dumps({"error": "invalid_grant", "error_description": "a sentence that stays here"}))
        header, claims, signature = form.get("assertion", "..").split(".")
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            raise Refused(400, json.dumps({"error": "unsupported_grant_type"}))
        if not rs256_verifies(self.public, f"{header}.{claims}".encode(), unpadded(signature)):
            raise refusal
        header, claims = json.loads(unpadded(header)), json.loads(unpadded(claims))
        now = time.time()
        if header != {"alg": "RS256", "typ": "JWT", "kid": "key-1"} or claims["exp"] - claims["iat"] > 3600:
            raise refusal
        if abs(claims["iat"] - now) > SKEW_SECONDS_MAX or claims["exp"] < now:
            raise refusal
        if (claims["iss"], claims["aud"]) != (self.EMAIL, f"{self.url}/token") or self.SCOPE not in claims["scope"].split():
            raise refusal
        return self.token()

    def kms(self, request):
        if request.bearer() not in self.tokens:
            raise Refused(401, json.dumps({"error": {"code": 401, "status": "UNAUTHENTICATED"}}))
        body = json.loads(request.body)
        if request.path.endswith(":encrypt"):
            return json.dumps({"name": self.RESOURCE, "ciphertext": self.lock(base64.b64decode(body["plaintext"]))["enc"]})
        data_key = self.locked.get(body["ciphertext"])
        if data_key is None:
            raise Refused(400, json.dumps({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}))
        return json.dumps({"plaintext": base64.b64encode(data_key).decode()})


# --- Azure


class AzureVaultDouble(Double):
    """A key vault with a real RSA key, and Entra ID, at one address."""

    NAME, VERSION = "sops-key", "0123456789abcdef0123456789abcdef"
    TENANT, CLIENT = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"

    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.private, self.public = new_rsa_key(folder, "azure")
        self.tokens = set()
        self.assertion = secrets.token_urlsafe(40)
        self.secret = "se~cret+/ &" + secrets.token_urlsafe(8)
        token_file = folder / "azure-token"
        token_file.write_text(self.assertion)
        common = {"STAGESET_AZURE_VAULT_URLS": self.url, "AZURE_AUTHORITY_HOST": self.url,
                  "AZURE_TENANT_ID": self.TENANT, "AZURE_CLIENT_ID": self.CLIENT}
        self.environment = {**common, "AZURE_FEDERATED_TOKEN_FILE": str(token_file)}
        self.secret_environment = {**common, "AZURE_CLIENT_SECRET": self.secret}

    OAEP = ("-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256")

    def lock(self, data_key):
        locked = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", str(self.public), *self.OAEP, text_input=data_key)
        return {"vault_url": self.url, "name": self.NAME, "version": self.VERSION, "created_at": "2026-01-01T00:00:00Z",
                "enc": base64.urlsafe_b64encode(locked).decode().rstrip("=")}

    def managed_environment(self):
        """The environment of a pod on a machine with a managed identity."""
        return {"STAGESET_AZURE_VAULT_URLS": self.url, "AZURE_POD_IDENTITY_AUTHORITY_HOST": self.url,
                "AZURE_CLIENT_ID": self.CLIENT}

    def answer(self, request):
        if request.path == "/metadata/identity/oauth2/token" and request.method == "GET":
            return "application/json", self.identity(request)
        if request.path == f"/{self.TENANT}/oauth2/v2.0/token" and request.method == "POST":
            return "application/json", self.exchange(request.form())
        if request.path == f"/keys/{self.NAME}/{self.VERSION}/decrypt" and request.query == "api-version=7.4":
            return "application/json", self.decrypt(request)
        raise Refused(404, json.dumps({"error": {"code": "KeyNotFound"}}))

    def exchange(self, form):
        by_assertion = (form.get("client_assertion") == self.assertion and form.get("client_assertion_type")
                        == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        if form.get("client_id") != self.CLIENT or not (by_assertion or form.get("client_secret") == self.secret):
            raise Refused(401, json.dumps({"error": "invalid_client", "error_description": "a sentence that stays here"}))
        if (form.get("grant_type"), form.get("scope")) != ("client_credentials", "https://vault.azure.net/.default"):
            raise Refused(400, json.dumps({"error": "invalid_scope"}))
        return json.dumps({"token_type": "Bearer", "expires_in": LIFE_SECONDS - 1, "access_token": self.token()})

    def token(self):
        token = secrets.token_urlsafe(60)
        self.tokens.add(token)
        return token

    def identity(self, request):
        wanted = {"api-version": "2018-02-01", "resource": "https://vault.azure.net", "client_id": self.CLIENT}
        if request.headers.get("metadata") != "true" or dict(urllib.parse.parse_qsl(request.query)) != wanted:
            raise Refused(400, json.dumps({"error": "invalid_request"}))
        return json.dumps({"access_token": self.token(), "expires_in": str(LIFE_SECONDS), "token_type": "Bearer"})

    def decrypt(self, request):
        if request.bearer() not in self.tokens:
            raise Refused(401, json.dumps({"error": {"code": "Unauthorized"}}))
        body = json.loads(request.body)
        if body.get("alg") != "RSA-OAEP-256":
            raise Refused(400, json.dumps({"error": {"code": "BadParameter"}}))
        try:
            opened = openssl("pkeyutl", "-decrypt", "-inkey", str(self.private), *self.OAEP, text_input=unpadded(body["value"]))
        except subprocess.CalledProcessError:
            raise Refused(400, json.dumps({"error": {"code": "BadParameter"}})) from None
        return json.dumps({"kid": f"{self.url}/keys/{self.NAME}/{self.VERSION}",
                           "value": base64.urlsafe_b64encode(opened).decode().rstrip("=")})


# --- HashiCorp


class VaultTransitDouble(Double):
    """Vault's transit engine at team/transit, for one token."""

    ENGINE, KEY = "team/transit", "deploy"

    def __init__(self):
        super().__init__()
        self.token = "hvs." + secrets.token_urlsafe(24)
        self.namespace = ""
        self.locked = {}
        self.environment = {"VAULT_ADDR": self.url, "VAULT_TOKEN": self.token}

    def lock(self, data_key):
        enc = "vault:v1:" + base64.b64encode(secrets.token_bytes(60)).decode()
        self.locked[enc] = data_key
        return {"vault_address": self.url, "engine_path": self.ENGINE, "key_name": self.KEY, "created_at": "2026-01-01T00:00:00Z",
                "enc": enc}

    def answer(self, request):
        token = request.headers.get("x-vault-token") or request.bearer()
        if token != self.token or request.headers.get("x-vault-namespace", "") != self.namespace:
            raise Refused(403, json.dumps({"errors": ["permission denied"]}))
        if request.method not in ("POST", "PUT"):
            raise Refused(404, json.dumps({"errors": []}))
        if request.path == f"/v1/{self.ENGINE}/encrypt/{self.KEY}":
            enc = self.lock(base64.b64decode(json.loads(request.body)["plaintext"]))["enc"]
            return "application/json", json.dumps({"data": {"ciphertext": enc}})
        if request.path != f"/v1/{self.ENGINE}/decrypt/{self.KEY}":
            raise Refused(404, json.dumps({"errors": []}))
        data_key = self.locked.get(json.loads(request.body)["ciphertext"])
        if data_key is None:
            raise Refused(400, json.dumps({"errors": ["invalid ciphertext: no prefix"]}))
        return "application/json", json.dumps({"data": {"plaintext": base64.b64encode(data_key).decode()}})
