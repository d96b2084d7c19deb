// SPDX-License-Identifier: 0BSD

package gitserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func serve(t *testing.T) (url, root string) {
	t.Helper()
	root = t.TempDir()
	handler, err := Handler(root)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL, root
}

func write(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func push(t *testing.T, url string, contents map[string]string, branch string) string {
	t.Helper()
	commit, err := Push(t.Context(), url, "app", Change{Dir: write(t, contents), Branch: branch, Message: "a change"})
	if err != nil {
		t.Fatal(err)
	}
	return commit
}

// git runs in the repository on the server's disk.
func git(t *testing.T, root string, arguments ...string) string {
	t.Helper()
	out, err := run(t.Context(), []string{"GIT_DIR=" + filepath.Join(root, "app.git")}, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestADirectoryBecomesTheWholeContentOfABranch(t *testing.T) {
	url, root := serve(t)
	first := push(t, url, map[string]string{"a.yaml": "1", "deep/b.yaml": "2", ".hidden": "3", ".gitignore": "*"}, "main")
	if got := git(t, root, "rev-parse", "main"); got != first {
		t.Fatalf("main is %s, want %s", got, first)
	}
	want := ".gitignore\n.hidden\na.yaml\ndeep/b.yaml"
	if got := git(t, root, "ls-tree", "-r", "--name-only", "main"); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	second := push(t, url, map[string]string{"a.yaml": "changed"}, "main")
	if got := git(t, root, "rev-list", "main"); got != second+"\n"+first {
		t.Fatalf("history %q, want %s on top of %s", got, second, first)
	}
	if got := git(t, root, "show", "main:a.yaml"); got != "changed" {
		t.Fatalf("a.yaml holds %q", got)
	}
	if again := push(t, url, map[string]string{"a.yaml": "changed"}, "main"); again != second {
		t.Fatalf("nothing changed, but %s became %s", second, again)
	}
	other := push(t, url, map[string]string{"x": ""}, "feature/x")
	if got := git(t, root, "rev-list", "feature/x"); got != other {
		t.Fatalf("a new branch begins with %q", got)
	}
}

func TestAPushThatIsLargerThanGitsBufferArrives(t *testing.T) {
	url, root := serve(t)
	noise := make([]byte, 3<<20) // git sends more than one MiB in chunks
	_, _ = rand.Read(noise)
	push(t, url, map[string]string{"noise": string(noise)}, "main")
	if got := git(t, root, "cat-file", "-s", "main:noise"); got != "3145728" {
		t.Fatalf("noise has %s bytes", got)
	}
}

func TestFirstPushesAtTheSameTimeShareOneRepository(t *testing.T) {
	url, root := serve(t)
	dir := write(t, map[string]string{"a": "1"})
	var all sync.WaitGroup
	for _, branch := range []string{"one", "two", "three"} {
		all.Go(func() {
			if _, err := Push(context.Background(), url, "app", Change{Dir: dir, Branch: branch, Message: "first"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := git(t, root, "for-each-ref", "--format=%(refname:short)"); got != "one\nthree\ntwo" {
		t.Fatalf("branches %q", got)
	}
	left, err := filepath.Glob(filepath.Join(root, ".new-*"))
	if err != nil || len(left) > 0 {
		t.Fatalf("left over: %v", left)
	}
}

func TestOnlyRepositoriesAreServed(t *testing.T) {
	url, root := serve(t)
	push(t, url, map[string]string{"a": ""}, "main")
	if err := os.WriteFile(filepath.Join(root, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/":                             http.StatusOK,
		"/app.git/HEAD":                 http.StatusOK,
		"/app.git/info/refs":            http.StatusOK,
		"/absent.git/HEAD":              http.StatusNotFound,
		"/absent.git/info/refs":         http.StatusNotFound,
		"/secret":                       http.StatusNotFound,
		"/.git/HEAD":                    http.StatusNotFound,
		"/%2e%2e.git/HEAD":              http.StatusNotFound,
		"/a%2Fb.git/info/refs":          http.StatusNotFound,
		"/app.git/%2e%2e/%2e%2e/secret": http.StatusNotFound,
	} {
		response, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		_, _ = body.ReadFrom(response.Body)
		response.Body.Close()
		if response.StatusCode != want || strings.Contains(body.String(), "x\n") {
			t.Errorf("%s: %d, want %d", path, response.StatusCode, want)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "absent.git")); err == nil {
		t.Error("reading made a repository")
	}
}

func TestWhatCannotBePushedIsRefused(t *testing.T) {
	url, root := serve(t)
	for name, c := range map[string]struct {
		repository string
		change     Change
	}{
		"Name":    {"../x", Change{Dir: root, Branch: "main"}},
		"Branch":  {"x", Change{Dir: root, Branch: "a..b"}},
		"NoDir":   {"x", Change{Dir: filepath.Join(root, "none"), Branch: "main"}},
		"OneFile": {"x", Change{Dir: os.Args[0], Branch: "main"}},
	} {
		if _, err := Push(t.Context(), url, c.repository, c.change); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
