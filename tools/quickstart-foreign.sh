#!/usr/bin/env bash
# SPDX-License-Identifier: 0BSD
# The part of tools/quickstart for a cluster that somebody else runs; sourced by it, and uses its names.
# shellcheck disable=SC2154  # assigned there

# A copy of the chosen context alone, so that `down` works on this cluster whatever the user's file says then.
pin_foreign_cluster() {
    if [ "$KUBECONFIG" != "$work/kubeconfig" ]; then
        (umask 077 && kubectl config view --raw --flatten --minify >"$work/kubeconfig.new") ||
            die "cannot read KUBECONFIG=$KUBECONFIG"
        if [ -f "$work/kubeconfig" ] && ! cmp -s "$work/kubeconfig" "$work/kubeconfig.new"; then
            rm "$work/kubeconfig.new"
            die "it is set up for another cluster already; run 'make quickstart-down' first"
        fi
        mv "$work/kubeconfig.new" "$work/kubeconfig"
        export KUBECONFIG=$work/kubeconfig
    fi
    kubectl get --raw /readyz >/dev/null || die "the cluster of KUBECONFIG does not answer"
}

forget_foreign_cluster() {
    rm -f "$work/mode" "$work/kubeconfig"
    die "$1"
}

ask_for_foreign_cluster() {
    [ ! -f "$work/agreed" ] || return 0
    say "   context   $(kubectl config current-context)"
    say "   server    $(kubectl config view -o jsonpath='{.clusters[0].cluster.server}')"
    say "   creates   the namespaces $namespace and $app_namespace, and CRDs that are missing:"
    say "             StageSet, StageInventory, Flux' ExternalArtifact"
    say "   runs      the controller on this machine, for the namespace $namespace only, as the user of this context."
    say "             A stageset-controller that runs in this cluster already would work on the example, too."
    [ "${QUICKSTART_YES:-}" != 1 ] || { touch "$work/agreed" && return; }
    [ -t 0 ] || forget_foreign_cluster "KUBECONFIG is set and nobody is there to be asked: set QUICKSTART_YES=1 to use that cluster, or unset KUBECONFIG"
    local answer
    read -r -p "Use this cluster? [y/N] " answer
    [[ $answer == [yY] || $answer == [yY]es ]] || forget_foreign_cluster "nothing was changed"
    touch "$work/agreed"
}

# Namespaces of somebody else must not become ours: `down` deletes them.
refuse_occupied_namespaces() {
    local name
    [ ! -f "$work/namespace-created" ] || return 0
    for name in "$namespace" "$app_namespace"; do
        if kubectl get namespace "$name" >/dev/null 2>&1; then
            forget_foreign_cluster "the cluster has a namespace '$name' that this quickstart did not create; delete it or use another cluster"
        fi
    done
    kubectl create namespace "$namespace" >/dev/null
    touch "$work/namespace-created"
}

install_missing_crds() {
    local file name
    for file in "$repository"/charts/stageset-controller/crds/*.yaml \
        "${testcluster%/*}"/crds/flux/source.toolkit.fluxcd.io_externalartifacts.yaml; do
        name=$(sed -n 's/^  name: //p' "$file" | head -n 1)
        kubectl get crd "$name" >/dev/null 2>&1 && continue
        # Written down first: `down` must know of it even when this is interrupted.
        printf '%s\n' "$name" >>"$work/installed-crds"
        kubectl apply --server-side -f "$file" >/dev/null
        kubectl wait --for=condition=Established --timeout=30s "crd/$name" >/dev/null
        say "   installed $name"
    done
}

use_foreign_cluster() {
    headline "cluster of KUBECONFIG"
    pin_foreign_cluster
    ask_for_foreign_cluster
    refuse_occupied_namespaces
    install_missing_crds
}

# --- artifacts

# The controller runs on this machine: it reaches a server on loopback wherever the cluster is.
serve_artifacts() {
    mkdir -p "$work/artifacts"
    is_running artifact-server "$testcluster" && return
    stop artifact-server
    free_port 18480 >"$work/artifact-port"
    start artifact-server "$testcluster" artifact-server --dir "$work/artifacts" --port "$(cat "$work/artifact-port")"
}

publish_to_foreign_cluster() {
    local archive digest url
    serve_artifacts
    archive=$work/artifacts/$(basename "$1").tar.gz
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$1" -cf - . | gzip -n >"$archive.new"
    mv "$archive.new" "$archive"
    digest=sha256:$(sha256sum "$archive" | cut -d ' ' -f 1)
    url=http://127.0.0.1:$(cat "$work/artifact-port")/$(basename "$archive")
    kubectl apply --server-side -f - >/dev/null <<EOF
apiVersion: source.toolkit.fluxcd.io/v1
kind: ExternalArtifact
metadata: {name: hello, namespace: $namespace}
spec: {}
EOF
    kubectl patch externalartifact hello --namespace "$namespace" --subresource=status --type=merge >/dev/null --patch-file=/dev/stdin <<EOF
status:
  artifact:
    url: $url
    path: $(basename "$archive")
    digest: $digest
    revision: $digest
    lastUpdateTime: $(date --utc +%Y-%m-%dT%H:%M:%SZ)
  conditions:
    - {type: Ready, status: "True", reason: Succeeded, message: served by the quickstart,
       lastTransitionTime: $(date --utc +%Y-%m-%dT%H:%M:%SZ)}
EOF
    printf '%s\n' "$digest"
}

# --- down

# The StageSet first, while the controller is there to take down what it applied.
clean_foreign_cluster() {
    local name
    export KUBECONFIG=$work/kubeconfig
    if [ -f "$work/namespace-created" ]; then
        if kubectl get stageset hello --namespace "$namespace" >/dev/null 2>&1; then
            start_controller
            headline "StageSet"
            kubectl delete stageset hello --namespace "$namespace" --timeout="${teardown_seconds_max}s" ||
                die "the StageSet is not gone after $teardown_seconds_max s: see $work/controller.log, then run this again"
        fi
        kubectl delete namespace "$namespace" --ignore-not-found --timeout="${teardown_seconds_max}s" ||
            die "the namespace $namespace is not gone yet; run this again"
    fi
    if [ -f "$work/installed-crds" ]; then
        while read -r name; do
            kubectl delete crd "$name" --ignore-not-found --timeout="${teardown_seconds_max}s" ||
                die "the CRD $name is not gone yet; run this again"
        done <"$work/installed-crds"
    fi
}
