# SPDX-License-Identifier: 0BSD
"""The measurements themselves. Each takes a Bench (see main.py) and adds its rows to the report."""

import datetime
import os
import random
import re
import resource
import statistics
import subprocess
import time

from fleet import Fleet, Watcher, config_maps, make_namespace
from process import Cost
from support.stagesets import deployment
from support.tenants import CONFIG_MAPS, connections

# Budgets are those of the design: for the rollout of 200, tenths (steady: twentieths and fiftieths) of the reference.
FIRST = {"title": "200 StageSets, first rollout", "wall": 8.2, "cpu": 13.0, "requests": 9500, "peak": 45,
         "reference": {"wall": "82 s", "cpu": "130 s", "requests": "24,524", "peak": "135 MiB", "downloads": "712"}}
REVISION = {"title": "200 StageSets, new revision",
            "reference": {"wall": "136 s", "cpu": "179 s", "requests": "25,086"}}
STEADY = {"title": "200 StageSets, steady pass", "cpu": 3.44, "requests": 1058,
          "reference": {"wall": "120 s", "cpu": "172 s", "requests": "21,170"}}
BIG_FIRST = {"title": "1 stage × 5,000, first",
             "reference": {"wall": "43 s", "cpu": "45 s", "requests": "25,030", "peak": "163 MiB"}}
BIG_STEADY = {"title": "1 stage × 5,000, steady pass",
              "reference": {"wall": "33 s", "cpu": "44 s", "requests": "20,028"}}
# The reference has not been measured here: it downloads for each run of each StageSet.
UNKNOWN = {"wall": "–", "cpu": "–", "requests": "–"}
TENANTS_FIRST = {"title": "500 tenants, first rollout", "reference": UNKNOWN}
SHARED_FIRST = {"title": "500 StageSets on 5 MiB, first rollout", "reference": UNKNOWN}
SHARED_REVISION = {"title": "500 StageSets on 5 MiB, new revision", "reference": UNKNOWN}


def add_cost(bench, about, cost, downloads=True):
    title, reference = about["title"], about["reference"]
    add = bench.report.add
    add(f"{title}: wall", cost.wall, "s", about.get("wall"), reference["wall"])
    add(f"{title}: CPU", cost.cpu, "s", about.get("cpu"), reference["cpu"], f"{cost.cpu_at_goal:.2f} s when done")
    add(f"{title}: requests", cost.requests, "", about.get("requests"), reference["requests"], cost.verbs())
    add(f"{title}: runs", cost.runs)
    if downloads:
        add(f"{title}: downloads", cost.downloads, "", None, reference.get("downloads", "–"))
        add(f"{title}: peak memory", cost.peak, "MiB", about.get("peak"), reference.get("peak", "–"))
    bench.walls[title] = (cost.wall, cost.requests)
    bench.report.details[title] = {"by_method": dict(cost.by_method), "refused": dict(cost.refused)}


def idle(bench):
    """Start with nothing to do, then one small StageSet at a time."""
    namespace = make_namespace(bench.kube, "bench-idle")
    starts = []
    for _ in range(3):
        controller = bench.controller(namespace).start()
        starts.append(controller.ready_after)
        controller.kill()
    controller = bench.controller(namespace).start()
    time.sleep(5)
    bench.report.add("idle: resident", controller.memory_mib(), "MiB", 25 / 1.048576, "67 MiB")
    bench.report.add("start to /readyz, nothing there (median of 3)", statistics.median(starts), "s", None, "0.12 s")
    before = controller.cpu_seconds()
    time.sleep(10)
    bench.report.add("idle: CPU in 10 s", controller.cpu_seconds() - before, "s")
    controller.stop()


