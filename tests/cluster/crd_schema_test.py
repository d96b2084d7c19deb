# SPDX-License-Identifier: 0BSD
"""The CRDs of the chart on a real API server: what it must accept and what it must refuse.

From the table of all fields the tests build an object that has every field, and then break one thing at a time. Nearly all
writes are dry runs.
"""

import base64
import copy
import http.client
import json
import re
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from crd_schema_fields import (INVENTORY, SPEC, STATUS, STATUS_AND_PARENTS, WRONG_TYPE, full, full_for, parent_of, set_value,
                               without)

CRDS = Path(__file__).resolve().parents[2] / "charts/stageset-controller/crds"
# A new one for each run: the one before may still be on its way out.
NAMESPACE = f"crd-schema-{time.time_ns() % 1_000_000:06d}"
APPEAR_SECONDS_MAX = 30


class Api:
    """The API server over one connection: a program per case would take minutes."""

    def __init__(self, cluster, folder):
        view = cluster.kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json")
        config = json.loads(view.stdout)
        server, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        tls = ssl.create_default_context(cadata=base64.b64decode(server["certificate-authority-data"]).decode())
        self.headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        if "client-certificate-data" in user:
            pair = folder / "client.pem"
            pair.touch(mode=0o600)
            pair.write_bytes(base64.b64decode(user["client-certificate-data"]) + b"\n" + base64.b64decode(user["client-key-data"]))
            tls.load_cert_chain(pair)
        address = urlsplit(server["server"])
        self.connection = http.client.HTTPSConnection(address.hostname, address.port, context=tls, timeout=30)

    def send(self, method, path, body=None, content_type="application/json"):
        headers = {**self.headers, "Content-Type": content_type, "Accept": "application/json"}
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def create(self, plural, body, validation="Strict"):
        kind = {"stagesets": "StageSet", "stageinventories": "StageInventory"}[plural]
        sent = {"apiVersion": "stages.metio.wtf/v1", "kind": kind, "metadata": {"name": "dry"}, **body}
        return self.send("POST", f"/apis/stages.metio.wtf/v1/namespaces/{NAMESPACE}/{plural}?dryRun=All&fieldValidation={validation}", sent)

    def patch_status(self, body):
        path = f"/apis/stages.metio.wtf/v1/namespaces/{NAMESPACE}/stagesets/real/status?dryRun=All&fieldValidation=Strict"
        return self.send("PATCH", path, body, "application/merge-patch+json")


@pytest.fixture(scope="module")
def api(cluster, tmp_path_factory):
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(CRDS))
    cluster.kubectl("wait", "--for=condition=Established", f"--timeout={APPEAR_SECONDS_MAX}s", "-f", str(CRDS))
    cluster.kubectl("create", "namespace", NAMESPACE)
    connected = Api(cluster, tmp_path_factory.mktemp("client"))
    wait_until_served(connected)
    real = {"apiVersion": "stages.metio.wtf/v1", "kind": "StageSet", "metadata": {"name": "real", "namespace": NAMESPACE},
            "spec": {"suspend": True, "stages": [{"name": "a", "sourceRef": {"name": "a"}}]}}
    cluster.kubectl("apply", "-f", "-", input=json.dumps(real))
    yield connected
    cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def wait_until_served(api):
    """The API server takes a changed schema into use some time after it has accepted it."""
    deadline = time.monotonic() + APPEAR_SECONDS_MAX
    while True:
        answers = [api.create("stagesets", full(SPEC)), api.create("stageinventories", full(INVENTORY))]
        if all(status == 201 for status, _ in answers):
            return
        assert time.monotonic() < deadline, answers
        time.sleep(0.2)


