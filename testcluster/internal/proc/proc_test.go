// SPDX-License-Identifier: 0BSD

package proc

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestStatLineIsReadFromTheEndOfTheName(t *testing.T) {
	tail := " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 19 20"
	cases := []struct {
		name, line string
		state      byte
		ticks      uint64
		fails      bool
	}{
		{"Plain", "12 (etcd)" + tail, 'S', 4711, false},
		{"NameWithSpacesAndParentheses", "12 (a) Z 1 (b)" + tail, 'S', 4711, false},
		{"NoName", "12 etcd S 1", 0, 0, true},
		{"TooShort", "12 (etcd) S 1 2", 0, 0, true},
		{"Empty", "", 0, 0, true},
		{"TicksAreNoNumber", "12 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x", 'S', 0, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			state, ticks, err := parseStat(c.line)
			if (err != nil) != c.fails {
				t.Fatalf("error: %v", err)
			}
			if err == nil && (state != c.state || ticks != c.ticks) {
				t.Fatalf("got %c %d", state, ticks)
			}
		})
	}
}

func sleeper(t *testing.T) (*exec.Cmd, Identity) {
	t.Helper()
	process := exec.Command("sleep", "60")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Process.Kill(); _ = process.Wait() })
	id, err := Of(process.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return process, id
}

func TestAPidIsOnlyOursWithItsStartTimeAndProgram(t *testing.T) {
	_, id := sleeper(t)
	if !id.Alive() {
		t.Fatal("the running process was not recognised")
	}
	later := id
	later.StartTicks++
	other := id
	other.Exe = "/bin/other"
	for name, wrong := range map[string]Identity{"reused pid": later, "other program": other, "none": {}} {
		if wrong.Alive() {
			t.Errorf("%s: taken for ours", name)
		}
		if err := Stop(wrong, time.Second); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !id.Alive() {
		t.Fatal("a process that is not ours was signalled")
	}
	if id.ResidentKiB() == 0 {
		t.Error("a running process has resident memory")
	}
}

func TestAZombieDoesNotRun(t *testing.T) {
	process, id := sleeper(t)
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if !Gone(id, 5*time.Second) {
		t.Fatal("a killed child that nobody waited for counts as running")
	}
	if state, _, err := stat(id.PID); err != nil || state != 'Z' {
		t.Fatalf("expected a zombie, got %c, %v", state, err)
	}
}

func TestADaemonIsStartedLoggedAndStopped(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	daemon, err := Start(Command{
		Path: "/bin/sh",
		Args: []string{"-c", `trap "" TERM; echo one; echo "two $WORD"; while :; do sleep 0.05; done`},
		Env:  []string{"WORD=three"},
		Log:  log,
	})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); Tail(log, 1) != "two three"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("log: %q", Tail(log, 10))
		}
	}
	// The child ignores SIGTERM: only the kill after the grace period ends it.
	if err := Stop(daemon.Identity, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	<-daemon.Exited
	if daemon.Alive() {
		t.Fatal("the daemon still runs")
	}
}

func TestAMissingProgramIsAnError(t *testing.T) {
	if _, err := Start(Command{Path: "/no/such/program", Log: filepath.Join(t.TempDir(), "log")}); err == nil {
		t.Fatal("expected an error")
	}
	if _, err := Start(Command{Path: "/bin/true", Log: "/no/such/dir/log"}); err == nil {
		t.Fatal("expected an error for the log")
	}
}

func TestTailShowsTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("a\nb\nc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for lines, want := range map[int]string{1: "c", 2: "b\nc", 9: "a\nb\nc"} {
		if got := Tail(path, lines); got != want {
			t.Errorf("%d lines: %q", lines, got)
		}
	}
}
