// SPDX-License-Identifier: 0BSD

// Package archive packs a directory as a tar.gz whose bytes depend on the content alone.
package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Archive is a packed directory and the digest that consumers check.
type Archive struct {
	Bytes  []byte
	Digest string // hex of the sha256 of Bytes, without the algorithm
}

// Pack walks dir in lexical order and writes regular files and directories with fixed owners, times and modes.
// Equal trees give equal bytes, so a digest is a revision. Any other kind of file is an error: an artifact that
// silently lacks a symlink's target would be a test of something else.
func Pack(dir string) (Archive, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return Archive{}, err
	}
	if !info.IsDir() {
		return Archive{}, fmt.Errorf("%s is not a directory", dir)
	}
	var buffer bytes.Buffer
	// A zero gzip.Header carries no name and no time.
	zipped, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		return Archive{}, err
	}
	packed := tar.NewWriter(zipped)
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return add(packed, dir, path, entry)
	})
	if err != nil {
		return Archive{}, err
	}
	if err := packed.Close(); err != nil {
		return Archive{}, err
	}
	if err := zipped.Close(); err != nil {
		return Archive{}, err
	}
	sum := sha256.Sum256(buffer.Bytes())
	return Archive{Bytes: buffer.Bytes(), Digest: hex.EncodeToString(sum[:])}, nil
}

func add(packed *tar.Writer, dir, path string, entry fs.DirEntry) error {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	info, err := entry.Info()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: filepath.ToSlash(name), Format: tar.FormatUSTAR, ModTime: time.Unix(0, 0)}
	switch {
	case info.IsDir():
		header.Typeflag, header.Name, header.Mode = tar.TypeDir, header.Name+"/", 0o755
		return packed.WriteHeader(header)
	case info.Mode().IsRegular():
		header.Typeflag, header.Size, header.Mode = tar.TypeReg, info.Size(), 0o644
		if info.Mode()&0o100 != 0 {
			header.Mode = 0o755
		}
		if len(header.Name) > 100 {
			header.Format = tar.FormatPAX
		}
	default:
		return fmt.Errorf("%s: only regular files and directories can be published", path)
	}
	if err := packed.WriteHeader(header); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(packed, file)
	return err
}
