// SPDX-License-Identifier: 0BSD

//go:build cluster

package selftest

import (
	"strings"
	"testing"
	"time"
)

const never = "      restartPolicy: Never\n"

func TestWorkloadsBecomeReady(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, workload("Deployment", ns, "web", "  replicas: 2\n", pod{}))
	apply(t, workload("StatefulSet", ns, "db", "  replicas: 2\n  serviceName: db\n", pod{}))
	apply(t, workload("DaemonSet", ns, "agent", "", pod{}))
	apply(t, workload("Job", ns, "once", "  backoffLimit: 0\n", pod{spec: never}))
	eventually(t, "True", ns, "deployment/web", condition("Available", "status"))
	eventually(t, "2", ns, "statefulset/db", "{.status.readyReplicas}")
	eventually(t, "3", ns, "daemonset/agent", "{.status.numberReady}")
	eventually(t, "True", ns, "job/once", condition("Complete", "status"))
	if ip := kubectl(t, "get", "pod", "-n", ns, "db-0", "-o", "jsonpath={.status.podIP}"); !strings.HasPrefix(ip, "10.244.") {
		t.Errorf("pod IP %q", ip)
	}
	if log := kubectl(t, "logs", "-n", ns, "db-0"); log != "simulated by testcluster" {
		t.Errorf("log %q", log)
	}
	kubectl(t, "delete", "-n", ns, "statefulset/db", "--wait=true", "--timeout=60s")
	kubectl(t, "wait", "-n", ns, "--for=delete", "pod/db-0", "--timeout=60s")
}

func TestABarePodRunsWithInitContainers(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, `
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: `+ns+`}
spec:
  initContainers: [{name: first, image: a}, {name: side, image: b, restartPolicy: Always}]
  containers: [{name: main, image: c}]
`)
	eventually(t, "True", ns, "pod/bare", condition("Ready", "status"))
	eventually(t, "Completed", ns, "pod/bare", "{.status.initContainerStatuses[0].state.terminated.reason}")
	eventually(t, "true", ns, "pod/bare", "{.status.initContainerStatuses[1].started}")
}

func TestNeverReadyEndsAtTheProgressDeadline(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, workload("Deployment", ns, "web", "  progressDeadlineSeconds: 3\n", pod{behaviour: "never-ready"}))
	eventually(t, "ProgressDeadlineExceeded", ns, "deployment/web", condition("Progressing", "reason"))
	eventually(t, "False", ns, "deployment/web", condition("Available", "status"))
	eventually(t, "Running", ns, "pod", "{.items[0].status.phase}")
	eventually(t, "false", ns, "pod", "{.items[0].status.containerStatuses[0].ready}")
	// Without the label on the pod it recovers.
	kubectl(t, "label", "-n", ns, "pod", "-l", "app=web", "testcluster/behaviour-")
	eventually(t, "True", ns, "deployment/web", condition("Available", "status"))
}

func TestCrashLoopAndImagePullErrorShowTheirReason(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, workload("Deployment", ns, "crash", "", pod{behaviour: "crash-loop"}))
	apply(t, workload("Deployment", ns, "pull", "", pod{behaviour: "image-pull-error"}))
	apply(t, workload("Deployment", ns, "fail", "", pod{behaviour: "fail"}))
	reason := "{.status.containerStatuses[0].state.waiting.reason}"
	for name, want := range map[string]string{
		"crash": "CrashLoopBackOff", "pull": "ImagePullBackOff", "fail": "CrashLoopBackOff",
	} {
		eventually(t, "1", ns, "deployment/"+name, "{.status.updatedReplicas}")
		pod := kubectl(t, "get", "pod", "-n", ns, "-l", "app="+name, "-o", "name")
		eventually(t, want, ns, pod, reason)
		eventually(t, "False", ns, "deployment/"+name, condition("Available", "status"))
	}
	if pods := kubectl(t, "get", "pod", "-n", ns, "-o", "name"); len(strings.Fields(pods)) != 3 {
		t.Errorf("pods must not be replaced over and over: %s", pods)
	}
}

func TestAFailingJobFails(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, workload("Job", ns, "migrate", "  backoffLimit: 0\n", pod{behaviour: "fail", spec: never}))
	apply(t, workload("Job", ns, "hang", "  backoffLimit: 0\n  activeDeadlineSeconds: 3\n", pod{behaviour: "never-ready", spec: never}))
	eventually(t, "BackoffLimitExceeded", ns, "job/migrate", condition("Failed", "reason"))
	eventually(t, "1", ns, "job/migrate", "{.status.failed}")
	eventually(t, "DeadlineExceeded", ns, "job/hang", condition("Failed", "reason"))
}

func TestReadyAfterDelaysReadinessAndJobs(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	const delay = 5 * time.Second
	apply(t, workload("Deployment", ns, "slow", "", pod{readyAfter: "5s"}))
	apply(t, workload("Job", ns, "slow", "", pod{readyAfter: "5s", spec: never}))
	apply(t, workload("Job", ns, "fail", "  backoffLimit: 0\n", pod{readyAfter: "5s", behaviour: "fail", spec: never}))
	for object, kind := range map[string]string{
		"deployment/slow": "Available", "job/slow": "Complete", "job/fail": "Failed",
	} {
		eventually(t, "True", ns, object, condition(kind, "status"))
		var times [2]time.Time
		for i, path := range []string{"{.metadata.creationTimestamp}", condition(kind, "lastTransitionTime")} {
			at, err := time.Parse(time.RFC3339, kubectl(t, "get", "-n", ns, object, "-o", "jsonpath="+path))
			if err != nil {
				t.Fatal(err)
			}
			times[i] = at
		}
		// Both times are cut to whole seconds.
		if took := times[1].Sub(times[0]); took < delay-time.Second || took > 6*delay {
			t.Errorf("%s took %s, want about %s", object, took, delay)
		}
	}
}

func TestAnUnknownBehaviourStaysPending(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, workload("Deployment", ns, "typo", "", pod{behaviour: "never-redy"}))
	eventually(t, "1", ns, "deployment/typo", "{.status.unavailableReplicas}")
	eventually(t, "True", ns, "pod", `{.items[0].status.conditions[?(@.type=="PodScheduled")].status}`)
	time.Sleep(2 * time.Second)
	eventually(t, "Pending", ns, "pod", "{.items[0].status.phase}")
}

func TestAClaimIsBoundAndItsVolumeGoesWithIt(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: `+ns+`}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`)
	eventually(t, "Bound", ns, "pvc/data", "{.status.phase}")
	volume := kubectl(t, "get", "pvc", "-n", ns, "data", "-o", "jsonpath={.spec.volumeName}")
	apply(t, workload("Deployment", ns, "db", "", pod{
		spec: "      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n",
	}))
	eventually(t, "True", ns, "deployment/db", condition("Available", "status"))
	kubectl(t, "delete", "-n", ns, "deployment/db")
	kubectl(t, "delete", "-n", ns, "pvc/data", "--timeout=60s")
	kubectl(t, "wait", "--for=delete", "pv/"+volume, "--timeout=60s")
}

func TestANamespaceGoesWithAllThatIsInIt(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	apply(t, workload("Deployment", ns, "web", "", pod{}))
	eventually(t, "True", ns, "deployment/web", condition("Available", "status"))
	began := time.Now()
	kubectl(t, "delete", "namespace", ns, "--timeout=60s")
	t.Logf("gone after %.1f s", time.Since(began).Seconds())
}