class Verdicts:
    """Judges many cases and tells all that went wrong at once."""

    def __init__(self):
        self.wrong, self.judged = [], 0

    def accepted(self, case, answer):
        self.judged += 1
        if answer[0] not in (200, 201):
            self.wrong.append(f"{case}: refused: {answer[1].get('message')}")

    def refused(self, case, answer, field, reason, text=""):
        """Refused as invalid, and one cause names `field` with `reason` and contains `text`."""
        self.judged += 1
        status, body = answer
        causes = body.get("details", {}).get("causes", []) if status == 422 else []
        if not any(cause.get("field") == field and cause["reason"] == reason and text in cause["message"] for cause in causes):
            self.wrong.append(f"{case}: expected {reason} at {field}, got {status} {causes or body.get('message')}")

    def conclude(self, at_least):
        assert self.judged >= at_least, f"only {self.judged} cases"
        assert not self.wrong, f"{len(self.wrong)} of {self.judged} cases:\n" + "\n".join(self.wrong)


def writers(api):
    """For each table: its fields, an object with all of them, and how to write a variant of it."""
    return [
        (SPEC, full_for, lambda body: api.create("stagesets", body)),
        (STATUS, lambda field: full(STATUS_AND_PARENTS), api.patch_status),
        (INVENTORY, lambda field: full(INVENTORY), lambda body: api.create("stageinventories", body)),
    ]


def spec_cases(values):
    return [pytest.param(path, value, id=f"{path.rsplit('.', 1)[-1]}={str(value)[:20]}") for path, listed in values.items() for value in listed]


def field_of(path):
    return next(field for field in SPEC + STATUS + INVENTORY if field.path == path)


def test_every_field_is_known_and_kept(api):
    for body, answer in ((full(SPEC), api.create("stagesets", full(SPEC))),
                         (full(INVENTORY), api.create("stageinventories", full(INVENTORY)))):
        assert answer[0] == 201, answer
        assert answer[1]["spec"] == body["spec"]
    status, answer = api.patch_status(full(STATUS_AND_PARENTS))
    assert status == 200, answer
    assert answer["status"] == full(STATUS_AND_PARENTS)["status"]


def test_the_server_adds_no_defaults(api):
    smallest = {"stages": [{"name": "app", "sourceRef": {"name": "my-app"}}]}
    status, answer = api.create("stagesets", {"spec": copy.deepcopy(smallest)})
    assert (status, answer.get("spec"), "status" in answer) == (201, smallest, False)
    # An action, a window and the like stay as small as they were written, too.
    for field in SPEC:
        if field.kind == "object":
            body = set_value(full_for(field), field, [{}] if field.is_list else {})
            for below in SPEC:
                if below.required and below.path.startswith(f"{field.path}.") and below.path.count(".") == field.path.count(".") + 1:
                    set_value(body, below, below.good())
            status, answer = api.create("stagesets", body, "Ignore")
            if status == 201:
                assert answer["spec"] == body["spec"], field.path


def test_refuses_an_object_without_a_required_field(api):
    verdicts = Verdicts()
    for fields, whole, write in writers(api):
        for field in fields:
            if field.required:
                verdicts.refused(f"without {field.path}", write(without(whole(field), field)), field.server_path, "FieldValueRequired")
    verdicts.conclude(at_least=70)


def test_accepts_an_object_without_an_optional_field(api):
    verdicts = Verdicts()
    for fields, whole, write in writers(api):
        for field in fields:
            if not field.required and not field.path.startswith("spec.kubeConfig."):
                verdicts.accepted(f"without {field.path}", write(without(whole(field), field)))
    verdicts.conclude(at_least=150)


def test_refuses_a_value_of_another_type(api):
    verdicts = Verdicts()
    for fields, whole, write in writers(api):
        for field in fields:
            wrong = WRONG_TYPE.get(field.kind, 7)
            body = set_value(whole(field), field, [wrong] if field.is_list else wrong)
            path = field.server_path + ("[0]" if field.is_list else "")
            verdicts.refused(f"{field.path} = {wrong!r}", write(body), path, "FieldValueTypeInvalid")
            if field.is_list:
                body = set_value(whole(field), field, "text")
                verdicts.refused(f"{field.path} = text", write(body), field.server_path, "FieldValueTypeInvalid")
            if field.kind == "map":
                body = set_value(whole(field), field, {"key": 7})
                verdicts.refused(f"{field.path} = number", write(body), f"{field.server_path}.key", "FieldValueTypeInvalid")
    verdicts.conclude(at_least=250)


