// SPDX-License-Identifier: 0BSD

//go:build cluster

package selftest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const sourceManifests = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: git, namespace: default}
spec: {interval: 1s, url: %s/app.git, ref: {branch: main}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: oci, namespace: default}
spec: {interval: 1s, url: %s/app, insecure: true, ref: {tag: v1}}
---
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: default}
stringData: {accesskey: %s, secretkey: %s}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: Bucket
metadata: {name: s3, namespace: default}
spec: {interval: 1s, provider: generic, bucketName: app, endpoint: "%s", insecure: true, secretRef: {name: keys}}
`

type artifact struct{ URL, Digest, Revision string }

// artifactOf waits for an artifact of another revision than before, and checks the bytes behind its URL.
func artifactOf(t *testing.T, cluster, object string, before artifact) artifact {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		var found artifact
		out, err := run("", "--name", cluster, "kubectl", "get", object, "-o", "jsonpath={.status.artifact}")
		if err != nil || json.Unmarshal([]byte(out), &found) != nil || found.Revision == before.Revision {
			continue
		}
		response, err := http.Get(found.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		if sum := sha256.Sum256(content); err != nil || found.Digest != "sha256:"+hex.EncodeToString(sum[:]) {
			t.Fatalf("%s: the bytes of %s do not have the digest %s (%v)", object, found.URL, found.Digest, err)
		}
		return found
	}
	out, _ := run("", "--name", cluster, "kubectl", "get", object, "-o", "yaml")
	t.Fatalf("%s of %s has no new artifact:\n%s", object, cluster, out)
	return artifact{}
}

// pushAll publishes one directory in all three ways and answers the revisions that are known by now.
func pushAll(t *testing.T, cluster, text string) (commit, image string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	revision := regexp.MustCompile(`(?m)^revision (\S+)$`)
	git := must(t, "--name", cluster, "push-git", dir, "--repo", "app")
	oci := must(t, "--name", cluster, "push-oci", dir, "--repo", "app", "--tag", "v1")
	must(t, "--name", cluster, "put-object", dir, "--bucket", "app")
	return revision.FindStringSubmatch(git)[1], revision.FindStringSubmatch(oci)[1]
}

// Both clusters have companions of their own and use the same names there: what is pushed to one is not seen by the other.
func TestSourcesFollowWhatIsPushedToTheirCluster(t *testing.T) {
	for _, cluster := range []string{"one", "two"} {
		t.Run(cluster, func(t *testing.T) {
			t.Parallel()
			must(t, "--name", cluster, "up", "--with", "flux,git", "--with", "registry,s3")
			servers := status(t, cluster).Companions
			manifests := fmt.Sprintf(sourceManifests, servers["git"]["url"], servers["registry"]["url"],
				servers["s3"]["accessKey"], servers["s3"]["secretKey"], strings.TrimPrefix(servers["s3"]["url"], "http://"))
			last := map[string]artifact{}
			for _, text := range []string{cluster + " first", cluster + " second"} {
				commit, image := pushAll(t, cluster, text)
				if out, err := run(manifests, "--name", cluster, "kubectl", "apply", "-f", "-"); err != nil {
					t.Fatal(out)
				}
				for _, object := range []string{"gitrepository/git", "ocirepository/oci", "bucket/s3"} {
					last[object] = artifactOf(t, cluster, object, last[object])
				}
				if got := last["gitrepository/git"].Revision; got != commit {
					t.Errorf("git shows %s, want %s", got, commit)
				}
				if got := last["ocirepository/oci"].Revision; got != image {
					t.Errorf("OCI shows %s, want %s", got, image)
				}
			}
		})
	}
}
