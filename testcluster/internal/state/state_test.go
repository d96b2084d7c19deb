// SPDX-License-Identifier: 0BSD

package state

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"stageset/testcluster/internal/proc"
)

func example(dir string) *Cluster {
	return &Cluster{
		Name: filepath.Base(dir), Dir: dir, Ready: true, CreatedAt: time.Unix(1700000000, 0).UTC(),
		Ports: Ports{
			Etcd: 1, EtcdPeer: 2, APIServer: 3, Kubelet: 4, Artifacts: 5, Companions: map[string]int{"git-server": 6},
		},
		Processes: []Process{{
			Name:     "etcd",
			Identity: proc.Identity{PID: 7, StartTicks: 99, Exe: "/x"},
			Command:  proc.Command{Path: "/x", Args: []string{"etcd"}, Log: "/l"},
		}},
	}
}

func saved(t *testing.T, dir string) *Cluster {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cluster := example(dir)
	if err := cluster.Save(); err != nil {
		t.Fatal(err)
	}
	return cluster
}

func TestAClusterIsReadBackAsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "one")
	want := saved(t, dir)
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".tmp-*")); len(left) != 0 {
		t.Errorf("temporary files were left: %v", left)
	}
	if _, err := got.Process("etcd"); err != nil {
		t.Error(err)
	}
	if _, err := got.Process("kubelet"); err == nil {
		t.Error("an unknown process was found")
	}
}

func TestAnUnreadableStateIsAnError(t *testing.T) {
	root := t.TempDir()
	if _, err := Load(filepath.Join(root, "absent")); !errors.Is(err, ErrAbsent) {
		t.Errorf("absent: %v", err)
	}
	broken := filepath.Join(root, "broken")
	saved(t, broken)
	if err := os.WriteFile(filepath.Join(broken, fileName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(broken); err == nil || errors.Is(err, ErrAbsent) {
		t.Errorf("broken: %v", err)
	}
	saved(t, filepath.Join(root, "old"))
	if err := os.Rename(filepath.Join(root, "old"), filepath.Join(root, "new")); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(filepath.Join(root, "new")); err == nil {
		t.Error("a moved directory was accepted")
	}
	if err := example(filepath.Join(root, "gone")).Save(); err == nil {
		t.Error("saved into a directory that does not exist")
	}
}

func TestNeighboursHaveTheirPortsKept(t *testing.T) {
	root := t.TempDir()
	saved(t, filepath.Join(root, "one"))
	saved(t, filepath.Join(root, "two"))
	if got, want := Neighbours(root), []int{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestTheRootIsChosenByFlagVariableAndHome(t *testing.T) {
	t.Setenv(RootVariable, "/variable")
	t.Setenv("XDG_STATE_HOME", "/xdg")
	t.Setenv("HOME", "/home/user")
	check := func(flag, want string) {
		t.Helper()
		if got, err := Root(flag); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	check("/flag", "/flag")
	check("", "/variable")
	t.Setenv(RootVariable, "")
	check("", "/xdg/stageset/testcluster")
	t.Setenv("XDG_STATE_HOME", "relative")
	check("", "/home/user/.local/state/stageset/testcluster")
}

func TestNamesThatAreNoDirectoryAreRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "A", "-a", "a-", "a.lock", strings.Repeat("a", 41)} {
		if _, err := Dir("/root", name); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	for _, name := range []string{"a", "default", "a-1", strings.Repeat("a", 40)} {
		if dir, err := Dir("/root", name); err != nil || dir != "/root/"+name {
			t.Errorf("%q: %q, %v", name, dir, err)
		}
	}
}

func TestALockIsHeldByOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "root", "one")
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		unlock, err := Lock(dir)
		if err == nil {
			err = Forget(dir)
			unlock()
		}
		second <- err
	}()
	select {
	case <-second:
		t.Fatal("two held the lock at once")
	case <-time.After(50 * time.Millisecond):
	}
	// The holder removes the file on which the other waits: the lock must still pass on.
	if err := Forget(dir); err != nil {
		t.Fatal(err)
	}
	unlock()
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(dir + "*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
