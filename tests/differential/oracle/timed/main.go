// SPDX-License-Identifier: 0BSD

// Builds a directory again and again in one process, for bench/render: timed FOLDER ROOT COUNT. Prints one JSON object; with a
// COUNT of 0 the build's output.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func load(folder string) (filesys.FileSystem, error) {
	files := filesys.MakeFsInMemory()
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		return files.WriteFile(path.Join("/", filepath.ToSlash(relative)), text)
	})
	return files, err
}

func build(files filesys.FileSystem, root string) ([]byte, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionNone
	options.LoadRestrictions = types.LoadRestrictionsNone
	options.PluginConfig = types.DisabledPluginConfig()
	resources, err := krusty.MakeKustomizer(options).Run(files, path.Join("/", root))
	if err != nil {
		return nil, err
	}
	return resources.AsYaml()
}

func usage() (cpu float64, peakKiB int64) {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0, 0
	}
	seconds := func(at syscall.Timeval) float64 { return float64(at.Sec) + float64(at.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime), used.Maxrss
}

func run(folder, root string, count int) error {
	files, err := load(folder)
	if err != nil {
		return err
	}
	var output []byte
	start := time.Now()
	if output, err = build(files, root); err != nil {
		return err
	}
	if count == 0 {
		_, err = os.Stdout.Write(output)
		return err
	}
	first := time.Since(start).Seconds()
	cpuBefore, _ := usage()
	start = time.Now()
	for range count {
		if output, err = build(files, root); err != nil {
			return err
		}
	}
	wall := time.Since(start).Seconds()
	cpu, peak := usage()
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"first_s": first, "wall_s": wall / float64(count), "cpu_s": (cpu - cpuBefore) / float64(count), "peak_kib": peak,
		"sha256": fmt.Sprintf("%x", sha256.Sum256(output)),
	})
}

func main() {
	count, err := strconv.Atoi(os.Args[3])
	if err == nil {
		err = run(os.Args[1], os.Args[2], count)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
