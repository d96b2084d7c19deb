// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"stageset/testcluster/internal/ports"
	"stageset/testcluster/internal/proc"
	"stageset/testcluster/internal/state"
)

// Companions are servers beside the control plane where sources come from. All but the git server are binaries of their
// own beside this one, built by `build.sh --companions`.
const (
	SourceController = "source-controller"
	GitServer        = "git-server"
	Registry         = "registry"
	S3               = "versitygw"
	// S3Mirror is the program that fills buckets.
	S3Mirror = "s3-mirror"
)

// sourceProbes is source-controller's second port.
const sourceProbes = SourceController + "-probes"

// The keys of the S3 server. It listens on loopback and holds what tests put there: they protect nothing.
const (
	S3AccessKey = "testcluster"
	S3SecretKey = "testcluster-secret"
)

// companion is what `up --with WORD` adds to a cluster.
type companion struct {
	word     string
	name     string   // of the process
	ports    []string // its keys in state.Ports.Companions; the first is where users go
	dirs     []string
	command  func(cluster *state.Cluster) proc.Command // without Path and Log
	question func(cluster *state.Cluster) string       // the URL that answers 200 once it can be used
	scheme   string
	fields   map[string]string // what else users need to know
}

var companions = []companion{
	{
		word: fluxSet, name: SourceController, scheme: "http", ports: []string{SourceController, sourceProbes},
		dirs: []string{"sources", "tmp"}, command: sourceControllerCommand,
		question: func(cluster *state.Cluster) string { return loopback("http", cluster, sourceProbes) + "/readyz" },
	},
	{
		word: "registry", name: Registry, scheme: "oci", ports: []string{Registry},
		command: func(cluster *state.Cluster) proc.Command {
			return proc.Command{Args: []string{"serve", fmt.Sprintf("--port=%d", cluster.Ports.Companions[Registry])}}
		},
		question: func(cluster *state.Cluster) string { return loopback("http", cluster, Registry) + "/v2/" },
	},
	{
		word: "git", name: GitServer, scheme: "http", ports: []string{GitServer}, dirs: []string{"git"},
		command: func(cluster *state.Cluster) proc.Command {
			port := fmt.Sprintf("--port=%d", cluster.Ports.Companions[GitServer])
			return proc.Command{Args: []string{GitServer, "--dir=" + cluster.Path("git"), port}}
		},
		question: func(cluster *state.Cluster) string { return loopback("http", cluster, GitServer) + "/" },
	},
	{
		word: "s3", name: S3, scheme: "http", ports: []string{S3}, dirs: []string{"buckets", "s3-metadata"}, command: s3Command,
		question: func(cluster *state.Cluster) string { return loopback("http", cluster, S3) + s3Health },
		fields:   map[string]string{"accessKey": S3AccessKey, "secretKey": S3SecretKey},
	},
}

// s3Health is a path that no bucket can have: bucket names are lower-case.
const s3Health = "/HEALTH"

func loopback(scheme string, cluster *state.Cluster, port string) string {
	return fmt.Sprintf("%s://127.0.0.1:%d", scheme, cluster.Ports.Companions[port])
}

func sourceControllerCommand(cluster *state.Cluster) proc.Command {
	address := fmt.Sprintf("127.0.0.1:%d", cluster.Ports.Companions[SourceController])
	return proc.Command{
		Args: []string{
			"--watch-all-namespaces", "--enable-leader-election=false", "--events-addr=", "--metrics-addr=0",
			fmt.Sprintf("--health-addr=127.0.0.1:%d", cluster.Ports.Companions[sourceProbes]),
			"--storage-path=" + cluster.Path("sources"), "--storage-addr=" + address, "--storage-adv-addr=" + address,
			// Several tests use it at a time.
			"--concurrent=8",
		},
		Env: []string{
			"KUBECONFIG=" + cluster.Path("config", SourceController+".kubeconfig"),
			"RUNTIME_NAMESPACE=flux-system", "TMPDIR=" + cluster.Path("tmp"),
		},
	}
}

