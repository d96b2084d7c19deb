// SPDX-License-Identifier: 0BSD

package gitserver

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Change is a directory that becomes the whole content of a branch.
type Change struct {
	Dir     string
	Branch  string
	Message string
}

// Push commits the directory on top of the branch of the repository NAME below the server's URL and pushes it; a new
// branch or repository is made. Answers the hash of the commit: the old one when nothing changed. Hidden and ignored
// files are committed, too; the directory itself is only read.
func Push(ctx context.Context, url, name string, change Change) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("%q is no repository name: use letters, digits, dots, dashes and underscores", name)
	}
	if _, err := run(ctx, nil, "check-ref-format", "--branch", change.Branch); err != nil {
		return "", err
	}
	dir, err := filepath.Abs(change.Dir)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fmt.Errorf("%s is not a directory", change.Dir)
	}
	work, err := os.MkdirTemp("", "push-git-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	push := pusher{work: work, dir: dir, remote: url + "/" + name + ".git", ref: "refs/heads/" + change.Branch}
	return push.run(ctx, change.Message)
}

type pusher struct {
	work, dir, remote, ref string
}

func (p pusher) git(ctx context.Context, arguments ...string) (string, error) {
	environment := []string{
		"GIT_DIR=" + filepath.Join(p.work, "repository"), "GIT_INDEX_FILE=" + filepath.Join(p.work, "index"),
		"GIT_WORK_TREE=" + p.dir,
	}
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		environment = append(environment, "GIT_"+role+"_NAME=testcluster", "GIT_"+role+"_EMAIL=testcluster@localhost")
	}
	return run(ctx, environment, arguments...)
}

func (p pusher) run(ctx context.Context, message string) (string, error) {
	if _, err := run(ctx, nil, "init", "--quiet", "--bare", filepath.Join(p.work, "repository")); err != nil {
		return "", err
	}
	parent, err := p.fetch(ctx)
	if err != nil {
		return "", err
	}
	if _, err := p.git(ctx, "-c", "core.autocrlf=false", "-C", p.dir, "add", "--all", "--force", "."); err != nil {
		return "", err
	}
	tree, err := p.git(ctx, "write-tree")
	if err != nil {
		return "", err
	}
	arguments := []string{"commit-tree", tree, "-m", message}
	if parent != "" {
		if before, err := p.git(ctx, "rev-parse", parent+"^{tree}"); err != nil || before == tree {
			return parent, err
		}
		arguments = append(arguments, "-p", parent)
	}
	commit, err := p.git(ctx, arguments...)
	if err != nil {
		return "", err
	}
	_, err = p.git(ctx, "push", "--quiet", p.remote, commit+":"+p.ref)
	return commit, err
}

// fetch answers the commit that the branch has now, or nothing when there is no such branch or repository.
func (p pusher) fetch(ctx context.Context) (string, error) {
	exists, err := p.repositoryExists(ctx)
	if err != nil || !exists {
		return "", err
	}
	listed, err := p.git(ctx, "ls-remote", p.remote, p.ref)
	if err != nil || listed == "" {
		return "", err
	}
	if _, err := p.git(ctx, "fetch", "--quiet", "--depth=1", p.remote, p.ref); err != nil {
		return "", err
	}
	commit, _, _ := strings.Cut(listed, "\t")
	return commit, nil
}

func (p pusher) repositoryExists(ctx context.Context) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.remote+"/HEAD", nil)
	if err != nil {
		return false, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return true, nil
	case http.StatusNotFound:
		return false, nil
	default:
		return false, fmt.Errorf("%s answers %s", p.remote, response.Status)
	}
}
