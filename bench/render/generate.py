# SPDX-License-Identifier: 0BSD
"""Writes the two inputs of the render benchmark: generate.py FOLDER [OBJECTS].

`large` has OBJECTS Deployments, Services and ConfigMaps in files of thirty, under an overlay with twenty patches, a prefix, labels
and two generators; `small` is one overlay of five files.
"""

import pathlib
import sys

APP = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  labels:
    app: app-{n}
    tier: {tier}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-{n}
  template:
    metadata:
      labels:
        app: app-{n}
    spec:
      serviceAccountName: default
      containers:
      - name: main
        image: registry.example.com/shop/app-{n}:1.2.{n}
        args: ["--listen", ":8080"]
        env:
        - name: MODE
          value: "on"
        - name: SETTINGS
          valueFrom:
            configMapKeyRef:
              name: app-{n}
              key: settings.yaml
        envFrom:
        - configMapRef:
            name: shared
        - secretRef:
            name: tokens
        ports:
        - containerPort: 8080
          name: http
        readinessProbe:
          httpGet:
            path: /healthz
            port: http
          periodSeconds: 5
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
          limits:
            memory: 128Mi
        volumeMounts:
        - name: settings
          mountPath: /etc/app
      volumes:
      - name: settings
        configMap:
          name: app-{n}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: app-{n}
  labels:
    app: app-{n}
spec:
  selector:
    app: app-{n}
  ports:
  - name: http
    port: 80
    targetPort: http
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-{n}
data:
  settings.yaml: |
    name: app-{n}
    level: info
    features:
    - first
    - second
  url: http://app-{n}.example.com/path?query=1
  count: "{n}"
"""
TEMPLATES = [APP, SERVICE, CONFIG]
OBJECTS_PER_FILE = 30

HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
OVERLAY = """\
resources:
- ../base
namePrefix: prod-
namespace: shop
labels:
- pairs:
    environment: production
  includeTemplates: true
configMapGenerator:
- name: shared
  literals:
  - REGION=eu-central-1
  - LEVEL=info
secretGenerator:
- name: tokens
  literals:
  - TOKEN=abc
images:
- name: registry.example.com/shop/app-1
  newTag: 2.0.0
"""
MERGE_PATCH = """\
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: app-{n}
    spec:
      replicas: 5
      template:
        spec:
          containers:
          - name: main
            env:
            - name: PATCHED
              value: "true"
"""
JSON_PATCH = """\
- target:
    kind: Deployment
    name: app-{n}
  patch: |
    - op: replace
      path: /spec/template/spec/containers/0/resources/limits/memory
      value: 256Mi
    - op: add
      path: /metadata/annotations
      value: {{patched: "yes"}}
"""


def resources(names):
    return HEAD + "resources:\n" + "".join(f"- {name}\n" for name in names)


def object_text(index):
    number = index // len(TEMPLATES)
    return TEMPLATES[index % len(TEMPLATES)].format(n=number, tier=["web", "backend", "batch"][number % 3])


def write_tree(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def large(count):
    files = {}
    for start in range(0, count, OBJECTS_PER_FILE):
        texts = [object_text(index) for index in range(start, min(start + OBJECTS_PER_FILE, count))]
        files[f"base/objects-{start // OBJECTS_PER_FILE:03}.yaml"] = "---\n".join(texts)
    files["base/kustomization.yaml"] = resources(name.removeprefix("base/") for name in sorted(files))
    apps = count // len(TEMPLATES)
    chosen = [index * (apps // 20) for index in range(20)] if apps >= 20 else range(apps)
    patches = [(MERGE_PATCH if turn % 2 == 0 else JSON_PATCH).format(n=number) for turn, number in enumerate(chosen)]
    files["overlay/kustomization.yaml"] = HEAD + OVERLAY + "patches:\n" + "".join(patches)
    return files


def small():
    texts = {"deployment.yaml": APP, "service.yaml": SERVICE, "config.yaml": CONFIG}
    files = {f"base/{name}": text.format(n=1, tier="web") for name, text in texts.items()}
    files["base/kustomization.yaml"] = resources(texts)
    files["overlay/kustomization.yaml"] = HEAD + OVERLAY + "patches:\n" + MERGE_PATCH.format(n=1)
    return files


# What `stagesetctl build` is given: one stage that is the overlay.
STAGESET = """apiVersion: stages.metio.wtf/v1
kind: StageSet
metadata: {name: bench, namespace: bench}
spec:
  stages:
    - {name: all, sourceRef: {name: bench}, path: overlay}
"""


def main():
    folder = pathlib.Path(sys.argv[1])
    write_tree(folder / "large", large(int(sys.argv[2]) if len(sys.argv) > 2 else 1000))
    write_tree(folder / "small", small())
    for name in ("large", "small"):
        (folder / name / "stageset.yaml").write_text(STAGESET)


if __name__ == "__main__":
    main()
