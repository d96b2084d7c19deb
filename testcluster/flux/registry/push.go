// SPDX-License-Identifier: 0BSD

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// What Flux calls the parts of an artifact.
const (
	configType types.MediaType = "application/vnd.cncf.flux.config.v1+json"
	layerType  types.MediaType = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// createdAnnotation is the time that an OCIRepository's consumers are shown.
const createdAnnotation = "org.opencontainers.image.created"

// push makes the file the only layer of an artifact below the tag and answers the manifest's digest. Equal content gives
// another digest each time, as the time is a part of the manifest.
func push(ctx context.Context, layer, to string) (string, error) {
	tag, err := name.NewTag(to, name.Insecure, name.StrictValidation)
	if err != nil {
		return "", err
	}
	image, err := artifact(layer, time.Now())
	if err != nil {
		return "", err
	}
	if err := remote.Write(tag, image, remote.WithContext(ctx)); err != nil {
		return "", err
	}
	digest, err := image.Digest()
	return digest.String(), err
}

func artifact(layer string, created time.Time) (v1.Image, error) {
	content, err := tarball.LayerFromFile(layer, tarball.WithMediaType(layerType), tarball.WithCompressedCaching)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", layer, err)
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), configType)
	annotated, ok := mutate.Annotations(image, map[string]string{
		createdAnnotation: created.UTC().Format(time.RFC3339Nano),
	}).(v1.Image)
	if !ok {
		return nil, fmt.Errorf("an annotated image is no image")
	}
	return mutate.Append(annotated, mutate.Addendum{Layer: content})
}