def test_enums_take_their_words_and_no_other(api):
    verdicts = Verdicts()
    for fields, whole, write in writers(api):
        for field in fields:
            for value in field.enum or []:
                verdicts.accepted(f"{field.path} = {value}", write(set_value(whole(field), field, value)))
            for value in [field.enum[0].swapcase(), "", "other"] if field.enum else []:
                verdicts.refused(f"{field.path} = {value!r}", write(set_value(whole(field), field, value)), field.server_path,
                                 "FieldValueNotSupported")
    verdicts.conclude(at_least=60)


ACCEPTED_VALUES = {
    "spec.stages[].name": ["a", "0", "a-b", "a--b", "7a", "a" * 300],
    # Durations and most texts have no rule in the schema: what is wrong with them is told later, by the controller.
    "spec.interval": ["5m", "0", "0s", "-1m", "1d", ""],
    "spec.updateWindows[].from": ["2026-12-24T00:00:00Z", "2026-12-24T00:00:00.5+01:00"],
    "spec.updateWindows[].schedule": ["", "never"],
    "spec.stages[].sourceRef.name": [""],
    "spec.stages[].sourceRef.kind": ["JsonnetSnippet", ""],
    "spec.stages[].actions.pre[].name": [""],
    "spec.stages[].actions.pre[].retries": [0, -1, 2147483647, -2147483648],
    "spec.stages[].actions.pre[].http.method": ["BREW"],
    "spec.stages[].actions.pre[].http.expectedStatus[]": [[], [200, 204], [-1], [99999]],
    "spec.stages[].readyChecks.exprs[].current": ["not ( CEL"],
    "spec.dependsOn[]": [[]],
    "spec.stages[].actions.pre[]": [[]],
}

REFUSED_VALUES = {
    "spec.stages[]": [[]],
    "spec.stages[].name": ["", "A", "a-", "-a", "a.b", "a_b", "a b", "ä", "a\nb"],
}

REFUSED_TIMES = {
    "spec.updateWindows[].from": ["", "2026-12-24", "2026-12-24 00:00", "tomorrow", "2026-13-24T00:00:00Z"],
    "spec.updateWindows[].to": ["tomorrow"],
}


@pytest.mark.parametrize("path, value", spec_cases(ACCEPTED_VALUES))
def test_accepts_value(api, path, value):
    field = field_of(path)
    status, answer = api.create("stagesets", set_value(full(SPEC), field, value))
    assert status == 201, answer["message"]
    parent, key = parent_of(answer, field)
    assert parent[key] == value


@pytest.mark.parametrize("path, value", spec_cases(REFUSED_VALUES))
def test_refuses_value(api, path, value):
    verdicts = Verdicts()
    verdicts.refused(path, api.create("stagesets", set_value(full(SPEC), field_of(path), value)), field_of(path).server_path,
                     "FieldValueInvalid")
    verdicts.conclude(at_least=1)


@pytest.mark.parametrize("path, value", spec_cases(REFUSED_TIMES))
def test_refuses_time(api, path, value):
    verdicts = Verdicts()
    verdicts.refused(path, api.create("stagesets", set_value(full(SPEC), field_of(path), value)), field_of(path).server_path,
                     "FieldValueTypeInvalid", "must be of type date-time")
    verdicts.conclude(at_least=1)


ACCEPTED_STATUS = {
    "status.conditions[].type": ["Ready", "stages.metio.wtf/Ready", "a" * 316],
    "status.conditions[].reason": ["Succeeded", "A:b,c_1", "a" * 1024],
    "status.conditions[].message": ["", "m" * 32768],
    "status.conditions[].observedGeneration": [0],
    "status.observedGeneration": [0, 9223372036854775807],
    "status.stages[].entriesCount": [0, 9223372036854775807],
    "status.stages[].shards": [0, 2147483647],
    "status.pendingMigrations[]": [[]],
}

