// SPDX-License-Identifier: 0BSD

package applets

import (
	"flag"
	"os"

	"stageset/testcluster/internal/gitserver"
)

func runGitServer() int {
	flags := flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	dir := flags.String("dir", "", "directory of the repositories")
	port := flags.Int("port", 0, "port on 127.0.0.1")
	_ = flags.Parse(os.Args[1:])
	handler, err := gitserver.Handler(*dir)
	if err != nil {
		return failed(err)
	}
	return serve(*port, handler)
}
