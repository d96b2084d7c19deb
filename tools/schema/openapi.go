// SPDX-License-Identifier: 0BSD

package main

import (
	"encoding/json"
	"fmt"
	"strings"

	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	"google.golang.org/protobuf/proto"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi/kubernetesapi"
	"sigs.k8s.io/kustomize/kyaml/openapi/kustomizationapi"
)

const definitionPrefix = "#/definitions/"

// openAPIReader turns definitions into rows; a definition's row stands before it is filled, as types may contain themselves.
type openAPIReader struct {
	*tables
	documented spec.Definitions
}

// fromOpenAPI reads what kyaml reads when it merges.
func fromOpenAPI() (*tables, error) {
	version := kubernetesapi.DefaultOpenAPI
	asset := fmt.Sprintf("kubernetesapi/%s/swagger.pb", strings.ReplaceAll(version, ".", "_"))
	document := &openapi_v2.Document{}
	if err := proto.Unmarshal(kubernetesapi.OpenAPIMustAsset[version](asset), document); err != nil {
		return nil, err
	}
	var kubernetes, kustomization spec.Swagger
	if _, err := kubernetes.FromGnostic(document); err != nil {
		return nil, err
	}
	if err := kustomization.UnmarshalJSON(kustomizationapi.MustAsset("kustomizationapi/swagger.json")); err != nil {
		return nil, err
	}
	reader := &openAPIReader{
		tables:     newTables("kyaml's OpenAPI documents: Kubernetes " + version + " and Kustomization"),
		documented: kubernetes.Definitions,
	}
	for name, definition := range kustomization.Definitions {
		reader.documented[name] = definition
	}
	for name, definition := range reader.documented {
		for _, named := range kindsOf(definition.Extensions) {
			reader.kinds[named] = kindEntry{typeID: reader.definition(name), scope: -1}
		}
	}
	reader.addScopes(kubernetes.Paths.Paths)
	reader.prune()
	return reader.tables, nil
}

func (r *openAPIReader) definition(name string) int {
	if id, seen := r.definitions[name]; seen {
		return id
	}
	definition, found := r.documented[name]
	if !found {
		return unknownType
	}
	filled := &row{}
	id := r.add(filled)
	r.definitions[name] = id
	r.fill(filled, &definition)
	return id
}

func (r *openAPIReader) typeOf(schema *spec.Schema) int {
	if reference := schema.Ref.String(); reference != "" {
		return r.definition(strings.TrimPrefix(reference, definitionPrefix))
	}
	made := &row{}
	id := r.add(made)
	r.fill(made, schema)
	return id
}

func (r *openAPIReader) fill(made *row, schema *spec.Schema) {
	made.shape = structure
	made.rule = ruleOf(schema.Extensions)
	if schema.Type.Contains("array") {
		made.shape = listOfElem
		if schema.Items != nil {
			made.element = r.typeOf(schema.Items.Schema)
		}
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		made.element = r.typeOf(schema.AdditionalProperties.Schema)
	}
	made.fields = map[string]int{}
	for name, property := range schema.Properties {
		made.fields[name] = r.typeOf(&property)
	}
	made.open = len(schema.Properties) == 0 && made.element == unknownType && (len(schema.Type) == 0 || schema.Type[0] == "object")
}

// ruleOf reads the extensions as kyaml does: keys count only beside a strategy.
func ruleOf(extensions spec.Extensions) rule {
	strategy, found := extensions["x-kubernetes-patch-strategy"].(string)
	if !found {
		return rule{}
	}
	made := rule{strategy: strategy}
	made.mergeKey, _ = extensions["x-kubernetes-patch-merge-key"].(string)
	if keys, found := extensions["x-kubernetes-list-map-keys"].([]interface{}); found {
		var names []string
		for _, key := range keys {
			names = append(names, key.(string))
		}
		made.mapKeys = strings.Join(names, ",")
	}
	return made
}

// kindsOf reads x-kubernetes-group-version-kind, of a definition a list, of an operation one entry.
func kindsOf(extensions spec.Extensions) []kind {
	type gvk struct{ Group, Version, Kind string }
	encoded, err := json.Marshal(extensions["x-kubernetes-group-version-kind"])
	if err != nil {
		return nil
	}
	var entries []gvk
	var one gvk
	if json.Unmarshal(encoded, &entries) != nil && json.Unmarshal(encoded, &one) == nil {
		entries = []gvk{one}
	}
	var kinds []kind
	for _, entry := range entries {
		apiVersion := entry.Version
		if entry.Group != "" {
			apiVersion = entry.Group + "/" + entry.Version
		}
		if entry.Kind != "" {
			kinds = append(kinds, kind{kind: entry.Kind, apiVersion: apiVersion})
		}
	}
	return kinds
}

// addScopes takes a kind for namespaced when one of its paths has a namespace.
func (r *openAPIReader) addScopes(paths map[string]spec.PathItem) {
	for path, item := range paths {
		if item.Get == nil {
			continue
		}
		for _, named := range kindsOf(item.Get.Extensions) {
			entry := r.kinds[named]
			if _, known := r.kinds[named]; !known {
				entry.scope = -1
			}
			if strings.Contains(path, "namespaces/{namespace}") {
				entry.scope = 1
			} else if entry.scope < 0 {
				entry.scope = 0
			}
			r.kinds[named] = entry
		}
	}
}
