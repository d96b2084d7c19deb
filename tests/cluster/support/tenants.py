# SPDX-License-Identifier: 0BSD
"""Tenants of a test: ServiceAccounts with few rights, kubeconfigs of other clusters, and who did what."""

import base64
import json
import os

import yaml

from support.identity import Kubeconfig, limited_kubeconfig
from support.kube import wait_for

CONFIG_MAPS = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "create", "patch", "delete"]}
# What the controller needs of its own to serve tenants: nothing else than to make tokens for them.
TOKENS = {"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}


def grant(kube, namespace, account, rules):
    """Gives the ServiceAccount exactly `rules` in its namespace, by a Role of its name."""
    kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                "metadata": {"name": account, "namespace": namespace}, "rules": rules})
    kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": {"name": account, "namespace": namespace},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": account},
                "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}]})


def tenant(kube, namespace, account, *rules):
    """A ServiceAccount that may do exactly `rules` in its namespace."""
    kube.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account, "namespace": namespace}})
    grant(kube, namespace, account, list(rules))


def multi_tenant_controller(env, *flags, rules=()):
    """A controller that may make tokens, and else nothing on objects of tenants."""
    return env.controller(*flags, kubeconfig=limited_kubeconfig(env, [TOKENS, *rules]))


def token_of(kube, namespace, account):
    return kube.request("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token",
                        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})["status"]["token"]


def kubeconfig_of(kube, user, **cluster):
    """The text of a self-contained kubeconfig of the cluster of `kube` for `user`, a dict."""
    return yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": kube.cluster["server"],
                                               "certificate-authority-data": Kubeconfig.ca_data(kube.cluster), **cluster}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]})


def put_secret(kube, namespace, name, **texts):
    return kube.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace},
                       "data": {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}})


def requests_of(cluster, namespace, name=None, resource=None, verb=None):
    """(user, verb, resource, name, code) of what the API server's audit log tells of objects of a namespace."""
    found = []
    with open(cluster.kubeconfig.replace("kubeconfig", "logs/audit.log"), encoding="utf-8") as log:
        for line in log:
            if f'"namespace":"{namespace}"' not in line:
                continue
            event = json.loads(line)
            ref = event.get("objectRef", {})
            if event["stage"] != "ResponseComplete" or ref.get("namespace") != namespace:
                continue
            if (name in (None, ref.get("name")) and resource in (None, ref.get("resource"))
                    and verb in (None, event["verb"])):
                found.append((event["user"]["username"], event["verb"], ref.get("resource"), ref.get("name"),
                              event.get("responseStatus", {}).get("code")))
    return found


def logged(cluster, namespace, **what):
    """As requests_of, once there is such a request: the log is written a moment after the answer."""
    return wait_for(lambda: requests_of(cluster, namespace, **what), timeout=10, what=f"{what} in the audit log")


def connections(pid, port):
    """How many TCP connections a process has to a port."""
    sockets = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            sockets.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
        except FileNotFoundError:
            continue  # closed meanwhile
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    established = "01"
    return sum(1 for row in rows if int(row[2].split(":")[1], 16) == port and row[3] == established
               and f"socket:[{row[9]}]" in sockets)
