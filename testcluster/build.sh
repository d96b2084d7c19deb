#!/usr/bin/env bash
# SPDX-License-Identifier: 0BSD
# Builds the test cluster. Go's cache makes a repeated build quick.
#
#   build.sh [OUTPUT]              the control plane (default: build/testcluster/testcluster below the repository's root),
#                                  with source-controller's CRDs in crds/flux beside it
#   build.sh --companions [DIR]    what `up --with` starts, into DIR (default: build/testcluster), where testcluster lies
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

control_plane() {
    local output
    output=$(realpath -m "${1:-$here/../build/testcluster/testcluster}")
    mkdir -p "$(dirname "$output")"

    # Without these the API server calls itself v0.0.0-master. The commit is that of the Kubernetes release tag, as far as
    # clients care: 40 hex digits. A fixed date keeps the build reproducible and the cache warm.
    local kubernetes major minor package flags pair
    kubernetes=$(sed -n 's/^\tk8s.io\/kubernetes \(v[0-9.]*\)$/\1/p' "$here/go.mod")
    IFS=. read -r major minor _ <<<"${kubernetes#v}"
    package=k8s.io/component-base/version
    flags="-s -w"
    for pair in gitVersion="$kubernetes" gitMajor="$major" gitMinor="$minor" gitTreeState=clean \
        gitCommit=0000000000000000000000000000000000000000 buildDate=2026-01-01T00:00:00Z; do
        flags+=" -X $package.$pair"
    done
    go build -C "$here" -trimpath -ldflags="$flags" -o "$output" .
    flux_crds "$(dirname "$output")/crds/flux"
}

# The CRDs come from the module itself, checked by go.sum; the repository holds no copy.
flux_crds() {
    local crds=$1 module
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
}

# They lie in modules of their own: they want other versions than the control plane.
companions() {
    local dir
    dir=$(realpath -m "${1:-$here/../build/testcluster}")
    mkdir -p "$dir"
    program flux "$dir/registry" ./registry
    program s3 "$dir/s3-mirror" ./mirror
    program s3 "$dir/versitygw" github.com/versity/versitygw/cmd/versitygw
    program flux "$dir/source-controller" github.com/fluxcd/source-controller
}

program() {
    go build -C "$here/$1" -trimpath -ldflags="-s -w" -o "$2" "$3"
}

case ${1:-} in
--companions) companions "${2:-}" ;;
-*)
    sed -n '3,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
*) control_plane "${1:-}" ;;
esac
