// SPDX-License-Identifier: 0BSD

// The originals behind one line protocol: each line on stdin is a JSON request, each line on stdout its answer.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// A request names the tool; the other fields belong to it.
type request struct {
	Tool string `json:"tool"`

	Files map[string]string `json:"files"` // kustomize: path to text
	Root  string            `json:"root"`  // kustomize: the directory to build

	Text      string            `json:"text"` // envsubst, jsonpath: the template
	Variables map[string]string `json:"variables"`
	Strict    bool              `json:"strict"`

	Object           json.RawMessage `json:"object"` // jsonpath
	AllowMissingKeys bool            `json:"allow_missing_keys"`
}

type answer struct {
	Output string `json:"output"`
	Error  string `json:"error,omitempty"`
	Panic  bool   `json:"panic,omitempty"`
}

// No original may end the process: a crash of one is an answer as well.
func serve(line []byte) (result answer) {
	defer func() {
		if crash := recover(); crash != nil {
			result = answer{Error: fmt.Sprint(crash), Panic: true}
		}
	}()
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: "bad request: " + err.Error()}
	}
	tools := map[string]func(request) (string, error){
		"kustomize": build,
		"envsubst":  substitute,
		"jsonpath":  evaluate,
	}
	tool, known := tools[asked.Tool]
	if !known {
		return answer{Error: "no such tool: " + asked.Tool}
	}
	output, err := tool(asked)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Output: output}
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if encoder.Encode(serve(line)) != nil || out.Flush() != nil {
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}
