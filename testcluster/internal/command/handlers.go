// SPDX-License-Identifier: 0BSD

package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"stageset/testcluster/internal/applets"
	"stageset/testcluster/internal/cluster"
	"stageset/testcluster/internal/state"
)

// stopGrace is how long a daemon may finish its work before it is killed.
const stopGrace = 5 * time.Second

// componentLimit bounds the start of a single daemon.
const componentLimit = time.Minute

func up(ctx context.Context, arguments []string, globals globals) error {
	var crds, with list
	flags := globals.flags("up", &globals.name)
	flags.Var(&crds, "crds", "")
	flags.Var(&with, "with", "")
	call, err := globals.parse(flags, arguments, 0)
	if err != nil {
		return err
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	started, err := cluster.Up(ctx, cluster.Options{
		Root: call.root, Name: call.name, CRDs: crds, With: words(with), Executable: executable, Progress: os.Stderr,
	})
	if err != nil {
		return fmt.Errorf("cluster %q did not start: %w", call.name, err)
	}
	fmt.Fprintf(os.Stderr, "cluster %q is ready; export KUBECONFIG=%s\n", call.name, started.Kubeconfig())
	return nil
}

func down(_ context.Context, arguments []string, globals globals) error {
	call, err := globals.parse(globals.flags("down", &globals.name), arguments, 0)
	if err != nil {
		return err
	}
	return cluster.Down(call.root, call.name)
}

func status(ctx context.Context, arguments []string, globals globals) error {
	var output string
	flags := globals.flags("status", &globals.name)
	flags.StringVar(&output, "o", "table", "")
	flags.StringVar(&output, "output", "table", "")
	call, err := globals.parse(flags, arguments, 0)
	if err != nil {
		return err
	}
	if output != "table" && output != "json" {
		return fmt.Errorf("status: -o %s is neither table nor json; %w", output, errUsage)
	}
	found, err := cluster.Load(call.root, call.name)
	if err != nil {
		return err
	}
	status := cluster.Describe(ctx, found)
	if output == "json" {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(status)
	} else {
		err = printStatus(status)
	}
	if err == nil && !status.Ready {
		err = errSilent
	}
	return err
}

func printStatus(status cluster.Status) error {
	answer := "ready"
	if !status.Ready {
		answer = "not ready: " + status.Reason
	}
	fmt.Printf("cluster %q is %s\nkubeconfig %s\nserver     %s\nartifacts  %s\naudit log  %s\n",
		status.Name, answer, status.Kubeconfig, status.Server, status.ArtifactURL, status.AuditLog)
	for _, word := range slices.Sorted(maps.Keys(status.Companions)) {
		fmt.Printf("%-10s %s\n", word, status.Companions[word]["url"])
	}
	fmt.Println()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROCESS\tPID\tSTATE\tRSS MiB\tPSS MiB\tLOG")
	for _, process := range status.Processes {
		state := "stopped"
		if process.Running {
			state = "running"
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%d\t%d\t%s\n", process.Name, process.PID, state,
			process.ResidentKiB/1024, process.ProportionalKiB/1024, process.Log)
	}
	return table.Flush()
}

func kubeconfig(_ context.Context, arguments []string, globals globals) error {
	call, err := globals.parse(globals.flags("kubeconfig", &globals.name), arguments, 0)
	if err != nil {
		return err
	}
	found, err := loadReady(call.root, call.name)
	if err != nil {
		return err
	}
	fmt.Println(found.Kubeconfig())
	return nil
}

// loadReady finds a cluster that came up and whose API server was not lost since, or was stopped on purpose.
func loadReady(root, name string) (*state.Cluster, error) {
	found, err := cluster.Load(root, name)
	if err != nil {
		return nil, err
	}
	for _, process := range found.Processes {
		if found.Ready && process.Alive() {
			return found, nil
		}
	}
	return nil, fmt.Errorf("cluster %q is not up", name)
}

func waitReady(ctx context.Context, arguments []string, globals globals) error {
	limit := time.Minute
	flags := globals.flags("wait-ready", &globals.name)
	flags.DurationVar(&limit, "timeout", limit, "")
	call, err := globals.parse(flags, arguments, 0)
	if err != nil {
		return err
	}
	found, err := cluster.Load(call.root, call.name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not ready within %s", limit))
	defer cancel()
	return cluster.WaitReady(ctx, found)
}

func publish(ctx context.Context, arguments []string, globals globals) error {
	var object types.NamespacedName
	var revision string
	flags := globals.flags("publish", nil)
	flags.StringVar(&object.Namespace, "namespace", "", "")
	flags.StringVar(&object.Namespace, "n", "", "")
	flags.StringVar(&object.Name, "name", "", "")
	flags.StringVar(&revision, "revision", "", "")
	flags.StringVar(&globals.name, "cluster", globals.name, "")
	call, err := globals.parse(flags, arguments, 1)
	if err != nil {
		return err
	}
	if object.Namespace == "" || object.Name == "" {
		return fmt.Errorf("publish needs --namespace and --name; %w", errUsage)
	}
	found, err := loadReady(call.root, globals.name)
	if err != nil {
		return err
	}
	published, err := cluster.Publish(ctx, found, call.args[0], object, revision)
	if err != nil {
		return err
	}
	fmt.Printf("revision %s\ndigest   %s\nurl      %s\n", published.Revision, published.Digest, published.URL)
	return nil
}

func component(verb string) handler {
	return func(ctx context.Context, arguments []string, globals globals) error {
		grace := stopGrace
		flags := globals.flags(verb, &globals.name)
		if verb != "start" {
			flags.DurationVar(&grace, "grace", grace, "")
		}
		call, err := globals.parse(flags, arguments, 1)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeoutCause(ctx, componentLimit, fmt.Errorf("not ready within %s", componentLimit))
		defer cancel()
		switch verb {
		case "stop":
			return cluster.StopComponent(call.root, call.name, call.args[0], grace)
		case "start":
			return cluster.StartComponent(ctx, call.root, call.name, call.args[0])
		default:
			return cluster.RestartComponent(ctx, call.root, call.name, call.args[0], grace)
		}
	}
}

// kubectl leaves all arguments to kubectl: `--name` belongs before the command.
func kubectl(_ context.Context, arguments []string, globals globals) error {
	if os.Getenv("KUBECONFIG") == "" {
		root, err := state.Root(globals.stateDir)
		if err != nil {
			return err
		}
		found, err := loadReady(root, globals.name)
		if err != nil {
			return err
		}
		// kubectl's discovery cache is keyed by address; another cluster may have had this port.
		err = errors.Join(os.Setenv("KUBECONFIG", found.Kubeconfig()), os.Setenv("KUBECACHEDIR", found.Path("kubectl")))
		if err != nil {
			return err
		}
	}
	applets.Kubectl(arguments)
	return nil
}
