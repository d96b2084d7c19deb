// SPDX-License-Identifier: 0BSD

package certs

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func keyPair(t *testing.T, pair Pair, err error) tls.Certificate {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func handshake(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	seen := make(chan tls.ConnectionState, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		if accepted := connection.(*tls.Conn); accepted.Handshake() == nil {
			seen <- accepted.ConnectionState()
			_, _ = accepted.Write([]byte("x"))
		}
	}()
	dialled, err := tls.Dial("tcp", listener.Addr().String(), client)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer dialled.Close()
	if _, err := io.ReadFull(dialled, make([]byte, 1)); err != nil {
		return tls.ConnectionState{}, err
	}
	return <-seen, nil
}

func TestServerAndClientTrustEachOtherThroughTheAuthority(t *testing.T) {
	authority, err := NewAuthority("one")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.Certificate)
	pair, err := authority.Server("api", "127.0.0.1", "localhost")
	server := &tls.Config{
		Certificates: []tls.Certificate{keyPair(t, pair, err)},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: roots,
	}
	pair, err = authority.Client("admin", "system:masters")
	admin := keyPair(t, pair, err)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		state, err := handshake(t, server, &tls.Config{RootCAs: roots, ServerName: host, Certificates: []tls.Certificate{admin}})
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		subject := state.PeerCertificates[0].Subject
		if subject.CommonName != "admin" || subject.Organization[0] != "system:masters" {
			t.Errorf("%s: the server saw %v", host, subject)
		}
	}
	other, err := NewAuthority("two")
	if err != nil {
		t.Fatal(err)
	}
	pair, err = other.Client("admin", "system:masters")
	stranger := keyPair(t, pair, err)
	refused := map[string]*tls.Config{
		"other name":      {RootCAs: roots, ServerName: "example.org", Certificates: []tls.Certificate{admin}},
		"no root":         {RootCAs: x509.NewCertPool(), ServerName: "localhost", Certificates: []tls.Certificate{admin}},
		"other authority": {RootCAs: roots, ServerName: "localhost", Certificates: []tls.Certificate{stranger}},
	}
	for name, client := range refused {
		if _, err := handshake(t, server, client); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestKeysAreReadableByTheirOwnerOnly(t *testing.T) {
	pair, err := SigningKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := pair.Write(dir, "sa"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "sa.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if err := pair.Write(filepath.Join(dir, "absent"), "sa"); err == nil {
		t.Error("wrote into a directory that does not exist")
	}
}
