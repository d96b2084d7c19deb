// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stageset/testcluster/internal/ports"
	"stageset/testcluster/internal/proc"
	"stageset/testcluster/internal/state"
)

// Options of Up.
type Options struct {
	Root       string
	Name       string
	CRDs       []string // files, directories, or "flux"
	With       []string // companions: "flux" (which brings its CRDs), "registry", "git", "s3"
	Executable string   // this binary: its applets are the daemons
	Progress   io.Writer
}

// startLimit bounds the start on a machine that is busy with builds; a quiet one needs a few seconds.
const startLimit = 3 * time.Minute

// Up starts the cluster, or what is missing of it, and returns when it can be used. A cluster that was new is removed
// again when the start fails or the context ends; one that was there stays for a look at its logs.
func Up(ctx context.Context, options Options) (*state.Cluster, error) {
	companions, err := chooseCompanions(options.With, options.Executable)
	if err != nil {
		return nil, err
	}
	if slices.Contains(options.With, fluxSet) && !slices.Contains(options.CRDs, fluxSet) {
		options.CRDs = append(slices.Clone(options.CRDs), fluxSet)
	}
	crds, err := loadCRDs(options.CRDs, options.Executable)
	if err != nil {
		return nil, err
	}
	dir, err := state.Dir(options.Root, options.Name)
	if err != nil {
		return nil, err
	}
	unlock, err := state.Lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	cluster, err := state.Load(dir)
	if errors.Is(err, state.ErrAbsent) || (err == nil && !cluster.Ready) {
		// A start that was killed half-way left what nobody used yet.
		if err := remove(dir, cluster); err != nil {
			return nil, err
		}
		cluster, err = create(options, dir)
	}
	if err == nil {
		err = addCompanions(cluster, options.Root, options.Executable, companions)
	}
	if err != nil {
		return nil, err
	}
	wasReady := cluster.Ready
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("not ready within %s", startLimit))
	defer cancel()
	if err := bringUp(ctx, cluster, crds, options.Progress); err != nil {
		if wasReady {
			return nil, err
		}
		return nil, errors.Join(err, remove(dir, cluster))
	}
	return cluster, nil
}

func bringUp(ctx context.Context, cluster *state.Cluster, crds []*unstructured.Unstructured, progress io.Writer) error {
	clients, err := connect(cluster)
	if err != nil {
		return err
	}
	return starter{cluster: cluster, clients: clients, report: reporter(progress)}.run(ctx, crds)
}

// portsLock is held by who chooses ports.
func portsLock(root string) string { return filepath.Join(root, "ports") }

// create chooses ports and writes all files; nothing runs yet.
func create(options Options, dir string) (*state.Cluster, error) {
	// Two clusters that start at the same time must not choose the same ports.
	unlock, err := state.Lock(portsLock(options.Root))
	if err != nil {
		return nil, err
	}
	defer unlock()
	numbers, err := ports.Free(5, state.Neighbours(options.Root))
	if err != nil {
		return nil, err
	}
	cluster := &state.Cluster{
		Name: options.Name, Dir: dir, CreatedAt: time.Now().UTC(),
		Ports: state.Ports{
			Etcd: numbers[0], EtcdPeer: numbers[1], APIServer: numbers[2], Kubelet: numbers[3], Artifacts: numbers[4],
		},
	}
	cluster.Processes = processes(cluster, options.Executable)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return cluster, errors.Join(cluster.Save(), writeFiles(cluster))
}

func reporter(progress io.Writer) func(string, ...any) {
	began := time.Now()
	return func(format string, arguments ...any) {
		fmt.Fprintf(progress, "%6.1fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, arguments...))
	}
}

type starter struct {
	cluster *state.Cluster
	clients clientSet
	report  func(string, ...any)
}

// questions tell of the daemons that others connect to whether they answer.
func (s starter) questions() map[string]func(context.Context) error {
	questions := map[string]func(context.Context) error{
		Etcd:           answers(fmt.Sprintf("http://127.0.0.1:%d/health", s.cluster.Ports.Etcd)),
		ArtifactServer: answers(s.cluster.ArtifactURL() + "/"),
		APIServer:      s.clients.ready,
	}
	for _, companion := range companions {
		questions[companion.name] = answers(companion.question(s.cluster))
	}
	return questions
}

func (s starter) run(ctx context.Context, crds []*unstructured.Unstructured) error {
	for _, name := range []string{ArtifactServer, Etcd, APIServer} {
		ended, err := s.start(name)
		if err != nil {
			return err
		}
		if err := s.await(ctx, ended, name, s.questions()[name]); err != nil {
			return err
		}
	}
	ended, err := s.start(ControllerManager, Scheduler, Kwok)
	if err != nil {
		return err
	}
	if err := s.clients.createBasics(ctx); err != nil {
		return err
	}
	if err := s.clients.applyCRDs(ctx, crds); err != nil {
		return err
	}
	if len(crds) > 0 {
		s.report("%d CRDs established", len(crds))
	}
	if err := s.await(ctx, ended, "nodes and service accounts", s.clients.settled); err != nil {
		return err
	}
	if err := s.startCompanions(ctx); err != nil {
		return err
	}
	s.cluster.Ready = true
	return s.cluster.Save()
}

// start starts those of the named daemons that do not run, and returns a channel that closes when one of them ends.
func (s starter) start(names ...string) (<-chan struct{}, error) {
	ended := make(chan struct{})
	var once sync.Once
	for _, name := range names {
		process, err := s.cluster.Process(name)
		if err != nil {
			return nil, err
		}
		if process.Alive() {
			continue
		}
		daemon, err := proc.Start(process.Command)
		if err != nil {
			return nil, fmt.Errorf("start %s: %w\n%s", name, err, proc.Tail(process.Command.Log, logLines))
		}
		process.Identity = daemon.Identity
		// Saved at once: whatever happens next, `down` knows this process.
		if err := s.cluster.Save(); err != nil {
			return nil, errors.Join(err, proc.Stop(daemon.Identity, 0))
		}
		s.report("%s started", name)
		go func() {
			<-daemon.Exited
			once.Do(func() { close(ended) })
		}()
	}
	return ended, nil
}

// logLines is how much of a culprit's log is shown.
const logLines = 15

// await polls until the question is answered. On failure it shows the log of whoever ended, else of the awaited.
func (s starter) await(ctx context.Context, ended <-chan struct{}, what string, question func(context.Context) error) error {
	err := poll(ctx, ended, question)
	if err == nil {
		s.report("%s ready", what)
		return nil
	}
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return err
	}
	err = fmt.Errorf("%s: %w", what, err)
	for _, process := range s.cluster.Processes {
		dead := process.PID != 0 && !process.Alive()
		if dead || process.Name == what {
			err = fmt.Errorf("%w\nlast lines of %s:\n%s", err, process.Command.Log, proc.Tail(process.Command.Log, logLines))
		}
	}
	return err
}

// answers asks for a URL and wants status 200.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, response.Status)
		}
		return nil
	}
}
