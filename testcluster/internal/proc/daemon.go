// SPDX-License-Identifier: 0BSD

package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Command is what is needed to start a daemon, now or again later.
type Command struct {
	Path string   `json:"path"`
	Args []string `json:"args"`
	Env  []string `json:"env,omitempty"` // added to our own environment
	Log  string   `json:"log"`           // stdout and stderr are appended here
}

// Daemon is a started process. Exited closes when it ended while we were still its parent.
type Daemon struct {
	Identity
	Exited <-chan struct{}
}

// Start runs the command in a session of its own, so that neither our end nor a Ctrl-C on our terminal reaches it.
func Start(command Command) (Daemon, error) {
	log, err := os.OpenFile(command.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return Daemon{}, err
	}
	defer log.Close()
	process := exec.Command(command.Path, command.Args...)
	process.Env = append(os.Environ(), command.Env...)
	process.Stdout, process.Stderr = log, log
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := process.Start(); err != nil {
		return Daemon{}, err
	}
	identity, err := Of(process.Process.Pid)
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = process.Wait() // reaps the child; why it ended stands in its log
	}()
	if err != nil {
		return Daemon{}, fmt.Errorf("%s ended at once: %w", command.Path, err)
	}
	return Daemon{Identity: identity, Exited: exited}, nil
}

// Stop asks the process to end and kills it after the grace period. A process that is not ours is left alone.
func Stop(id Identity, grace time.Duration) error {
	if err := signal(id, syscall.SIGTERM); err != nil {
		return err
	}
	if Gone(id, grace) {
		return nil
	}
	if err := signal(id, syscall.SIGKILL); err != nil {
		return err
	}
	// Five seconds: a killed process only stays this long when the kernel itself is stuck.
	if Gone(id, 5*time.Second) {
		return nil
	}
	return fmt.Errorf("process %d survived SIGKILL", id.PID)
}

// Gone waits until the process no longer runs.
func Gone(id Identity, limit time.Duration) bool {
	for deadline := time.Now().Add(limit); id.Alive(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func signal(id Identity, number syscall.Signal) error {
	if !id.Alive() {
		return nil
	}
	if err := syscall.Kill(id.PID, number); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process %d: %w", id.PID, err)
	}
	return nil
}

// Tail returns the last lines of a log file.
func Tail(path string, lines int) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
