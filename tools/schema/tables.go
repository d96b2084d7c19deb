// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// The types that need no row of their own; as in rules/patch/types.hpp.
const (
	unknownType = 0
	plainType   = 1
)

type shape string

const (
	scalar     shape = "C"
	structure  shape = "S"
	listOfElem shape = "L"
)

// rule says how a field merges.
type rule struct {
	strategy string // as in x-kubernetes-patch-strategy
	mergeKey string
	mapKeys  string // joined by commas
}

// row is a type; its fields are found in any order and written sorted.
type row struct {
	shape   shape
	rule    rule
	element int
	fields  map[string]int
	// open types are known, but say nothing of their fields.
	open bool
}

type kind struct {
	kind, apiVersion string
}

type kindEntry struct {
	typeID int
	scope  int
}

type tables struct {
	source string
	rows   []*row
	kinds  map[kind]kindEntry
	// definitions are the types that a reference may name; plain ones are left out.
	definitions map[string]int
	// shared finds a row that is equal to one that exists.
	shared map[string]int
}

func newTables(source string) *tables {
	return &tables{
		source:      source,
		rows:        []*row{{shape: scalar}, {shape: scalar}},
		kinds:       map[kind]kindEntry{},
		definitions: map[string]int{},
		shared:      map[string]int{},
	}
}

func (t *tables) add(r *row) int {
	t.rows = append(t.rows, r)
	return len(t.rows) - 1
}

// share adds a row unless there is one with the same key.
func (t *tables) share(key string, make func() *row) int {
	id, found := t.shared[key]
	if !found {
		id = t.add(make())
		t.shared[key] = id
	}
	return id
}

func (r rule) bits() int {
	bits := 0
	for _, word := range strings.Split(r.strategy, ",") {
		switch word {
		case "":
		case "merge":
			bits |= 1
		case "replace":
			bits |= 2
		case "retainKeys":
			bits |= 4
		default:
			panic("unknown patch strategy " + word)
		}
	}
	return bits
}

// prune points at plainType wherever nothing below merges in a special way.
func (t *tables) prune() {
	plain := make([]bool, len(t.rows))
	for id, r := range t.rows {
		plain[id] = id != unknownType && !r.open && r.rule.strategy == ""
	}
	for changed := true; changed; {
		changed = false
		for id, r := range t.rows {
			if !plain[id] {
				continue
			}
			ok := r.element == 0 || plain[r.element]
			for _, field := range r.fields {
				ok = ok && plain[field]
			}
			if !ok {
				plain[id], changed = false, true
			}
		}
	}
	reach := func(id int) int {
		if plain[id] {
			return plainType
		}
		return id
	}
	for _, r := range t.rows {
		r.element = reach(r.element)
		for name, field := range r.fields {
			r.fields[name] = reach(field)
		}
	}
	for name, entry := range t.kinds {
		entry.typeID = reach(entry.typeID)
		t.kinds[name] = entry
	}
	for name, id := range t.definitions {
		if plain[id] {
			delete(t.definitions, name)
		}
	}
}

// compact drops rows that nothing points to.
func (t *tables) compact() {
	ids := map[int]int{unknownType: unknownType, plainType: plainType}
	rows := []*row{t.rows[0], t.rows[1]}
	var visit func(id int)
	visit = func(id int) {
		if _, seen := ids[id]; seen {
			return
		}
		ids[id] = len(rows)
		r := t.rows[id]
		rows = append(rows, r)
		for _, name := range sorted(r.fields) {
			visit(r.fields[name])
		}
		visit(r.element)
	}
	for _, name := range t.sortedKinds() {
		visit(t.kinds[name].typeID)
	}
	for _, name := range sorted(t.definitions) {
		visit(t.definitions[name])
	}
	for _, r := range rows {
		r.element = ids[r.element]
		for name, field := range r.fields {
			r.fields[name] = ids[field]
		}
	}
	for name, entry := range t.kinds {
		entry.typeID = ids[entry.typeID]
		t.kinds[name] = entry
	}
	for name, id := range t.definitions {
		t.definitions[name] = ids[id]
	}
	t.rows = rows
}

func (t *tables) sortedKinds() []kind {
	var names []kind
	for name := range t.kinds {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		if names[i].kind != names[j].kind {
			return names[i].kind < names[j].kind
		}
		return names[i].apiVersion < names[j].apiVersion
	})
	return names
}

func sorted(fields map[string]int) []string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// writer fills lines of at most 128 columns.
type writer struct {
	bytes.Buffer
	column int
}

func (w *writer) item(text string) {
	if w.column+len(text) > 128 {
		w.WriteString("\n")
		w.column = 0
	}
	w.WriteString(text)
	w.column += len(text)
}

func (w *writer) end() {
	w.WriteString("};\n")
	w.column = 0
}

// text is the table in C++.
func (t *tables) text() []byte {
	t.compact()
	rules := []rule{{}}
	ruleIDs := map[rule]int{{}: 0}
	var names strings.Builder
	nameAt := map[string]int{}
	for _, r := range t.rows {
		if _, seen := ruleIDs[r.rule]; !seen {
			ruleIDs[r.rule] = len(rules)
			rules = append(rules, r.rule)
		}
		for _, name := range sorted(r.fields) {
			if _, seen := nameAt[name]; !seen {
				nameAt[name] = names.Len()
				names.WriteString(name)
			}
		}
	}

	w := &writer{}
	fmt.Fprintf(w, "// SPDX-License-Identifier: 0BSD\n// generated by tools/schema from %s\n", t.source)
	w.WriteString("constexpr TypeRow kTypes[] = {\n")
	first := 0
	for _, r := range t.rows {
		w.item(fmt.Sprintf("{%d,%d,%d,%d,%s},", first, len(r.fields), ruleIDs[r.rule], r.element, r.shape))
		first += len(r.fields)
	}
	w.end()
	w.WriteString("constexpr FieldRow kFields[] = {\n")
	for _, r := range t.rows {
		for _, name := range sorted(r.fields) {
			w.item(fmt.Sprintf("{%d,%d,%d},", nameAt[name], r.fields[name], len(name)))
		}
	}
	w.end()
	w.WriteString("constexpr RuleRow kRules[] = {\n")
	for _, r := range rules {
		w.item(fmt.Sprintf("{%d,%q,%q},", r.bits(), r.mergeKey, r.mapKeys))
	}
	w.end()
	w.WriteString("constexpr KindRow kKinds[] = {\n")
	for _, name := range t.sortedKinds() {
		entry := t.kinds[name]
		w.item(fmt.Sprintf("{%q,%q,%d,%d},", name.kind, name.apiVersion, entry.typeID, entry.scope))
	}
	w.end()
	if len(t.definitions) > 0 {
		w.WriteString("constexpr DefinitionRow kDefinitions[] = {\n")
		for _, name := range sorted(t.definitions) {
			w.item(fmt.Sprintf("{%q,%d},", name, t.definitions[name]))
		}
		w.end()
	}
	w.WriteString("constexpr std::string_view kNames =\n")
	for rest := names.String(); rest != ""; {
		size := min(len(rest), 120)
		fmt.Fprintf(w, "%q\n", rest[:size])
		rest = rest[size:]
	}
	w.WriteString(";\n")
	return w.Bytes()
}
