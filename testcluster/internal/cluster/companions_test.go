// SPDX-License-Identifier: 0BSD

package cluster

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stageset/testcluster/internal/state"
)

// binaries makes a directory in which the named programs were built, and answers the path of testcluster there.
func binaries(t *testing.T, names ...string) string {
	t.Helper()
	contents := map[string]string{"testcluster": ""}
	for _, name := range names {
		contents[name] = ""
	}
	return filepath.Join(files(t, contents), "testcluster")
}

func emptyCluster(t *testing.T, root, name string) *state.Cluster {
	t.Helper()
	cluster := &state.Cluster{Name: name, Dir: filepath.Join(root, name), Ports: state.Ports{APIServer: 20000}}
	if err := os.MkdirAll(cluster.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return cluster
}

func with(t *testing.T, cluster *state.Cluster, executable string, words ...string) {
	t.Helper()
	chosen, err := chooseCompanions(words, executable)
	if err != nil {
		t.Fatal(err)
	}
	if err := addCompanions(cluster, filepath.Dir(cluster.Dir), executable, chosen); err != nil {
		t.Fatal(err)
	}
}

func TestCompanionsAreAddedOnceAndKeepTheirPorts(t *testing.T) {
	executable := binaries(t, SourceController, Registry, S3)
	cluster := emptyCluster(t, t.TempDir(), "one")
	with(t, cluster, executable, "git")
	before := maps.Clone(cluster.Ports.Companions)
	with(t, cluster, executable, "git", "s3", "flux", "git", "registry")
	with(t, cluster, executable)

	var names []string
	for _, process := range cluster.Processes {
		names = append(names, process.Name)
	}
	if want := []string{GitServer, SourceController, Registry, S3}; !slices.Equal(names, want) {
		t.Fatalf("processes %v, want %v", names, want)
	}
	if cluster.Ports.Companions[GitServer] != before[GitServer] {
		t.Fatal("the git server moved")
	}
	ports := cluster.Ports.List()
	slices.Sort(ports)
	if distinct := slices.Compact(slices.Clone(ports)); len(distinct) != len(ports)-3 { // the four of the control plane are 0 here
		t.Fatalf("ports %v are not distinct", ports)
	}
	stored, err := state.Load(cluster.Dir)
	if err != nil || len(stored.Processes) != 4 || !maps.Equal(stored.Ports.Companions, cluster.Ports.Companions) {
		t.Fatalf("stored: %+v, %v", stored, err)
	}
}

func TestClustersSideBySideShareNoPortOfACompanion(t *testing.T) {
	executable, root := binaries(t, SourceController, Registry, S3), t.TempDir()
	one, two := emptyCluster(t, root, "one"), emptyCluster(t, root, "two")
	with(t, one, executable, "flux", "registry", "git", "s3")
	with(t, two, executable, "flux", "registry", "git", "s3")
	for name, port := range one.Ports.Companions {
		for _, other := range two.Ports.Companions {
			if port == other {
				t.Errorf("%s of both has port %d", name, port)
			}
		}
	}
}

func TestACompanionThatIsNotBuiltOrUnknownIsNamed(t *testing.T) {
	executable := binaries(t, Registry)
	for word, want := range map[string]string{
		"flux": "build.sh --companions " + filepath.Dir(executable), "s3": S3 + " is not built", "helm": `"helm"`,
	} {
		if _, err := chooseCompanions([]string{"registry", word}, executable); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", word, err, want)
		}
	}
	if _, err := chooseCompanions([]string{"registry", "git"}, executable); err != nil {
		t.Errorf("the git server is a part of this program: %v", err)
	}
}

func TestStatusTellsWhereCompanionsAre(t *testing.T) {
	executable := binaries(t, Registry, S3)
	cluster := emptyCluster(t, t.TempDir(), "one")
	if described := describeCompanions(cluster); len(described) != 0 {
		t.Fatalf("a cluster without any has %v", described)
	}
	with(t, cluster, executable, "registry", "s3")
	described := describeCompanions(cluster)
	if !strings.HasPrefix(described["registry"]["url"], "oci://127.0.0.1:") || len(described) != 2 {
		t.Errorf("got %v", described)
	}
	if described["s3"]["accessKey"] != S3AccessKey || described["s3"]["secretKey"] != S3SecretKey {
		t.Errorf("got %v", described)
	}
	if _, err := CompanionURL(cluster, "git"); err == nil || !strings.Contains(err.Error(), "--with git") {
		t.Errorf("got %v", err)
	}
	if url, err := CompanionURL(cluster, "s3"); err != nil || url != described["s3"]["url"] {
		t.Errorf("got %s, %v", url, err)
	}
}
