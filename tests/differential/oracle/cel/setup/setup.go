// SPDX-License-Identifier: 0BSD

// Package setup is cel-go as Kubernetes and Flux set it up.
package setup

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
	"k8s.io/apiserver/pkg/cel/environment"
)

// An Environment compiles expressions over the top-level fields of one object.
type Environment struct {
	env     *cel.Env
	checked bool
	options []cel.ProgramOption
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Kubernetes is the base environment of the API server for stored expressions, with five variables: apiVersion and kind are
// strings, metadata, spec and status anything.
func Kubernetes() *Environment {
	base := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	extended := must(base.Extend(environment.VersionedOptions{
		IntroducedVersion: environment.DefaultCompatibilityVersion(),
		EnvOptions: []cel.EnvOption{
			cel.Variable("apiVersion", cel.StringType), cel.Variable("kind", cel.StringType),
			cel.Variable("metadata", cel.DynType), cel.Variable("spec", cel.DynType), cel.Variable("status", cel.DynType),
		},
	}))
	return &Environment{env: must(extended.Env(environment.StoredExpressions)), checked: true}
}

// Flux is the environment of health checks: parsed, never checked.
func Flux() *Environment {
	env := must(cel.NewEnv(cel.HomogeneousAggregateLiterals(), cel.EagerlyValidateDeclarations(true), cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true), cel.OptionalTypes(), ext.Strings(), ext.Sets(), ext.Encoders()))
	return &Environment{env: env, options: []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.InterruptCheckFrequency(100)}}
}

// Compile tells the phase of its failure: compile or program.
func (e *Environment) Compile(text string) (program cel.Program, phase string, err error) {
	parse := e.env.Parse
	if e.checked {
		parse = e.env.Compile
	}
	tree, issues := parse(text)
	if issues.Err() != nil {
		return nil, "compile", issues.Err()
	}
	program, err = e.env.Program(tree, e.options...)
	return program, "program", err
}

// Variables are the object's top-level fields; where names are declared, each of the five has a value.
func (e *Environment) Variables(object map[string]any) map[string]any {
	if !e.checked {
		return object
	}
	variables := map[string]any{
		"apiVersion": "", "kind": "", "metadata": map[string]any{}, "spec": map[string]any{}, "status": map[string]any{},
	}
	for name := range variables {
		if value, found := object[name]; found {
			variables[name] = value
		}
	}
	return variables
}
