// SPDX-License-Identifier: 0BSD

// Testcluster brings up a real Kubernetes control plane with simulated nodes, for tests and the quickstart. The
// daemons are this same program, started with the daemon's name as first argument.
package main

import (
	"os"

	"stageset/testcluster/internal/applets"
	"stageset/testcluster/internal/command"
)

func main() {
	if code, ok := applets.Run(); ok {
		os.Exit(code)
	}
	os.Exit(command.Run(os.Args[1:]))
}
