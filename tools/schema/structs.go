// SPDX-License-Identifier: 0BSD

package main

import (
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// structReader turns Go types into rows as apimachinery's strategic merge sees them: it asks struct tags, and knows fields of
// structs only, not of maps.
type structReader struct {
	*tables
	ids     map[reflect.Type]int
	aliases map[int]int // a type with a rule of its own, and the struct that it is
}

func fromStructs() (*tables, error) {
	reader := &structReader{
		tables:  newTables("the struct tags of k8s.io/api " + moduleVersion("k8s.io/api")),
		ids:     map[reflect.Type]int{},
		aliases: map[int]int{},
	}
	for gvk, goType := range scheme.Scheme.AllKnownTypes() {
		if !isObject(gvk, goType) {
			continue
		}
		name := kind{kind: gvk.Kind, apiVersion: gvk.GroupVersion().String()}
		reader.kinds[name] = kindEntry{typeID: reader.structType(goType), scope: -1}
	}
	for alias, id := range reader.aliases {
		reader.rows[alias].fields = maps.Clone(reader.rows[id].fields)
	}
	return reader.tables, nil
}

func moduleVersion(path string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	panic("no module " + path)
}

// isObject leaves out lists, options and what each group registers for itself.
func isObject(gvk schema.GroupVersionKind, goType reflect.Type) bool {
	if !strings.HasPrefix(goType.PkgPath(), "k8s.io/api/") {
		return false
	}
	meta, found := goType.FieldByName("ObjectMeta")
	return found && meta.Anonymous
}

func (r *structReader) structType(goType reflect.Type) int {
	if id, seen := r.ids[goType]; seen {
		return id
	}
	made := &row{shape: structure, fields: map[string]int{}}
	id := r.add(made)
	r.ids[goType] = id
	r.addFields(made, goType)
	return id
}

// addFields adds the fields of the struct and of those that it embeds.
func (r *structReader) addFields(made *row, goType reflect.Type) {
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fieldType := field.Type
		if field.Anonymous && name == "" && indirect(fieldType).Kind() == reflect.Struct {
			r.addFields(made, indirect(fieldType))
			continue
		}
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = field.Name
		}
		if _, seen := made.fields[name]; seen {
			panic(fmt.Sprintf("%v has two fields %s", goType, name))
		}
		made.fields[name] = r.fieldType(fieldType, rule{
			strategy: field.Tag.Get("patchStrategy"),
			mergeKey: field.Tag.Get("patchMergeKey"),
		})
	}
}

func indirect(goType reflect.Type) reflect.Type {
	if goType.Kind() == reflect.Pointer {
		return goType.Elem()
	}
	return goType
}

func (r *structReader) fieldType(goType reflect.Type, merging rule) int {
	goType = indirect(goType)
	switch goType.Kind() {
	case reflect.Struct:
		id := r.structType(goType)
		if merging == (rule{}) {
			return id
		}
		alias := r.share(fmt.Sprint("alias", id, merging), func() *row { return &row{shape: structure, rule: merging} })
		r.aliases[alias] = id
		return alias
	case reflect.Slice, reflect.Array:
		element := r.fieldType(goType.Elem(), rule{})
		return r.share(fmt.Sprint("list", element, merging), func() *row {
			return &row{shape: listOfElem, element: element, rule: merging}
		})
	default:
		return plainType
	}
}
