# SPDX-License-Identifier: 0BSD
"""A small client of the Kubernetes API for tests: plain requests, one connection a thread."""

import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
import urllib.parse

import yaml

# kind -> (prefix of the path, plural, namespaced)
KINDS = {
    "Namespace": ("api/v1", "namespaces", False),
    "ConfigMap": ("api/v1", "configmaps", True),
    "Secret": ("api/v1", "secrets", True),
    "Service": ("api/v1", "services", True),
    "ServiceAccount": ("api/v1", "serviceaccounts", True),
    "Pod": ("api/v1", "pods", True),
    "Node": ("api/v1", "nodes", False),
    "Deployment": ("apis/apps/v1", "deployments", True),
    "StatefulSet": ("apis/apps/v1", "statefulsets", True),
    "Job": ("apis/batch/v1", "jobs", True),
    "ClusterRole": ("apis/rbac.authorization.k8s.io/v1", "clusterroles", False),
    "ClusterRoleBinding": ("apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    "Role": ("apis/rbac.authorization.k8s.io/v1", "roles", True),
    "RoleBinding": ("apis/rbac.authorization.k8s.io/v1", "rolebindings", True),
    "ValidatingAdmissionPolicy": ("apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies", False),
    "ValidatingAdmissionPolicyBinding": (
        "apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", False),
    "CustomResourceDefinition": ("apis/apiextensions.k8s.io/v1", "customresourcedefinitions", False),
    "StageSet": ("apis/stages.metio.wtf/v1", "stagesets", True),
    "StageInventory": ("apis/stages.metio.wtf/v1", "stageinventories", True),
    "ExternalArtifact": ("apis/source.toolkit.fluxcd.io/v1", "externalartifacts", True),
    "GitRepository": ("apis/source.toolkit.fluxcd.io/v1", "gitrepositories", True),
    "OCIRepository": ("apis/source.toolkit.fluxcd.io/v1", "ocirepositories", True),
    "Bucket": ("apis/source.toolkit.fluxcd.io/v1", "buckets", True),
    "Event": ("apis/events.k8s.io/v1", "events", True),
}


def open_definition(group, kind, scope="Namespaced"):
    """A CustomResourceDefinition without a schema of its own, with a status subresource; Kube knows its kind from now on."""
    plural = kind.lower() + "s"
    KINDS[kind] = (f"apis/{group}/v1", plural, scope == "Namespaced")
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {"group": group, "scope": scope, "names": {"kind": kind, "plural": plural},
                     "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
                                   "schema": {"openAPIV3Schema": {
                                       "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body.get('message') if isinstance(body, dict) else body}")
        self.status = status
        self.body = body


class Kube:
    """Requests as the user of one kubeconfig's current context."""

    def __init__(self, kubeconfig):
        self.kubeconfig = str(kubeconfig)
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        context = next(c["context"] for c in config["contexts"] if c["name"] == config["current-context"])
        cluster = next(c["cluster"] for c in config["clusters"] if c["name"] == context["cluster"])
        user = next(u["user"] for u in config["users"] if u["name"] == context["user"])
        self.cluster = cluster
        self.server = urllib.parse.urlsplit(cluster["server"])
        self.tls = ssl.create_default_context(cadata=self._text(cluster, "certificate-authority"))
        self.headers = {}
        if "token" in user:
            self.headers["Authorization"] = "Bearer " + user["token"]
        else:
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as pem:
                pem.write(self._text(user, "client-certificate") + "\n" + self._text(user, "client-key"))
                pem.flush()
                self.tls.load_cert_chain(pem.name)
        self.local = threading.local()

    @staticmethod
    def _text(entry, key):
        if key + "-data" in entry:
            return base64.b64decode(entry[key + "-data"]).decode()
        with open(entry[key], encoding="utf-8") as file:
            return file.read()

    def request(self, method, path, body=None, content_type="application/json", query=None, accept=None):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = dict(self.headers)
        if accept:
            headers["Accept"] = accept
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = content_type
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = http.client.HTTPSConnection(
                    self.server.hostname, self.server.port, context=self.tls, timeout=30)
                self.local.connection = connection
            try:
                connection.request(method, path, body=data, headers=headers)
                response = connection.getresponse()
                text = response.read()
                break
            except (OSError, http.client.HTTPException):
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise
        result = json.loads(text) if text[:1] == b"{" else text.decode()
        if response.status >= 400:
            raise ApiError(response.status, result)
        return result

    @staticmethod
    def path(kind, namespace=None, name=None, subresource=None):
        prefix, plural, namespaced = KINDS[kind]
        path = f"/{prefix}"
        if namespaced and namespace:
            path += f"/namespaces/{namespace}"
        path += f"/{plural}"
        if name:
            path += f"/{name}"
        if subresource:
            path += f"/{subresource}"
        return path

    def get(self, kind, name, namespace=None):
        """The object, or None."""
        try:
            return self.request("GET", self.path(kind, namespace, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind, namespace=None, label_selector=None):
        query = {"labelSelector": label_selector} if label_selector else None
        return self.request("GET", self.path(kind, namespace), query=query)["items"]

    def apply(self, manifest, manager="test", dry_run=False):
        """Server-side apply of one object (a dict, or YAML text). Answers it as it is, or would be, afterwards."""
        if isinstance(manifest, str):
            manifest = yaml.safe_load(manifest)
        metadata = manifest["metadata"]
        query = {"fieldManager": manager, "force": "true", **({"dryRun": "All"} if dry_run else {})}
        return self.request("PATCH", self.path(manifest["kind"], metadata.get("namespace"), metadata["name"]), manifest,
                            "application/apply-patch+yaml", query)

    def serve(self, definition, timeout=20.0):
        """Applies a CustomResourceDefinition and waits until its objects can be listed and are found by discovery."""
        self.apply(definition)
        kind = definition["spec"]["names"]["kind"]

        def is_served():
            try:
                self.list(kind)
                # The aggregated document is the last to show it, and the one that clients read.
                groups = self.request("GET", "/apis", accept="application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                return any(resource["responseKind"]["kind"] == kind
                           for group in groups["items"] if group["metadata"]["name"] == definition["spec"]["group"]
                           for version in group["versions"] for resource in version["resources"])
            except ApiError as error:
                # Not yet known, or its storage is not yet up.
                if error.status not in (404, 429):
                    raise
                return False
        wait_for(is_served, timeout, what=f"kind {kind} to be served")

    def create(self, manifest):
        metadata = manifest["metadata"]
        return self.request("POST", self.path(manifest["kind"], metadata.get("namespace")), manifest)

    def patch(self, kind, name, body, namespace=None, subresource=None):
        return self.request("PATCH", self.path(kind, namespace, name, subresource), body,
                            "application/merge-patch+json")

    def delete(self, kind, name, namespace=None):
        try:
            return self.request("DELETE", self.path(kind, namespace, name))
        except ApiError as error:
            if error.status != 404:
                raise
            return None


def wait_for(question, timeout=60.0, every=0.1, what="the condition"):
    """The first true answer of `question`; fails with the last answer when there is none in time."""
    deadline = time.monotonic() + timeout
    answer = None
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s for {what}; last answer: {answer!r}")
        time.sleep(every)
