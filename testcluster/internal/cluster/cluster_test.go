// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stageset/testcluster/internal/state"
)

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: NAME
`

func files(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCRDsAreFoundInFilesAndDirectories(t *testing.T) {
	one, two := strings.ReplaceAll(crd, "NAME", "one"), strings.ReplaceAll(crd, "NAME", "two")
	dir := files(t, map[string]string{
		"b.yaml": one, "a.yml": "---\n" + two + "---\n" + strings.ReplaceAll(crd, "NAME", "three"),
		"kustomization.yaml": "kind: Kustomization\n", "notes.txt": "not yaml: [", "deep/c.yaml": one,
		"empty/kustomization.yaml": "kind: Kustomization\n", "broken/a.yaml": "a: [",
		"crds/flux/f.yaml": strings.ReplaceAll(crd, "NAME", "flux"),
	})
	cases := []struct {
		name  string
		paths []string
		want  string
		fails bool
	}{
		{"None", nil, "", false},
		{"Directory", []string{dir}, "two three one", false},
		{"File", []string{filepath.Join(dir, "b.yaml")}, "one", false},
		{"FluxLiesBesideTheBinary", []string{"flux"}, "flux", false},
		{"Several", []string{filepath.Join(dir, "b.yaml"), "flux"}, "one flux", false},
		{"WithoutCRDs", []string{filepath.Join(dir, "empty")}, "", true},
		{"Broken", []string{filepath.Join(dir, "broken")}, "", true},
		{"Absent", []string{filepath.Join(dir, "absent")}, "", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			crds, err := loadCRDs(c.paths, filepath.Join(dir, "testcluster"))
			if (err != nil) != c.fails {
				t.Fatalf("error: %v", err)
			}
			var names []string
			for _, crd := range crds {
				names = append(names, crd.GetName())
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestComponentsMayBeNamedInShort(t *testing.T) {
	cluster := &state.Cluster{Processes: []state.Process{{Name: APIServer}, {Name: Etcd}}}
	for given, want := range map[string]string{"apiserver": APIServer, APIServer: APIServer, "etcd": Etcd} {
		if process, err := Component(cluster, given); err != nil || process.Name != want {
			t.Errorf("%s: %v", given, err)
		}
	}
	for _, name := range []string{"", "kube-", "kube-etcd", "kubelet"} {
		if _, err := Component(cluster, name); err == nil {
			t.Errorf("%q was found", name)
		}
	}
}

func TestPollEndsWithTheLastAnswerOfADaemonThatEnded(t *testing.T) {
	silent := errors.New("silent")
	ended := make(chan struct{})
	asked := 0
	err := poll(t.Context(), ended, func(ctx context.Context) error {
		if asked++; asked == 2 {
			close(ended)
			<-ctx.Done() // a question that would take for ever is cut off
		}
		return silent
	})
	if !errors.Is(err, errEnded) || !errors.Is(err, silent) {
		t.Fatalf("got %v", err)
	}
	late := errors.New("late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, late)
	defer cancel()
	if err := poll(ctx, nil, func(context.Context) error { return silent }); !errors.Is(err, late) {
		t.Fatalf("got %v", err)
	}
}

func TestDownLeavesNothingOfAClusterWhoseProcessesAreGone(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "one")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cluster := &state.Cluster{Name: "one", Dir: dir, Processes: []state.Process{{Name: Etcd}}}
	// The pid is ours, the start time is not: a reused pid must not be signalled.
	cluster.Processes[0].PID = os.Getpid()
	if err := cluster.Save(); err != nil {
		t.Fatal(err)
	}
	if err := Down(root, "one"); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "*")); len(left) != 0 {
		t.Fatalf("state was left: %v", left)
	}
	if err := Down(root, "one"); err != nil {
		t.Fatalf("a second down: %v", err)
	}
}
