# SPDX-License-Identifier: 0BSD
"""Random patches and replacements for objects that exist; most apply, some do not."""

import copy
import json

import yaml

from generate import objects, odd

# Texts that a reader takes for something else once their quotes are lost.
NUMBER_TEXTS = ["", "0x1F", "012", ".5", "1", "~", "null", "true", "1e3", "1_000", "2001-01-01", "12:30:45"]


def scalar_paths(value, path=()):
    """The paths of all scalars below `value`, as tuples of keys and indexes."""
    if isinstance(value, dict):
        return [found for key, child in value.items() for found in scalar_paths(child, (*path, key))]
    if isinstance(value, list):
        return [found for index, child in enumerate(value) for found in scalar_paths(child, (*path, index))]
    return [path]


def pointer(path):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def value_at(value, path):
    for step in path:
        value = value[step]
    return value


def identity(target):
    result = {"apiVersion": target["apiVersion"], "kind": target["kind"], "metadata": {"name": target["metadata"]["name"]}}
    if "namespace" in target["metadata"]:
        result["metadata"]["namespace"] = target["metadata"]["namespace"]
    return result


def container_patch(rng, target, exact):
    known = target["spec"]["template"]["spec"]["containers"]
    entry = {"name": rng.choice([known[0]["name"], known[-1]["name"], "added"])}
    choice = rng.random()
    if choice < 0.3:
        entry["image"] = rng.choice(objects.IMAGES)
    elif choice < 0.6:
        entry["env"] = objects.environment(rng)
    elif choice < 0.7 and (exact or odd.allowed("unknown-list")):
        entry["$patch"] = "delete"
    elif choice < 0.8:
        removes = rng.random() < 0.5 and (odd.allowed("null-field") or (exact and entry["name"] != "added"))
        entry["args"] = None if removes else ["one"]
    else:
        entry["ports"] = [{"containerPort": rng.choice([80, 8080, 7070]), "name": "patched"}]
    return {"template": {"spec": {"containers": [entry]}}}


def merge_patch(rng, target, exact=True):
    """A strategic merge patch that names its target; unless `exact` it may be for others."""
    patch = identity(target)
    if rng.random() < 0.4:
        labels = objects.pick_labels(rng)
        if odd.allowed("null-label") and rng.random() < 0.2:
            labels["app"] = None
        if labels or odd.allowed("empty-labels"):
            patch["metadata"]["labels"] = labels
    if rng.random() < 0.3:
        patch["metadata"]["annotations"] = {"example.com/patched": objects.pick_text(rng)}
    if target["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
        patch["spec"] = container_patch(rng, target, exact)
        if rng.random() < 0.3 and target["kind"] != "DaemonSet":
            patch["spec"]["replicas"] = rng.randint(0, 9)
        if rng.random() < 0.1:
            patch["spec"]["template"]["spec"]["volumes"] = objects.volumes(rng)
    elif target["kind"] in ("ConfigMap",):
        patch["data"] = {"k": objects.pick_text(rng), "patched": "1"} if rng.random() < 0.8 else {"$patch": "replace", "only": "x"}
    elif target["kind"] == "Widget":
        patch["spec"] = {"alpha": rng.choice(objects.ODD_SCALARS) if odd.allowed("changed-style") else objects.pick_text(rng), "list": rng.choice([["new"], None, []])}
    elif target["kind"] == "Service":
        patch["spec"] = {"ports": [{"port": rng.choice([80, 81]), "name": "patched"}]}
    elif rng.random() < 0.3:
        patch["$patch"] = "delete"
    return patch


def operations(rng, target):
    """JSON6902 operations on a copy of the target; nearly always valid."""
    body = copy.deepcopy(target)
    found = [path for path in scalar_paths(body) if path[0] not in ("apiVersion", "kind") and path != ("metadata", "name")]
    if not odd.allowed("hidden-annotations"):
        found = [path for path in found if path[:2] != ("metadata", "annotations")]
    made = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if not found or kind < 0.35:
            annotation = {"op": "add", "path": "/metadata/annotations", "value": {"example.com/added": objects.pick_text(rng)}}
            made.append(annotation if rng.random() < 0.5 else {"op": "add", "path": "/metadata/labels", "value": {"added": "yes"}})
            continue
        path = rng.choice(found)
        if kind < 0.75:
            new = objects.pick_text(rng) if isinstance(value_at(body, path), str) else rng.choice([7, True, None, {"a": [1]}])
            made.append({"op": rng.choice(["replace", "add"]), "path": pointer(path), "value": new})
        elif kind < 0.85:
            made.append({"op": "test", "path": pointer(path), "value": value_at(body, path)})
        elif kind < 0.95:
            made.append({"op": "remove", "path": pointer(path)})
            found = [other for other in found if other[: len(path) - 1] != path[:-1]]
        elif len(path) > 1 and isinstance(path[-1], str):
            made.append({"op": rng.choice(["copy", "move"]), "from": pointer(path), "path": pointer((*path[:-1], "copied"))})
            found = [other for other in found if other != path]
    if not made and not odd.allowed("empty-patch"):
        return [{"op": "add", "path": "/metadata/labels", "value": {"added": "yes"}}]
    return made


def selector(rng, target):
    choice = rng.random()
    if choice < 0.5:
        return {"kind": target["kind"], "name": target["metadata"]["name"]}
    if choice < 0.7:
        return {"kind": target["kind"]}
    if choice < 0.8:
        return {"name": rng.choice([".*", "w.*", "web|db", target["metadata"]["name"]])}
    if choice < 0.9:
        return {"labelSelector": rng.choice(["app=web", "app", "tier!=backend", "app in (web,db)"])}
    return {"annotationSelector": "example.com/a", "kind": target["kind"]}


def write(rng, files, folder, body):
    """The patch as a file's name or as text: `{"path": …}` or `{"patch": …}`."""
    text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True) if rng.random() < 0.8 else json.dumps(body, default=str)
    if rng.random() < 0.4:
        name = f"patch{len(files)}.yaml"
        files[f"{folder}/{name}"] = text
        return {"path": name}
    return {"patch": text}


