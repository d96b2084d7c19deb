// SPDX-License-Identifier: 0BSD

package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, dir, name, content string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func pack(t *testing.T, dir string) Archive {
	t.Helper()
	archive, err := Pack(dir)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestEqualTreesGiveEqualBytes(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	write(t, first, "a.yaml", "a: 1\n", 0o600)
	write(t, first, "sub/b.yaml", "b: 2\n", 0o644)
	write(t, second, "sub/b.yaml", "b: 2\n", 0o640)
	write(t, second, "a.yaml", "a: 1\n", 0o644)
	if err := os.Chtimes(filepath.Join(second, "a.yaml"), time.Unix(1, 0), time.Unix(99, 0)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pack(t, first).Bytes, pack(t, second).Bytes) {
		t.Fatal("order of writing, permissions and times must not change the bytes")
	}
}

func TestAnyContentChangesTheDigest(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", "a: 1\n", 0o644)
	digests := []string{pack(t, dir).Digest}
	write(t, dir, "a.yaml", "a: 2\n", 0o644)
	digests = append(digests, pack(t, dir).Digest)
	write(t, dir, "a.yaml", "a: 2\n", 0o755)
	digests = append(digests, pack(t, dir).Digest)
	write(t, dir, "b.yaml", "", 0o644)
	digests = append(digests, pack(t, dir).Digest)
	slices.Sort(digests)
	if len(slices.Compact(digests)) != 4 {
		t.Fatalf("four different trees must have four digests, got %v", digests)
	}
}

func TestEntriesAreSortedAndAnonymous(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("d", 90) + "/" + strings.Repeat("f", 90) + ".yaml"
	for _, name := range []string{"z.yaml", "a/b.yaml", long} {
		write(t, dir, name, name, 0o644)
	}
	archive := pack(t, dir)
	sum := sha256.Sum256(archive.Bytes)
	if archive.Digest != hex.EncodeToString(sum[:]) {
		t.Fatal("the digest must be that of the compressed bytes")
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(archive.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if !unzipped.ModTime.IsZero() || unzipped.Name != "" {
		t.Fatalf("the gzip header must be empty, got %+v", unzipped.Header)
	}
	reader := tar.NewReader(unzipped)
	var names []string
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
		if header.Uid != 0 || header.Gid != 0 || header.Uname != "" || header.ModTime.Unix() != 0 {
			t.Fatalf("%s carries an owner or a time: %+v", header.Name, header)
		}
	}
	want := []string{"a/", "a/b.yaml", strings.Repeat("d", 90) + "/", long, "z.yaml"}
	if !slices.Equal(names, want) {
		t.Fatalf("got %v, want %v", names, want)
	}
}

func TestWhatCannotBePublishedIsRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "file", "", 0o644)
	if err := os.Symlink("file", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "file"), filepath.Join(dir, "absent")} {
		if _, err := Pack(path); err == nil {
			t.Errorf("%s: expected an error", path)
		}
	}
}
