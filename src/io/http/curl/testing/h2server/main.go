// SPDX-License-Identifier: 0BSD

// Command h2server is the peer of the HTTP client's tests: Go's TLS servers on loopback, with HTTP/2 and without.
//
// It prints one line of JSON (addresses by listener, certificates as PEM) and runs until its standard input closes.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"
)

type listener struct {
	name       string
	http1      bool
	clientCert bool
	streamsMax int
}

// server is what all listeners share.
type server struct {
	connections atomic.Int64
	active      atomic.Int64
}

type connectionKey struct{}

func main() {
	log.SetOutput(io.Discard)
	issued, err := issueCertificates()
	if err != nil {
		panic(err)
	}
	shared := &server{}
	addresses := map[string]string{}
	for _, l := range []listener{
		{name: "h2", streamsMax: 250},
		// Fewer than the test has in flight, and more than a quarter of them: Go's server hangs up on a client that has four
		// times as many streams waiting for handlers (a defence against rapid resets), which a busy machine can bring about.
		{name: "few", streamsMax: 30},
		{name: "h1", http1: true},
		{name: "mutual", clientCert: true, streamsMax: 250},
	} {
		address, err := shared.serve(l, issued)
		if err != nil {
			panic(err)
		}
		addresses[l.name] = address
	}
	line, err := json.Marshal(map[string]any{
		"addresses": addresses, "ca": issued.caPEM, "certificate": issued.clientPEM, "key": issued.clientKeyPEM,
	})
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(append(line, '\n'))
	io.Copy(io.Discard, os.Stdin)
}

func (s *server) serve(l listener, issued *certificates) (string, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	config := &tls.Config{Certificates: []tls.Certificate{issued.server}, NextProtos: []string{"h2", "http/1.1"}}
	if l.http1 {
		config.NextProtos = []string{"http/1.1"}
	}
	if l.clientCert {
		config.ClientAuth = tls.RequireAndVerifyClientCert
		config.ClientCAs = issued.pool
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!l.http1)
	web := &http.Server{
		Handler:   s.routes(),
		TLSConfig: config,
		Protocols: protocols,
		HTTP2:     &http.HTTP2Config{MaxConcurrentStreams: l.streamsMax},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			s.connections.Add(1)
			return context.WithValue(ctx, connectionKey{}, c)
		},
		ErrorLog: log.Default(),
	}
	go web.ServeTLS(socket, "", "")
	return socket.Addr().String(), nil
}
