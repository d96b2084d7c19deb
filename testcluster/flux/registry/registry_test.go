// SPDX-License-Identifier: 0BSD

package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func packed(t *testing.T, content string) string {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	_, _ = zipped.Write([]byte(content))
	_ = zipped.Close()
	file := filepath.Join(t.TempDir(), "layer.tar.gz")
	if err := os.WriteFile(file, buffer.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, response.Status, err)
	}
	return body
}

func TestAnArtifactHasTheMediaTypesOfFluxAndTheBytesOfTheFile(t *testing.T) {
	server := httptest.NewServer(handler())
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	layer := packed(t, "one")
	digest, err := push(t.Context(), layer, host+"/team/app:v1")
	if err != nil {
		t.Fatal(err)
	}
	body := get(t, server.URL+"/v2/team/app/manifests/v1")
	if sum := sha256.Sum256(body); digest != "sha256:"+hex.EncodeToString(sum[:]) {
		t.Fatalf("digest %s is not that of the manifest", digest)
	}
	var manifest struct {
		MediaType string
		Config    struct{ MediaType string }
		Layers    []struct{ MediaType, Digest string }
	}
	if err := json.Unmarshal(body, &manifest); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(manifest.MediaType, manifest.Config.MediaType, len(manifest.Layers), manifest.Layers[0].MediaType)
	want := fmt.Sprint("application/vnd.oci.image.manifest.v1+json", configType, 1, layerType)
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	stored := get(t, server.URL+"/v2/team/app/blobs/"+manifest.Layers[0].Digest)
	if file, err := os.ReadFile(layer); err != nil || !bytes.Equal(file, stored) {
		t.Fatalf("the layer has %d bytes, the file %d", len(stored), len(file))
	}
}

func TestATagMovesToWhatWasPushedLast(t *testing.T) {
	server := httptest.NewServer(handler())
	defer server.Close()
	to := strings.TrimPrefix(server.URL, "http://") + "/app:v1"
	var last string
	for _, content := range []string{"one", "two"} {
		digest, err := push(t.Context(), packed(t, content), to)
		if err != nil || digest == last {
			t.Fatalf("%q after %q: %v", digest, last, err)
		}
		last = digest
	}
	if sum := sha256.Sum256(get(t, server.URL+"/v2/app/manifests/v1")); last != "sha256:"+hex.EncodeToString(sum[:]) {
		t.Fatal("the tag names the first artifact")
	}
}

func TestWhatCannotBePushedIsAnError(t *testing.T) {
	for _, c := range [][2]string{
		{packed(t, "x"), "127.0.0.1:1/app"}, {packed(t, "x"), "127.0.0.1:1/APP:v1"},
		{filepath.Join(t.TempDir(), "none"), "127.0.0.1:1/app:v1"},
	} {
		if _, err := push(t.Context(), c[0], c[1]); err == nil {
			t.Errorf("%s was pushed", c[1])
		}
	}
}
