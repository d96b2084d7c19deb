#!/usr/bin/env bash
# SPDX-License-Identifier: 0BSD
# Builds the programs of others that tests use: build.sh [FOLDER], default build/tools below the repository's root.
# Go's cache makes a repeated build quick; the first one takes some 100 CPU seconds, which the comparison with sops shares.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$(realpath -m "${1:-$here/../../build/tools}")
mkdir -p "$output"

for package in github.com/getsops/sops/v3/cmd/sops filippo.io/age/cmd/age-keygen; do
    go build -C "$here/../differential/oracle/sops" -trimpath -ldflags="-s -w" -o "$output/" "$package"
done
