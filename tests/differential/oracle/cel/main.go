// SPDX-License-Identifier: 0BSD

// cel-go behind the line protocol: each line on stdin is a JSON request, each line on stdout its answer. As Kubernetes' API server
// sets it up for stored expressions, and as Flux does for health checks.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"stageset/differential/cel/setup"
)

type request struct {
	Environment string          `json:"environment"` // kubernetes or flux
	Text        string          `json:"text"`
	Object      json.RawMessage `json:"object"`
}

// Phase tells where an expression failed: compile (parser or checker), program (planner), evaluation. Cost is what the API server
// counts; Flux counts none.
type answer struct {
	Value any    `json:"value,omitempty"`
	Cost  any    `json:"cost,omitempty"`
	Phase string `json:"phase,omitempty"`
	Error string `json:"error,omitempty"`
	Panic bool   `json:"panic,omitempty"`
}

// A crash of the original is an answer as well.
func serve(environments map[string]*setup.Environment, line []byte) (result answer) {
	defer func() {
		if crash := recover(); crash != nil {
			result = answer{Error: fmt.Sprint(crash), Panic: true}
		}
	}()
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: "bad request: " + err.Error()}
	}
	environment, known := environments[asked.Environment]
	if !known {
		return answer{Error: "no such environment: " + asked.Environment}
	}
	var object map[string]any
	if err := utiljson.Unmarshal(asked.Object, &object); err != nil {
		return answer{Error: "bad object: " + err.Error()}
	}
	program, phase, err := environment.Compile(asked.Text)
	if err != nil {
		return answer{Phase: phase, Error: err.Error()}
	}
	value, details, err := program.Eval(environment.Variables(object))
	if err != nil {
		// The library recovers from its own crashes.
		return answer{Phase: "evaluation", Error: err.Error(), Panic: strings.HasPrefix(err.Error(), "internal error: ")}
	}
	result = answer{Value: setup.Describe(value)}
	if asked.Environment == "kubernetes" {
		result.Cost = details.ActualCost()
	}
	return result
}

func main() {
	environments := map[string]*setup.Environment{"kubernetes": setup.Kubernetes(), "flux": setup.Flux()}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if encoder.Encode(serve(environments, line)) != nil || out.Flush() != nil {
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}
