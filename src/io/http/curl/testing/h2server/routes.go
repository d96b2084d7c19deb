// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

func number(r *http.Request, name string) int {
	value, _ := strconv.Atoi(r.URL.Query().Get(name))
	return value
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/info", info)
	mux.HandleFunc("/apply", apply)
	mux.HandleFunc("/bytes", func(w http.ResponseWriter, r *http.Request) {
		w.Write(bytes.Repeat([]byte("x"), number(r, "count")))
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(time.Duration(number(r, "ms")) * time.Millisecond):
		case <-r.Context().Done():
		}
		fmt.Fprintln(w, "late")
	})
	mux.HandleFunc("/hold", s.hold)
	mux.HandleFunc("/flood", s.flood)
	mux.HandleFunc("/half", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "header" {
			w.(http.Flusher).Flush()
			time.Sleep(50 * time.Millisecond)
		}
		r.Context().Value(connectionKey{}).(net.Conn).Close()
	})
	mux.HandleFunc("/goaway", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprintln(w, "bye")
	})
	mux.HandleFunc("/counts", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%d %d", s.connections.Load(), s.active.Load())
	})
	return mux
}

// info says what arrived.
func info(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	client := ""
	if len(r.TLS.PeerCertificates) > 0 {
		client = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	json.NewEncoder(w).Encode(map[string]any{
		"protocol": r.Proto, "method": r.Method, "host": r.Host, "server_name": r.TLS.ServerName, "client": client,
		"headers": r.Header, "body": string(body), "connection": r.RemoteAddr,
	})
}

// apply answers as an API server answers the apply of a small object.
func apply(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Audit-Id", "5f0c7c86-6d5e-4a4c-8d43-7f9e4f0d6a61")
	w.Header().Set("Cache-Control", "no-cache, private")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Kubernetes-Pf-Flowschema-Uid", "6b2c9b52-30b5-4d0b-bf0c-3c8e9a2d1e11")
	w.Header().Set("X-Kubernetes-Pf-Prioritylevel-Uid", "1c9a1b0e-8a0d-4a2b-9f0d-0b8f5c7d2a22")
	w.Write(body)
}

// hold answers the header and then nothing until the client is gone.
func (s *server) hold(w http.ResponseWriter, r *http.Request) {
	s.active.Add(1)
	defer s.active.Add(-1)
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// flood writes without end.
func (s *server) flood(w http.ResponseWriter, r *http.Request) {
	s.active.Add(1)
	defer s.active.Add(-1)
	piece := bytes.Repeat([]byte("0123456789abcdef"), 1024)
	for r.Context().Err() == nil {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}
