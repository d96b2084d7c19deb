// SPDX-License-Identifier: 0BSD

package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// fluxSet is the word for source-controller's CRDs, which build.sh puts beside the binary.
const fluxSet = "flux"

// loadCRDs reads the CustomResourceDefinitions of files and of directories (not of their subdirectories).
func loadCRDs(paths []string, executable string) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	for _, path := range paths {
		if path == fluxSet {
			path = filepath.Join(filepath.Dir(executable), "crds", fluxSet)
		}
		files, err := yamlFiles(path)
		if err != nil {
			return nil, err
		}
		before := len(all)
		for _, file := range files {
			found, err := readCRDs(file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			all = append(all, found...)
		}
		if len(all) == before {
			return nil, fmt.Errorf("%s holds no CustomResourceDefinition", path)
		}
	}
	return all, nil
}

func yamlFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		found, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return files, nil
}

// readCRDs skips other kinds: a directory of CRDs often holds a kustomization, too.
func readCRDs(file string) ([]*unstructured.Unstructured, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var found []*unstructured.Unstructured
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			return nil, err
		}
		if object.GetKind() == "CustomResourceDefinition" {
			found = append(found, object)
		}
	}
}

// applyCRDs writes the definitions and waits until all are established.
func (c clientSet) applyCRDs(ctx context.Context, crds []*unstructured.Unstructured) error {
	definitions := c.extensions.ApiextensionsV1().CustomResourceDefinitions()
	for _, crd := range crds {
		content, err := json.Marshal(crd.Object)
		if err != nil {
			return err
		}
		options := metav1.PatchOptions{FieldManager: fieldManager, Force: new(true)}
		if _, err := definitions.Patch(ctx, crd.GetName(), types.ApplyPatchType, content, options); err != nil {
			return fmt.Errorf("apply %s: %w", crd.GetName(), err)
		}
	}
	for _, crd := range crds {
		err := poll(ctx, nil, func(ctx context.Context) error {
			current, err := definitions.Get(ctx, crd.GetName(), metav1.GetOptions{})
			if err != nil {
				return err
			}
			if !established(current) {
				return fmt.Errorf("%s is not established", crd.GetName())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func established(crd *apiextensionsv1.CustomResourceDefinition) bool {
	return slices.ContainsFunc(crd.Status.Conditions, func(c apiextensionsv1.CustomResourceDefinitionCondition) bool {
		return c.Type == apiextensionsv1.Established && c.Status == apiextensionsv1.ConditionTrue
	})
}
