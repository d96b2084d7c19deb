# SPDX-License-Identifier: 0BSD
"""Controllers with few rights: kubeconfigs of ServiceAccounts."""

import base64

import yaml


def limited_kubeconfig(env, rules):
    """A kubeconfig of a ServiceAccount that may do what a controller must, and on other objects only `rules`."""
    name = env.namespace
    env.kube.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "controller", "namespace": name}})
    env.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                     "rules": [
                         {"apiGroups": ["stages.metio.wtf"], "resources": ["*"], "verbs": ["*"]},
                         {"apiGroups": ["source.toolkit.fluxcd.io"], "resources": ["*"], "verbs": ["get", "list", "watch"]},
                         {"apiGroups": ["", "events.k8s.io"], "resources": ["events"], "verbs": ["create", "patch"]},
                         *rules]})
    env.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
                     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                     "subjects": [{"kind": "ServiceAccount", "name": "controller", "namespace": name}]})
    token = env.kube.request("POST", f"/api/v1/namespaces/{name}/serviceaccounts/controller/token",
                             {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})["status"]["token"]
    ca = Kubeconfig.ca_data(env.kube.cluster)
    path = env.tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": env.kube.cluster["server"], "certificate-authority-data": ca}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
    return path


class Kubeconfig:
    @staticmethod
    def ca_data(cluster):
        if "certificate-authority-data" in cluster:
            return cluster["certificate-authority-data"]
        with open(cluster["certificate-authority"], "rb") as file:
            return base64.b64encode(file.read()).decode()
