# SPDX-License-Identifier: 0BSD
"""Random Kubernetes objects that refer to each other, and the odd values that YAML readers trip over."""

import datetime

from generate import odd

NAMES = ["web", "db", "cache", "worker", "api"]
NAMESPACES = ["default", "team-a", "team-b"]
LABEL_KEYS = ["app", "tier", "app.kubernetes.io/name", "example.com/team"]
LABEL_VALUES = ["web", "backend", "1", "true", "v1.2", ""]
IMAGES = ["nginx", "nginx:1.25", "registry.example.com:5000/team/app:v1", "busybox@sha256:" + "ab" * 32, "postgres:16-alpine"]
# Scalars whose meaning or quoting is easy to get wrong.
ODD_TEXTS = [
    "true", "yes", "null", "~", "1", "0x1F", "012", ".5", "-", "- x", "a: b", "a #b", "#c", "", " padded ", "two\nlines\n",
    "two\nlines", "\n leading", "tab\there", "é日本", "'quoted'", '"double"', "{flow}", "[list]", "@at", "%x", "2001-01-01", "12:30:45",
    "x" * 90, "word " * 30, "trailing:", "!tag", "&a", "*b", "a\\b", "$(VAR)", "=", "on",
]  # fmt: skip
ODD_TEXTS += ["<<"] * odd.allowed("merge-key-text") + ["\u2028"] * odd.allowed("line-separator") + ["1e3", "1_000"] * odd.allowed("number-text")
# The dumper writes dates and times without quotes.
ODD_SCALARS = [True, False, 0, 1, -1, 42, 1.5, 1e10, 3.0, None, datetime.date(2001, 2, 3), datetime.datetime(2001, 2, 3, 4, 5, 6, 500000)]
ODD_SCALARS += [9007199254740993] * odd.allowed("large-integer")


def pick_text(rng):
    return rng.choice(ODD_TEXTS) if rng.random() < 0.3 else rng.choice(["alpha", "beta", "gamma", "value-1", "some words here"])


def pick_labels(rng, count_max=3):
    keys = rng.sample(LABEL_KEYS, rng.randint(0, count_max))
    return {key: rng.choice(LABEL_VALUES) for key in keys}


def metadata(rng, name, namespaced=True):
    result = {"name": name}
    if namespaced and rng.random() < 0.3:
        result["namespace"] = rng.choice(NAMESPACES)
    if rng.random() < 0.5:
        result["labels"] = pick_labels(rng)
    if rng.random() < 0.4:
        result["annotations"] = {f"example.com/{key}": pick_text(rng) for key in rng.sample(["a", "b", "note"], rng.randint(1, 3))}
    return result


def environment(rng):
    found = []
    for name in rng.sample(["MODE", "URL", "COUNT", "TOKEN", "LEVEL"], rng.randint(0, 3)):
        kind = rng.random()
        if kind < 0.6:
            found.append({"name": name, "value": pick_text(rng)})
        elif kind < 0.8:
            found.append({"name": name, "valueFrom": {"configMapKeyRef": {"name": rng.choice(NAMES), "key": "k"}}})
        else:
            found.append({"name": name, "valueFrom": {"secretKeyRef": {"name": rng.choice(NAMES), "key": "k", "optional": True}}})
    return found


def container(rng, name):
    result = {"name": name, "image": rng.choice(IMAGES)}
    if found := environment(rng):
        result["env"] = found
    if rng.random() < 0.3:
        result["envFrom"] = [{"configMapRef": {"name": rng.choice(NAMES)}}, {"secretRef": {"name": rng.choice(NAMES)}}][: rng.randint(1, 2)]
    if rng.random() < 0.4:
        ports = rng.sample([80, 8080, 9090], rng.randint(1, 2))
        result["ports"] = [{"containerPort": port, "name": f"p{port}"} | ({"protocol": "TCP"} if rng.random() < 0.5 else {}) for port in ports]
    if rng.random() < 0.3:
        result["args"] = [pick_text(rng) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.3:
        result["resources"] = {"requests": {"cpu": rng.choice(["100m", 1, 0.5]), "memory": "64Mi"}}
    if rng.random() < 0.2:
        result["volumeMounts"] = [{"name": "config", "mountPath": "/etc/config"}]
    return result


def volumes(rng):
    sources = [{"configMap": {"name": rng.choice(NAMES)}}, {"secret": {"secretName": rng.choice(NAMES)}}, {"emptyDir": {}},
               {"persistentVolumeClaim": {"claimName": rng.choice(NAMES)}},
               {"projected": {"sources": [{"configMap": {"name": rng.choice(NAMES)}}, {"secret": {"name": rng.choice(NAMES)}}]}}]
    names = ["config", "data", "extra"]
    return [{"name": names[index]} | source for index, source in enumerate(rng.sample(sources, rng.randint(1, 3)))]


def pod_template(rng, labels):
    spec = {"containers": [container(rng, name) for name in ["main", "sidecar"][: rng.randint(1, 2)]]}
    if rng.random() < 0.2:
        spec["initContainers"] = [container(rng, "init")]
    if rng.random() < 0.4:
        spec["volumes"] = volumes(rng)
    if rng.random() < 0.3:
        spec["serviceAccountName"] = rng.choice(NAMES)
    if rng.random() < 0.1:
        spec["imagePullSecrets"] = [{"name": rng.choice(NAMES)}]
    return {"metadata": {"labels": labels}, "spec": spec}


def workload(rng, kind, name):
    labels = {"app": name}
    body = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(rng, name),
            "spec": {"selector": {"matchLabels": dict(labels)}, "template": pod_template(rng, dict(labels))}}
    if kind != "DaemonSet" and rng.random() < 0.7:
        body["spec"]["replicas"] = rng.randint(0, 5)
    if kind == "StatefulSet":
        body["spec"]["serviceName"] = rng.choice(NAMES)
        if rng.random() < 0.4:
            body["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]
    return body


def job(rng, kind, name):
    inner = {"template": pod_template(rng, {"job": name})}
    inner["template"]["spec"]["restartPolicy"] = "Never"
    if kind == "CronJob":
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata(rng, name),
                "spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": inner}}}
    return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata(rng, name), "spec": inner}


