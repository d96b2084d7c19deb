# SPDX-License-Identifier: 0BSD
"""Random kustomize trees: a base or two, perhaps a component, one or two overlays. A file is a list of YAML documents or a text."""

from generate import objects, odd, patches

KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}

GENERATORS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}


class Tree:
    """The files so far, and what in them the kustomization at hand may name."""

    def __init__(self, rng):
        self.rng = rng
        self.files = {}
        self.taken = set()
        self.known = []
        self.generated = []

    def chance(self, probability):
        return self.rng.random() < probability

    def new_object(self):
        rng = self.rng
        for _ in range(20):
            kind, name = rng.choice(objects.KINDS), rng.choice(objects.NAMES)
            if (kind, name) not in self.taken:
                self.taken.add((kind, name))
                made = objects.make_object(rng, kind, name)
                self.known.append(made)
                return made
        return None

    def add_resources(self, folder, count):
        """Adds up to `count` objects in files of the folder, and answers the files' names."""
        made = [found for found in (self.new_object() for _ in range(count)) if found]
        names = []
        while made:
            size = self.rng.randint(1, 2)
            group, made = made[:size], made[size:]
            if self.chance(0.05):
                group = [{"apiVersion": "v1", "kind": "List", "items": group}]
            name = f"r{len(names)}.yaml"
            self.files[f"{folder}/{name}"] = group
            names.append(name)
        return names


def generator(tree, folder, kind, overlay):
    rng = tree.rng
    reused = [name for found, name in tree.generated if found == kind]
    entry = {"name": rng.choice(reused) if overlay and reused and tree.chance(0.5) else f"{folder}-{rng.choice(objects.NAMES)}"}
    if entry["name"] in reused:
        entry["behavior"] = rng.choice(["merge", "replace"])
    if tree.chance(0.2) and "behavior" not in entry:
        entry["name"] = rng.choice(objects.NAMES)
        if (kind, entry["name"]) in tree.taken:
            return None
    tree.taken.add((kind, entry["name"]))
    if (kind, entry["name"]) not in tree.generated:
        tree.generated.append((kind, entry["name"]))
    if tree.chance(0.7):
        entry["literals"] = [f"{key}={rng.choice(['1', 'true', 'a=b', '', 'x y', chr(39) + 'q' + chr(39)])}"
                             for key in rng.sample(["k", "a", "b.c", "URL"], rng.randint(1, 3))]
    if tree.chance(0.4):
        name = f"f{rng.randint(0, 9)}.txt"
        tree.files[f"{folder}/{name}"] = rng.choice(objects.ODD_TEXTS) + rng.choice(["", "\n", "\n\nlast"])
        entry["files"] = [rng.choice([name, f"key={name}"])]
    if tree.chance(0.2):
        tree.files[f"{folder}/vars.env"] = "# comment\nA=1\n\nB=two words\nC='x'\nD=\n"
        entry["envs"] = ["vars.env"]
    if tree.chance(0.3):
        entry["options"] = generator_options(rng)
    if kind == "Secret" and tree.chance(0.3):
        entry["type"] = "kubernetes.io/basic-auth"
    return entry


def generator_options(rng):
    choices = {"labels": {"generated": "true"}, "annotations": {"example.com/by": "generator"}, "disableNameSuffixHash": True,
               "immutable": True}
    return {key: choices[key] for key in sorted(rng.sample(sorted(choices), rng.randint(1, 2)))}


def add_names_and_labels(tree, body):
    rng = tree.rng
    if tree.chance(0.3):
        body["namePrefix"] = rng.choice(["p-", "dev-"])
    if tree.chance(0.25):
        body["nameSuffix"] = rng.choice(["-s", "-v2"])
    if tree.chance(0.3):
        body["namespace"] = rng.choice(objects.NAMESPACES)
    if tree.chance(0.2):
        body["commonLabels"] = objects.pick_labels(rng) or {"app": "all"}
    if tree.chance(0.3):
        entry = {flag: tree.chance(0.7) for flag in ("includeSelectors", "includeTemplates") if tree.chance(0.4)}
        entry["pairs"] = objects.pick_labels(rng) or {"l": "1"}
        if tree.chance(0.1):
            entry["fields"] = [{"path": "spec/labels", "create": True, "kind": "Widget"}]
        body["labels"] = [entry]
    if tree.chance(0.2):
        body["commonAnnotations"] = {"example.com/common": objects.pick_text(rng)}


