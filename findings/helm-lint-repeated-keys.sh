#!/usr/bin/env bash
# Finding: `helm lint --strict` and `helm template` of Helm 4 accept a manifest with a key that is there twice. A loop
#   without `---` makes one document of several objects in this way, and nothing is reported.
# Packages: helm.sh/helm/v4 v4.3.1 (Go module)
# Needs: bash, Go 1.26 or newer. It takes about 100 s with an empty build cache.
# Seen:
#   helm lint --strict: 1 chart(s) linted, 0 chart(s) failed
#   helm template, documents: 1
#   helm template, names: first second
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
export GOBIN=$work GOWORK=off
unset GOFLAGS
go install -trimpath helm.sh/helm/v4/cmd/helm@v4.3.1 >go.log 2>&1
export HELM_CACHE_HOME="$work/cache" HELM_CONFIG_HOME="$work/config" HELM_DATA_HOME="$work/data"
mkdir -p chart/templates
printf 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' >chart/Chart.yaml
cat >chart/templates/loop.yaml <<'YAML'
{{- range list "first" "second" }}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ . }}}
data: {a: b}
{{- end }}
YAML
{
  echo "helm lint --strict: $(./helm lint --strict chart | tail -n 1)"
  ./helm template release chart >rendered.yaml
  echo "helm template, documents: $(grep -c '^---' rendered.yaml)"
  echo "helm template, names: $(sed -n 's/^metadata: {name: \(.*\)}$/\1/p' rendered.yaml | xargs)"
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
