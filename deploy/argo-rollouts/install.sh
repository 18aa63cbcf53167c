#!/bin/sh
# Installs Argo Rollouts and the sample application. Safe to repeat.
set -eu

manifests="https://github.com/argoproj/argo-rollouts/releases/download/${ARGO_ROLLOUTS_VERSION}/install.yaml"

kubectl create namespace argo-rollouts --dry-run=client -o yaml | kubectl apply -f -
kubectl apply --server-side --force-conflicts -n argo-rollouts -f "$manifests"
kubectl wait --for=condition=Established --timeout=60s crd/rollouts.argoproj.io
kubectl -n argo-rollouts rollout status deployment/argo-rollouts --timeout=300s

# k3s installs Traefik's definitions with a job of its own, which may still be running.
until kubectl get crd traefikservices.traefik.io >/dev/null 2>&1; do
  echo 'Waiting for the definitions of Traefik.'
  sleep 3
done
kubectl apply --server-side -f /deploy/sample-application.yaml
