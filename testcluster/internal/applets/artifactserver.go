// SPDX-License-Identifier: 0BSD

package applets

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// runArtifactServer serves the files below a directory.
func runArtifactServer() int {
	flags := flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	dir := flags.String("dir", "", "directory to serve")
	port := flags.Int("port", 0, "port on 127.0.0.1")
	_ = flags.Parse(os.Args[1:])

	return serve(*port, http.FileServer(http.Dir(*dir)))
}

// serve answers on 127.0.0.1 until it is told to end, and logs each request as "time method path".
func serve(port int, handler http.Handler) int {
	server := &http.Server{
		Addr: fmt.Sprintf("127.0.0.1:%d", port),
		Handler: http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			fmt.Println(time.Now().Format(time.RFC3339Nano), request.Method, request.URL.Path)
			handler.ServeHTTP(writer, request)
		}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return failed(err)
	}
	return 0
}