REFUSED_STATUS = {
    "status.conditions[].type": [("", "FieldValueInvalid"), ("Not ready", "FieldValueInvalid"), ("a" * 317, "FieldValueTooLong")],
    "status.conditions[].reason": [("", "FieldValueInvalid"), ("1a", "FieldValueInvalid"), ("a-b", "FieldValueInvalid"),
                                   ("a" * 1025, "FieldValueTooLong")],
    "status.conditions[].message": [("m" * 32769, "FieldValueTooLong")],
    "status.conditions[].observedGeneration": [(-1, "FieldValueInvalid")],
    "status.conditions[].lastTransitionTime": [("now", "FieldValueTypeInvalid")],
    "status.pendingUpdate.nextWindowOpens": [("now", "FieldValueTypeInvalid")],
}


def test_status_takes_values_up_to_its_bounds_and_none_beyond(api):
    verdicts = Verdicts()
    for path, values in ACCEPTED_STATUS.items():
        for value in values:
            body = set_value(full(STATUS_AND_PARENTS), field_of(path), value)
            verdicts.accepted(f"{path} = {str(value)[:20]}", api.patch_status(body))
    for path, values in REFUSED_STATUS.items():
        for value, reason in values:
            body = set_value(full(STATUS_AND_PARENTS), field_of(path), value)
            verdicts.refused(f"{path} = {str(value)[:20]}", api.patch_status(body), field_of(path).server_path, reason)
    verdicts.conclude(at_least=20)


def test_kube_config_names_exactly_one_source(api):
    message = "exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified"
    one, other = {"secretRef": {"name": "a"}}, {"configMapRef": {"name": "a"}}
    verdicts = Verdicts()
    for value, good in ((one, True), (other, True), ({}, False), ({**one, **other}, False)):
        answer = api.create("stagesets", set_value(full(SPEC), field_of("spec.kubeConfig"), value))
        if good:
            verdicts.accepted(f"kubeConfig {value}", answer)
        else:
            verdicts.refused(f"kubeConfig {value}", answer, "spec.kubeConfig", "FieldValueInvalid", message)
    verdicts.conclude(at_least=4)


def test_unknown_fields_are_refused_when_strict_and_dropped_when_not(api):
    verdicts = Verdicts()
    for plural, fields in (("stagesets", SPEC), ("stageinventories", INVENTORY)):
        for field in fields:
            if field.kind != "object":
                continue
            whole = full_for(field) if plural == "stagesets" else full(INVENTORY)
            body = copy.deepcopy(whole)
            parent, key = parent_of(body, field)
            (parent[key][0] if field.is_list else parent[key])["surprise"] = 1
            status, answer = api.create(plural, body)
            verdicts.judged += 1
            if status != 400 or "unknown field" not in answer["message"]:
                verdicts.wrong.append(f"{field.path}.surprise: {status} {answer.get('message')}")
            status, answer = api.create(plural, body, "Ignore")
            if status != 201 or answer["spec"] != whole["spec"]:
                verdicts.wrong.append(f"{field.path}.surprise is not dropped: {status} {answer.get('message')}")
    verdicts.conclude(at_least=60)


def test_status_is_written_through_its_subresource_only(api):
    status, answer = api.create("stagesets", {**full(SPEC), "status": {"version": "1"}})
    assert (status, "status" in answer) == (201, False)
    status, _ = api.send("GET", f"/apis/stages.metio.wtf/v1/namespaces/{NAMESPACE}/stagesets/real/scale")
    assert status == 404
    status, _ = api.send("GET", f"/apis/stages.metio.wtf/v1/namespaces/{NAMESPACE}/stageinventories/none/status")
    assert status == 404


COLUMNS = {
    "stagesets": [
        ("Ready", "string", '.status.conditions[?(@.type=="Ready")].status', 0),
        ("Status", "string", '.status.conditions[?(@.type=="Ready")].message', 0),
        ("Age", "date", ".metadata.creationTimestamp", 0),
    ],
    "stageinventories": [
        ("Stage", "string", ".metadata.labels.stages\\.metio\\.wtf/stage", 0),
        ("Entries", "integer", ".spec.entries[*]", 1),
        ("Age", "date", ".metadata.creationTimestamp", 0),
    ],
}


