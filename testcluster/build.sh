#!/usr/bin/env bash
# SPDX-License-Identifier: 0BSD
# Builds the test cluster: build.sh OUTPUT (default: build/testcluster/testcluster below the repository's root).
# Puts source-controller's CRDs into crds/flux beside the binary. Go's cache makes a repeated build quick.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$(realpath -m "${1:-$here/../build/testcluster/testcluster}")
mkdir -p "$(dirname "$output")"

# Without these the API server calls itself v0.0.0-master. The commit is that of the Kubernetes release tag, as far as
# clients care: 40 hex digits. A fixed date keeps the build reproducible and the cache warm.
kubernetes=$(sed -n 's/^\tk8s.io\/kubernetes \(v[0-9.]*\)$/\1/p' "$here/go.mod")
IFS=. read -r major minor _ <<<"${kubernetes#v}"
package=k8s.io/component-base/version
flags="-s -w"
for pair in gitVersion="$kubernetes" gitMajor="$major" gitMinor="$minor" gitTreeState=clean \
    gitCommit=0000000000000000000000000000000000000000 buildDate=2026-01-01T00:00:00Z; do
    flags+=" -X $package.$pair"
done
go build -C "$here" -trimpath -ldflags="$flags" -o "$output" .

# The CRDs come from the module itself, checked by go.sum; the repository holds no copy.
crds=$(dirname "$output")/crds/flux
module=$(go list -C "$here/flux" -mod=readonly -m -f '{{.Dir}}' github.com/fluxcd/source-controller)
if [[ -z $module ]]; then
    go mod download -C "$here/flux" github.com/fluxcd/source-controller
    module=$(go list -C "$here/flux" -mod=readonly -m -f '{{.Dir}}' github.com/fluxcd/source-controller)
fi
if ! diff -rq "$module/config/crd/bases" "$crds" >/dev/null 2>&1; then
    rm -rf "$crds"
    mkdir -p "$crds"
    install -m 644 "$module"/config/crd/bases/*.yaml "$crds"
fi
