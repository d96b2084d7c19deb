// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"stageset/testcluster/internal/proc"
	"stageset/testcluster/internal/state"
)

// Down stops the daemons of a cluster, last started first, and removes its directory.
func Down(root, name string) error {
	dir, err := state.Dir(root, name)
	if err != nil {
		return err
	}
	unlock, err := state.Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	cluster, err := state.Load(dir)
	if err != nil && !errors.Is(err, state.ErrAbsent) {
		return err
	}
	return errors.Join(remove(dir, cluster), state.Forget(dir))
}

// remove stops what runs and deletes the directory. Nothing here is worth a clean end, so the daemons get little time.
func remove(dir string, cluster *state.Cluster) error {
	if cluster != nil {
		for _, process := range slices.Backward(cluster.Processes) {
			if err := proc.Stop(process.Identity, 200*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(dir)
}

// Load finds a cluster by its name.
func Load(root, name string) (*state.Cluster, error) {
	dir, err := state.Dir(root, name)
	if err != nil {
		return nil, err
	}
	return state.Load(dir)
}

// Component resolves a name as users type it: the prefix `kube-` may be left out.
func Component(cluster *state.Cluster, name string) (*state.Process, error) {
	process, err := cluster.Process(name)
	if err != nil && !strings.HasPrefix(name, "kube-") {
		if full, fullErr := cluster.Process("kube-" + name); fullErr == nil {
			return full, nil
		}
	}
	return process, err
}

// StopComponent asks one daemon to end and kills it after the grace period; its data, port and log stay.
func StopComponent(root, name, component string, grace time.Duration) error {
	return withLock(root, name, func(cluster *state.Cluster) error {
		process, err := Component(cluster, component)
		if err != nil {
			return err
		}
		return stopProcess(cluster, process, grace)
	})
}

func stopProcess(cluster *state.Cluster, process *state.Process, grace time.Duration) error {
	if err := proc.Stop(process.Identity, grace); err != nil {
		return err
	}
	process.Identity = proc.Identity{}
	return cluster.Save()
}

// StartComponent starts one daemon and waits until it answers, if it is one that answers.
func StartComponent(ctx context.Context, root, name, component string) error {
	return withLock(root, name, func(cluster *state.Cluster) error {
		process, err := Component(cluster, component)
		if err != nil {
			return err
		}
		return startProcess(ctx, cluster, process)
	})
}

// RestartComponent stops and starts one daemon.
func RestartComponent(ctx context.Context, root, name, component string, grace time.Duration) error {
	return withLock(root, name, func(cluster *state.Cluster) error {
		process, err := Component(cluster, component)
		if err != nil {
			return err
		}
		if err := stopProcess(cluster, process, grace); err != nil {
			return err
		}
		return startProcess(ctx, cluster, process)
	})
}

func startProcess(ctx context.Context, cluster *state.Cluster, process *state.Process) error {
	clients, err := connect(cluster)
	if err != nil {
		return err
	}
	start := starter{cluster: cluster, clients: clients, report: reporter(io.Discard)}
	ended, err := start.start(process.Name)
	if err != nil {
		return err
	}
	if question, ok := start.questions()[process.Name]; ok {
		return start.await(ctx, ended, process.Name, question)
	}
	return nil
}

func withLock(root, name string, work func(*state.Cluster) error) error {
	dir, err := state.Dir(root, name)
	if err != nil {
		return err
	}
	unlock, err := state.Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	cluster, err := state.Load(dir)
	if err != nil {
		return err
	}
	return work(cluster)
}

// WaitReady returns when the API server is ready and the nodes and service accounts are there.
func WaitReady(ctx context.Context, cluster *state.Cluster) error {
	clients, err := connect(cluster)
	if err != nil {
		return err
	}
	if err := poll(ctx, nil, clients.ready); err != nil {
		return fmt.Errorf("API server: %w", err)
	}
	return poll(ctx, nil, clients.settled)
}

// Answers tells whether all daemons run and the API server is ready.
func Answers(ctx context.Context, cluster *state.Cluster) error {
	for _, process := range cluster.Processes {
		if !process.Alive() {
			return fmt.Errorf("%s does not run", process.Name)
		}
	}
	clients, err := connect(cluster)
	if err != nil {
		return err
	}
	return clients.ready(ctx)
}
