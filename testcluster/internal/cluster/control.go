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

// stopGrace is how long a daemon may finish its work before it is killed. The API server waits for open watches
// longer than any test would.
const stopGrace = 5 * time.Second

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
	return remove(dir, cluster)
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

// StopComponent ends one daemon; its data, port and log stay.
func StopComponent(root, name, component string) error {
	return withLock(root, name, func(cluster *state.Cluster) error {
		process, err := Component(cluster, component)
		if err != nil {
			return err
		}
		return stopProcess(cluster, process)
	})
}

func stopProcess(cluster *state.Cluster, process *state.Process) error {
	if err := proc.Stop(process.Identity, stopGrace); err != nil {
		return err
	}
	process.Identity = proc.Identity{}
	return cluster.Save()
}

// StartComponent starts one daemon again, after stopping it when restart is set, and waits until the API answers if
// the daemon is the API server or its database.
func StartComponent(ctx context.Context, root, name, component string, restart bool) error {
	return withLock(root, name, func(cluster *state.Cluster) error {
		process, err := Component(cluster, component)
		if err != nil {
			return err
		}
		if restart {
			if err := stopProcess(cluster, process); err != nil {
				return err
			}
		}
		start := starter{cluster: cluster, report: reporter(io.Discard)}
		ended, err := start.start(process.Name)
		if err != nil {
			return err
		}
		if process.Name == Etcd {
			return start.await(ctx, ended, Etcd, start.etcdHealthy)
		}
		if process.Name != APIServer {
			return nil
		}
		clients, err := connect(cluster)
		if err != nil {
			return err
		}
		return start.await(ctx, ended, APIServer, clients.ready)
	})
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
