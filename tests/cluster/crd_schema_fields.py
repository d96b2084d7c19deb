# SPDX-License-Identifier: 0BSD
"""The whole schema of the CRDs, one line a field, written from the description of the API and not from the CRD files."""

import copy

# Lines of the shape `path type R|O`. `name[]` is a list. A type `A|B` is an enum. `&name` inserts a group of SHARED.
SHARED = {
    "source": """
        name string R
        kind string O
        apiVersion string O
        namespace string O
    """,
    "object": """
        apiVersion string O
        kind string R
        name string R
        namespace string O
    """,
    "secretKey": """
        name string R
        key string O
    """,
    "action": """
        name string R
        timeout duration O
        retries int32 O
        patch object O
        patch.target object R &object
        patch.patch string R
        patch.type merge|json6902 O
        http object O
        http.url string R
        http.method string O
        http.body string O
        http.bodyFrom object O &secretKey
        http.headersFrom[] object O &secretKey
        http.expectedStatus[] int32 O
        wait object O
        wait.duration duration O
        wait.target object O &object
        wait.expr string O
        wait.timeout duration O
        job object O
        job.sourceRef object R &source
        job.path string O
        delete object O
        delete.target object R &object
        apply object O
        apply.sourceRef object R &source
        apply.path string O
        apply.wait boolean O
    """,
}

FIELDS = """
    spec object O
    spec.interval duration O
    spec.retryInterval duration O
    spec.driftDetectionInterval duration O
    spec.timeout duration O
    spec.suspend boolean O
    spec.dependsOn[] object O
    spec.dependsOn[].name string R
    spec.dependsOn[].namespace string O
    spec.serviceAccountName string O
    spec.kubeConfig object O
    spec.kubeConfig.secretRef object O &secretKey
    spec.kubeConfig.configMapRef object O
    spec.kubeConfig.configMapRef.name string R
    spec.decryption object O
    spec.decryption.provider sops R
    spec.decryption.secretRef object O
    spec.decryption.secretRef.name string R
    spec.version object O
    spec.version.value string O
    spec.version.fromObject object O
    spec.version.fromObject.stage string R
    spec.version.fromObject.kind string R
    spec.version.fromObject.name string R
    spec.version.fromObject.apiVersion string O
    spec.version.fromObject.fieldPath string O
    spec.version.fromArtifact object O
    spec.version.fromArtifact.stage string R
    spec.version.fromArtifact.path string R
    spec.migrations[] object O
    spec.migrations[].name string R
    spec.migrations[].to string R
    spec.migrations[].stage string R
    spec.migrations[].from string O
    spec.migrations[].actions[] object O &action
    spec.rollbackOnFailure boolean O
    spec.updateWindows[] object O
    spec.updateWindows[].type Allow|Deny R
    spec.updateWindows[].schedule string O
    spec.updateWindows[].duration duration O
    spec.updateWindows[].timeZone string O
    spec.updateWindows[].from date-time O
    spec.updateWindows[].to date-time O
    spec.windowScope Updates|All O
    spec.stages[] object R
    spec.stages[].name label R
    spec.stages[].sourceRef object R &source
    spec.stages[].path string O
    spec.stages[].prune boolean O
    spec.stages[].timeout duration O
    spec.stages[].force boolean O
    spec.stages[].conflictPolicy object O
    spec.stages[].conflictPolicy.default Fail|Recreate|KeepExisting O
    spec.stages[].conflictPolicy.rules[] object O
    spec.stages[].conflictPolicy.rules[].target object R
    spec.stages[].conflictPolicy.rules[].target.apiVersion string O
    spec.stages[].conflictPolicy.rules[].target.kind string O
    spec.stages[].conflictPolicy.rules[].target.name string O
    spec.stages[].conflictPolicy.rules[].target.namespace string O
    spec.stages[].conflictPolicy.rules[].action Fail|Recreate|KeepExisting R
    spec.stages[].conflictPolicy.rules[].allowDataLoss boolean O
    spec.stages[].applyHelmHookResources boolean O
    spec.stages[].patches[] object O
    spec.stages[].patches[].patch string R
    spec.stages[].patches[].target object O
    spec.stages[].patches[].target.group string O
    spec.stages[].patches[].target.version string O
    spec.stages[].patches[].target.kind string O
    spec.stages[].patches[].target.namespace string O
    spec.stages[].patches[].target.name string O
    spec.stages[].patches[].target.annotationSelector string O
    spec.stages[].patches[].target.labelSelector string O
    spec.stages[].postBuild object O
    spec.stages[].postBuild.substitute map O
    spec.stages[].postBuild.substituteFrom[] object O
    spec.stages[].postBuild.substituteFrom[].kind ConfigMap|Secret R
    spec.stages[].postBuild.substituteFrom[].name string R
    spec.stages[].postBuild.substituteFrom[].optional boolean O
    spec.stages[].actions object O
    spec.stages[].actions.pre[] object O &action
    spec.stages[].actions.post[] object O &action
    spec.stages[].actions.onFailure[] object O &action
    spec.stages[].readyChecks object O
    spec.stages[].readyChecks.timeout duration O
    spec.stages[].readyChecks.disableWait boolean O
    spec.stages[].readyChecks.checks[] object O &object
    spec.stages[].readyChecks.exprs[] object O
    spec.stages[].readyChecks.exprs[].apiVersion string R
    spec.stages[].readyChecks.exprs[].kind string R
    spec.stages[].readyChecks.exprs[].current string O
    spec.stages[].readyChecks.exprs[].inProgress string O
    spec.stages[].readyChecks.exprs[].failed string O
"""

