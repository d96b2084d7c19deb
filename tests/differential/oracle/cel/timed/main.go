// SPDX-License-Identifier: 0BSD

// Compiles and evaluates expressions again and again, for bench/cel: timed FILE SECONDS. The file is a list of cases; prints one JSON
// object for each, in their order.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"stageset/differential/cel/setup"
)

type benchmark struct {
	Environment string          `json:"environment"`
	Text        string          `json:"text"`
	Object      json.RawMessage `json:"object"`
}

func cpu() float64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	seconds := func(at syscall.Timeval) float64 { return float64(at.Sec) + float64(at.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime)
}

// The CPU time of one call, collecting garbage included: batches grow until they took long enough.
func timed(seconds float64, call func()) float64 {
	for count := 1; ; count *= 4 {
		before, start := cpu(), time.Now()
		for range count {
			call()
		}
		if time.Since(start).Seconds() >= seconds {
			return (cpu() - before) / float64(count)
		}
	}
}

func run(one benchmark, environment *setup.Environment, seconds float64) (map[string]any, error) {
	var object map[string]any
	if err := utiljson.Unmarshal(one.Object, &object); err != nil {
		return nil, err
	}
	program, _, err := environment.Compile(one.Text)
	if err != nil {
		return nil, err
	}
	value, _, err := program.Eval(environment.Variables(object))
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"value":      setup.Describe(value),
		"compile_s":  timed(seconds, func() { _, _, _ = environment.Compile(one.Text) }),
		"evaluate_s": timed(seconds, func() { _, _, _ = program.Eval(environment.Variables(object)) }),
	}, nil
}

func all(file, limit string) error {
	seconds, err := strconv.ParseFloat(limit, 64)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var cases []benchmark
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	environments := map[string]*setup.Environment{"kubernetes": setup.Kubernetes(), "flux": setup.Flux()}
	encoder := json.NewEncoder(os.Stdout)
	for _, one := range cases {
		reading, err := run(one, environments[one.Environment], seconds)
		if err != nil {
			return fmt.Errorf("%s: %w", one.Text, err)
		}
		if err := encoder.Encode(reading); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if err := all(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
