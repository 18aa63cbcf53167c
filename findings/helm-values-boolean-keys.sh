#!/usr/bin/env bash
# Finding: Helm 4 reads values by the rules of YAML 1.1: the key n, y, no, yes, on or off becomes the key "false" or "true".
#   So `.Values.n` is empty although n is set, by a values file and by values.yaml. With --set the key stays n.
# Packages: helm.sh/helm/v4 v4.3.1 (Go module)
# Needs: bash, Go 1.26 or newer. It takes about 100 s with an empty build cache.
# Seen:
#   values.yaml: {"false":5,"true":6} n=none
#   a values file: {"false":7,"true":6} n=none
#   --set n=8: {"false":5,"n":8,"true":6} n=8
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
printf 'n: 5\non: 6\n' >chart/values.yaml
echo 'n: 7' >user.yaml
echo '# values: {{ .Values | toJson }} n={{ .Values.n | default "none" }}' >chart/templates/values.yaml
values() {
  ./helm template release chart "$@" | sed -n 's/^# values: //p'
}
{
  echo "values.yaml: $(values)"
  echo "a values file: $(values -f user.yaml)"
  echo "--set n=8: $(values --set n=8)"
} >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