def single(bench):
    """One StageSet of three stages with ten objects each: how long a user waits."""
    namespace = make_namespace(bench.kube, "bench-single")
    controller = bench.controller(namespace).start()
    watcher = Watcher(bench.kube, namespace)
    created, revised = [], []
    for i in range(5):
        fleet = Fleet(bench.kube, bench.server, namespace, 1, 3, 10, prefix=f"single{i}")
        fleet.plant("one")
        publish = fleet.revise("two")
        for times, change in ((created, fleet.create), (revised, publish)):
            started = time.monotonic()
            change()
            times.append(watcher.wait_each(fleet.names, fleet.ready(), 60) - started)
            time.sleep(0.5)
    for what, times, reference in (("create", created, "0.30 s"), ("new revision", revised, "0.25 s")):
        bench.report.add(f"one StageSet, 3 × 10: {what} to Ready (median of 5)", statistics.median(times), "s", None,
                         reference, "all: " + " ".join(f"{t:.2f}" for t in times))
    controller.stop()


def first_rollout(bench, fleet, controller, watcher, timeout):
    cost = Cost(controller, bench.server)
    fleet.create()
    bench.progress(f"{len(fleet.names)} StageSets written in {time.monotonic() - cost.started:.1f} s")
    return cost.stop(watcher.wait_each(fleet.names, fleet.ready(), timeout))


def steady_pass(bench, fleet, controller, watcher, timeout):
    token = f"pass-{time.time_ns()}"
    cost = Cost(controller, bench.server)
    fleet.request(token)
    return cost.stop(watcher.wait_each(
        fleet.names, lambda stageset: stageset.get("status", {}).get("lastHandledReconcileAt") == token, timeout))


def rollout(bench):
    """200 StageSets × 2 stages × 10 ConfigMaps: first rollout, new revision, steady pass."""
    namespace = make_namespace(bench.kube, "bench-rollout")
    fleet = Fleet(bench.kube, bench.server, namespace, bench.sized(200), 2, 10)
    fleet.plant("one")
    bench.progress("sources are planted")
    controller = bench.controller(namespace).start()
    watcher = Watcher(bench.kube, namespace)
    add_cost(bench, FIRST, first_rollout(bench, fleet, controller, watcher, 900))

    publish = fleet.revise("two")
    cost = Cost(controller, bench.server)
    publish()
    add_cost(bench, REVISION, cost.stop(watcher.wait_each(fleet.names, fleet.ready(), 900)))
    add_cost(bench, STEADY, steady_pass(bench, fleet, controller, watcher, 900), downloads=False)
    bench.report.add("after 200 StageSets: resident", controller.memory_mib(), "MiB", None, "177 MiB")
    controller.stop()


class SharedFleet(Fleet):
    """StageSets on one artifact; a variable gives each an object of its own, for two that apply one object are rivals."""

    # Random bytes beside the manifest: as large packed as unpacked.
    BALLAST = random.Random(7).randbytes(5 << 20)

    def plant(self, text):
        manifest = config_maps("shared-${NAME}", self.namespace, 1, text)
        revision = self.sources.plant("shared", {"s0/objects.yaml": manifest, "ballast.bin": self.BALLAST}, f"{text}@shared")
        self.revisions = dict.fromkeys(self.names, revision)

    def stageset(self, name):
        result = super().stageset(name)
        for stage in result["spec"]["stages"]:
            stage["sourceRef"]["name"] = "shared"
            stage["postBuild"] = {"substitute": {"NAME": name}}
        return result


def shared(bench):
    """500 StageSets on one artifact of 5 MiB: first rollout, and a new revision for all of them at once."""
    namespace = make_namespace(bench.kube, "bench-shared")
    fleet = SharedFleet(bench.kube, bench.server, namespace, bench.sized(500), 1, 1, prefix="shared")
    fleet.plant("one")
    controller = bench.controller(namespace).start()
    watcher = Watcher(bench.kube, namespace)
    add_cost(bench, SHARED_FIRST, first_rollout(bench, fleet, controller, watcher, 900))
    cost = Cost(controller, bench.server)
    fleet.plant("two")
    add_cost(bench, SHARED_REVISION, cost.stop(watcher.wait_each(fleet.names, fleet.ready(), 900)))
    controller.stop()


