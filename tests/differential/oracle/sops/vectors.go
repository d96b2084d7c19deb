// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/base64"
	"io/fs"

	agetest "c2sp.org/CCTV/age"
)

// The test vectors of the age format, each with its header, as its README describes.
func vectors() (map[string]string, error) {
	found := map[string]string{}
	err := fs.WalkDir(agetest.Vectors, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(agetest.Vectors, path)
		found[path] = base64.StdEncoding.EncodeToString(text)
		return err
	})
	return found, err
}
