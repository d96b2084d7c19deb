// SPDX-License-Identifier: 0BSD

package main

import (
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// What the reference does with a stage: no load restriction, no plugins, resources in the order of the input.
func build(asked request) (string, error) {
	files := filesys.MakeFsInMemory()
	for name, text := range asked.Files {
		if err := files.WriteFile(path.Join("/", name), []byte(text)); err != nil {
			return "", err
		}
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionNone
	options.LoadRestrictions = types.LoadRestrictionsNone
	options.PluginConfig = types.DisabledPluginConfig()
	resources, err := krusty.MakeKustomizer(options).Run(files, path.Join("/", asked.Root))
	if err != nil {
		return "", err
	}
	text, err := resources.AsYaml()
	// The managed-by label tells the main module's version, which ours has none of; the command of this library says v5.8.1.
	return strings.ReplaceAll(string(text), "kustomize-(devel)", "kustomize-v5.8.1"), err
}
