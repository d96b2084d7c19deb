// SPDX-License-Identifier: 0BSD

//go:build cluster

// Package selftest checks a built testcluster binary for what other tests rely on:
//
//	TESTCLUSTER=../build/testcluster/testcluster go test -trimpath -tags cluster ./selftest
package selftest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	binary string
	root   string // state directory of all clusters of this run
)

func TestMain(m *testing.M) { os.Exit(withClusters(m)) }

// withClusters brings up two clusters at the same time, as tests with a remote cluster do.
func withClusters(m *testing.M) int {
	binary, _ = filepath.Abs(os.Getenv("TESTCLUSTER"))
	if os.Getenv("TESTCLUSTER") == "" {
		binary, _ = filepath.Abs("../../build/testcluster/testcluster")
	}
	var err error
	if root, err = os.MkdirTemp("", "testcluster-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	var both sync.WaitGroup
	results := make(chan string, 2)
	for _, name := range []string{"one", "two"} {
		both.Go(func() {
			began := time.Now()
			out, err := run("", "--name", name, "up", "--crds", "flux")
			if err != nil {
				results <- out
			}
			fmt.Printf("cluster %s: up after %.1f s\n", name, time.Since(began).Seconds())
		})
		defer func() {
			if out, err := run("", "--name", name, "down"); err != nil {
				fmt.Println(out)
			}
		}()
	}
	both.Wait()
	close(results)
	for out := range results {
		fmt.Println(out)
		return 1
	}
	return m.Run()
}

// run executes the binary and returns stdout and, on failure, stderr too.
func run(stdin string, arguments ...string) (string, error) {
	command := exec.Command(binary, append([]string{"--state-dir", root}, arguments...)...)
	command.Env = append(os.Environ(), "KUBECONFIG=")
	command.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if err != nil {
		return stdout.String() + stderr.String(), err
	}
	return strings.TrimSpace(stdout.String()), nil
}

func must(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := run("", arguments...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", arguments, err, out)
	}
	return out
}

func kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	return must(t, append([]string{"--name", "one", "kubectl"}, arguments...)...)
}

func apply(t *testing.T, manifest string) {
	t.Helper()
	if out, err := run(manifest, "--name", "one", "kubectl", "apply", "-f", "-"); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, manifest)
	}
}

// namespace makes one for the test; its deletion is left to the end of the cluster.
func namespace(t *testing.T) string {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	name = name[:min(len(name), 60)]
	kubectl(t, "create", "namespace", name)
	return name
}

// eventually waits until a jsonpath of an object has the wanted value.
func eventually(t *testing.T, want, namespace, object, path string) {
	t.Helper()
	var got string
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		got, _ = run("", "--name", "one", "kubectl", "get", "-n", namespace, object, "-o", "jsonpath="+path)
		if got == want {
			return
		}
	}
	t.Fatalf("%s %s: got %q, want %q\n%s", object, path, got, want,
		kubectl(t, "get", "-n", namespace, "all", "-o", "wide"))
}

func condition(kind, field string) string {
	return fmt.Sprintf(`{.status.conditions[?(@.type=="%s")].%s}`, kind, field)
}

// workload renders a pod controller with one container.
func workload(kind, namespace, name, spec string, pod pod) string {
	apiVersion := "apps/v1"
	selector := "  selector: {matchLabels: {app: " + name + "}}\n"
	if kind == "Job" {
		apiVersion, selector = "batch/v1", ""
	}
	return fmt.Sprintf(`
apiVersion: %s
kind: %s
metadata: {name: %s, namespace: %s}
spec:
%s%s  template:
    metadata:
      labels: {app: %s%s}
%s    spec:
      containers: [{name: main, image: example.org/%s:1}]
%s`, apiVersion, kind, name, namespace, selector, spec, name, pod.label(), pod.annotation(), name, pod.spec)
}

// pod is what a test asks of a pod template.
type pod struct {
	behaviour  string
	readyAfter string
	spec       string
}

func (p pod) label() string {
	if p.behaviour == "" {
		return ""
	}
	return ", testcluster/behaviour: " + p.behaviour
}

func (p pod) annotation() string {
	if p.readyAfter == "" {
		return ""
	}
	return "      annotations: {testcluster/ready-after: " + p.readyAfter + "}\n"
}

type clusterStatus struct {
	Ready       bool
	Server      string
	Kubeconfig  string
	ArtifactURL string
	ArtifactDir string
	AuditLog    string
	Companions  map[string]map[string]string
	Processes   []struct {
		Name        string
		PID         int
		Running     bool
		ResidentKiB int
	}
}

func status(t *testing.T, name string) clusterStatus {
	t.Helper()
	out, _ := run("", "--name", name, "status", "-o", "json")
	var status clusterStatus
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&status); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return status
}

func pid(t *testing.T, name, process string) int {
	t.Helper()
	for _, p := range status(t, name).Processes {
		if p.Name == process {
			return p.PID
		}
	}
	t.Fatalf("cluster %s has no %s", name, process)
	return 0
}
