// SPDX-License-Identifier: 0BSD

// Package command is the command line: it parses arguments and prints results.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"stageset/testcluster/internal/state"
)

const usage = `usage: testcluster COMMAND [flags]

  up [--crds PATH]... [--with COMPANION,...]
                             start a cluster, or what is missing of it; PATH is a file or directory of CRD yaml,
                             or the word "flux" (source-controller's CRDs); COMPANION is flux (source-controller),
                             git, registry or s3: added to the cluster, built by build.sh --companions
  down                       stop what was started and remove its state
  status [-o json]           exit code 1 when not ready
  kubeconfig                 print the path of the administrator's kubeconfig; exit code 1 when not up
  wait-ready [--timeout 60s] return when the API server, nodes and service accounts are ready
  publish DIR --namespace N --name X [--revision R] [--cluster NAME]
                             serve DIR as a tar.gz and point the ExternalArtifact X at it
  push-git DIR --repo R [--branch main] [--message M]
                             commit DIR as the whole content of a branch and push it
  push-oci DIR --repo R [--tag latest]
                             push DIR as an artifact of Flux
  put-object DIR --bucket B  make the bucket hold what DIR holds
  stop|start|restart COMPONENT [--grace 5s]
                             apiserver, etcd, controller-manager, scheduler, kwok, artifact-server,
                             source-controller, git-server, registry, versitygw;
                             killed after the grace period
  kubectl ARGS...            kubectl on that cluster, unless KUBECONFIG is set

flags of every command, also before it:
  --name NAME                the cluster (default "default", or $STAGESET_TESTCLUSTER_NAME)
  --state-dir DIR            where clusters live (default $STAGESET_TESTCLUSTER_STATE, or
                             $XDG_STATE_HOME/stageset/testcluster)

Pods run and become ready. Label on the pod template "testcluster/behaviour":
never-ready, crash-loop, image-pull-error, fail (a Job's pod fails).
Annotation on the pod template "testcluster/ready-after: 20s": delays readiness, or the end of a Job's pod.
`

// errUsage says that the arguments make no sense; the exit code is 2.
var errUsage = errors.New("run `testcluster help` for the commands and flags")

// errSilent ends with exit code 1 after all has been said.
var errSilent = errors.New("")

// invocation is a parsed command line.
type invocation struct {
	root string
	name string
	args []string // positional
}

type handler func(ctx context.Context, arguments []string, globals globals) error

var handlers = map[string]handler{
	"up":         up,
	"down":       down,
	"status":     status,
	"kubeconfig": kubeconfig,
	"wait-ready": waitReady,
	"publish":    publish,
	"push-git":   pushGit,
	"push-oci":   pushOCI,
	"put-object": putObject,
	"stop":       component("stop"),
	"start":      component("start"),
	"restart":    component("restart"),
	"kubectl":    kubectl,
}

// Run executes the command line and returns the exit code.
func Run(arguments []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, arguments)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSilent):
		return 1
	case errors.Is(err, errUsage), errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(os.Stderr, "testcluster:", err)
		return 2
	default:
		fmt.Fprintln(os.Stderr, "testcluster:", err)
		return 1
	}
}

func run(ctx context.Context, arguments []string) error {
	globals := globals{name: os.Getenv("STAGESET_TESTCLUSTER_NAME")}
	if globals.name == "" {
		globals.name = "default"
	}
	flags := globals.flags("testcluster", &globals.name)
	if err := flags.Parse(arguments); err != nil {
		return fmt.Errorf("%w; %w", err, errUsage)
	}
	if flags.NArg() == 0 || flags.Arg(0) == "help" {
		fmt.Print(usage)
		return nil
	}
	handler, ok := handlers[flags.Arg(0)]
	if !ok {
		return fmt.Errorf("unknown command %q; %w", flags.Arg(0), errUsage)
	}
	return handler(ctx, flags.Args()[1:], globals)
}

// globals are the flags that every command takes.
type globals struct {
	name     string
	stateDir string
}

// flags makes a flag set with the global flags; publish uses `--name` for its object, so the cluster's flag varies.
func (g *globals) flags(command string, name *string) *flag.FlagSet {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(discard{})
	flags.StringVar(&g.stateDir, "state-dir", g.stateDir, "")
	if name != nil {
		flags.StringVar(name, "name", *name, "")
	}
	return flags
}

// discard keeps the flag package from printing: errors are printed once, by Run.
type discard struct{}

func (discard) Write(content []byte) (int, error) { return len(content), nil }

// parse reads flags wherever they stand among want positional arguments.
func (g *globals) parse(flags *flag.FlagSet, arguments []string, want int) (invocation, error) {
	var positional []string
	for {
		if err := flags.Parse(arguments); err != nil {
			return invocation{}, fmt.Errorf("%s: %w; %w", flags.Name(), err, errUsage)
		}
		if flags.NArg() == 0 {
			break
		}
		positional = append(positional, flags.Arg(0))
		arguments = flags.Args()[1:]
	}
	if len(positional) != want {
		return invocation{}, fmt.Errorf("%s takes %d arguments, got %d; %w", flags.Name(), want, len(positional), errUsage)
	}
	root, err := state.Root(g.stateDir)
	return invocation{root: root, name: g.name, args: positional}, err
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	if value == "" {
		return errors.New("must not be empty")
	}
	*l = append(*l, value)
	return nil
}

// words splits what was given with commas.
func words(given list) []string {
	return strings.FieldsFunc(given.String(), func(r rune) bool { return r == ',' })
}
