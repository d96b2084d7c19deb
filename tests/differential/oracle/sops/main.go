// SPDX-License-Identifier: 0BSD

// Sops behind the line protocol of the differential tests: each line on stdin is a JSON request, each line on stdout its answer.
// Keys are made anew with each start; nothing outside of a temporary folder is read or written.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
)

// A request names what is to be done: "keys" tells the private keys, "vectors" the test vectors of age,
// "encrypt" and "decrypt" work on a file.
type request struct {
	Action string   `json:"action"`
	Format string   `json:"format"` // yaml, json, dotenv, ini or binary
	Text   string   `json:"text"`   // base64: the file
	Keys   []string `json:"keys"`   // decrypt: names of the keys at hand

	Groups         [][]string `json:"groups"` // encrypt: names of keys
	Threshold      int        `json:"threshold"`
	OnlyEncrypted  bool       `json:"mac_only_encrypted"`
	Rule           string     `json:"rule"` // which values are encrypted: "encrypted_suffix" and so on
	RuleExpression string     `json:"rule_expression"`
}

type answer struct {
	Output  string            `json:"output,omitempty"`  // base64: the file
	Keys    map[string]string `json:"keys,omitempty"`    // by name: the private keys in text
	Vectors map[string]string `json:"vectors,omitempty"` // by name: base64
	Error   string            `json:"error,omitempty"`
	Panic   bool              `json:"panic,omitempty"`
}

func run(asked request, at *keyring) (result answer, err error) {
	switch asked.Action {
	case "keys":
		return answer{Keys: at.texts()}, nil
	case "vectors":
		found, err := vectors()
		return answer{Vectors: found}, err
	}
	text, err := base64.StdEncoding.DecodeString(asked.Text)
	if err != nil {
		return answer{}, err
	}
	var output []byte
	switch asked.Action {
	case "encrypt":
		output, err = encrypt(asked, text, at)
	case "decrypt":
		output, err = decrypt(asked, text, at)
	default:
		err = fmt.Errorf("no such action: %s", asked.Action)
	}
	return answer{Output: base64.StdEncoding.EncodeToString(output)}, err
}

// A crash of the original is an answer as well.
func serve(line []byte, at *keyring) (result answer) {
	defer func() {
		if crash := recover(); crash != nil {
			result = answer{Error: fmt.Sprint(crash), Panic: true}
		}
	}()
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: "bad request: " + err.Error()}
	}
	result, err := run(asked, at)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return result
}

func answerAll(at *keyring) error {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(serve(line, at)); err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

func main() {
	at, err := makeKeys()
	if err == nil {
		err = answerAll(at)
		at.remove()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
