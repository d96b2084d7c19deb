// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"

	"github.com/fluxcd/pkg/envsubst"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/client-go/util/jsonpath"
)

func substitute(asked request) (string, error) {
	return envsubst.Eval(asked.Text, func(name string) (string, bool) {
		value, set := asked.Variables[name]
		return value, set || !asked.Strict
	})
}

func evaluate(asked request) (string, error) {
	var object any
	if err := utiljson.Unmarshal(asked.Object, &object); err != nil {
		return "", err
	}
	template := jsonpath.New("t").AllowMissingKeys(asked.AllowMissingKeys)
	if err := template.Parse(asked.Text); err != nil {
		return "", err
	}
	var out bytes.Buffer
	err := template.Execute(&out, object)
	return out.String(), err
}