def service(rng, name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(rng, name),
            "spec": {"selector": {"app": rng.choice(NAMES)}, "ports": [{"port": 80, "targetPort": rng.choice(["http", 8080])}]}}


def config(rng, kind, name):
    keys = rng.sample(["k", "app.properties", "key with space", "10", "true"], rng.randint(1, 3))
    field = "stringData" if kind == "Secret" else "data"
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata(rng, name), field: {key: pick_text(rng) for key in keys}}


def ingress(rng, name):
    backend = {"service": {"name": rng.choice(NAMES), "port": {"number": 80}}}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata(rng, name),
            "spec": {"rules": [{"host": "example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}],
                     "tls": [{"hosts": ["example.com"], "secretName": rng.choice(NAMES)}]}}


def binding(rng, kind, name):
    role = rng.choice(["Role", "ClusterRole"]) if kind == "RoleBinding" else "ClusterRole"
    subject = {"kind": "ServiceAccount", "name": rng.choice(NAMES)}
    if rng.random() < 0.6:
        subject["namespace"] = rng.choice(NAMESPACES)
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata(rng, name, kind == "RoleBinding"),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": rng.choice(NAMES)}, "subjects": [subject]}


def role(rng, kind, name):
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": rng.sample(NAMES, 2)}
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata(rng, name, kind == "Role"), "rules": [rule]}


def autoscaler(rng, name):
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata(rng, name),
            "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": rng.choice(["Deployment", "StatefulSet"]), "name": rng.choice(NAMES)},
                     "minReplicas": 1, "maxReplicas": 3}}


def custom(rng, name):
    spec = {key: rng.choice(ODD_SCALARS) if rng.random() < 0.5 else pick_text(rng) for key in rng.sample(["alpha", "beta", "gamma", "on"], 2)}
    spec["list"] = [pick_text(rng), {"name": "x", "value": rng.choice(ODD_SCALARS)}, [1, 2]][: rng.randint(0, 3)]
    return {"apiVersion": "example.com/v1alpha1", "kind": "Widget", "metadata": metadata(rng, name), "spec": spec}


def plain(rng, api_version, kind, name, namespaced=True, **fields):
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata(rng, name, namespaced), **fields}


KINDS = ["Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "Service", "ConfigMap", "ConfigMap",
         "Secret", "Ingress", "RoleBinding", "ClusterRoleBinding", "Role", "ClusterRole", "HorizontalPodAutoscaler", "Widget",
         "ServiceAccount", "PersistentVolumeClaim", "Namespace", "PodDisruptionBudget", "NetworkPolicy", "PriorityClass"]


def make_object(rng, kind, name):
    if kind in ("Deployment", "StatefulSet", "DaemonSet"):
        return workload(rng, kind, name)
    if kind in ("Job", "CronJob"):
        return job(rng, kind, name)
    if kind in ("ConfigMap", "Secret"):
        return config(rng, kind, name)
    if kind in ("RoleBinding", "ClusterRoleBinding"):
        return binding(rng, kind, name)
    if kind in ("Role", "ClusterRole"):
        return role(rng, kind, name)
    makers = {"Service": service, "Ingress": ingress, "HorizontalPodAutoscaler": autoscaler, "Widget": custom}
    if kind in makers:
        return makers[kind](rng, name)
    selector = {"matchLabels": {"app": rng.choice(NAMES)}}
    others = {
        "ServiceAccount": ("v1", True, {}),
        "PersistentVolumeClaim": ("v1", True, {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}),
        "Namespace": ("v1", False, {}),
        "PodDisruptionBudget": ("policy/v1", True, {"spec": {"minAvailable": 1, "selector": selector}}),
        "NetworkPolicy": ("networking.k8s.io/v1", True, {"spec": {"podSelector": selector, "ingress": [{"from": [{"podSelector": selector}]}]}}),
        "PriorityClass": ("scheduling.k8s.io/v1", False, {"value": 1000}),
    }
    api_version, namespaced, fields = others[kind]
    return plain(rng, api_version, kind, name, namespaced, **fields)
