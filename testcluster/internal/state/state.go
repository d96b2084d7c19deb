// SPDX-License-Identifier: 0BSD

// Package state remembers a cluster between two commands: where it lives, its ports and its processes.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"

	"stageset/testcluster/internal/proc"
)

// RootVariable overrides where the state of all clusters lives.
const RootVariable = "STAGESET_TESTCLUSTER_STATE"

// Process is a daemon of the cluster: how it is started, and the process that runs now (PID 0 when stopped).
type Process struct {
	Name string `json:"name"`
	proc.Identity
	Command proc.Command `json:"command"`
}

// Ports are on 127.0.0.1 and stay the same for the life of the cluster.
type Ports struct {
	Etcd      int `json:"etcd"`
	EtcdPeer  int `json:"etcdPeer"`
	APIServer int `json:"apiserver"`
	Kubelet   int `json:"kubelet"`
	Artifacts int `json:"artifacts"`
	// Companions holds those of the companions that the cluster has, by the name of the process or what else it serves.
	Companions map[string]int `json:"companions,omitempty"`
}

// List returns all ports.
func (p Ports) List() []int {
	list := []int{p.Etcd, p.EtcdPeer, p.APIServer, p.Kubelet, p.Artifacts}
	return append(list, slices.Collect(maps.Values(p.Companions))...)
}

// Cluster is the content of cluster.json. Ready says that `up` once came to its end.
type Cluster struct {
	Name      string    `json:"name"`
	Dir       string    `json:"dir"`
	CreatedAt time.Time `json:"createdAt"`
	Ready     bool      `json:"ready"`
	Ports     Ports     `json:"ports"`
	Processes []Process `json:"processes"`
}

// Process finds a daemon by its name.
func (c *Cluster) Process(name string) (*Process, error) {
	for i := range c.Processes {
		if c.Processes[i].Name == name {
			return &c.Processes[i], nil
		}
	}
	return nil, fmt.Errorf("cluster %q has no process %q", c.Name, name)
}

// Path joins a path below the cluster's directory.
func (c *Cluster) Path(elements ...string) string {
	return filepath.Join(append([]string{c.Dir}, elements...)...)
}

// Kubeconfig is the path of the administrator's kubeconfig.
func (c *Cluster) Kubeconfig() string { return c.Path("kubeconfig") }

// ArtifactURL is the address below which the directory `artifacts` is served.
func (c *Cluster) ArtifactURL() string { return fmt.Sprintf("http://127.0.0.1:%d", c.Ports.Artifacts) }

// Server is the address of the API server.
func (c *Cluster) Server() string { return fmt.Sprintf("https://127.0.0.1:%d", c.Ports.APIServer) }

// Root chooses the directory of all clusters: the flag, the variable, the user's state directory.
func Root(flag string) (string, error) {
	if flag != "" {
		return filepath.Abs(flag)
	}
	if dir := os.Getenv(RootVariable); dir != "" {
		return filepath.Abs(dir)
	}
	base := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "stageset", "testcluster"), nil
}

// A name becomes a directory and a part of certificates, so it is kept to what both bear.
var validName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$`)

// Dir is the directory of one cluster.
func Dir(root, name string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("%q is no cluster name: use up to 40 lower-case letters, digits and dashes", name)
	}
	return filepath.Join(root, name), nil
}

const fileName = "cluster.json"

// ErrAbsent says that no such cluster was started.
var ErrAbsent = errors.New("no such cluster")

// Load reads the cluster below dir.
func Load(dir string) (*Cluster, error) {
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrAbsent, filepath.Base(dir))
	}
	if err != nil {
		return nil, err
	}
	cluster := &Cluster{}
	if err := json.Unmarshal(content, cluster); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, fileName), err)
	}
	if cluster.Dir != dir {
		return nil, fmt.Errorf("%s belongs to %s: a state directory cannot be moved", filepath.Join(dir, fileName), cluster.Dir)
	}
	return cluster, nil
}

// Save replaces the file in one step: a reader sees the old or the new content, whenever we die.
func (c *Cluster) Save() error {
	content, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(c.Path(fileName), append(content, '\n'), 0o644)
}

// WriteFile writes through a temporary file in the same directory and renames it.
func WriteFile(path string, content []byte, mode os.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Neighbours lists the ports of the other clusters below root, also of those that are stopped now.
func Neighbours(root string) []int {
	var taken []int
	files, _ := filepath.Glob(filepath.Join(root, "*", fileName))
	for _, file := range files {
		if cluster, err := Load(filepath.Dir(file)); err == nil {
			taken = append(taken, cluster.Ports.List()...)
		}
	}
	slices.Sort(taken)
	return taken
}

// Lock makes two commands on one cluster take turns. The lock lies beside the directory, which `down` removes, and
// ends with the process.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	path := dir + lockSuffix
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		// While we waited, the holder may have removed the file that we hold now.
		if same(file, path) {
			return func() { _ = file.Close() }, nil
		}
		_ = file.Close()
	}
}

// Forget removes the lock file of a cluster that is gone. Only the holder of the lock may call it.
func Forget(dir string) error {
	err := os.Remove(dir + lockSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

const lockSuffix = ".lock"

func same(file *os.File, path string) bool {
	held, err := file.Stat()
	if err != nil {
		return false
	}
	current, err := os.Stat(path)
	return err == nil && os.SameFile(held, current)
}