def add_images_and_replicas(tree, body):
    rng = tree.rng
    if tree.chance(0.3):
        entry = {"name": rng.choice(["nginx", "busybox", "postgres", "registry.example.com:5000/team/app", "absent"])}
        entry |= rng.choice([{"newTag": "9.9"}, {"newName": "mirror.example.com/x"}, {"digest": "sha256:" + "cd" * 32},
                             {"newName": "other", "newTag": "1"}, {"tagSuffix": "-fips"}])
        body["images"] = [entry]
    scaled = [found for found in tree.known if found["kind"] in ("Deployment", "StatefulSet")]
    if scaled and tree.chance(0.25):
        body["replicas"] = [{"name": rng.choice(scaled)["metadata"]["name"], "count": rng.randint(0, 9)}]


def add_generators(tree, folder, body, overlay):
    for field, kind in GENERATORS.items():
        if tree.chance(0.3):
            entries = [generator(tree, folder, kind, overlay) for _ in range(tree.rng.randint(1, 2))]
            if entries := [entry for entry in entries if entry]:
                body[field] = entries
    if tree.chance(0.15):
        body["generatorOptions"] = generator_options(tree.rng)


def add_rest(tree, body, overlay):
    rng = tree.rng
    if tree.chance(0.1):
        body["buildMetadata"] = rng.sample(["originAnnotations", "transformerAnnotations", "managedByLabel"], rng.randint(1, 2))
    if overlay and tree.chance(0.1):
        body["sortOptions"] = {"order": rng.choice(["legacy", "fifo"])}
    if tree.known and tree.chance(0.3):
        made = [found for found in (patches.replacement(rng, tree.known) for _ in range(rng.randint(1, 2))) if found]
        if made:
            body["replacements"] = made


def make_folder(tree, folder, bases, component=False):
    """One kustomization, over `bases`, paths as seen from it."""
    rng = tree.rng
    overlay = bool(bases) or component
    below = (tree.known, tree.generated)
    if not overlay:
        tree.known, tree.generated = [], []
    body = dict(COMPONENT if component else KUSTOMIZATION)
    body["resources"] = bases + tree.add_resources(folder, rng.randint(0 if overlay else 2, 2 if overlay else 5))
    if overlay and tree.chance(0.2):
        rng.shuffle(body["resources"])
    if not body["resources"]:
        del body["resources"]
    add_generators(tree, folder, body, overlay)
    add_names_and_labels(tree, body)
    add_images_and_replicas(tree, body)
    if tree.known and tree.chance(0.6 if overlay else 0.3):
        patches.add_patches(rng, tree.files, folder, body, tree.known)
    add_rest(tree, body, overlay)
    tree.files[f"{folder}/kustomization.yaml"] = [body]
    if not overlay:
        tree.known, tree.generated = below[0] + tree.known, below[1] + tree.generated


def leave_out_metadata(files):
    """Takes back annotations on origins where something is about that is known to differ."""
    bodies = [documents[0] for name, documents in files.items() if name.endswith("/kustomization.yaml")]
    fields = {"patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "components"}
    merges = any("behavior" in entry for body in bodies for kind in GENERATORS for entry in body.get(kind, []))
    if odd.allowed("metadata-of-patches") or not (merges or any(fields & set(body) for body in bodies)):
        return
    for body in bodies:
        if "buildMetadata" in body:
            body["buildMetadata"] = ["managedByLabel"]


def make_tree(rng):
    """The files of one case and the directory to build."""
    tree = Tree(rng)
    root = fill(tree)
    leave_out_metadata(tree.files)
    return tree.files, root


def fill(tree):
    """Makes the folders, and answers the one to build."""
    rng = tree.rng
    folders = []
    for index in range(1 if rng.random() < 0.7 else 2):
        make_folder(tree, f"base{index}", [])
        folders.append(f"base{index}")
    if rng.random() < 0.15:
        return folders[0]
    top = [f"../{name}" for name in folders]
    levels = ["overlay"] if rng.random() < 0.6 else ["middle", "overlay"]
    for level in levels:
        components = []
        if rng.random() < 0.25:
            make_folder(tree, f"component-{level}", [], component=True)
            components.append(f"../component-{level}")
        make_folder(tree, level, top)
        if components:
            tree.files[f"{level}/kustomization.yaml"][0]["components"] = components
        top = [f"../{level}"]
    return levels[-1]