STATUS_FIELDS = """
    status.conditions[] object O
    status.conditions[].type label R
    status.conditions[].status True|False|Unknown R
    status.conditions[].reason label R
    status.conditions[].message string R
    status.conditions[].lastTransitionTime date-time R
    status.conditions[].observedGeneration int64 O
    status.observedGeneration int64 O
    status.lastHandledReconcileAt string O
    status.lastAttemptedRevisions map O
    status.lastAppliedRevisions map O
    status.version string O
    status.pendingMigrations[] string O
    status.executedMigrations[] string O
    status.inventoryMode string O
    status.stages[] object O
    status.stages[].name string R
    status.stages[].phase Pending|Applying|Pruning|Verifying|Ready|Failed O
    status.stages[].appliedRevision string O
    status.stages[].entriesCount int64 O
    status.stages[].shards int32 O
    status.stages[].message string O
    status.stages[].executedActions[] string O
    status.stages[].ledgerRevision string O
    status.stages[].lastHandledReconcileAt string O
    status.lastAppliedSnapshot[] object O
    status.lastAppliedSnapshot[].stage string R
    status.lastAppliedSnapshot[].url string R
    status.lastAppliedSnapshot[].digest string R
    status.lastAppliedSnapshot[].revision string O
    status.lastAppliedSnapshot[].substitutionDigest string O
    status.pendingUpdate object O
    status.pendingUpdate.revisions map O
    status.pendingUpdate.nextWindowOpens date-time O
    status.lastHandledUpdateOverride string O
"""

INVENTORY_FIELDS = """
    spec object O
    spec.stagePosition int32 O
    spec.entries[] object O
    spec.entries[].id string R
    spec.entries[].v string R
"""

GOOD = {"string": "text", "duration": "1h30m", "date-time": "2026-12-24T00:00:00Z", "label": "a1", "boolean": True,
        "int32": 3, "int64": 1 << 40, "map": {"key": "value"}}
WRONG_TYPE = {"boolean": "true", "int32": "3", "int64": "3", "map": "text", "object": "text"}


class Field:
    """One line of a table: its steps such as ["spec", "stages[]", "name"], its type, and whether it is required."""

    def __init__(self, path, kind, required):
        self.path, self.kind, self.required = path, kind, required
        self.steps = path.split(".")
        self.is_list = path.endswith("[]")
        self.enum = kind.split("|") if "|" in kind or kind == "sops" else None

    @property
    def server_path(self):
        """As the API server writes it, for the object that has one item in each list: `spec.stages[0].name`."""
        return self.path.removesuffix("[]").replace("[]", "[0]")

    def good(self):
        return self.enum[0] if self.enum else {} if self.kind == "object" else copy.deepcopy(GOOD[self.kind])


def read_fields(text, prefix=""):
    fields = []
    for line in text.strip().splitlines():
        path, kind, required, *group = line.split()
        fields.append(Field(prefix + path, kind, required == "R"))
        if group:
            fields += read_fields(SHARED[group[0][1:]], f"{prefix}{path}.")
    return fields


SPEC = read_fields(FIELDS)
STATUS = read_fields(STATUS_FIELDS)
STATUS_AND_PARENTS = read_fields("status object O") + STATUS
INVENTORY = read_fields(INVENTORY_FIELDS)


def parent_of(body, field):
    """The object that holds the last step of `field`, and that step as a key."""
    for step in field.steps[:-1]:
        body = body[step.removesuffix("[]")]
        if step.endswith("[]"):
            body = body[0]
    return body, field.steps[-1].removesuffix("[]")


def set_value(body, field, value):
    parent, key = parent_of(body, field)
    parent[key] = value
    return body


def without(body, field):
    parent, key = parent_of(body, field)
    del parent[key]
    return body


def full(fields, leave_out="spec.kubeConfig.configMapRef"):
    """An object that has every field but those that begin with `leave_out`, one item in each list."""
    body = {}
    for field in fields:
        if not field.path.startswith(leave_out):
            set_value(body, field, [field.good()] if field.is_list else field.good())
    return body


def full_for(field):
    """The same, with the other of the two kinds of kubeConfig where `field` is about it."""
    in_config_map = field.path.startswith("spec.kubeConfig.configMapRef")
    return full(SPEC, "spec.kubeConfig.secretRef" if in_config_map else "spec.kubeConfig.configMapRef")
