#!/usr/bin/env bash
# Finding: Flux's controllers write the status of an object in two requests. The first has the conditions, and each of
#   them names the new generation. Only the second has the artifact, the revision and status.observedGeneration. Who
#   waits for Ready=True with the generation of the condition reads the revision of before, or none.
# Packages: github.com/fluxcd/pkg/runtime v0.110.3, which source-controller 1.9.6 and kustomize-controller 1.9.6 use,
#   github.com/fluxcd/source-controller/api v1.9.6 (Go)
# Needs: bash and Go 1.26 or newer. It takes 2 to 5 min with an empty cache.
# Seen:
#   request 1: Ready=True for generation 2, status.observedGeneration 1, revision main@sha1:old
#   request 2: Ready=True for generation 2, status.observedGeneration 2, revision main@sha1:new
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >go.mod <<'MOD'
module seen

go 1.26.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	meta "github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/runtime/conditions"
	"github.com/fluxcd/pkg/runtime/patch"
	source "github.com/fluxcd/source-controller/api/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	scheme := runtime.NewScheme()
	must(source.AddToScheme(scheme))
	repository := &source.GitRepository{ObjectMeta: metav1.ObjectMeta{Name: "app", Namespace: "default", Generation: 2}}
	repository.Status.ObservedGeneration = 1
	repository.Status.Artifact = &meta.Artifact{Revision: "main@sha1:old"}
	conditions.MarkUnknown(repository, meta.ReadyCondition, meta.ProgressingReason, "reconciling")

	requests := 0
	afterPatch := func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
		must(c.SubResource(sub).Patch(ctx, o, p, opts...))
		requests++
		seen := &source.GitRepository{}
		must(c.Get(ctx, client.ObjectKeyFromObject(o), seen))
		ready := conditions.Get(seen, meta.ReadyCondition)
		fmt.Printf("request %d: Ready=%s for generation %d, status.observedGeneration %d, revision %s\n", requests,
			ready.Status, ready.ObservedGeneration, seen.Status.ObservedGeneration, seen.Status.Artifact.Revision)
		return nil
	}
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithObjects(repository).WithStatusSubresource(repository).
		WithInterceptorFuncs(interceptor.Funcs{SubResourcePatch: afterPatch}).Build()
	ctx := context.Background()
	must(cluster.Get(ctx, client.ObjectKeyFromObject(repository), repository))

	// As a reconciler of Flux ends a success.
	helper := patch.NewSerialPatcher(repository, cluster)
	repository.Status.Artifact = &meta.Artifact{Revision: "main@sha1:new"}
	conditions.MarkTrue(repository, meta.ReadyCondition, meta.SucceededReason, "stored artifact")
	must(helper.Patch(ctx, repository, patch.WithOwnedConditions{Conditions: []string{meta.ReadyCondition}},
		patch.WithStatusObservedGeneration{}))
}
GO
export GOFLAGS=-mod=mod
go get github.com/fluxcd/pkg/runtime@v0.110.3 github.com/fluxcd/source-controller/api@v1.9.6
go mod tidy
go run . >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