def add_patches(rng, files, folder, body, known):
    for _ in range(rng.randint(1, 3)):
        target = rng.choice(known)
        choice = rng.random()
        if choice < 0.4:
            body.setdefault("patches", []).append(write(rng, files, folder, merge_patch(rng, target)))
        elif choice < 0.55:
            entry = write(rng, files, folder, merge_patch(rng, target, exact=False)) | {"target": selector(rng, target)}
            if rng.random() < 0.2:
                entry["options"] = {rng.choice(["allowNameChange", "allowKindChange"]): odd.allowed("name-change")}
            body.setdefault("patches", []).append(entry)
        elif choice < 0.85:
            entry = write(rng, files, folder, operations(rng, target)) | {"target": selector(rng, target)}
            body.setdefault("patches", []).append(entry)
        elif choice < 0.95:
            written = write(rng, files, folder, merge_patch(rng, target))
            body.setdefault("patchesStrategicMerge", []).append(written.get("path") or written["patch"])
        else:
            group, _, version = target["apiVersion"].rpartition("/")
            exact = {"version": version, "kind": target["kind"], "name": target["metadata"]["name"]} | ({"group": group} if group else {})
            entry = write(rng, files, folder, operations(rng, target)) | {"target": exact}
            body.setdefault("patchesJson6902", []).append(entry)


def field_path(path):
    steps = []
    for step in path:
        text = str(step)
        steps.append(f"[{text}]" if "." in text and not isinstance(step, int) else text)
    return ".".join(steps)


def replacement(rng, known):
    source, target = rng.choice(known), rng.choice(known)
    source_paths = [path for path in scalar_paths(source) if value_at(source, path) is not None]
    if not odd.allowed("changed-style"):
        source_paths = [path for path in source_paths if not set(objects.LABEL_KEYS) & set(path)]
    if not odd.allowed("number-text"):
        source_paths = [path for path in source_paths if value_at(source, path) not in NUMBER_TEXTS]
    path = rng.choice(source_paths)
    # A text in the place of a number is refused by the original.
    kind = type(value_at(source, path))
    target_paths = [found for found in scalar_paths(target) if type(value_at(target, found)) is kind and found[0] not in ("apiVersion", "kind")]
    if not target_paths or (kind is not str and not odd.allowed("changed-style")):
        return None
    entry = {"select": {"kind": target["kind"], "name": target["metadata"]["name"]}, "fieldPaths": [field_path(rng.choice(target_paths))]}
    choice = rng.random()
    if choice < 0.25:
        entry["fieldPaths"] = ["metadata.annotations.replaced"]
        entry["options"] = {"create": True}
    elif choice < 0.4 and target["kind"] in ("Deployment", "StatefulSet"):
        entry["fieldPaths"] = ["spec.template.spec.containers.[name=main].image"]
        entry["options"] = {"delimiter": ":", "index": rng.randint(0, 1)}
    elif choice < 0.5 and target["kind"] in ("Deployment", "StatefulSet"):
        entry["fieldPaths"] = ["spec.template.spec.containers.*.image"]
    if rng.random() < 0.1:
        entry["reject"] = [{"name": rng.choice(objects.NAMES)}]
    wanted = {"kind": source["kind"], "name": source["metadata"]["name"], "fieldPath": field_path(path)}
    return {"source": wanted, "targets": [entry]}
