// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyWhatDiffersIsPutOrDeleted(t *testing.T) {
	const md5OfOne = `"f97c5d29941bfb1b2fdab0874906ab82"`
	got := fmt.Sprintf("%q", compare(
		map[string][]byte{"kept": []byte("one"), "changed": []byte("two"), "new": []byte("three")},
		map[string]string{"kept": md5OfOne, "changed": md5OfOne, "old": md5OfOne},
	))
	if want := `{["changed" "new"] ["old"]}`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestKeysAreRelativePaths(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "deep/b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := readTree(dir)
	if err != nil || len(files) != 2 || string(files["deep/b"]) != "deep/b" {
		t.Fatalf("got %q, %v", files, err)
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := readTree(dir); err == nil {
		t.Fatal("a link was taken for a file")
	}
	if _, err := readTree(filepath.Join(dir, "none")); err == nil {
		t.Fatal("no directory, no error")
	}
}
