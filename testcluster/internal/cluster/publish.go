// SPDX-License-Identifier: 0BSD

package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"stageset/testcluster/internal/archive"
	"stageset/testcluster/internal/state"
)

var externalArtifacts = schema.GroupVersionResource{
	Group: "source.toolkit.fluxcd.io", Version: "v1", Resource: "externalartifacts",
}

// Published is what consumers will see.
type Published struct {
	Revision string
	Digest   string // with its algorithm
	URL      string
}

// Publish packs a directory, puts it below the artifact server's directory and points the ExternalArtifact at it.
func Publish(ctx context.Context, cluster *state.Cluster, dir string, object types.NamespacedName, revision string) (Published, error) {
	packed, err := archive.Pack(dir)
	if err != nil {
		return Published{}, err
	}
	digest := "sha256:" + packed.Digest
	if revision == "" {
		revision = digest
	}
	location := path.Join(object.Namespace, object.Name, packed.Digest+".tar.gz")
	file := cluster.Path("artifacts", filepath.FromSlash(location))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return Published{}, err
	}
	if err := state.WriteFile(file, packed.Bytes, 0o644); err != nil {
		return Published{}, err
	}
	published := Published{Revision: revision, Digest: digest, URL: cluster.ArtifactURL() + "/" + location}
	clients, err := connect(cluster)
	if err != nil {
		return Published{}, err
	}
	if err := clients.ensureNamespace(ctx, object.Namespace); err != nil {
		return Published{}, err
	}
	return published, clients.point(ctx, object, map[string]any{
		"url":            published.URL,
		"path":           location,
		"digest":         digest,
		"revision":       revision,
		"size":           len(packed.Bytes),
		"lastUpdateTime": time.Now().UTC().Format(time.RFC3339),
	})
}

func (c clientSet) ensureNamespace(ctx context.Context, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := c.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{FieldManager: fieldManager})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// point creates the ExternalArtifact if it is absent and writes its status as a producer would.
func (c clientSet) point(ctx context.Context, object types.NamespacedName, artifact map[string]any) error {
	client := c.dynamic.Resource(externalArtifacts).Namespace(object.Namespace)
	current, err := client.Get(ctx, object.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		current, err = client.Create(ctx, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": externalArtifacts.GroupVersion().String(),
			"kind":       "ExternalArtifact",
			"metadata":   map[string]any{"name": object.Name, "namespace": object.Namespace},
			"spec":       map[string]any{},
		}}, metav1.CreateOptions{FieldManager: fieldManager})
		if apierrors.IsNotFound(err) {
			return fmt.Errorf("the cluster has no ExternalArtifact CRD: bring it up with --crds %s (%w)", fluxSet, err)
		}
	}
	if err != nil {
		return err
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{
		"artifact": artifact,
		"conditions": []any{map[string]any{
			"type": "Ready", "status": "True", "reason": "Succeeded",
			"message":            fmt.Sprintf("stored artifact for revision %s", artifact["revision"]),
			"observedGeneration": current.GetGeneration(),
			"lastTransitionTime": artifact["lastUpdateTime"],
		}},
	}})
	if err != nil {
		return err
	}
	options := metav1.PatchOptions{FieldManager: fieldManager}
	_, err = client.Patch(ctx, object.Name, types.MergePatchType, patch, options, "status")
	return err
}
