// SPDX-License-Identifier: 0BSD

// Package applets holds the daemons and the kubectl that live in this one binary, chosen by the first argument.
package applets

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	kwoksignals "sigs.k8s.io/kwok/pkg/utils/signals"

	"stageset/testcluster/internal/cluster"

	// What the programs' own main packages import for its effect: log formats, metrics, login plugins, time zones.
	_ "time/tzdata"

	_ "k8s.io/client-go/plugin/pkg/client/auth"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

var applets = map[string]func() int{
	cluster.Etcd:              runEtcd,
	cluster.ArtifactServer:    runArtifactServer,
	cluster.GitServer:         runGitServer,
	cluster.APIServer:         func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	cluster.ControllerManager: func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	cluster.Scheduler:         func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	cluster.Kwok:              runKwok,
}

// Run runs the applet that the first argument names and returns its exit code. ok is false when it names none.
func Run() (code int, ok bool) {
	if len(os.Args) < 2 {
		return 0, false
	}
	applet, ok := applets[os.Args[1]]
	if !ok {
		return 0, false
	}
	os.Args = os.Args[1:]
	return applet(), true
}

// Kubectl runs kubectl with the given arguments and does not return when it fails.
func Kubectl(arguments []string) {
	os.Args = append([]string{"kubectl"}, arguments...)
	_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
}

func runKwok() int {
	// Kubernetes' packages put a non-bool flag `version` on the global set, at which KWOK's command panics.
	pflag.CommandLine = pflag.NewFlagSet(os.Args[0], pflag.ExitOnError)
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := kwoklog.InitFlags(kwoksignals.SetupSignalContext(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		return failed(err)
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	return execute(ctx, command)
}

func execute(ctx context.Context, command *cobra.Command) int {
	if err := command.ExecuteContext(ctx); err != nil {
		return failed(err)
	}
	return 0
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