class TenantFleet(Fleet):
    """Each StageSet acts as a ServiceAccount of its own, all with the same few rights."""

    def make_accounts(self):
        self.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                          "metadata": {"name": "tenants", "namespace": self.namespace}, "rules": [CONFIG_MAPS]})
        self.kube.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                          "metadata": {"name": "tenants", "namespace": self.namespace},
                          "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenants"},
                          "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group",
                                        "name": f"system:serviceaccounts:{self.namespace}"}]})
        self.each(lambda name: self.kube.create({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": self.namespace}}))

    def stageset(self, name):
        stageset = super().stageset(name)
        stageset["spec"]["serviceAccountName"] = name
        return stageset


def tenants(bench):
    """500 StageSets, each with the rights of a ServiceAccount of its own: first rollout, and connections."""
    namespace = make_namespace(bench.kube, "bench-tenants")
    fleet = TenantFleet(bench.kube, bench.server, namespace, bench.sized(500), 1, 2, prefix="tenant")
    fleet.make_accounts()
    fleet.plant("one")
    controller = bench.controller(namespace).start()
    watcher = Watcher(bench.kube, namespace)
    add_cost(bench, TENANTS_FIRST, first_rollout(bench, fleet, controller, watcher, 900))
    bench.report.add(f"{TENANTS_FIRST['title']}: connections",
                     connections(controller.process.pid, bench.kube.server.port))
    controller.stop()


def big(bench):
    """One stage of 5,000 ConfigMaps."""
    namespace = make_namespace(bench.kube, "bench-big")
    fleet = Fleet(bench.kube, bench.server, namespace, 1, 1, bench.sized(5000), prefix="big")
    fleet.plant("one")
    controller = bench.controller(namespace).start()
    watcher = Watcher(bench.kube, namespace)
    add_cost(bench, BIG_FIRST, first_rollout(bench, fleet, controller, watcher, 900))
    add_cost(bench, BIG_STEADY, steady_pass(bench, fleet, controller, watcher, 900), downloads=False)
    controller.stop()


def client(bench):
    """Plain server-side applies through our own client library: what this API server can answer at all."""
    program = os.path.join(bench.programs, "kube_apply_bench")
    if not os.access(program, os.X_OK):
        bench.report.add("5,000 plain applies, 64 in flight: wall", "not built", reference="3.7 s")
        return
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run([program], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(result.stdout, end="")
    row = re.search(r"^\s*64\s+5000\s+(\S+)\s+(\S+)", result.stdout, re.MULTILINE)
    bench.report.add("5,000 plain applies, 64 in flight: wall", float(row.group(1)), "s", None, "3.7 s")
    bench.report.add("5,000 plain applies, 64 in flight: CPU of the client", float(row.group(2)), "s", None, "0.45 s")
    bench.plain_rate = 5000 / float(row.group(1))
    bench.report.details["kube_apply_bench"] = {
        "output": result.stdout, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


class WaitingFleet(Fleet):
    """StageSets whose one object, a Deployment, never becomes ready: its pod does not, or it is paused and makes none."""

    def __init__(self, kube, server, namespace, count, paused=False):
        super().__init__(kube, server, namespace, count, 1, 1, prefix="waiting")
        self.paused = paused

    def files(self, name, text):
        never = deployment(name, self.namespace, replicas=1, behaviour="never-ready")
        never["spec"]["progressDeadlineSeconds"] = 86400
        never["spec"]["paused"] = self.paused
        return {f"{self.stage_names[0]}/deployment.yaml": [never]}


def is_verifying(stageset):
    stages = stageset.get("status", {}).get("stages", [])
    return bool(stages) and stages[0].get("phase") == "Verifying"


def newcomers(bench, namespace, watcher):
    """Times from creation to Ready of five StageSets of one ConfigMap, one after the other."""
    times = []
    for i in range(5):
        fleet = Fleet(bench.kube, bench.server, namespace, 1, 1, 1, prefix=f"new{i}")
        fleet.plant("one")
        started = time.monotonic()
        fleet.create()
        times.append(watcher.wait_each(fleet.names, fleet.ready(), 120) - started)
    return times


def waiting(bench):
    """1,000 rollouts that wait for health: what they cost, and whether they are in anybody's way."""
    measure_waiting(bench, "1,000", 1000, paused=False)


def crowd(bench):
    """10,000 rollouts that wait for health, each for a paused Deployment: as many pods would be more than two cores simulate."""
    measure_waiting(bench, "10,000", 10_000, paused=True)


def measure_waiting(bench, many, count, paused):
    namespace = make_namespace(bench.kube, f"bench-waiting-{count}")
    fleet = WaitingFleet(bench.kube, bench.server, namespace, bench.sized(count), paused)
    fleet.plant("one")
    bench.progress("sources are planted")
    controller = bench.controller(namespace).start()
    empty = controller.memory_mib()
    watcher = Watcher(bench.kube, namespace)
    started = time.monotonic()
    fleet.create()
    waiting_at = watcher.wait_each(fleet.names, is_verifying, 1800)
    bench.report.add(f"{many} waiting: until all wait", waiting_at - started, "s")
    # The simulated cluster makes the pods meanwhile; a wait tells what it waits for every 10 s at most.
    controller.wait_quiet(180, 12)
    resident, budget = controller.memory_mib(), 200 / 1.048576
    bench.report.add(f"{many} waiting: resident", resident, "MiB", budget if count >= 10_000 else None, "–",
                     f"{empty:.1f} MiB with sources only, peak {controller.memory_mib('VmHWM'):.1f} MiB")
    requests, cpu = sum(controller.requests().values()), controller.cpu_seconds()
    time.sleep(20)
    bench.report.add(f"{many} waiting: CPU in 20 s", controller.cpu_seconds() - cpu, "s")
    sent = sum(controller.requests().values()) - requests
    bench.report.add(f"{many} waiting: requests per second", sent / 20)
    times = newcomers(bench, namespace, watcher)
    bench.report.add(f"{many} waiting: new one-ConfigMap StageSet Ready (median of 5)", statistics.median(times), "s", 1.0,
                     "> 900 s with 50", "all: " + " ".join(f"{t:.2f}" for t in times))
    controller.kill()
    restart(bench, fleet, many, count)


def restart(bench, fleet, many, count):
    """Start with all those StageSets there: the first run shows itself by its download, the log tells who waits."""
    downloads = len(bench.server.requests)
    controller = bench.controller(fleet.namespace, log_level="debug")
    controller.start(wait=False)
    first_at, waits = None, {}
    deadline = time.monotonic() + 600
    while first_at is None and time.monotonic() < deadline:
        time.sleep(0.002)
        first_at = time.monotonic() if len(bench.server.requests) > downloads else None
        if controller.ready_after is None and controller.is_ready():
            controller.ready_after = time.monotonic() - controller.started_at
    controller.wait_ready()
    bench.report.add(f"start to /readyz with {many} StageSets", controller.ready_after, "s")
    bench.report.add(f"start to first reconcile with {many} StageSets",
                     first_at - controller.started_at if first_at else "none in 600 s", "s", 2.0 if count <= 1000 else None)
    while len(waits) < len(fleet.names) and time.monotonic() < deadline:
        time.sleep(2)
        waits = {record["name"]: log_time(record) for record in reversed(controller.records())
                 if record["msg"] == "waiting"}
    since = controller.started_wall
    bench.report.add(f"start until all {many} wait again", max(waits.values(), default=since) - since, "s", None, "–",
                     f"{len(waits)} of {len(fleet.names)}; the first after {min(waits.values(), default=since) - since:.1f} s")
    controller.wait_quiet()
    bench.report.add(f"start with {many} StageSets: requests", sum(controller.requests().values()))
    bench.report.add(f"start with {many} StageSets: CPU", controller.cpu_seconds(), "s")
    bench.report.add(f"{many} waiting, after the start: resident", controller.memory_mib(), "MiB",
                     200 / 1.048576 if count >= 10_000 else None, "–", f"peak {controller.memory_mib('VmHWM'):.1f} MiB")
    controller.stop()


def calm(bench):
    """1,000 StageSets × 10 ConfigMaps in steady state: as many passes as an hour has at the default interval, in a minute."""
    namespace = make_namespace(bench.kube, "bench-calm")
    fleet = Fleet(bench.kube, bench.server, namespace, bench.sized(1000), 1, 10, prefix="calm")
    fleet.interval = "10s"
    fleet.plant("one")
    bench.progress("sources are planted")
    controller = bench.controller(namespace).start()
    watcher = Watcher(bench.kube, namespace)
    fleet.create()
    watcher.wait_each(fleet.names, fleet.ready(), 1800)
    time.sleep(10)
    runs = controller.metric("stageset_reconcile_total")
    requests, cpu, memory = sum(controller.requests().values()), controller.cpu_seconds(), controller.memory_mib()
    time.sleep(60)
    passes = (controller.metric("stageset_reconcile_total") - runs) / len(fleet.names)
    add = bench.report.add
    add("1,000 × 10, an hour of steady state: passes of each", passes)
    add("1,000 × 10, an hour of steady state: requests", sum(controller.requests().values()) - requests)
    add("1,000 × 10, an hour of steady state: CPU", controller.cpu_seconds() - cpu, "s")
    add("1,000 × 10, an hour of steady state: resident", controller.memory_mib(), "MiB", None, "–", f"{memory:.1f} MiB before")
    times = [heal_time(bench, namespace, f"{name}-s0-0") for name in fleet.names[:9]]
    add("drifted field to healed (median of 9)", statistics.median(times), "s", None, "–",
        "all: " + " ".join(f"{t:.2f}" for t in times))
    controller.kill()
    verify_after_start(bench, fleet)


def verify_after_start(bench, fleet):
    """The first pass after a start asks for every object once: how fast, and how long it takes."""
    controller = bench.controller(fleet.namespace).start()
    started, before, rates = time.monotonic(), 0, []
    while time.monotonic() < started + 150:
        time.sleep(5)
        sent = sum(controller.requests().values())
        rates.append((sent - before) / 5)
        before = sent
    add = bench.report.add
    add("start with 1,000 × 10 in steady state: requests", before)
    add("start with 1,000 × 10 in steady state: most requests per second", max(rates), "", None, "–",
        " ".join(f"{rate:.0f}" for rate in rates))
    add("start with 1,000 × 10 in steady state: CPU", controller.cpu_seconds(), "s")
    controller.stop()


def heal_time(bench, namespace, config_map):
    started = time.monotonic()
    bench.kube.patch("ConfigMap", config_map, {"data": {"text": "mine"}}, namespace)
    while bench.kube.get("ConfigMap", config_map, namespace)["data"]["text"] == "mine":
        time.sleep(0.01)
    return time.monotonic() - started


def compare_with_client(bench):
    """Walls beside the time that as many plain applies take: the only ratio that a busy machine leaves alone."""
    for about, budget in ((FIRST, None), (REVISION, None), (STEADY, None), (BIG_FIRST, 1.2), (BIG_STEADY, None)):
        if bench.plain_rate and about["title"] in bench.walls:
            wall, requests = bench.walls[about["title"]]
            bench.report.add(f"{about['title']}: wall beside as many plain applies", wall / (requests / bench.plain_rate), "×",
                             budget)


def log_time(record):
    return datetime.datetime.fromisoformat(record["time"]).timestamp()


ALL = {"idle": idle, "single": single, "rollout": rollout, "shared": shared, "tenants": tenants, "client": client, "big": big,
       "waiting": waiting, "crowd": crowd, "calm": calm}
