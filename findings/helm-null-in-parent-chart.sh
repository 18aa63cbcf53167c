#!/usr/bin/env bash
# Finding: In Helm 4 a null in the values of a user removes a default of a subchart. The same null in the values.yaml of
#   the parent chart does not: the default of the subchart stays, without a warning.
# Packages: helm.sh/helm/v4 v4.3.1 (Go module)
# Needs: bash, Go 1.26 or newer. It takes about 100 s with an empty build cache.
# Seen:
#   default of the subchart: {"httpGet":{"path":"/"},"periodSeconds":5}
#   null in values.yaml of the parent: {"httpGet":{"path":"/"},"periodSeconds":5}
#   null in a values file of the user: {"periodSeconds":5}
#   null with --set: {"periodSeconds":5}
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOBIN=$work GOWORK=off
unset GOFLAGS
go install -trimpath helm.sh/helm/v4/cmd/helm@v4.3.1 >go.log 2>&1
export HELM_CACHE_HOME="$work/cache" HELM_CONFIG_HOME="$work/config" HELM_DATA_HOME="$work/data"
mkdir -p parent/charts/child/templates
printf 'apiVersion: v2\nname: parent\nversion: 1.0.0\n' >parent/Chart.yaml
printf 'apiVersion: v2\nname: child\nversion: 1.0.0\n' >parent/charts/child/Chart.yaml
echo 'probe: {httpGet: {path: /}, periodSeconds: 5}' >parent/charts/child/values.yaml
echo '# probe: {{ .Values.probe | toJson }}' >parent/charts/child/templates/probe.yaml
echo 'child: {probe: {httpGet: null}}' >user.yaml
probe() {
  ./helm template release parent "$@" | sed -n 's/^# probe: //p'
}
{
  echo "default of the subchart: $(probe)"
  cp user.yaml parent/values.yaml
  echo "null in values.yaml of the parent: $(probe)"
  rm parent/values.yaml
  echo "null in a values file of the user: $(probe -f user.yaml)"
  echo "null with --set: $(probe --set child.probe.httpGet=null)"
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