@pytest.mark.parametrize("plural, singular, kind, labels", [
    ("stagesets", "stageset", "StageSet", None),
    ("stageinventories", "stageinventory", "StageInventory", {"applyset.kubernetes.io/is-parent-type": "true"}),
])
def test_the_definition_has_its_names_and_columns(api, plural, singular, kind, labels):
    status, crd = api.send("GET", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.stages.metio.wtf")
    assert status == 200
    spec = crd["spec"]
    assert (spec["group"], spec["scope"], spec["conversion"]) == ("stages.metio.wtf", "Namespaced", {"strategy": "None"})
    assert spec["names"] == {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": singular}
    assert [(version["name"], version["served"], version["storage"]) for version in spec["versions"]] == [("v1", True, True)]
    assert spec["versions"][0].get("subresources") == ({"status": {}} if plural == "stagesets" else None)
    columns = [(column["name"], column["type"], column["jsonPath"], column.get("priority", 0))
               for column in spec["versions"][0]["additionalPrinterColumns"]]
    assert columns == COLUMNS[plural]
    assert crd["metadata"].get("labels") == labels
    conditions = {condition["type"]: condition["status"] for condition in crd["status"]["conditions"]}
    assert (conditions["NamesAccepted"], conditions["Established"]) == ("True", "True")
    assert conditions.get("NonStructuralSchema", "False") == "False"


def test_the_schema_keeps_lists_atomic_and_sets_no_defaults(api):
    for plural in COLUMNS:
        _, crd = api.send("GET", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.stages.metio.wtf")
        schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        extensions = set(re.findall(r'"(x-kubernetes-[a-z-]+)"', json.dumps(schema)))
        assert extensions == ({"x-kubernetes-validations"} if plural == "stagesets" else set())
        assert json.dumps(schema).count('"rule":') == (2 if plural == "stagesets" else 0)
        assert "required" not in schema
        check_node(schema, plural, top=True)


def check_node(node, path, top=False):
    """Each field explains itself, and none has a default; `properties` may hold a field called default, though."""
    assert "default" not in node, path
    properties = node.get("properties", {})
    for name, child in properties.items():
        if not (top and name == "metadata"):
            assert len(child.get("description", "")) > 10, f"{path}.{name} has no description"
        check_node(child, f"{path}.{name}")
    if "items" in node:
        check_node(node["items"], f"{path}[]")


def fields_of(node, path=""):
    """Every field of a schema, as `spec.stages[].name` with its type and format."""
    found = {}
    for name, child in node.get("properties", {}).items():
        below = f"{path}.{name}".lstrip(".")
        if child["type"] == "array":
            below, child = f"{below}[]", child["items"]
        found[below] = (child["type"], child.get("format"), child.get("additionalProperties"))
        found.update(fields_of(child, below))
    return found


def test_the_schema_has_exactly_the_fields_of_the_table(api):
    types = {"object": ("object", None, None), "boolean": ("boolean", None, None), "int32": ("integer", "int32", None),
             "int64": ("integer", "int64", None), "date-time": ("string", "date-time", None),
             "map": ("object", None, {"type": "string"})}
    always = {"apiVersion": ("string", None, None), "kind": ("string", None, None), "metadata": ("object", None, None)}
    for plural, table in (("stagesets", SPEC + STATUS_AND_PARENTS), ("stageinventories", INVENTORY)):
        _, crd = api.send("GET", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.stages.metio.wtf")
        expected = {field.path: types.get(field.kind, ("string", None, None)) for field in table} | always
        assert fields_of(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]) == expected


def test_lists_show_readiness(cluster, api):
    condition = {"type": "Ready", "status": "False", "reason": "StageFailed", "message": "stage app: no such artifact",
                 "lastTransitionTime": "2026-06-15T09:21:04Z"}
    path = f"/apis/stages.metio.wtf/v1/namespaces/{NAMESPACE}/stagesets/real/status"
    status, answer = api.send("PATCH", path, {"status": {"conditions": [condition]}}, "application/merge-patch+json")
    assert status == 200, answer
    shown = cluster.kubectl("get", "stagesets", "-n", NAMESPACE, "real").stdout.splitlines()
    assert shown[0].split() == ["NAME", "READY", "STATUS", "AGE"]
    assert shown[1].split()[:7] == ["real", "False", "stage", "app:", "no", "such", "artifact"]
