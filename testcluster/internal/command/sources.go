// SPDX-License-Identifier: 0BSD

package command

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"stageset/testcluster/internal/archive"
	"stageset/testcluster/internal/cluster"
	"stageset/testcluster/internal/gitserver"
)

// pushGit commits a directory and tells what a GitRepository needs.
func pushGit(ctx context.Context, arguments []string, globals globals) error {
	var repository string
	branch, message := "main", "testcluster push-git"
	flags := globals.flags("push-git", &globals.name)
	flags.StringVar(&repository, "repo", "", "")
	flags.StringVar(&branch, "branch", branch, "")
	flags.StringVar(&message, "message", message, "")
	call, err := globals.parse(flags, arguments, 1)
	if err != nil {
		return err
	}
	if repository == "" {
		return fmt.Errorf("push-git needs --repo; %w", errUsage)
	}
	url, err := companionURL(call, "git")
	if err != nil {
		return err
	}
	change := gitserver.Change{Dir: call.args[0], Branch: branch, Message: message}
	commit, err := gitserver.Push(ctx, url, repository, change)
	if err != nil {
		return err
	}
	fmt.Printf("revision %s@sha1:%s\nurl      %s/%s.git\n", branch, commit, url, repository)
	return nil
}

// pushOCI packs a directory as `flux push artifact` does and tells what an OCIRepository needs.
func pushOCI(ctx context.Context, arguments []string, globals globals) error {
	var repository string
	tag := "latest"
	flags := globals.flags("push-oci", &globals.name)
	flags.StringVar(&repository, "repo", "", "")
	flags.StringVar(&tag, "tag", tag, "")
	call, err := globals.parse(flags, arguments, 1)
	if err != nil {
		return err
	}
	if repository == "" {
		return fmt.Errorf("push-oci needs --repo; %w", errUsage)
	}
	url, err := companionURL(call, "registry")
	if err != nil {
		return err
	}
	packed, err := archive.Pack(call.args[0])
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "push-oci-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	layer := filepath.Join(work, "layer.tar.gz")
	if err := os.WriteFile(layer, packed.Bytes, 0o600); err != nil {
		return err
	}
	target := strings.TrimPrefix(url, "oci://") + "/" + repository + ":" + tag
	digest, err := runBinary(ctx, cluster.Registry, nil, "push", "--layer", layer, "--to", target)
	if err != nil {
		return err
	}
	fmt.Printf("revision %s@%s\nurl      %s/%s\n", tag, digest, url, repository)
	return nil
}

// putObject makes a bucket hold what a directory holds.
func putObject(ctx context.Context, arguments []string, globals globals) error {
	var bucket string
	flags := globals.flags("put-object", &globals.name)
	flags.StringVar(&bucket, "bucket", "", "")
	call, err := globals.parse(flags, arguments, 1)
	if err != nil {
		return err
	}
	if bucket == "" {
		return fmt.Errorf("put-object needs --bucket; %w", errUsage)
	}
	url, err := companionURL(call, "s3")
	if err != nil {
		return err
	}
	keys := []string{"AWS_ACCESS_KEY_ID=" + cluster.S3AccessKey, "AWS_SECRET_ACCESS_KEY=" + cluster.S3SecretKey}
	report, err := runBinary(ctx, cluster.S3Mirror, keys, "--endpoint", url, "--bucket", bucket, call.args[0])
	if err != nil {
		return err
	}
	fmt.Println(report)
	return nil
}

func companionURL(call invocation, word string) (string, error) {
	found, err := loadReady(call.root, call.name)
	if err != nil {
		return "", err
	}
	return cluster.CompanionURL(found, word)
}

// runBinary runs a program that lies beside this one and answers what it printed.
func runBinary(ctx context.Context, name string, environment []string, arguments ...string) (string, error) {
	executable, err := os.Executable()
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, cluster.Binary(executable, name), arguments...)
	command.Env = append(os.Environ(), environment...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	return strings.TrimSpace(string(out)), err
}