func s3Command(cluster *state.Cluster) proc.Command {
	return proc.Command{
		Args: []string{
			fmt.Sprintf("--port=127.0.0.1:%d", cluster.Ports.Companions[S3]), "--health=" + s3Health,
			// Not every file system has the extended attributes that would hold the metadata otherwise.
			"posix", "--sidecar=" + cluster.Path("s3-metadata"), cluster.Path("buckets"),
		},
		Env: []string{"ROOT_ACCESS_KEY=" + S3AccessKey, "ROOT_SECRET_KEY=" + S3SecretKey},
	}
}

// chooseCompanions finds those that the words name, each once, and fails for one whose binary is missing.
func chooseCompanions(words []string, executable string) ([]companion, error) {
	for _, word := range words {
		if !slices.ContainsFunc(companions, func(c companion) bool { return c.word == word }) {
			return nil, fmt.Errorf("%q is no companion: there are flux, registry, git, s3", word)
		}
	}
	var chosen []companion
	for _, companion := range companions {
		if !slices.Contains(words, companion.word) {
			continue
		}
		if _, err := os.Stat(companion.path(executable)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is not built: run testcluster/build.sh --companions %s",
				companion.name, filepath.Dir(executable))
		}
		chosen = append(chosen, companion)
	}
	return chosen, nil
}

func (c companion) path(executable string) string {
	if c.name == GitServer {
		return executable
	}
	return Binary(executable, c.name)
}

// Binary is the path of another binary that lies beside this one.
func Binary(executable, name string) string { return filepath.Join(filepath.Dir(executable), name) }

// addCompanions gives ports and processes to those that the cluster does not have yet; nothing is started.
func addCompanions(cluster *state.Cluster, root, executable string, chosen []companion) error {
	chosen = slices.DeleteFunc(slices.Clone(chosen), func(c companion) bool { return c.in(cluster) })
	if len(chosen) == 0 {
		return nil
	}
	unlock, err := state.Lock(portsLock(root))
	if err != nil {
		return err
	}
	defer unlock()
	var names []string
	for _, companion := range chosen {
		names = append(names, companion.ports...)
	}
	numbers, err := ports.Free(len(names), append(state.Neighbours(root), cluster.Ports.List()...))
	if err != nil {
		return err
	}
	if cluster.Ports.Companions == nil {
		cluster.Ports.Companions = map[string]int{}
	}
	for i, name := range names {
		cluster.Ports.Companions[name] = numbers[i]
	}
	for _, companion := range chosen {
		for _, dir := range companion.dirs {
			if err := os.MkdirAll(cluster.Path(dir), 0o755); err != nil {
				return err
			}
		}
		command := companion.command(cluster)
		command.Path, command.Log = companion.path(executable), cluster.Path("logs", companion.name+".log")
		cluster.Processes = append(cluster.Processes, state.Process{Name: companion.name, Command: command})
	}
	return cluster.Save()
}

func (c companion) in(cluster *state.Cluster) bool {
	_, err := cluster.Process(c.name)
	return err == nil
}

// startCompanions starts all that the cluster has, and waits until they can be used.
func (s starter) startCompanions(ctx context.Context) error {
	var names []string
	for _, companion := range companions {
		if companion.in(s.cluster) {
			names = append(names, companion.name)
		}
	}
	ended, err := s.start(names...)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.await(ctx, ended, name, s.questions()[name]); err != nil {
			return err
		}
	}
	return nil
}

// CompanionURL is where users find a companion, named by its word.
func CompanionURL(cluster *state.Cluster, word string) (string, error) {
	for _, companion := range companions {
		if companion.word == word && companion.in(cluster) {
			return loopback(companion.scheme, cluster, companion.ports[0]), nil
		}
	}
	return "", fmt.Errorf("cluster %q has no %s: add it by `testcluster up --with %s`", cluster.Name, word, word)
}

// describeCompanions is what `status` tells of them, by word.
func describeCompanions(cluster *state.Cluster) map[string]map[string]string {
	described := map[string]map[string]string{}
	for _, companion := range companions {
		if !companion.in(cluster) {
			continue
		}
		fields := map[string]string{"url": loopback(companion.scheme, cluster, companion.ports[0])}
		maps.Copy(fields, companion.fields)
		described[companion.word] = fields
	}
	return described
}
