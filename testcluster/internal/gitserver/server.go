// SPDX-License-Identifier: 0BSD

// Package gitserver serves bare repositories over HTTP to everybody, for reading and for pushes, and commits directories
// to them. The protocol is git's own (git-http-backend): the program `git` must be installed.
package gitserver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A push whose length is not told up front is held in memory, as CGI wants the length; sources of tests are far smaller.
const chunkedBytesMax = 256 << 20

// A repository is a directory `NAME.git` right below the root: no name leads out of it or hides in it.
var validName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$`)

// Handler serves the repositories below root as /NAME.git. A first push creates a repository; reading one that nobody
// pushed to is 404, as is any other path but "/", which answers 200.
func Handler(root string) (http.Handler, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, err
	}
	backend := &cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Dir: root,
		Env: append(isolated(),
			"GIT_PROJECT_ROOT="+root, "GIT_HTTP_EXPORT_ALL=1",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.receivepack", "GIT_CONFIG_VALUE_0=true"),
		Logger: log.New(os.Stdout, "http-backend: ", 0), Stderr: os.Stdout,
	}
	return server{root: root, backend: backend}, nil
}

type server struct {
	root    string
	backend http.Handler
}

func (s server) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	if request.URL.Path == "/" {
		return
	}
	name, path, _ := strings.Cut(strings.TrimPrefix(request.URL.Path, "/"), "/")
	name, ok := strings.CutSuffix(name, ".git")
	if !ok || !validName.MatchString(name) || strings.Contains(path, "..") {
		http.NotFound(writer, request)
		return
	}
	if path == "info/refs" && request.URL.Query().Get("service") == "git-receive-pack" {
		if err := create(request.Context(), s.root, name); err != nil {
			http.Error(writer, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	if err := tellLength(request); err != nil {
		http.Error(writer, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	s.backend.ServeHTTP(writer, request)
}

// tellLength reads a chunked body, which CGI does not know.
func tellLength(request *http.Request) error {
	if len(request.TransferEncoding) == 0 {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(request.Body, chunkedBytesMax+1))
	if err != nil {
		return err
	}
	if len(body) > chunkedBytesMax {
		return fmt.Errorf("a push of more than %d bytes", chunkedBytesMax)
	}
	request.Body, request.ContentLength, request.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	return nil
}

// create makes an empty repository unless there is one. It gets its place in one step, so two first pushes agree.
func create(ctx context.Context, root, name string) error {
	place := filepath.Join(root, name+".git")
	if _, err := os.Stat(place); err == nil {
		return nil
	}
	made, err := os.MkdirTemp(root, ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made)
	if _, err := run(ctx, nil, "init", "--quiet", "--bare", "--initial-branch=main", made); err != nil {
		return err
	}
	if err := os.Chmod(made, 0o755); err != nil {
		return err
	}
	if err := os.Rename(made, place); err != nil {
		if _, existing := os.Stat(place); existing != nil {
			return err
		}
	}
	return nil
}

// isolated keeps the configuration of the machine and of the user out.
func isolated() []string {
	return []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0"}
}

// run calls git and answers its output without the last newline.
func run(ctx context.Context, environment []string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", arguments...)
	command.Env = append(append(os.Environ(), isolated()...), environment...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", arguments[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimRight(stdout.String(), "\n"), nil
}
