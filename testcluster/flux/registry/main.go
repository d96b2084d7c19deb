// SPDX-License-Identifier: 0BSD

// Registry is an OCI registry in memory on loopback, and the client that pushes artifacts as `flux push artifact` does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

const usage = `usage: registry serve --port PORT
       registry push --layer FILE.tar.gz --to HOST:PORT/NAME:TAG    prints the digest
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet(arguments[0], flag.ContinueOnError)
	switch arguments[0] {
	case "serve":
		port := flags.Int("port", 0, "port on 127.0.0.1")
		if err := flags.Parse(arguments[1:]); err != nil {
			return err
		}
		return serve(ctx, *port)
	case "push":
		layer := flags.String("layer", "", "a tar.gz")
		to := flags.String("to", "", "HOST:PORT/NAME:TAG")
		if err := flags.Parse(arguments[1:]); err != nil {
			return err
		}
		digest, err := push(ctx, *layer, *to)
		if err != nil {
			return err
		}
		fmt.Println(digest)
		return nil
	default:
		return errors.New(usage)
	}
}

// handler logs each request.
func handler() http.Handler {
	return registry.New(registry.Logger(log.New(os.Stdout, "", log.LstdFlags|log.Lmicroseconds)))
}

func serve(ctx context.Context, port int) error {
	server := &http.Server{
		Addr: fmt.Sprintf("127.0.0.1:%d", port), Handler: handler(), ReadHeaderTimeout: 10 * time.Second,
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
