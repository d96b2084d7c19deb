// SPDX-License-Identifier: 0BSD

//go:build cluster

package selftest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTokensAndRolesDecideAndTheAuditLogTells(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	kubectl(t, "create", "serviceaccount", "-n", ns, "deployer")
	kubectl(t, "create", "role", "-n", ns, "deployer", "--verb=get,list", "--resource=configmaps")
	kubectl(t, "create", "rolebinding", "-n", ns, "deployer", "--role=deployer", "--serviceaccount="+ns+":deployer")
	token := kubectl(t, "create", "token", "-n", ns, "deployer", "--duration=10m")
	config := filepath.Join(t.TempDir(), "kubeconfig")
	content, err := os.ReadFile(status(t, "one").Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, content, 0o600); err != nil {
		t.Fatal(err)
	}
	kubectl(t, "--kubeconfig", config, "config", "set-credentials", "admin", "--token="+token)
	kubectl(t, "--kubeconfig", config, "config", "unset", "users.admin.client-certificate-data")
	kubectl(t, "--kubeconfig", config, "config", "unset", "users.admin.client-key-data")
	kubectl(t, "--kubeconfig", config, "get", "configmaps", "-n", ns)
	out, err := run("", "--name", "one", "kubectl", "--kubeconfig", config, "get", "secrets", "-n", ns)
	if err == nil || !strings.Contains(out, "Forbidden") {
		t.Errorf("secrets: %v, %s", err, out)
	}
	audit, err := os.ReadFile(status(t, "one").AuditLog)
	if err != nil {
		t.Fatal(err)
	}
	user := "system:serviceaccount:" + ns + ":deployer"
	if !bytes.Contains(audit, []byte(user)) {
		t.Errorf("the audit log does not name %s", user)
	}
}

func TestPublishedBytesMatchTheirDigest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seen := map[string]bool{}
	for i, revision := range []string{"", "main@sha1:0123"} {
		file := filepath.Join(dir, "cm.yaml")
		if err := os.WriteFile(file, fmt.Appendf(nil, "data: {n: %q}\n", revision), 0o644); err != nil {
			t.Fatal(err)
		}
		arguments := []string{"publish", dir, "--namespace", "published", "--name", "src", "--cluster", "one"}
		if revision != "" {
			arguments = append(arguments, "--revision", revision)
		}
		must(t, arguments...)
		get := func(path string) string {
			return kubectl(t, "get", "externalartifact", "-n", "published", "src", "-o", "jsonpath="+path)
		}
		response, err := http.Get(get("{.status.artifact.url}"))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(response.Status, err)
		}
		sum := sha256.Sum256(body)
		digest := "sha256:" + hex.EncodeToString(sum[:])
		want := revision
		if want == "" {
			want = digest
		}
		if got := get("{.status.artifact.digest}"); got != digest {
			t.Errorf("digest %s, want %s", got, digest)
		}
		if got := get("{.status.artifact.revision}"); got != want {
			t.Errorf("revision %s, want %s", got, want)
		}
		if got := get("{.status.artifact.size}"); got != fmt.Sprint(len(body)) {
			t.Errorf("size %s, want %d", got, len(body))
		}
		if got := get(condition("Ready", "status")); got != "True" {
			t.Errorf("Ready is %q", got)
		}
		if seen[digest] = true; len(seen) != i+1 {
			t.Error("new content must have a new digest")
		}
	}
}

func TestClustersAreApart(t *testing.T) {
	t.Parallel()
	kubectl(t, "create", "namespace", "only-one")
	if out, err := run("", "--name", "two", "kubectl", "get", "namespace", "only-one"); err == nil {
		t.Errorf("found on the other cluster: %s", out)
	}
}

// The tests from here on disturb cluster two; they run one after the other, before the parallel ones.

func TestUpAgainChangesNothing(t *testing.T) {
	before := status(t, "two")
	must(t, "--name", "two", "up", "--crds", "flux")
	after := status(t, "two")
	for i, process := range after.Processes {
		if process.PID != before.Processes[i].PID {
			t.Errorf("%s was started again", process.Name)
		}
		t.Logf("%s: %d MiB resident", process.Name, process.ResidentKiB/1024)
	}
}

