// SPDX-License-Identifier: 0BSD

// Program schema writes what Kubernetes' types say of merging as tables for rules/patch:
//
//	go run -C tools/schema . ../../src/rules/patch
//
// It writes kustomize_schema.inc, from the OpenAPI documents that kustomize bundles, and kubernetes_schema.inc, from the struct
// tags of Kubernetes' own types.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schema FOLDER")
		os.Exit(2)
	}
	for name, build := range map[string]func() (*tables, error){
		"kustomize_schema.inc":  fromOpenAPI,
		"kubernetes_schema.inc": fromStructs,
	} {
		made, err := build()
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[1], name), made.text(), 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "schema: %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}