func TestTheAPIServerRestartsWithItsData(t *testing.T) {
	must(t, "--name", "two", "kubectl", "create", "namespace", "kept")
	before, server := status(t, "two"), pid(t, "two", "kube-apiserver")
	began := time.Now()
	must(t, "restart", "apiserver", "--name", "two")
	t.Logf("restarted after %.1f s", time.Since(began).Seconds())
	if pid(t, "two", "kube-apiserver") == server {
		t.Error("the process is the same")
	}
	if after := status(t, "two"); !after.Ready || after.Kubeconfig != before.Kubeconfig {
		t.Errorf("after the restart: %+v", after)
	}
	must(t, "--name", "two", "kubectl", "get", "namespace", "kept")
	must(t, "--name", "two", "stop", "apiserver")
	if out, err := run("", "--name", "two", "kubectl", "get", "namespace"); err == nil {
		t.Errorf("a stopped server answers: %s", out)
	}
	if status(t, "two").Ready {
		t.Error("status says ready though the server is stopped")
	}
	must(t, "--name", "two", "start", "apiserver")
	must(t, "--name", "two", "wait-ready", "--timeout", "30s")
	must(t, "--name", "two", "kubectl", "get", "namespace", "kept")
}

func TestUpStartsWhatWasKilled(t *testing.T) {
	scheduler, etcd := pid(t, "two", "kube-scheduler"), pid(t, "two", "etcd")
	if err := syscall.Kill(scheduler, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	must(t, "--name", "two", "up")
	if !status(t, "two").Ready || pid(t, "two", "kube-scheduler") == scheduler || pid(t, "two", "etcd") != etcd {
		t.Errorf("after up: %+v", status(t, "two"))
	}
}

func TestAFailingStartShowsTheLog(t *testing.T) {
	for _, c := range []struct{ process, address string }{
		{"artifact-server", strings.TrimPrefix(status(t, "two").ArtifactURL, "http://")},
		{"apiserver", strings.TrimPrefix(status(t, "two").Server, "https://")},
	} {
		must(t, "--name", "two", "stop", c.process)
		listener, err := net.Listen("tcp", c.address)
		if err != nil {
			t.Fatal(err)
		}
		for _, again := range [][]string{{"start", c.process}, {"up"}} {
			out, err := run("", append(again, "--name", "two")...)
			if err == nil || !strings.Contains(out, "address already in use") || !strings.Contains(out, c.process+".log") {
				t.Errorf("%v: %v, %s", again, err, out)
			}
		}
		listener.Close()
		must(t, "--name", "two", "up")
	}
	if !status(t, "two").Ready {
		t.Error("not ready after the ports were free again")
	}
}

func TestTheDatabaseRestartsWithItsData(t *testing.T) {
	must(t, "--name", "two", "kubectl", "create", "namespace", "stored")
	began := time.Now()
	must(t, "--name", "two", "restart", "etcd")
	must(t, "--name", "two", "wait-ready")
	t.Logf("restarted after %.1f s", time.Since(began).Seconds())
	must(t, "--name", "two", "kubectl", "get", "namespace", "stored")
}

func TestAnInterruptedStartLeavesNothing(t *testing.T) {
	command := exec.Command(binary, "--state-dir", root, "--name", "cut", "up")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "cut")
	for deadline := time.Now().Add(30 * time.Second); len(daemons(dir)) < 3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the API server was not started")
		}
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil {
		t.Error("an interrupted start must fail")
	}
	if left := daemons(dir); len(left) != 0 {
		t.Errorf("still running: %v", left)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("state was left: %v", err)
	}
}

// daemons lists the processes that have dir on their command line.
func daemons(dir string) []string {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []string
	for _, file := range files {
		line, _ := os.ReadFile(file)
		if bytes.Contains(line, []byte("="+dir+"/")) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	cases := []struct {
		code      int
		arguments []string
	}{
		{2, []string{"bogus"}},
		{2, []string{"up", "--bogus"}},
		{2, []string{"publish", "--namespace", "n", "--name", "x"}},
		{2, []string{"publish", ".", "--namespace", "n"}},
		{2, []string{"status", "-o", "yaml", "--name", "one"}},
		{1, []string{"up", "--name", "new", "--crds", "/no/such/file"}},
		{1, []string{"up", "--name", "Bad/Name"}},
		{1, []string{"kubeconfig", "--name", "absent"}},
		{1, []string{"status", "--name", "absent"}},
		{1, []string{"restart", "kubelet", "--name", "one"}},
		{0, []string{"down", "--name", "absent"}},
		{0, []string{"help"}},
	}
	for _, c := range cases {
		out, err := run("", c.arguments...)
		code := 0
		if err != nil {
			code = err.(*exec.ExitError).ExitCode()
		}
		if code != c.code {
			t.Errorf("%v: exit code %d, want %d: %s", c.arguments, code, c.code, out)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "new")); !os.IsNotExist(err) {
		t.Error("a refused start left state")
	}
}
